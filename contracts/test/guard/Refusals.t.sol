// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {CounterCourier} from "../../src/CounterCourier.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {FickleToken} from "../support/Tokens.sol";
import {Claimed, GuardTest} from "./GuardTest.sol";

/// @notice What is stale, repeated, about the wrong contract or contradicts nothing is refused by name and number.
contract RefusalsTest is GuardTest {
    function test_what_was_owed_in_all_is_proven_once() external {
        told.say(address(mirror), totalSlot(4), 5 ether, now_());
        vault.proveOwed(asset, "");
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NothingSpent.selector, 5 ether, 5 ether));
        vault.proveOwed(asset, "");
        told.say(address(mirror), totalSlot(4), 4 ether, now_());
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NothingSpent.selector, 4 ether, 5 ether));
        vault.proveOwed(asset, "");
    }

    function test_an_honest_total_trips_neither_side() external {
        lock(alice, 10 ether);
        owedIs(liquidator, 4 ether);
        vault.claim(liquidator, asset, "");
        told.say(address(vault), totalSlot(2), 10 ether, now_());
        told.say(address(mirror), totalSlot(4), 4 ether, now_());
        vm.expectRevert(
            abi.encodeWithSelector(IRouteGuard.NoContradiction.selector, 10 ether, 10 ether, now_(), now_())
        );
        mirror.tripTotal(told, asset, "");
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.NoContradiction.selector, 4 ether, 4 ether, now_(), now_()));
        vault.tripTotal(told, asset, "");
    }

    function test_a_mirror_is_retired_by_proof_only_and_once() external {
        bytes32 slot = bytes32(uint256(3));
        vm.expectRevert(abi.encodeWithSelector(Claimed.Unproven.selector, vault, slot));
        mirror.retire("");
        told.say(address(vault), slot, 77, now_());
        mirror.retire("");
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.RouteRetired.selector, 77));
        mirror.retire("");
    }

    function test_a_courier_of_the_other_side_or_of_nothing_sends_nothing() external {
        CounterCourier ofVault = courierOf(address(vault));
        bytes memory zero = abi.encodeWithSelector(CounterCourier.CounterZero.selector, totalSlot(2));
        vm.expectRevert(zero);
        ofVault.sendTotalDeposited(asset);
        vm.expectPartialRevert(CounterCourier.CounterAbsent.selector);
        ofVault.sendOwed(alice, asset);
        vm.expectPartialRevert(CounterCourier.CounterAbsent.selector);
        ofVault.sendSpent(alice, asset);
        vm.expectPartialRevert(CounterCourier.CounterAbsent.selector);
        ofVault.sendTotalOwed(asset);
        bytes memory absent = abi.encodeWithSelector(CounterCourier.CounterAbsent.selector, vault, bytes32(uint256(5)));
        vm.expectRevert(absent);
        ofVault.sendPulse();
    }

    /// @notice A token that takes from everybody breaks its own accounts and no other's; one that stops pays later.
    function test_a_token_that_shrinks_grows_or_stops_moves_no_counter_and_no_other_asset() external {
        FickleToken fickle = new FickleToken();
        vault.list(address(fickle), 1000 ether);
        fickle.mint(address(this), 100 ether);
        fickle.approve(address(vault), type(uint256).max);
        vault.deposit(alice, address(fickle), 100 ether);
        lock(alice, 10 ether);
        told.say(address(mirror), counterSlot(liquidator, address(fickle)), 60 ether, now_());
        fickle.stop(true);
        vm.expectRevert(FickleToken.Stopped.selector);
        vault.claim(liquidator, address(fickle), "");
        fickle.stop(false);
        fickle.rebase(50);
        vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
        vault.claim(liquidator, address(fickle), "");
        eq(vault.totalClaimed(address(fickle)), 0);
        fickle.rebase(200);
        eq(vault.totalDeposited(address(fickle)), 100 ether);
        eq(vault.claim(liquidator, address(fickle), ""), 60 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICollateralVault.NothingOwed.selector, liquidator, address(fickle), 60 ether, 60 ether
            )
        );
        vault.claim(liquidator, address(fickle), "");
        owedIs(liquidator, 10 ether);
        eq(vault.claim(liquidator, asset, ""), 10 ether);
    }

    function courierOf(address origin) private returns (CounterCourier) {
        return CounterCourier(deploy("CounterCourier", abi.encode(STRANGER, origin, bytes("there"))));
    }
}
