// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {ExecutorTest} from "./ExecutorTest.sol";
import {Rules} from "./Rules.sol";

contract StrangersTest is ExecutorTest {
    function test_a_stranger_can_do_nothing() external {
        _refused(ILiquidatorExecutor.NotOperator.selector, abi.encodeCall(executor.execute, (pays(1), guard(0))));
        _refused(ILiquidatorExecutor.NotOperator.selector, abi.encodeCall(executor.pause, ()));
        _ownerOnly(STRANGER);
    }

    function test_an_operator_owns_nothing() external {
        _ownerOnly(OPERATOR);
    }

    function test_the_owner_is_no_operator() external {
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.NotOperator.selector, OWNER));
        executor.execute(pays(1), guard(0));
    }

    function test_it_takes_no_native_coin() external {
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        (bool done,) = address(executor).call{value: 1}("");
        eq(done, false);
    }

    function test_fuzz_no_call_of_a_stranger_moves_anything(bytes4 selector, bytes calldata arguments) external {
        vm.prank(STRANGER);
        (bool done,) = address(executor).call(abi.encodePacked(selector, arguments));
        done;
        eq(dollar.balanceOf(address(executor)), 1000e6);
        eq(dollar.allowance(address(executor), STRANGER), 0);
    }

    function _ownerOnly(address caller) private {
        ILiquidatorExecutor.Rule memory rule = Rules.free();
        bytes[] memory calls = new bytes[](8);
        calls[0] = abi.encodeCall(executor.setOperator, (caller, true));
        calls[1] = abi.encodeCall(executor.setRule, (address(dollar), IERC20.transfer.selector, rule));
        calls[2] = abi.encodeCall(executor.setMeasure, (address(dollar), ""));
        calls[3] = abi.encodeCall(executor.setHourlyCap, (type(uint128).max));
        calls[4] = abi.encodeCall(executor.unpause, ());
        calls[5] = abi.encodeCall(
            executor.ownerCall, (address(dollar), abi.encodeCall(IERC20.transfer, (caller, 1)))
        );
        calls[6] = abi.encodeCall(executor.requestWithdraw, (address(dollar), 1, caller));
        calls[7] = abi.encodeCall(executor.withdraw, (address(dollar), 1, caller));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(executor).call(calls[i]);
            eq(done, false);
            eq(reason, abi.encodeWithSelector(ILiquidatorExecutor.NotOwner.selector, caller));
        }
    }

    function _refused(bytes4 error_, bytes memory data) private {
        vm.prank(STRANGER);
        (bool done, bytes memory reason) = address(executor).call(data);
        eq(done, false);
        eq(reason, abi.encodeWithSelector(error_, STRANGER));
    }
}
