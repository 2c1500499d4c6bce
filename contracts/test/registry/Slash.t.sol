// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {Suite} from "../support/Suite.sol";

contract SlashTest is Suite {
    uint256 private constant KEY = 0xA77E57;

    address private _agent;
    IAgentRegistry.Attestation private _one;
    IAgentRegistry.Attestation private _two;

    function setUp() public override {
        super.setUp();
        _agent = vm.addr(KEY);
        admit(_agent);
        _one = _signed(KEY, 7, "one");
        _two = _signed(KEY, 7, "two");
    }

    function test_two_blocks_at_one_height_cost_the_whole_bond() external {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.Slashed(_agent, BOND, STRANGER);
        vm.prank(STRANGER);
        registry.slashEquivocation(_one, _two);
        vm.snapshotGasLastCall("registry", "slash");
        eq(bondToken.balanceOf(STRANGER), BOND / 10);
        eq(bondToken.balanceOf(TREASURY), BOND - BOND / 10);
        eq(registry.isAttestor(_agent), false);
        eq(registry.agents(_agent).bond, 0);
    }

    function test_who_reports_itself_gets_nothing_back() external {
        vm.prank(_agent);
        registry.slashEquivocation(_one, _two);
        eq(bondToken.balanceOf(_agent), 0);
        eq(bondToken.balanceOf(TREASURY), BOND);
    }

    function test_under_another_name_an_equivocator_saves_a_tenth() external {
        vm.prank(alice);
        registry.slashEquivocation(_one, _two);
        eq(bondToken.balanceOf(alice) * 10, BOND);
    }

    function test_recorded_attestations_of_a_fork_are_evidence() external {
        uint256 height = number("owed");
        IAgentRegistry.Attestation memory first =
            IAgentRegistry.Attestation(SOURCE_CHAIN, height, hashOf("owed"), signatures("owed")[0]);
        IAgentRegistry.Attestation memory second =
            IAgentRegistry.Attestation(SOURCE_CHAIN, height, hashOf("forked"), signatures("forked")[0]);
        registry.slashEquivocation(first, second);
        eq(registry.isBonded(attestor(2)), false);
        eq(registry.isBonded(attestor(1)), true);
    }

    function test_an_agent_on_its_way_out_is_still_slashed() external {
        vm.prank(_agent);
        registry.requestUnbond();
        registry.slashEquivocation(_one, _two);
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(_agent);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NotUnbonding.selector, _agent));
        registry.withdraw(_agent);
    }

    function test_a_bond_is_slashed_once() external {
        registry.slashEquivocation(_one, _two);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.BondTooSmall.selector, 0, BOND));
        registry.slashEquivocation(_one, _two);
    }

    function test_the_same_statement_twice_is_no_conflict() external {
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NoConflict.selector, SOURCE_CHAIN, 7));
        registry.slashEquivocation(_one, _one);
    }

    function test_two_heights_are_no_conflict() external {
        IAgentRegistry.Attestation memory later = _signed(KEY, 8, "two");
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NoConflict.selector, SOURCE_CHAIN, 7));
        registry.slashEquivocation(_one, later);
    }

    function test_two_chains_are_no_conflict() external {
        IAgentRegistry.Attestation memory elsewhere = _two;
        elsewhere.chainId = 1;
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.NoConflict.selector, SOURCE_CHAIN, 7));
        registry.slashEquivocation(_one, elsewhere);
    }

    function test_two_signers_are_no_equivocation() external {
        IAgentRegistry.Attestation memory foreign = _signed(2, 7, "two");
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.SignerMismatch.selector, _agent, vm.addr(2)));
        registry.slashEquivocation(_one, foreign);
    }

    function test_fuzz_an_odd_bond_is_paid_out_whole(uint96 extra) external {
        uint256 amount = bound(extra, 1, 1000 ether);
        registry.bond(_agent, uint128(amount));
        registry.slashEquivocation(_one, _two);
        eq(bondToken.balanceOf(address(registry)), 3 * uint256(BOND));
    }

    function _signed(uint256 key, uint256 height, bytes32 blockHash)
        private
        view
        returns (IAgentRegistry.Attestation memory)
    {
        bytes32 digest = roots.attestationDigest(height, blockHash);
        return IAgentRegistry.Attestation(SOURCE_CHAIN, height, blockHash, signature(key, digest));
    }
}
