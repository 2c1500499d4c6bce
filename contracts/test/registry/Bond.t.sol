// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {Suite} from "../support/Suite.sol";

contract BondTest is Suite {
    function test_a_bond_opens_the_auction_and_admission_the_attestations() external {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Bonded(alice, BOND, BOND);
        registry.bond(alice, BOND);
        eq(registry.isBonded(alice), true);
        eq(registry.isAttestor(alice), false);
        vm.expectEmit(address(registry));
        emit IAgentRegistry.AttestorSet(alice, true);
        registry.setAttestor(alice, true);
        eq(registry.isAttestor(alice), true);
        eq(registry.agents(alice).bond, BOND);
    }

    function test_a_bond_below_the_minimum_opens_nothing() external {
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.BondTooSmall.selector, BOND - 1, BOND));
        registry.bond(alice, BOND - 1);
    }

    function test_a_bond_may_grow_by_any_amount() external {
        registry.bond(alice, BOND);
        registry.bond(alice, 1);
        eq(registry.agents(alice).bond, BOND + 1);
    }

    function test_an_agent_without_bond_is_not_admitted() external {
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.BondTooSmall.selector, 0, BOND));
        registry.setAttestor(alice, true);
    }

    function test_a_dismissed_attestor_keeps_its_bond() external {
        address agent = attestor(0);
        registry.setAttestor(agent, false);
        eq(registry.isAttestor(agent), false);
        eq(registry.isBonded(agent), true);
    }
}
