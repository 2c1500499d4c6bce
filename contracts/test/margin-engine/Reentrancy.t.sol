// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {HookToken} from "../support/HookToken.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice Cash that calls back from every transfer, and owns an account itself.
contract EngineReentrancyTest is MarginTest {
    HookToken private token_;
    address private account;

    function setUp() public override {
        super.setUp();
        token_ = new HookToken();
        engine = IMarginEngine(deploy("MarginEngine", abi.encode(world.authority(), token_, book, uint16(15_000), uint16(5))));
        account = world.person();
        vm.prank(account);
        engine.open(0, CROSS);
        vm.prank(address(token_));
        engine.open(0, CROSS);
        token_.mint(address(this), 1_000e6);
        token_.approve(address(engine), type(uint256).max);
        engine.depositCash(account, 100e6);
        engine.depositCash(address(token_), 100e6);
        vm.prank(address(world));
        engine.setModule(address(token_), true);
        bytes[] memory calls = new bytes[](9);
        address self = address(token_);
        calls[0] = abi.encodeCall(engine.depositCash, (self, 1));
        calls[1] = abi.encodeCall(engine.withdrawCash, (self, 1, self));
        calls[2] = abi.encodeCall(engine.withdrawCollateral, (self, 0, 1, self));
        calls[3] = abi.encodeCall(engine.trade, (self, ETH, 1, type(uint64).max));
        calls[4] = abi.encodeCall(engine.closeAll, (self));
        calls[5] = abi.encodeCall(engine.settle, (self, ETH));
        calls[6] = abi.encodeCall(engine.takeSlice, (account, self, self, 1));
        calls[7] = abi.encodeCall(engine.moveCash, (account, self, 1));
        calls[8] = abi.encodeCall(engine.chargePremium, (self));
        token_.arm(address(engine), calls);
    }

    function test_nothing_is_done_inside_a_deposit() external {
        engine.depositCash(account, 5e6);
        requireRefused();
        eq(engine.cashOf(account), 105e18);
    }

    function test_nothing_is_done_inside_a_withdrawal() external {
        vm.prank(account);
        engine.withdrawCash(account, 5e6, account);
        requireRefused();
        eq(engine.cashOf(account), 95e18);
        eq(engine.cashOf(address(token_)), 100e18);
    }

    function requireRefused() private view {
        eq(token_.otherCount(), 0);
        eq(token_.refused(), 9);
    }
}
