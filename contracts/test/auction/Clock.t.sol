// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice Prices are stale after a minute. What the publishers' silence does to the clock of an auction.
contract ClockTest is MarginTest {
    function test_the_clock_runs_while_prices_are_fresh() external {
        address account = failing();
        uint256 began = block.timestamp;
        vm.warp(began + 60);
        world.push();
        eq(uint256(auction.startedAt(account)), began);
        eq(uint256(auction.discount(account)), 100 + 25 * 60);
    }

    function test_silence_of_the_publishers_stops_the_clock() external {
        address account = failing();
        uint256 began = block.timestamp;
        vm.warp(began + 10);
        world.push();
        vm.warp(began + 10 + 60 + 500);
        vm.expectEmit(address(book));
        emit IPriceBook.Resumed(uint48((began + 70) * 1000), uint48((began + 570) * 1000));
        world.push();
        eq(uint256(auction.startedAt(account)), began + 500);
        eq(uint256(auction.discount(account)), 100 + 25 * 70);
    }

    function test_a_silence_before_the_start_is_none_of_the_auction() external {
        address account = leveraged();
        vm.warp(block.timestamp + 1_000);
        world.move(ETH, 1_700e8);
        auction.start(account);
        eq(uint256(auction.startedAt(account)), block.timestamp);
        vm.warp(block.timestamp + 4);
        world.push();
        eq(uint256(auction.discount(account)), 200);
    }

    function test_feeds_missing_at_one_time_stop_the_clock_once() external {
        address account = failing();
        uint256 began = block.timestamp + 1;
        vm.warp(began);
        world.push();
        vm.warp(began + 100);
        book.push(world.batches(3, 2));
        (uint48 total, uint48 until) = book.stalled();
        eq(uint256(total), 40_000);
        eq(uint256(until), (began + 100) * 1000);
        vm.warp(began + 101);
        world.push();
        (total,) = book.stalled();
        eq(uint256(total), 41_000);
        eq(uint256(auction.startedAt(account)), began - 1 + 41);
    }

    function test_a_feed_that_was_gone_before_the_start_stops_the_clock_from_the_start_only() external {
        vm.warp(block.timestamp + 1_000);
        book.push(world.batches(3, 2));
        address account = world.trader(UNIFIED, 2_000);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 7e18);
        vm.warp(block.timestamp + 1);
        setCash(account, engine.cashOf(account) - 2_500e18);
        auction.start(account);
        uint256 began = block.timestamp;
        vm.warp(began + 30);
        world.push();
        eq(uint256(auction.startedAt(account)), began + 30);
        eq(uint256(auction.discount(account)), 100);
    }

    function test_a_longer_silence_before_the_start_does_not_count_with_one_after_it() external {
        vm.warp(block.timestamp + 1_000);
        world.push();
        address account = failing();
        uint256 began = block.timestamp;
        for (uint256 i = 1; i < 3; ++i) {
            vm.warp(began + 50 * i);
            world.push();
        }
        vm.warp(began + 100 + 60 + 10);
        world.push();
        eq(uint256(auction.startedAt(account)), began + 10);
    }

    function test_a_silence_of_a_millisecond_is_a_second_of_the_clock() external {
        address account = failing();
        uint256 began = block.timestamp;
        vm.warp(began + 1);
        world.push();
        vm.warp(began + 61);
        // The second batch of a second is a millisecond younger.
        world.batches(3, 8);
        world.push();
        (uint48 total,) = book.stalled();
        eq(uint256(total), 1);
        eq(uint256(auction.startedAt(account)), began + 1);
    }

    function test_a_feed_seen_first_was_never_missing() external view {
        (uint48 total, uint48 until) = book.stalled();
        eq(uint256(total), 0);
        eq(uint256(until), 0);
    }
}
