// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract PushTest is MarginTest {
    uint48 private nowMillis;

    function setUp() public override {
        super.setUp();
        vm.warp(block.timestamp + 10);
        nowMillis = uint48(block.timestamp * 1000);
    }

    function test_three_publishers_make_the_middle_price() external {
        IPriceBook.Batch[] memory batches = new IPriceBook.Batch[](3);
        batches[0] = batch(0, nowMillis - 5, 2_010e8, 10, 1);
        batches[1] = batch(1, nowMillis - 9, 1_990e8, 40, 2);
        batches[2] = batch(2, nowMillis - 7, 2_001e8, 20, 3);
        vm.expectEmit(address(book));
        emit IPriceBook.Priced(ETH, 2_001e8, 40, nowMillis - 9, 3);
        book.push(batches);
        IPriceBook.Price memory expected = IPriceBook.Price(2_001e8, 40, nowMillis - 9, nowMillis, false);
        eq(abi.encode(book.get(ETH)), abi.encode(expected));
        eq(book.shocks(ETH), 3);
    }

    function test_two_publishers_make_the_lower_price() external {
        book.push(pair(2_010e8, 1_990e8));
        eq(book.get(ETH).price, 1_990e8);
        eq(book.shocks(ETH), 2);
    }

    function test_equal_prices_keep_the_first_publishers_risk_array() external {
        book.push(pair(1_990e8, 1_990e8));
        eq(book.shocks(ETH), 1);
    }

    function test_equal_or_older_batches_change_nothing() external {
        book.push(pair(2_010e8, 2_010e8));
        bytes memory first = abi.encode(book.get(ETH));
        vm.warp(block.timestamp + 1);
        book.push(pair(1_990e8, 1_990e8));
        eq(abi.encode(book.get(ETH)), first);
        nowMillis -= 1;
        book.push(pair(1_990e8, 1_990e8));
        eq(abi.encode(book.get(ETH)), first);
        nowMillis += 2;
        book.push(pair(1_990e8, 1_990e8));
        eq(book.get(ETH).price, 1_990e8);
    }

    function test_three_publishers_of_six_feeds_are_cheap() external {
        IPriceBook.Batch[] memory batches = world.batches(3, 6);
        book.push(batches);
        vm.snapshotGasLastCall("prices", "push, three publishers, six feeds");
    }

    function test_less_than_the_quorum_is_nothing() external {
        IPriceBook.Batch[] memory batches = new IPriceBook.Batch[](1);
        batches[0] = batch(0, nowMillis, 2_000e8, 10, 1);
        refuse(batches, failure(IPriceBook.QuorumMissing.selector, abi.encode(1, 2)));
        refuse(new IPriceBook.Batch[](0), failure(IPriceBook.QuorumMissing.selector, abi.encode(0, 2)));
    }

    function test_one_publisher_counts_once_and_in_order() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        address first = vm.addr(world.publishers(0));
        address second = vm.addr(world.publishers(1));
        (batches[0], batches[1]) = (batches[1], batches[0]);
        refuse(batches, failure(IPriceBook.PublisherOrder.selector, abi.encode(second, first)));
        batches[0] = batches[1];
        refuse(batches, failure(IPriceBook.PublisherOrder.selector, abi.encode(first, first)));
    }

    function test_a_stranger_publishes_nothing() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        batches[1] = world.sign(4711, batches[1]);
        refuse(batches, failure(IPriceBook.PublisherUnknown.selector, abi.encode(vm.addr(4711))));
    }

    function test_prices_for_another_chain_or_book_are_not_signed() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IPriceBook.PublisherUnknown.selector);
        book.push(batches);
        vm.chainId(block.chainid - 1);
        IPriceBook other =
            IPriceBook(deploy("PriceBook", abi.encode(world.authority(), uint256(2), uint48(60_000), uint16(1000))));
        vm.startPrank(address(world));
        for (uint256 i; i < 3; ++i) other.setPublisher(vm.addr(world.publishers(i)), true);
        vm.stopPrank();
        vm.expectPartialRevert(IPriceBook.PublisherUnknown.selector);
        other.push(batches);
        book.push(batches);
    }

    function test_a_dismissed_publisher_publishes_nothing() external {
        address dismissed = vm.addr(world.publishers(1));
        vm.prank(address(world));
        book.setPublisher(dismissed, false);
        refuse(pair(2_000e8, 2_000e8), failure(IPriceBook.PublisherUnknown.selector, abi.encode(dismissed)));
    }

    function test_a_changed_price_is_not_signed() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        batches[1].entries[0].price += 1;
        vm.expectPartialRevert(IPriceBook.PublisherUnknown.selector);
        book.push(batches);
    }

    function test_publishers_must_speak_of_the_same_feeds() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        batches[1].entries[0].feed = BTC;
        batches[1] = world.sign(world.publishers(1), batches[1]);
        refuse(batches, failure(IPriceBook.FeedsMismatch.selector, abi.encode(0, ETH, BTC)));
        batches[1].entries = world.entries(2);
        batches[1] = world.sign(world.publishers(1), batches[1]);
        refuse(batches, failure(IPriceBook.FeedsMismatch.selector, abi.encode(1, 1, 2)));
    }

    function test_a_batch_is_good_to_its_last_millisecond() external {
        IPriceBook.Batch[] memory batches = pair(2_000e8, 2_000e8);
        batches[1].validUntil = nowMillis - 1;
        batches[1] = world.sign(world.publishers(1), batches[1]);
        refuse(batches, failure(IPriceBook.BatchExpired.selector, abi.encode(nowMillis - 1, nowMillis)));
        batches[1].validUntil = nowMillis;
        batches[1] = world.sign(world.publishers(1), batches[1]);
        book.push(batches);
    }

    function test_a_clock_may_run_two_seconds_ahead() external {
        uint48 chainMillis = nowMillis;
        nowMillis += 2_001;
        bytes memory early = abi.encode(nowMillis, chainMillis);
        refuse(pair(2_000e8, 2_000e8), failure(IPriceBook.BatchFromFuture.selector, early));
        nowMillis -= 1;
        book.push(pair(2_000e8, 2_000e8));
        eq(book.get(ETH).sequence, chainMillis + 2_000);
    }

    function test_no_price_is_zero() external {
        refuse(pair(2_000e8, 0), failure(IPriceBook.PriceZero.selector, abi.encode(ETH)));
    }

    function test_a_jump_of_the_bare_quorum_is_degraded_until_more_confirm_it() external {
        vm.expectEmit(address(book));
        emit IPriceBook.Degraded(ETH, 2_000e8, 1_700e8);
        world.moveByQuorum(ETH, 1_700e8);
        yes(book.get(ETH).degraded, "a jump is degraded");
        world.moveByQuorum(ETH, 1_700e8);
        yes(book.get(ETH).degraded, "repeated, it stays degraded");
        world.move(ETH, 1_700e8);
        yes(!book.get(ETH).degraded, "confirmed, it is sound");
    }

    function test_a_jump_that_comes_back_is_forgotten() external {
        world.moveByQuorum(ETH, 1_700e8);
        world.moveByQuorum(ETH, 1_950e8);
        yes(!book.get(ETH).degraded, "back within the limit of the last sound price");
    }

    function test_a_move_of_exactly_the_limit_is_sound(bool up) external {
        uint64 edge = up ? 2_200e8 : 1_800e8;
        world.moveByQuorum(ETH, edge);
        yes(!book.get(ETH).degraded, "at the limit");
        world.move(ETH, 2_000e8);
        world.moveByQuorum(ETH, up ? edge + 1 : edge - 1);
        yes(book.get(ETH).degraded, "one unit beyond the limit");
    }

    function test_the_median_lies_between_its_publishers(uint64 a, uint64 b, uint64 c) external {
        uint64[3] memory prices = [uint64(bound(a, 1, 1e15)), uint64(bound(b, 1, 1e15)), uint64(bound(c, 1, 1e15))];
        IPriceBook.Batch[] memory batches = new IPriceBook.Batch[](3);
        for (uint256 i; i < 3; ++i) {
            batches[i] = batch(i, nowMillis, prices[i], 10, i);
        }
        book.push(batches);
        uint256 found = book.get(ETH).price;
        uint256 below;
        uint256 above;
        for (uint256 i; i < 3; ++i) {
            if (prices[i] <= found) ++below;
            if (prices[i] >= found) ++above;
        }
        yes(below >= 2 && above >= 2, "the middle one");
    }

    function pair(uint64 first, uint64 second) private view returns (IPriceBook.Batch[] memory batches) {
        batches = new IPriceBook.Batch[](2);
        batches[0] = batch(0, nowMillis, first, 10, 1);
        batches[1] = batch(1, nowMillis, second, 10, 2);
    }

    function batch(uint256 publisher, uint48 sequence, uint64 price, uint16 confidence, uint256 shocks)
        private
        view
        returns (IPriceBook.Batch memory unsigned)
    {
        unsigned.sequence = sequence;
        unsigned.validUntil = nowMillis + 30_000;
        unsigned.entries = new IPriceBook.Entry[](1);
        unsigned.entries[0] = IPriceBook.Entry(ETH, price, confidence, shocks);
        return world.sign(world.publishers(publisher), unsigned);
    }

    function refuse(IPriceBook.Batch[] memory batches, bytes memory reason) private {
        vm.expectRevert(reason);
        book.push(batches);
    }
}
