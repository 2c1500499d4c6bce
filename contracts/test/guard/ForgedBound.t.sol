// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {GuardTest} from "./GuardTest.sol";

/// @notice What a source that lies may take until somebody trips the breaker: forged counters of as many people as the liar
/// likes, on a route with the limits of the reference suite's example. The honest wait no longer for it.
contract ForgedBoundTest is GuardTest {
    uint208 private constant RATE = 100 ether;
    uint48 private constant WINDOW = 1 hours;
    uint128 private constant LARGE = 50 ether;
    uint64 private constant WAIT = 30 minutes;
    uint104 private constant CAP = 900 ether;

    function setUp() public override {
        super.setUp();
        for (uint160 i = 1; i <= 10; ++i) lock(address(i), 90 ether);
        vault.setRateLimit(asset, RATE, WINDOW);
        vault.setLargeDelta(asset, LARGE, WAIT);
        mirror.setRateLimit(asset, RATE, WINDOW);
        mirror.setLargeDelta(asset, LARGE, WAIT);
        mirror.setCreditCap(asset, 2 * CAP);
    }

    /// @notice Of nine hundred: a hundred at once, then 1.67 a minute: 116.67 by the tenth minute.
    function test_forged_debts_take_one_window_at_once_and_the_rate_from_then_on() external {
        eq(rob(0), 100 ether);
        eq(rob(10 minutes), uint256(100 ether) / 6);
        tripVault();
        vm.expectPartialRevert(IRouteGuard.RouteTripped.selector);
        vault.claim(address(0xbad), asset, "");
        eq(vault.totalClaimed(asset), 100 ether + uint256(100 ether) / 6);
    }

    function test_one_large_forged_debt_takes_nothing_before_its_wait_is_over() external {
        owedIs(address(0xbad), 900 ether);
        eq(vault.claim(address(0xbad), asset, ""), 0);
        vm.warp(block.timestamp + WAIT - 1);
        vm.expectPartialRevert(IRouteGuard.StillHeldBack.selector);
        vault.claim(address(0xbad), asset, "");
        eq(vault.totalClaimed(asset), 0);
    }

    function test_fuzz_forged_debts_never_take_more_than_a_window_and_the_rate_since(uint256 seed) external {
        uint256 began = block.timestamp;
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + seed % 20 minutes);
            address thief = address(uint160(0xbad0 + seed % 8));
            owedIs(thief, vault.claimed(thief, asset) + (seed >> 32) % 200 ether + 1);
            try vault.claim(thief, asset, "") {} catch {}
            uint256 most = RATE + (uint256(RATE) * (block.timestamp - began)) / WINDOW;
            yes(vault.totalClaimed(asset) <= most, "within the bound");
            yes(vault.totalClaimed(asset) <= 900 ether, "and what was deposited");
        }
        yes(vault.totalClaimed(asset) > 0, "something was taken");
    }

    function test_fuzz_forged_deposits_become_no_more_credit_than_that(uint256 seed) external {
        (uint256 began, uint256 honest) = (block.timestamp, mirror.totalCredited(asset));
        for (uint256 i; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + seed % 20 minutes);
            address thief = address(uint160(0xbad0 + seed % 8));
            depositedIs(thief, mirror.credited(thief, asset) + (seed >> 32) % 200 ether + 1);
            try mirror.prove(thief, asset, "") {} catch {}
            uint256 forged = mirror.totalCredited(asset) - honest;
            yes(forged <= RATE + (uint256(RATE) * (block.timestamp - began)) / WINDOW, "within the bound");
            yes(forged <= CAP, "and the cap");
        }
        yes(mirror.totalCredited(asset) > honest, "something was forged");
    }

    /// @dev Everybody the liar can think of claims less than a large amount, until the bucket is empty.
    function rob(uint256 later) private returns (uint256 taken) {
        vm.warp(block.timestamp + later);
        uint256 before = vault.totalClaimed(asset);
        for (uint160 i; i < 5; ++i) {
            address thief = address(0xbad0 + i + uint160(block.timestamp % 1000) * 16);
            owedIs(thief, 40 ether);
            try vault.claim(thief, asset, "") {} catch {}
        }
        return vault.totalClaimed(asset) - before;
    }

    /// @dev The mirror never owed anybody a thing but one wei.
    function tripVault() private {
        witness.say(address(mirror), totalSlot(4), 1, now_());
        vault.setWitness(witness, true);
        vault.tripTotal(witness, asset, "");
    }
}
