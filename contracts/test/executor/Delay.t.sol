// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Counterparty, ExecutorTest} from "./ExecutorTest.sol";
import {Rules} from "./Rules.sol";

interface IRequests is ILiquidatorExecutor {
    function isSealed() external view returns (bool);
    function outlayLeft() external view returns (uint256 cap, uint256 available);
    function isOperator(address operator) external view returns (bool);
    function valueOf(address token) external view returns (uint256);
}

/// @notice What a sealed executor's owner may do at once, and what has to wait.
contract DelayTest is ExecutorTest {
    IRequests private sealedOne;

    function setUp() public override {
        super.setUp();
        sealedOne = IRequests(address(executor));
        vm.startPrank(OWNER);
        executor.setHourlyCap(100e6);
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.Sealed();
        executor.seal();
        vm.stopPrank();
        yes(sealedOne.isSealed(), "sealed");
    }

    function test_the_owner_cannot_take_tokens_around_the_timelock() external {
        bytes memory take = abi.encodeCall(IERC20.transfer, (OWNER, 1000e6));
        bytes memory call = abi.encodeCall(executor.ownerCall, (address(dollar), take));
        waits(call);
        eq(dollar.balanceOf(OWNER), 1000e6);
    }

    function test_a_rule_an_operator_a_measure_and_a_higher_cap_wait() external {
        ILiquidatorExecutor.Rule memory rule = Rules.free();
        waits(abi.encodeCall(executor.setRule, (address(dollar), IERC20.transfer.selector, rule)));
        waits(abi.encodeCall(executor.setOperator, (STRANGER, true)));
        waits(abi.encodeCall(executor.setMeasure, (address(dollar), "")));
        waits(abi.encodeCall(executor.setHourlyCap, (100e6 + 1)));
    }

    function test_a_request_is_used_once() external {
        bytes memory call = abi.encodeCall(executor.setHourlyCap, (200e6));
        waits(call);
        vm.prank(OWNER);
        executor.setHourlyCap(100e6);
        fails(call, abi.encodeWithSelector(ILiquidatorExecutor.RequestUnknown.selector, keccak256(call)));
    }

    function test_a_cancelled_request_is_void() external {
        bytes memory call = abi.encodeCall(executor.setHourlyCap, (200e6));
        vm.startPrank(OWNER);
        executor.request(call);
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.Cancelled(keccak256(call));
        executor.cancel(keccak256(call));
        vm.stopPrank();
        vm.warp(block.timestamp + WITHDRAW_DELAY);
        fails(call, abi.encodeWithSelector(ILiquidatorExecutor.RequestUnknown.selector, keccak256(call)));
    }

    function test_taking_freedom_away_never_waits() external {
        vm.startPrank(OWNER);
        executor.setRule(address(counterparty), Counterparty.take.selector, Rules.forbidden());
        executor.setHourlyCap(1);
        executor.setOperator(OPERATOR, false);
        executor.setValue(address(dollar), 5);
        executor.setValue(address(dollar), 6);
        executor.pause();
        vm.stopPrank();
        (uint256 cap,) = sealedOne.outlayLeft();
        eq(cap, 1);
        yes(!sealedOne.isOperator(OPERATOR), "dismissed");
        eq(sealedOne.valueOf(address(dollar)), 6);
        waits(abi.encodeCall(executor.setValue, (address(dollar), 5)));
    }

    function test_strangers_and_operators_request_nothing() external {
        for (uint256 i; i < 2; ++i) {
            address caller = i == 0 ? STRANGER : OPERATOR;
            vm.startPrank(caller);
            bytes memory refusal = abi.encodeWithSelector(ILiquidatorExecutor.NotOwner.selector, caller);
            vm.expectRevert(refusal);
            executor.request("");
            vm.expectRevert(refusal);
            executor.cancel(0);
            vm.expectRevert(refusal);
            executor.seal();
            vm.expectRevert(refusal);
            executor.setValue(address(dollar), 1);
            vm.stopPrank();
        }
    }

    /// @dev Refused without a request and before its time, done afterwards.
    function waits(bytes memory call) private {
        fails(call, abi.encodeWithSelector(ILiquidatorExecutor.RequestUnknown.selector, keccak256(call)));
        uint256 readyAt = block.timestamp + WITHDRAW_DELAY;
        vm.prank(OWNER);
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.Requested(keccak256(call), call, readyAt);
        executor.request(call);
        vm.warp(readyAt - 1);
        fails(call, abi.encodeWithSelector(ILiquidatorExecutor.TimelockPending.selector, readyAt));
        vm.warp(readyAt);
        vm.prank(OWNER);
        (bool done,) = address(executor).call(call);
        yes(done, "done after the delay");
    }

    function fails(bytes memory call, bytes memory reason) private {
        vm.prank(OWNER);
        (bool done, bytes memory answer) = address(executor).call(call);
        yes(!done, "refused");
        eq(answer, reason);
    }
}
