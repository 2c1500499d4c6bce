// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {GuardTest} from "./GuardTest.sol";

contract LimitsTest is GuardTest {
    function test_stale_evidence_credits_nothing_and_fresh_evidence_does() external {
        vault.deposit(alice, asset, 10 ether);
        depositedIs(alice, 10 ether);
        uint64 asOf = now_();
        vm.warp(block.timestamp + T1 + 1);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.EvidenceStale.selector, asOf, T1));
        mirror.prove(alice, asset, "");
        depositedIs(alice, 10 ether);
        eq(mirror.prove(alice, asset, ""), 10 ether);
    }

    function test_old_credit_is_liquidated_however_stale_the_route() external {
        lock(alice, 10 ether);
        vm.warp(block.timestamp + 100 * T1);
        mirror.allocate(alice, liquidator, asset, 4 ether);
        eq(mirror.owed(liquidator, asset), 4 ether);
    }

    function test_evidence_from_the_future_is_refused() external {
        uint64 limit = now_() + 10 minutes;
        told.say(address(vault), counterSlot(alice, asset), 1 ether, limit + 1);
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.EvidenceFromFuture.selector, limit + 1, limit));
        mirror.prove(alice, asset, "");
    }

    function test_a_source_credits_no_more_than_its_cap() external {
        mirror.setCreditCap(asset, 15 ether);
        lock(alice, 10 ether);
        vault.deposit(bob, asset, 6 ether);
        depositedIs(bob, 6 ether);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.CreditCapped.selector, asset, 16 ether, 15 ether));
        mirror.prove(bob, asset, "");
        mirror.setCreditCap(asset, 0);
        eq(mirror.prove(bob, asset, ""), 6 ether);
    }

    function test_a_large_deposit_waits_and_a_small_one_does_not() external {
        mirror.setLargeDelta(asset, 5 ether, 1 hours);
        lock(bob, 5 ether);
        eq(mirror.credited(bob, asset), 5 ether);
        vault.deposit(alice, asset, 10 ether);
        depositedIs(alice, 10 ether);
        uint256 readyAt = block.timestamp + 1 hours;
        vm.expectEmit(address(mirror));
        emit IRouteGuard.HeldBack(alice, asset, 10 ether, readyAt);
        eq(mirror.prove(alice, asset, ""), 0);
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.StillHeldBack.selector, alice, asset, readyAt));
        mirror.prove(alice, asset, "");
        vm.warp(readyAt);
        eq(mirror.prove(alice, asset, ""), 10 ether);
    }

    function test_dust_sent_to_a_waiting_account_does_not_prolong_its_wait() external {
        mirror.setLargeDelta(asset, 5 ether, 1 hours);
        vault.deposit(alice, asset, 10 ether);
        depositedIs(alice, 10 ether);
        mirror.prove(alice, asset, "");
        vm.warp(block.timestamp + 1 hours);
        vault.deposit(alice, asset, 1);
        depositedIs(alice, 10 ether + 1);
        eq(mirror.prove(alice, asset, ""), 10 ether);
        eq(mirror.prove(alice, asset, ""), 1);
    }

    function test_a_large_claim_waits_too_and_is_paid_once() external {
        lock(alice, 100 ether);
        vault.setLargeDelta(asset, 5 ether, 1 hours);
        owedIs(liquidator, 40 ether);
        eq(vault.claim(liquidator, asset, ""), 0);
        vm.warp(block.timestamp + 1 hours);
        eq(vault.claim(liquidator, asset, ""), 40 ether);
        eq(weth.balanceOf(liquidator), 40 ether);
    }

    function test_a_large_delta_and_a_rate_limit_hold_together() external {
        mirror.setLargeDelta(asset, 5 ether, 1 hours);
        mirror.setRateLimit(asset, 6 ether, 1 hours);
        vault.deposit(alice, asset, 10 ether);
        depositedIs(alice, 10 ether);
        eq(mirror.prove(alice, asset, ""), 0);
        vm.warp(block.timestamp + 1 hours);
        eq(mirror.prove(alice, asset, ""), 6 ether);
        vm.snapshotGasLastCall("mirror", "prove, every limit set, without the proof");
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.RateLimited.selector, asset, 4 ether));
        mirror.prove(alice, asset, "");
        vm.warp(block.timestamp + 1 hours);
        eq(mirror.prove(alice, asset, ""), 4 ether);
    }
}
