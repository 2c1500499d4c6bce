// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {GuardTest} from "./GuardTest.sol";

contract ExitTest is GuardTest {
    uint64 private constant WAIT = 14 days;
    uint64 private born;

    function setUp() public override {
        super.setUp();
        born = now_();
        lock(alice, 10 ether);
        lock(bob, 20 ether);
    }

    function test_a_depositor_of_a_silent_route_leaves_with_everything_that_was_free() external {
        vm.warp(born + T2 + 1);
        uint256 readyAt = block.timestamp + WAIT;
        vm.expectEmit(address(vault));
        emit ICollateralVault.ExitRequested(alice, asset, readyAt);
        request(alice);
        vm.warp(readyAt);
        vm.expectEmit(address(vault));
        emit ICollateralVault.WoundDown(born);
        eq(depart(alice), 10 ether);
        eq(weth.balanceOf(alice), 10 ether);
        eq(vault.finalRootAt(), born);
    }

    function test_an_account_of_the_engine_leaves_to_its_owner() external {
        address account = address(uint160(uint256(keccak256(abi.encode(alice, uint96(3))))));
        lock(account, 5 ether);
        vm.warp(born + T2 + 1);
        vm.prank(alice);
        vault.requestExit(3, asset);
        vm.warp(block.timestamp + WAIT);
        vm.prank(alice);
        eq(vault.exit(3, asset), 5 ether);
        eq(weth.balanceOf(alice), 5 ether);
    }

    function test_nobody_leaves_a_route_that_is_heard_of() external {
        bytes memory alive = abi.encodeWithSelector(ICollateralVault.RouteAlive.selector, born, born + T2);
        vm.warp(born + T2);
        vm.prank(alice);
        vm.expectRevert(alive);
        vault.requestExit(0, asset);
    }

    function test_news_of_the_route_voids_what_was_requested() external {
        vm.warp(born + T2 + 1);
        request(alice);
        told.say(address(mirror), bytes32(uint256(5)), 1, now_());
        vault.hear("");
        uint64 heard = now_();
        vm.warp(block.timestamp + WAIT + T2);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RouteAlive.selector, heard, heard + T2));
        vault.exit(0, asset);
    }

    function test_a_claim_is_news_too() external {
        mirror.allocate(bob, liquidator, asset, 3 ether);
        vm.warp(born + T2);
        owedIs(liquidator, 3 ether);
        vault.claim(liquidator, asset, "");
        eq(vault.heard(), born + T2);
    }

    function test_an_exit_waits_for_its_whole_delay_and_for_its_request() external {
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ExitUnrequested.selector, alice, asset));
        vault.exit(0, asset);
        vm.warp(born + T2 + 1);
        request(alice);
        uint256 readyAt = block.timestamp + WAIT;
        vm.warp(readyAt - 1);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.ExitTooSoon.selector, readyAt));
        vault.exit(0, asset);
    }

    function test_what_was_spent_at_the_last_root_stays_for_whom_it_is_owed_to() external {
        mirror.allocate(alice, liquidator, asset, 4 ether);
        told.say(address(mirror), spentSlot(alice), 4 ether, born);
        owedIs(liquidator, 4 ether);
        vm.warp(born + T2 + 1);
        request(alice);
        vm.prank(STRANGER);
        vault.proveSpent(alice, asset, "");
        vm.warp(block.timestamp + WAIT);
        eq(depart(alice), 6 ether);
        eq(vault.claim(liquidator, asset, ""), 4 ether);
        request(bob);
        vm.warp(block.timestamp + WAIT);
        eq(depart(bob), 20 ether);
        eq(weth.balanceOf(address(vault)), 0);
    }

    function test_what_is_owed_and_who_left_with_how_much_is_said() external {
        mirror.allocate(alice, liquidator, asset, 4 ether);
        told.say(address(mirror), totalSlot(4), 4 ether, born);
        vm.warp(born + T2 + 1);
        request(bob);
        vm.expectEmit(address(vault));
        emit ICollateralVault.OwedProven(asset, 4 ether);
        vault.proveOwed(asset, "");
        vm.warp(block.timestamp + WAIT);
        vm.expectEmit(address(vault));
        emit ICollateralVault.Exited(bob, asset, bob, 20 ether);
        depart(bob);
    }

    function test_a_tripped_vault_still_takes_what_it_had_heard_before() external {
        owedIs(liquidator, 5 ether);
        vault.claim(liquidator, asset, "");
        owedIs(liquidator, 1 ether);
        vault.trip(told, liquidator, asset, "");
        vm.warp(born + T2 + 1);
        told.say(address(mirror), spentSlot(alice), 4 ether, vault.heard());
        vault.proveSpent(alice, asset, "");
        eq(vault.provenSpent(alice, asset), 4 ether);
    }

    function test_nothing_is_paid_twice() external {
        vm.warp(born + T2 + 1);
        request(alice);
        vm.warp(block.timestamp + WAIT);
        depart(alice);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NothingFree.selector, alice, asset, 10 ether, 10 ether)
        );
        vault.exit(0, asset);
    }

    function test_what_is_owed_in_all_stays_even_if_nobody_named_who_spent_it() external {
        mirror.allocate(alice, liquidator, asset, 10 ether);
        told.say(address(mirror), totalSlot(4), 10 ether, born);
        owedIs(liquidator, 10 ether);
        vm.warp(born + T2 + 1);
        request(alice);
        request(bob);
        vault.proveOwed(asset, "");
        vm.warp(block.timestamp + WAIT);
        depart(bob);
        vm.prank(alice);
        vm.expectPartialRevert(ICollateralVault.NothingFree.selector);
        vault.exit(0, asset);
        eq(vault.claim(liquidator, asset, ""), 10 ether);
    }

    function test_after_the_first_exit_no_later_root_and_no_deposit_counts() external {
        vm.warp(born + T2 + 1);
        request(alice);
        vm.warp(block.timestamp + WAIT);
        depart(alice);
        owedIs(liquidator, 1 ether);
        bytes memory late = abi.encodeWithSelector(ICollateralVault.AfterFinalRoot.selector, now_(), born);
        vm.expectRevert(late);
        vault.claim(liquidator, asset, "");
        told.say(address(mirror), bytes32(uint256(5)), 1, now_());
        vm.expectRevert(late);
        vault.hear("");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RouteEnded.selector, born));
        vault.deposit(bob, asset, 1 ether);
    }

    function test_the_mirror_is_retired_by_proof_of_the_end_and_counts_no_more() external {
        vm.warp(born + T2 + 1);
        request(alice);
        vm.warp(block.timestamp + WAIT);
        depart(alice);
        told.say(address(vault), bytes32(uint256(3)), vault.finalRootAt(), now_());
        mirror.retire("");
        eq(mirror.retiredAt(), born);
        eq(mirror.available(bob, asset), 0);
        bytes memory retired = abi.encodeWithSelector(IVaultMirror.RouteRetired.selector, born);
        vm.expectRevert(retired);
        mirror.allocate(bob, liquidator, asset, 1);
        vm.expectRevert(retired);
        mirror.prove(bob, asset, "");
    }

    function test_a_tripped_vault_hears_nothing_so_that_its_depositors_may_leave() external {
        owedIs(liquidator, 5 ether);
        vault.claim(liquidator, asset, "");
        owedIs(liquidator, 1 ether);
        vault.trip(told, liquidator, asset, "");
        vm.warp(born + T2 + 1);
        told.say(address(mirror), bytes32(uint256(5)), 1, now_());
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.RouteTripped.selector, born));
        vault.hear("");
        told.say(address(mirror), spentSlot(alice), 9 ether, now_());
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.RouteTripped.selector, born));
        vault.proveSpent(alice, asset, "");
        request(alice);
        vm.warp(block.timestamp + WAIT);
        eq(depart(alice), 10 ether);
    }

    /// @notice Whoever leaves in whatever order: exits and claims of the last root add up to the deposits, to the wei.
    function test_fuzz_exits_and_claims_share_out_the_deposits(uint256 spentByAlice, uint256 spentByBob, uint256 order)
        external
    {
        (spentByAlice, spentByBob) = (bound(spentByAlice, 1, 10 ether), bound(spentByBob, 1, 20 ether));
        mirror.allocate(alice, liquidator, asset, spentByAlice);
        mirror.allocate(bob, liquidator, asset, spentByBob);
        owedIs(liquidator, spentByAlice + spentByBob);
        told.say(address(mirror), spentSlot(alice), spentByAlice, born);
        told.say(address(mirror), spentSlot(bob), spentByBob, born);
        told.say(address(mirror), totalSlot(4), spentByAlice + spentByBob, born);
        vm.warp(born + T2 + 1);
        if (spentByAlice < 10 ether) request(alice);
        if (spentByBob < 20 ether) request(bob);
        vault.proveOwed(asset, "");
        vault.proveSpent(alice, asset, "");
        vault.proveSpent(bob, asset, "");
        vm.warp(block.timestamp + WAIT);
        for (uint256 i; i < 3; ++i) {
            uint256 turn = (i + order % 3) % 3;
            if (turn == 0 && spentByAlice < 10 ether) depart(alice);
            if (turn == 1 && spentByBob < 20 ether) depart(bob);
            if (turn == 2) vault.claim(liquidator, asset, "");
        }
        eq(weth.balanceOf(alice), 10 ether - spentByAlice);
        eq(weth.balanceOf(bob), 20 ether - spentByBob);
        eq(weth.balanceOf(liquidator), spentByAlice + spentByBob);
        eq(weth.balanceOf(address(vault)), 0);
    }

    function request(address who) private {
        vm.prank(who);
        vault.requestExit(0, asset);
    }

    function depart(address who) private returns (uint256) {
        vm.prank(who);
        return vault.exit(0, asset);
    }
}
