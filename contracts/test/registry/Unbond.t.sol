// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {Suite} from "../support/Suite.sol";

contract UnbondTest is Suite {
    address private _agent;

    function setUp() public override {
        super.setUp();
        _agent = attestor(0);
    }

    function test_a_request_ends_the_rights_at_once_and_the_bond_later() external {
        uint256 until = block.timestamp + UNBONDING;
        vm.expectEmit(address(registry));
        emit IAgentRegistry.UnbondRequested(_agent, until);
        _request();
        eq(registry.isBonded(_agent), false);
        eq(registry.isAttestor(_agent), false);

        vm.warp(until - 1);
        vm.prank(_agent);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.StillBonded.selector, until));
        registry.withdraw(alice);

        vm.warp(until);
        vm.prank(_agent);
        registry.withdraw(alice);
        eq(bondToken.balanceOf(alice), BOND);
        eq(registry.agents(_agent).bond, 0);
    }

    function test_nothing_is_withdrawn_without_a_request() external {
        vm.prank(_agent);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NotUnbonding.selector, _agent));
        registry.withdraw(alice);
    }

    function test_nobody_unbonds_without_a_bond() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.BondTooSmall.selector, 0, BOND));
        registry.requestUnbond();
    }

    function test_a_second_request_does_not_move_the_date() external {
        uint256 until = block.timestamp + UNBONDING;
        _request();
        vm.warp(block.timestamp + 1 days);
        vm.prank(_agent);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.StillBonded.selector, until));
        registry.requestUnbond();
    }

    function test_a_stranger_cannot_hold_an_agent_back_by_adding_to_its_bond() external {
        _request();
        registry.bond(_agent, 1);
        eq(registry.isBonded(_agent), false);
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(_agent);
        registry.withdraw(alice);
        eq(bondToken.balanceOf(alice), BOND + 1);
    }

    function test_whoever_comes_back_is_not_an_attestor_again() external {
        _request();
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(_agent);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.AttestorSet(_agent, false);
        registry.withdraw(alice);
        registry.bond(_agent, BOND);
        eq(registry.isBonded(_agent), true);
        eq(registry.isAttestor(_agent), false);
    }

    function _request() private {
        vm.prank(_agent);
        registry.requestUnbond();
    }
}
