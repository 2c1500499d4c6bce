// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {Suite} from "../support/Suite.sol";

contract ClaimTest is Suite {
    Counter private _early;
    Counter private _late;

    function setUp() public override {
        super.setUp();
        vault.deposit(alice, address(weth), 100 ether);
        anchored("owed", "mirror");
        anchored("owedLater", "mirror");
        _early = counter("owed", "mirror_liquidator");
        _late = counter("owedLater", "mirror_liquidator");
    }

    function test_a_claim_pays_what_the_engine_chain_owes() external {
        vm.expectEmit(address(vault));
        emit ICollateralVault.Claimed(liquidator, address(weth), _early.value, _early.value);
        eq(vault.claim(liquidator, address(weth), _early.evidence), 2 ether);
        vm.snapshotGasLastCall("vault", "claim");
        eq(weth.balanceOf(liquidator), 2 ether);
        eq(vault.totalClaimed(address(weth)), 2 ether);
    }

    function test_anyone_may_relay_and_only_the_beneficiary_is_paid() external {
        vm.prank(STRANGER);
        vault.claim(liquidator, address(weth), _early.evidence);
        eq(weth.balanceOf(STRANGER), 0);
        eq(weth.balanceOf(liquidator), 2 ether);
    }

    function test_the_same_proof_twice_pays_nothing() external {
        vault.claim(liquidator, address(weth), _early.evidence);
        _expectNothingOwed(_early.value, _early.value);
        vault.claim(liquidator, address(weth), _early.evidence);
    }

    function test_a_newer_proof_pays_the_difference() external {
        vault.claim(liquidator, address(weth), _early.evidence);
        eq(vault.claim(liquidator, address(weth), _late.evidence), 3 ether);
        eq(weth.balanceOf(liquidator), 5 ether);
    }

    function test_an_older_proof_after_a_newer_one_pays_nothing() external {
        eq(vault.claim(liquidator, address(weth), _late.evidence), 5 ether);
        _expectNothingOwed(_early.value, _late.value);
        vault.claim(liquidator, address(weth), _early.evidence);
    }

    function test_fuzz_claims_in_any_order_with_repeats_pay_exactly_the_largest(bool[12] calldata order) external {
        uint256 largest;
        for (uint256 i; i < order.length; ++i) {
            Counter memory proof = order[i] ? _late : _early;
            if (proof.value <= largest) _expectNothingOwed(proof.value, largest);
            else largest = proof.value;
            vault.claim(liquidator, address(weth), proof.evidence);
        }
        eq(weth.balanceOf(liquidator), largest);
        eq(vault.claimed(liquidator, address(weth)), largest);
    }

    function test_evidence_of_one_beneficiary_pays_no_other() external {
        vm.expectRevert();
        vault.claim(provider, address(weth), _late.evidence);
        vm.expectRevert();
        vault.claim(STRANGER, address(weth), _late.evidence);
    }

    function test_a_proof_of_another_mirror_is_rejected() external {
        Counter memory foreign = counter("owed", "otherMirror_liquidator");
        vm.expectRevert(
            abi.encodeWithSelector(TrieProof.TrieProofTraversalError.selector, TrieProof.ProofError.INVALID_ROOT)
        );
        vault.claim(liquidator, address(weth), foreign.evidence);
    }

    function test_the_vault_never_pays_more_than_it_took() external {
        ICollateralVault poor = vaultOver(roots, known("contracts.mirror"));
        poor.list(address(weth), 1000 ether);
        weth.approve(address(poor), 1 ether);
        poor.deposit(alice, address(weth), 1 ether);
        weth.mint(address(poor), 100 ether);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.Insolvent.selector, address(weth), 2 ether, 1 ether)
        );
        poor.claim(liquidator, address(weth), _early.evidence);
    }

    function test_a_claim_above_the_rate_limit_is_paid_in_parts_by_one_proof() external {
        vault.setRateLimit(address(weth), 4 ether, 1 hours);
        eq(vault.claim(liquidator, address(weth), _late.evidence), 4 ether);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RateLimited.selector, address(weth), 1 ether));
        vault.claim(liquidator, address(weth), _late.evidence);
        vm.warp(block.timestamp + 1 hours);
        eq(vault.claim(liquidator, address(weth), _late.evidence), 1 ether);
        eq(weth.balanceOf(liquidator), 5 ether);
    }

    function test_a_rate_limit_of_zero_stops_an_asset_and_window_zero_frees_it() external {
        vault.setRateLimit(address(weth), 0, 1 hours);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RateLimited.selector, address(weth), 5 ether));
        vault.claim(liquidator, address(weth), _late.evidence);
        vault.setRateLimit(address(weth), 0, 0);
        eq(vault.claim(liquidator, address(weth), _late.evidence), 5 ether);
    }

    function _expectNothingOwed(uint256 owed, uint256 claimed) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ICollateralVault.NothingOwed.selector, liquidator, address(weth), owed, claimed
            )
        );
    }
}
