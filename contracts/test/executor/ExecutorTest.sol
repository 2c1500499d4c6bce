// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {IMintable} from "../support/Suite.sol";
import {Test} from "../support/Test.sol";
import {Rules} from "./Rules.sol";

/// @notice Where an operator's calls go in these tests: pays, takes and fails on request.
contract Counterparty {
    error Refused(uint256 code);

    function pay(IMintable token, uint256 amount) external {
        token.mint(msg.sender, amount);
    }

    function take(IERC20 token, uint256 amount, address to) external {
        token.transferFrom(msg.sender, to, amount);
    }

    function refuse(uint256 code) external pure {
        revert Refused(code);
    }

    function callBack(bytes calldata data) external {
        (bool done, bytes memory reason) = msg.sender.call(data);
        if (done) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    receive() external payable {}
}

/// @notice An executor with 1000 dollars, measured on them, whose operator may act on one counterparty.
abstract contract ExecutorTest is Test {
    address internal constant OWNER = address(0xC01D);
    address internal constant OPERATOR = address(0x407);
    address internal constant STRANGER = address(0xBAD);
    uint64 internal constant WITHDRAW_DELAY = 2 days;
    bytes32 internal constant INTENT = "intent";

    ILiquidatorExecutor internal executor;
    Counterparty internal counterparty;
    IMintable internal dollar;

    function setUp() public virtual {
        executor = ILiquidatorExecutor(deploy("LiquidatorExecutor", abi.encode(OWNER, OPERATOR, WITHDRAW_DELAY)));
        counterparty = new Counterparty();
        dollar = IMintable(deploy("TestToken", abi.encode("Dollar", "USD", uint8(6))));
        dollar.mint(address(executor), 1000e6);
        vm.startPrank(OWNER);
        executor.setMeasure(address(dollar), abi.encodeCall(IERC20.balanceOf, (address(executor))));
        executor.ownerCall(
            address(dollar), abi.encodeCall(IERC20.approve, (address(counterparty), type(uint256).max))
        );
        _allow(Counterparty.pay.selector, Rules.free());
        _allow(Counterparty.take.selector, Rules.pinned(3, address(counterparty)));
        _allow(Counterparty.refuse.selector, Rules.free());
        _allow(Counterparty.callBack.selector, Rules.free());
        vm.stopPrank();
    }

    function pays(uint256 amount) internal view returns (ILiquidatorExecutor.Call[] memory) {
        return one(abi.encodeCall(Counterparty.pay, (dollar, amount)));
    }

    function takes(uint256 amount) internal view returns (ILiquidatorExecutor.Call[] memory) {
        return one(abi.encodeCall(Counterparty.take, (dollar, amount, address(counterparty))));
    }

    function one(bytes memory data) internal view returns (ILiquidatorExecutor.Call[] memory calls) {
        calls = new ILiquidatorExecutor.Call[](1);
        calls[0] = ILiquidatorExecutor.Call(address(counterparty), data);
    }

    function guard(int256 floor) internal view returns (ILiquidatorExecutor.Guard memory) {
        return guardOf(INTENT, 0, floor);
    }

    function guardOf(bytes32 intent, uint8 leg, int256 floor)
        internal
        view
        returns (ILiquidatorExecutor.Guard memory)
    {
        return ILiquidatorExecutor.Guard(intent, leg, uint48(block.timestamp + 60), floor);
    }

    function execute(ILiquidatorExecutor.Call[] memory calls, ILiquidatorExecutor.Guard memory terms)
        internal
        returns (int256)
    {
        vm.prank(OPERATOR);
        return executor.execute(calls, terms);
    }

    function _allow(bytes4 selector, ILiquidatorExecutor.Rule memory rule) internal {
        executor.setRule(address(counterparty), selector, rule);
    }
}
