// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Suite} from "../support/Suite.sol";

contract ProveTest is Suite {
    function setUp() public override {
        super.setUp();
        anchored("deposited", "vault");
    }

    function test_a_proven_deposit_becomes_credit() external {
        vm.expectEmit(address(mirror));
        emit IVaultMirror.Credited(alice, address(weth), 10 ether, 10 ether);
        eq(mirror.prove(alice, address(weth), counter("deposited", "vault_alice").evidence), 10 ether);
        eq(mirror.credited(alice, address(weth)), 10 ether);
        eq(mirror.available(alice, address(weth)), 10 ether);
        eq(mirror.totalCredited(address(weth)), 10 ether);
    }

    function test_the_pulse_beats_before_anybody_is_owed() external view {
        eq(mirror.pulse(), 1);
    }

    function test_one_anchor_serves_every_account_of_its_block() external {
        mirror.prove(alice, address(weth), counter("deposited", "vault_alice").evidence);
        eq(mirror.prove(bob, address(weth), counter("deposited", "vault_bob").evidence), 3 ether);
        vm.snapshotGasLastCall("mirror", "prove");
        eq(mirror.totalCredited(address(weth)), 13 ether);
    }

    /// @notice The first credit of an asset opens its book; a cap, as every deployment sets, has opened it before.
    function test_under_a_cap_the_first_credit_of_an_asset_costs_what_any_does() external {
        bytes memory evidence = counter("deposited", "vault_bob").evidence;
        uint256 clean = vm.snapshotState();
        mirror.prove(bob, address(weth), evidence);
        vm.snapshotGasLastCall("mirror", "prove, the first of an asset without a cap");
        vm.revertToState(clean);
        mirror.setCreditCap(address(weth), type(uint104).max);
        mirror.prove(bob, address(weth), evidence);
        vm.snapshotGasLastCall("mirror", "prove, the first of an asset");
    }

    function test_the_same_proof_twice_credits_nothing() external {
        bytes memory evidence = counter("deposited", "vault_alice").evidence;
        mirror.prove(alice, address(weth), evidence);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVaultMirror.NothingNew.selector, alice, address(weth), uint256(10 ether), uint256(10 ether)
            )
        );
        mirror.prove(alice, address(weth), evidence);
    }

    function test_a_newer_proof_credits_the_difference_and_an_older_one_nothing() external {
        anchored("depositedLater", "vault");
        mirror.prove(alice, address(weth), counter("deposited", "vault_alice").evidence);
        eq(mirror.prove(alice, address(weth), counter("depositedLater", "vault_alice").evidence), 2 ether);
        bytes memory old = counter("deposited", "vault_alice").evidence;
        vm.expectRevert(
            abi.encodeWithSelector(
                IVaultMirror.NothingNew.selector, alice, address(weth), uint256(10 ether), uint256(12 ether)
            )
        );
        mirror.prove(alice, address(weth), old);
    }

    function test_a_proof_of_another_vault_is_rejected() external {
        roots.anchor(number("deposited"), known("contracts.otherVault"), accountProof("deposited", "otherVault"));
        bytes memory foreign = counter("deposited", "otherVault_alice").evidence;
        vm.expectRevert(
            abi.encodeWithSelector(TrieProof.TrieProofTraversalError.selector, TrieProof.ProofError.INVALID_ROOT)
        );
        mirror.prove(alice, address(weth), foreign);
    }

    function test_a_deposit_of_one_account_credits_no_other() external {
        bytes memory evidence = counter("deposited", "vault_alice").evidence;
        vm.expectRevert();
        mirror.prove(bob, address(weth), evidence);
        vm.expectRevert();
        mirror.prove(alice, address(bondToken), evidence);
    }

    function test_a_rate_limit_credits_in_parts_by_one_proof() external {
        bytes memory evidence = counter("deposited", "vault_alice").evidence;
        mirror.setRateLimit(address(weth), 6 ether, 1 hours);
        eq(mirror.prove(alice, address(weth), evidence), 6 ether);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.RateLimited.selector, address(weth), 4 ether));
        mirror.prove(alice, address(weth), evidence);
        vm.warp(block.timestamp + 30 minutes);
        eq(mirror.prove(alice, address(weth), evidence), 3 ether);
        vm.warp(block.timestamp + 1 hours);
        eq(mirror.prove(alice, address(weth), evidence), 1 ether);
        eq(mirror.credited(alice, address(weth)), 10 ether);
    }
}
