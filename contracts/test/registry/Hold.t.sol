// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {Suite} from "../support/Suite.sol";

/// @notice A module holds part of an agent's bond against a promise.
contract HoldTest is Suite {
    address private _agent;

    function setUp() public override {
        super.setUp();
        _agent = attestor(0);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.ModuleSet(address(this), true);
        registry.setModule(address(this), true);
    }

    function test_what_is_held_is_said_and_given_back() external {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Held(_agent, 30);
        registry.hold(_agent, 30);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Held(_agent, 70);
        registry.hold(_agent, 40);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Held(_agent, 50);
        registry.release(_agent, 20);
        eq(registry.held(_agent), 50);
    }

    function test_what_is_forfeited_goes_to_who_noticed_and_to_the_treasury() external {
        registry.hold(_agent, 31);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Held(_agent, 0);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Forfeited(_agent, 31, STRANGER);
        registry.forfeit(_agent, 31, STRANGER);
        eq(bondToken.balanceOf(STRANGER), 15);
        eq(bondToken.balanceOf(TREASURY), 16);
        eq(uint256(registry.agents(_agent).bond), BOND - 31);
        eq(registry.held(_agent), 0);
    }

    function test_no_more_is_held_than_is_bonded() external {
        registry.hold(_agent, BOND);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.HeldBack.selector, _agent, BOND + 1, BOND));
        registry.hold(_agent, 1);
    }

    function test_who_is_no_module_any_more_holds_nothing() external {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.ModuleSet(address(this), false);
        registry.setModule(address(this), false);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NotModule.selector, address(this)));
        registry.hold(_agent, 1);
    }
}
