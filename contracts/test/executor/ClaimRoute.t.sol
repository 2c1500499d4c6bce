// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Suite} from "../support/Suite.sol";
import {Rules} from "./Rules.sol";

/// @notice The second leg of a liquidation as an agent sends it: header, anchor and claim in one transaction.
contract ClaimRouteTest is Suite {
    address private constant OWNER = address(0xC01D);
    address private constant OPERATOR = address(0x407);
    bytes32 private constant INTENT = "intent";

    ILiquidatorExecutor private _executor;

    /// @dev The recorded liquidator becomes an executor, so that the recorded claim is the executor's own.
    function setUp() public override {
        super.setUp();
        vault.deposit(alice, address(weth), 100 ether);
        address built = deploy("LiquidatorExecutor", abi.encode(OWNER, OPERATOR, uint64(2 days)));
        vm.etch(liquidator, built.code);
        _executor = ILiquidatorExecutor(liquidator);
        vm.startPrank(OWNER);
        _executor.setOperator(OPERATOR, true);
        _executor.setMeasure(address(weth), abi.encodeCall(IERC20.balanceOf, (liquidator)));
        _executor.setRule(address(roots), roots.submit.selector, Rules.free());
        _executor.setRule(address(roots), roots.anchor.selector, Rules.free());
        _executor.setRule(address(vault), vault.claim.selector, Rules.pinned(1, liquidator));
        vm.stopPrank();
    }

    function test_one_transaction_brings_the_root_and_collects() external {
        ILiquidatorExecutor.Call[] memory calls = _route();
        ILiquidatorExecutor.Guard memory guard = _guard();
        vm.prank(OPERATOR);
        eq(_executor.execute(calls, guard), 2 ether);
        vm.snapshotGasLastCall("executor", "submit, anchor and claim");
        eq(weth.balanceOf(liquidator), 2 ether);
        eq(_executor.executed(INTENT), 2);
    }

    function test_a_root_and_an_anchor_brought_by_others_do_not_stop_the_claim() external {
        anchored("owed", "mirror");
        (ILiquidatorExecutor.Call[] memory calls, ILiquidatorExecutor.Guard memory guard) = (_route(), _guard());
        vm.prank(OPERATOR);
        eq(_executor.execute(calls, guard), 2 ether);
        vm.snapshotGasLastCall("executor", "claim under a known root");
    }

    function test_a_claim_somebody_else_relayed_is_not_sent_twice() external {
        anchored("owed", "mirror");
        vault.claim(liquidator, address(weth), counter("owed", "mirror_liquidator").evidence);
        (ILiquidatorExecutor.Call[] memory calls, ILiquidatorExecutor.Guard memory guard) = (_route(), _guard());
        vm.prank(OPERATOR);
        vm.expectRevert();
        _executor.execute(calls, guard);
        eq(weth.balanceOf(liquidator), 2 ether);
    }

    function _route() private returns (ILiquidatorExecutor.Call[] memory calls) {
        calls = new ILiquidatorExecutor.Call[](3);
        bytes memory submit = abi.encodeCall(roots.submit, (header("owed"), signatures("owed")));
        calls[0] = ILiquidatorExecutor.Call(address(roots), submit);
        bytes memory anchor = abi.encodeCall(
            roots.anchor, (number("owed"), known("contracts.mirror"), accountProof("owed", "mirror"))
        );
        calls[1] = ILiquidatorExecutor.Call(address(roots), anchor);
        bytes memory evidence = counter("owed", "mirror_liquidator").evidence;
        calls[2] =
            ILiquidatorExecutor.Call(address(vault), abi.encodeCall(vault.claim, (liquidator, address(weth), evidence)));
    }

    function _guard() private view returns (ILiquidatorExecutor.Guard memory) {
        return ILiquidatorExecutor.Guard(INTENT, 1, uint48(block.timestamp + 60), 2 ether);
    }
}
