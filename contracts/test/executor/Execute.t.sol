// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Counterparty, ExecutorTest} from "./ExecutorTest.sol";
import {Rules} from "./Rules.sol";

contract ExecuteTest is ExecutorTest {
    function test_a_call_may_be_its_selector_alone() external {
        bytes4 selector = bytes4(keccak256("decimals()"));
        vm.prank(OWNER);
        executor.setRule(address(dollar), selector, Rules.free());
        ILiquidatorExecutor.Call[] memory calls = one(abi.encodePacked(selector));
        calls[0].target = address(dollar);
        eq(execute(calls, guard(0)), 0);
        calls[0].data = abi.encodePacked(bytes3(selector));
        vm.expectPartialRevert(ILiquidatorExecutor.CallForbidden.selector);
        execute(calls, guardOf("another", 0, 0));
    }

    function test_an_operator_trades_within_its_floor() external {
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.Executed(INTENT, 0, -100e6);
        eq(execute(takes(100e6), guard(-100e6)), -100e6);
        vm.snapshotGasLastCall("executor", "execute");
        eq(dollar.balanceOf(address(executor)), 900e6);
    }

    function test_one_call_may_pay_for_another() external {
        ILiquidatorExecutor.Call[] memory calls = new ILiquidatorExecutor.Call[](2);
        (calls[0], calls[1]) = (takes(100e6)[0], pays(130e6)[0]);
        eq(execute(calls, guard(30e6)), 30e6);
    }

    function test_below_the_floor_nothing_happened() external {
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidatorExecutor.BelowFloor.selector, int256(-100e6), int256(-100e6 + 1))
        );
        executor.execute(takes(100e6), guard(-100e6 + 1));
        eq(dollar.balanceOf(address(executor)), 1000e6);
        eq(executor.executed(INTENT), 0);
    }

    function test_each_leg_of_an_intent_executes_once() external {
        execute(pays(1), guardOf(INTENT, 0, 0));
        execute(pays(1), guardOf(INTENT, 1, 0));
        execute(pays(1), guardOf(INTENT, 255, 0));
        eq(executor.executed(INTENT), (1 << 255) | 3);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.AlreadyExecuted.selector, INTENT, 1));
        executor.execute(pays(1), guardOf(INTENT, 1, 0));
    }

    function test_nothing_executes_after_its_deadline() external {
        ILiquidatorExecutor.Guard memory terms = guard(0);
        vm.warp(uint256(terms.deadline) + 1);
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.DeadlinePassed.selector, terms.deadline, uint256(terms.deadline) + 1
            )
        );
        executor.execute(pays(1), terms);
    }

    function test_a_failing_call_says_which_and_why() external {
        ILiquidatorExecutor.Call[] memory calls = new ILiquidatorExecutor.Call[](2);
        (calls[0], calls[1]) = (pays(1)[0], one(abi.encodeCall(Counterparty.refuse, (42)))[0]);
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.CallFailed.selector, 1, abi.encodeWithSelector(Counterparty.Refused.selector, 42)
            )
        );
        executor.execute(calls, guard(0));
    }

    function test_nothing_executes_while_paused() external {
        vm.prank(OPERATOR);
        executor.pause();
        vm.prank(OPERATOR);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        executor.execute(pays(1), guard(0));
        vm.prank(OWNER);
        executor.unpause();
        execute(pays(1), guard(0));
    }

    function test_without_a_measure_nothing_executes() external {
        vm.prank(OWNER);
        executor.setMeasure(address(0), "");
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.MeasureUnreadable.selector, address(0)));
        executor.execute(pays(1), guard(0));
    }

    function test_a_counterparty_cannot_call_back_into_the_executor() external {
        bytes memory inner = abi.encodeCall(executor.execute, (pays(1), guardOf("other", 0, 0)));
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.CallFailed.selector,
                0,
                abi.encodeWithSelector(ILiquidatorExecutor.NotOperator.selector, address(counterparty))
            )
        );
        executor.execute(one(abi.encodeCall(Counterparty.callBack, (inner))), guard(0));
    }
}
