// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Counterparty, ExecutorTest} from "./ExecutorTest.sol";
import {Rules} from "./Rules.sol";

contract RulesTest is ExecutorTest {
    function test_a_call_without_rule_is_forbidden() external {
        ILiquidatorExecutor.Call[] memory calls = new ILiquidatorExecutor.Call[](1);
        calls[0] = ILiquidatorExecutor.Call(address(dollar), abi.encodeCall(IERC20.transfer, (OPERATOR, 1)));
        _forbidden(calls, IERC20.transfer.selector);
    }

    function test_an_allowed_selector_on_another_target_is_forbidden() external {
        ILiquidatorExecutor.Call[] memory calls = pays(1);
        calls[0].target = address(new Counterparty());
        _forbidden(calls, Counterparty.pay.selector);
    }

    function test_a_withdrawn_rule_forbids_again() external {
        vm.prank(OWNER);
        executor.setRule(address(counterparty), Counterparty.pay.selector, Rules.forbidden());
        _forbidden(pays(1), Counterparty.pay.selector);
    }

    function test_bytes_too_short_for_a_selector_are_forbidden() external {
        vm.prank(OWNER);
        executor.setRule(address(counterparty), bytes4(0), Rules.free());
        _forbidden(one(""), bytes4(0));
        _forbidden(one(hex"000000"), bytes4(0));
    }

    function test_a_pinned_recipient_cannot_be_redirected() external {
        bytes memory data = abi.encodeCall(Counterparty.take, (dollar, 1, OPERATOR));
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.ArgumentPinned.selector,
                address(counterparty),
                Counterparty.take.selector,
                3,
                bytes32(uint256(uint160(address(counterparty)))),
                bytes32(uint256(uint160(OPERATOR)))
            )
        );
        executor.execute(one(data), guard(-1));
    }

    function test_a_pinned_argument_that_is_missing_is_refused() external {
        vm.prank(OWNER);
        _allow(Counterparty.refuse.selector, Rules.pinned(2, bytes32(0)));
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidatorExecutor.ArgumentPinned.selector,
                address(counterparty),
                Counterparty.refuse.selector,
                2,
                bytes32(0),
                bytes32(0)
            )
        );
        executor.execute(one(abi.encodeCall(Counterparty.refuse, (0))), guard(0));
    }

    function test_setting_a_rule_is_public() external {
        ILiquidatorExecutor.Rule memory rule = Rules.and(Rules.pinned(4, "value"), 5, "other");
        vm.expectEmit(address(executor));
        emit ILiquidatorExecutor.RuleSet(address(dollar), IERC20.approve.selector, rule);
        vm.prank(OWNER);
        executor.setRule(address(dollar), IERC20.approve.selector, rule);
    }

    function test_fuzz_only_the_pinned_word_passes(address recipient) external {
        bytes memory data = abi.encodeCall(Counterparty.take, (dollar, 1, recipient));
        vm.prank(OPERATOR);
        if (recipient != address(counterparty)) vm.expectRevert();
        executor.execute(one(data), guard(-1));
    }

    function _forbidden(ILiquidatorExecutor.Call[] memory calls, bytes4 selector) private {
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidatorExecutor.CallForbidden.selector, calls[0].target, selector)
        );
        executor.execute(calls, guard(0));
    }
}
