// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {GuardTest} from "./GuardTest.sol";

contract BreakerTest is GuardTest {
    function test_credit_above_the_deposit_trips_the_mirror_by_anybodys_proof() external {
        lock(alice, 10 ether);
        depositedIs(alice, 500 ether);
        mirror.prove(alice, asset, "");
        depositedIs(alice, 10 ether);
        vm.expectEmit(address(mirror));
        emit IRouteGuard.Tripped(asset, alice, 500 ether, 10 ether, STRANGER);
        vm.prank(STRANGER);
        mirror.trip(told, alice, asset, "");
        vm.snapshotGasLastCall("mirror", "trip");
        bytes memory tripped = abi.encodeWithSelector(IRouteGuard.RouteTripped.selector, block.timestamp);
        vm.expectRevert(tripped);
        mirror.allocate(alice, liquidator, asset, 1);
        vm.expectRevert(tripped);
        mirror.prove(alice, asset, "");
        vm.expectRevert(tripped);
        mirror.trip(told, alice, asset, "");
    }

    function test_credit_for_an_account_that_never_deposited_is_convicted_by_the_total() external {
        lock(alice, 10 ether);
        depositedIs(bob, 500 ether);
        mirror.prove(bob, asset, "");
        told.say(address(vault), totalSlot(2), 10 ether, now_());
        vm.expectEmit(address(mirror));
        emit IRouteGuard.Tripped(asset, address(0), 510 ether, 10 ether, address(this));
        mirror.tripTotal(told, asset, "");
    }

    function test_a_claim_above_what_is_owed_trips_the_vault() external {
        lock(alice, 100 ether);
        owedIs(liquidator, 60 ether);
        vault.claim(liquidator, asset, "");
        owedIs(liquidator, 2 ether);
        vm.expectEmit(address(vault));
        emit IRouteGuard.Tripped(asset, liquidator, 60 ether, 2 ether, address(this));
        vault.trip(told, liquidator, asset, "");
        owedIs(provider, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.RouteTripped.selector, block.timestamp));
        vault.claim(provider, asset, "");
    }

    function test_claims_above_all_that_is_owed_trip_the_vault_by_the_total() external {
        lock(alice, 100 ether);
        owedIs(liquidator, 60 ether);
        vault.claim(liquidator, asset, "");
        told.say(address(mirror), totalSlot(4), 5 ether, now_());
        vault.tripTotal(told, asset, "");
        eq(vault.trippedAt(), block.timestamp);
    }

    function test_an_honest_book_cannot_be_tripped() external {
        lock(alice, 10 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRouteGuard.NoContradiction.selector, 10 ether, 10 ether, block.timestamp, block.timestamp
            )
        );
        mirror.trip(told, alice, asset, "");
    }

    function test_a_proof_older_than_the_newest_credit_contradicts_nothing() external {
        uint64 before = now_();
        vm.warp(block.timestamp + 60);
        lock(alice, 10 ether);
        told.say(address(vault), counterSlot(alice, asset), 4 ether, before);
        vm.expectRevert(
            abi.encodeWithSelector(IRouteGuard.NoContradiction.selector, 10 ether, 4 ether, before + 60, before)
        );
        mirror.trip(told, alice, asset, "");
    }

    function test_a_witness_may_stop_and_never_book_and_a_stranger_may_neither() external {
        lock(alice, 10 ether);
        depositedIs(alice, 500 ether);
        mirror.prove(alice, asset, "");
        witness.say(address(vault), counterSlot(alice, asset), 10 ether, now_());
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.NotWitness.selector, witness));
        mirror.trip(witness, alice, asset, "");
        mirror.setWitness(witness, true);
        mirror.trip(witness, alice, asset, "");
        eq(mirror.trippedAt(), block.timestamp);
    }

    function test_governance_resets_no_sooner_than_its_delay() external {
        vm.expectRevert(IRouteGuard.NotTripped.selector);
        mirror.reset();
        lock(alice, 10 ether);
        depositedIs(alice, 9 ether);
        mirror.trip(told, alice, asset, "");
        uint256 resettable = block.timestamp + RESET_DELAY;
        vm.warp(resettable - 1);
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.ResetTooSoon.selector, resettable));
        mirror.reset();
        vm.warp(resettable);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER));
        mirror.reset();
        mirror.reset();
        mirror.allocate(alice, liquidator, asset, 1 ether);
        depositedIs(alice, 9 ether);
        mirror.trip(told, alice, asset, "");
    }

    function test_a_stranger_names_no_witness_and_no_large_delta() external {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(refusal);
        mirror.setWitness(ICounterSource(STRANGER), true);
        vm.expectRevert(refusal);
        vault.setLargeDelta(asset, 1, 1);
        vm.expectRevert(refusal);
        mirror.setCreditCap(asset, 1);
        vm.stopPrank();
    }
}
