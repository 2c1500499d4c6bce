// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Counterparty, ExecutorTest} from "./ExecutorTest.sol";

contract OwnerTest is ExecutorTest {
    function test_a_withdrawal_waits_for_its_timelock() external {
        uint256 readyAt = block.timestamp + WITHDRAW_DELAY;
        vm.startPrank(OWNER);
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.WithdrawRequested(address(dollar), 400e6, OWNER, readyAt);
        executor.requestWithdraw(address(dollar), 400e6, OWNER);
        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.TimelockPending.selector, readyAt));
        executor.withdraw(address(dollar), 400e6, OWNER);
        vm.warp(readyAt);
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.Withdrawn(address(dollar), 400e6, OWNER);
        executor.withdraw(address(dollar), 400e6, OWNER);
        eq(dollar.balanceOf(OWNER), 400e6);
        _unknown(400e6, OWNER);
        vm.stopPrank();
    }

    function test_a_request_is_for_one_amount_and_one_recipient() external {
        vm.startPrank(OWNER);
        executor.requestWithdraw(address(dollar), 400e6, OWNER);
        vm.warp(block.timestamp + WITHDRAW_DELAY);
        _unknown(400e6 + 1, OWNER);
        _unknown(400e6, STRANGER);
        vm.stopPrank();
    }

    function test_the_owner_may_call_anything() external {
        vm.prank(OWNER);
        executor.ownerCall(address(counterparty), abi.encodeCall(Counterparty.pay, (dollar, 5)));
        eq(dollar.balanceOf(address(executor)), 1000e6 + 5);
    }

    function test_a_failing_call_of_the_owner_says_why() external {
        vm.prank(OWNER);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.CallFailed.selector, 0, abi.encodeWithSelector(Counterparty.Refused.selector, 42)
            )
        );
        executor.ownerCall(address(counterparty), abi.encodeCall(Counterparty.refuse, (42)));
    }

    function test_a_dismissed_operator_executes_nothing() external {
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.OperatorSet(OPERATOR, false);
        vm.prank(OWNER);
        executor.setOperator(OPERATOR, false);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.NotOperator.selector, OPERATOR));
        executor.execute(pays(1), guard(0));
    }

    function _unknown(uint256 amount, address to) private {
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidatorExecutor.WithdrawUnknown.selector, address(dollar), amount, to)
        );
        executor.withdraw(address(dollar), amount, to);
    }
}
