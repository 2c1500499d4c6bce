// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice A call and a put on ETH struck at 2000, expiring in ten minutes, marked at feeds 2 and 4.
contract SeriesTest is MarginTest {
    uint64 private constant STRIKE = 2_000e8;

    uint8 private call;
    uint8 private put;
    uint40 private expiry;
    address private buyer;
    address private writer;

    function setUp() public override {
        super.setUp();
        expiry = uint40(block.timestamp + 10 minutes);
        vm.startPrank(address(world));
        call = engine.listSeries(option(2), IMarginEngine.Series(STRIKE, expiry, true));
        put = engine.listSeries(option(4), IMarginEngine.Series(STRIKE, expiry, false));
        vm.stopPrank();
        buyer = world.trader(CROSS, 10_000);
        writer = world.trader(CROSS, 10_000);
        world.trade(buyer, call, 2e18);
        world.trade(writer, call, -1e18);
        world.trade(writer, put, -3e18);
    }

    function test_a_series_is_listed_once_and_for_good() external {
        eq(abi.encode(engine.seriesOf(call)), abi.encode(IMarginEngine.Series(STRIKE, expiry, true)));
        eq(abi.encode(engine.seriesOf(put)), abi.encode(IMarginEngine.Series(STRIKE, expiry, false)));
        IMarginEngine.Progress memory progress = engine.progressOf(call);
        eq(uint256(progress.expiry), expiry);
        yes(!progress.fixed_, "not fixed");
        eq(engine.instruments(call).shocks, 0);
        vm.expectRevert(failure(IMarginEngine.NotSeries.selector, abi.encode(uint8(2))));
        engine.seriesOf(2);
        vm.startPrank(address(world));
        vm.expectRevert(failure(IMarginEngine.ExpiryPassed.selector, abi.encode(block.timestamp, block.timestamp)));
        engine.listSeries(option(2), IMarginEngine.Series(STRIKE, uint40(block.timestamp), true));
        IMarginEngine.Instrument memory perpetual = option(2);
        perpetual.kind = IMarginEngine.Kind.PERPETUAL;
        vm.expectRevert(IMarginEngine.KindMissing.selector);
        engine.listSeries(perpetual, IMarginEngine.Series(STRIKE, expiry, true));
        vm.stopPrank();
        vm.expectRevert();
        engine.listSeries(option(2), IMarginEngine.Series(STRIKE, expiry, true));
    }

    function test_an_expired_series_is_not_traded() external {
        vm.warp(expiry - 1);
        world.push();
        world.trade(buyer, call, 1e18);
        vm.warp(expiry);
        world.push();
        vm.prank(buyer);
        vm.expectRevert(failure(IMarginEngine.SeriesExpired.selector, abi.encode(call, uint256(expiry))));
        engine.trade(buyer, call, -1e18, 0);
        vm.prank(buyer);
        engine.closeAll(buyer);
        eq(engine.accountState(buyer).positions[0].size, 3e18);
    }

    function test_expired_positions_keep_their_published_mark_until_the_fixing() external {
        vm.warp(expiry);
        world.move(2, 150e8);
        eq(engine.margin(buyer).netValue, engine.cashOf(buyer) + 2 * 150e18);
        yes(engine.margin(buyer).maintenance > 0, "still at risk");
    }

    function test_a_fixed_series_is_its_payoff_and_bears_no_risk() external {
        fixAt(2_250e8);
        eq(engine.margin(buyer).netValue, engine.cashOf(buyer) + 2 * 250e18);
        eq(engine.margin(buyer).maintenance, 0);
        eq(engine.margin(writer).netValue, engine.cashOf(writer) - 250e18);
        // It needs no price any more.
        vm.warp(block.timestamp + 1 days);
        eq(engine.margin(buyer).netValue, engine.cashOf(buyer) + 2 * 250e18);
    }

    function test_anybody_settles_in_cash_to_the_last_unit() external {
        int256 all = engine.cashOf(buyer) + engine.cashOf(writer) + engine.cashOf(engine.pool());
        fixAt(2_250e8);
        int256 before = engine.cashOf(buyer);
        uint64 version = engine.versionOf(buyer);
        vm.expectEmit(address(engine));
        emit IMarginEngine.SeriesSettled(buyer, call, 2e18, 500e18);
        vm.prank(address(0xBAD));
        engine.settle(buyer, call);
        eq(engine.cashOf(buyer), before + 500e18);
        eq(engine.versionOf(buyer), version + 1);
        eq(engine.accountState(buyer).positions.length, 0);
        before = engine.cashOf(writer);
        engine.settle(writer, call);
        engine.settle(writer, put);
        eq(engine.cashOf(writer), before - 250e18);
        eq(engine.accountState(writer).positions.length, 0);
        eq(engine.cashOf(buyer) + engine.cashOf(writer) + engine.cashOf(engine.pool()), all);
        eq(engine.accountState(engine.pool()).positions.length, 0);
        vm.expectRevert(failure(IMarginEngine.NothingHeld.selector, abi.encode(buyer, call)));
        engine.settle(buyer, call);
    }

    function test_a_put_pays_below_its_strike() external {
        fixAt(1_900e8);
        eq(uint256(engine.progressOf(put).payoff), 100e8);
        eq(uint256(engine.progressOf(call).payoff), 0);
        yes(engine.progressOf(call).fixed_, "worthless, but fixed");
        int256 before = engine.cashOf(writer);
        engine.settle(writer, put);
        eq(engine.cashOf(writer), before - 300e18);
        engine.settle(writer, call);
        eq(engine.cashOf(writer), before - 300e18);
    }

    function test_nothing_is_settled_before_the_fixing() external {
        vm.warp(expiry);
        vm.expectRevert(failure(IMarginEngine.SeriesUnfixed.selector, abi.encode(call)));
        engine.settle(buyer, call);
        vm.expectRevert(failure(IMarginEngine.SeriesUnfixed.selector, abi.encode(call)));
        engine.fixSeries(call);
        vm.expectRevert(failure(IMarginEngine.NotSeries.selector, abi.encode(uint8(ETH))));
        engine.fixSeries(ETH);
        fixAt(2_250e8);
        address pool = engine.pool();
        vm.expectRevert(failure(IMarginEngine.NothingHeld.selector, abi.encode(pool, call)));
        engine.settle(pool, call);
        vm.expectRevert(failure(IMarginEngine.SeriesFixedAlready.selector, abi.encode(call, uint64(250e8))));
        engine.fixSeries(call);
    }

    function test_a_fixing_is_signed_in_the_first_five_seconds() external {
        vm.warp(expiry - 1);
        IPriceBook.Batch[] memory early = world.batches(2, 8);
        vm.warp(expiry + 5);
        IPriceBook.Batch[] memory last = world.batches(2, 8);
        vm.warp(expiry + 6);
        IPriceBook.Batch[] memory late = world.batches(2, 8);
        uint256 from = uint256(expiry) * 1000;
        outside(early, from, from + 5_000);
        outside(late, from, from + 5_000);
        IPriceBook.Batch[] memory alone = new IPriceBook.Batch[](1);
        alone[0] = last[0];
        vm.expectRevert(failure(IPriceBook.QuorumMissing.selector, abi.encode(uint256(1), uint256(2))));
        book.fix(ETH, expiry, alone);
        vm.expectRevert(failure(IPriceBook.FeedMissing.selector, abi.encode(uint16(77))));
        book.fix(77, expiry, last);
        // Long expired, and still what was signed then.
        vm.warp(expiry + 1 hours);
        vm.expectEmit(address(book));
        emit IPriceBook.PriceFixed(ETH, expiry, 2_000e8);
        book.fix(ETH, expiry, last);
        eq(uint256(book.fixings(ETH, expiry)), 2_000e8);
        vm.expectRevert(failure(IPriceBook.AlreadyFixed.selector, abi.encode(ETH, expiry, uint64(2_000e8))));
        book.fix(ETH, expiry, last);
    }

    function test_after_an_hour_any_later_signature_will_do() external {
        vm.warp(expiry + 1 hours);
        IPriceBook.Batch[] memory late = world.batches(2, 8);
        uint256 from = uint256(expiry) * 1000;
        outside(late, from, from + 5_000);
        vm.warp(expiry + 1 hours + 1);
        book.fix(ETH, expiry, late);
        eq(uint256(book.fixings(ETH, expiry)), 2_000e8);
    }

    function test_a_failing_account_with_a_fixed_series_is_liquidated_with_it() external {
        fixAt(2_250e8);
        world.trade(writer, ETH, 10e18);
        setCash(writer, -19_500e18);
        address bidder = world.agent(50_000);
        auction.start(writer);
        take(writer, bidder, auction.maxFraction(writer));
        yes(engine.accountState(bidder).positions.length == 3, "the perpetual, the call and the put");
        vm.prank(bidder);
        engine.closeAll(bidder);
        engine.settle(bidder, call);
        engine.settle(bidder, put);
        eq(engine.accountState(bidder).positions.length, 0);
    }

    function outside(IPriceBook.Batch[] memory batches, uint256 from, uint256 until) private {
        bytes memory reason = failure(
            IPriceBook.OutsideFixing.selector, abi.encode(batches[0].sequence, from, until)
        );
        vm.expectRevert(reason);
        book.fix(ETH, expiry, batches);
    }

    function fixAt(uint64 price) private {
        vm.warp(expiry + 1);
        world.move(ETH, price);
        book.fix(ETH, expiry, world.batches(2, 8));
        uint64 payoff = price > STRIKE ? price - STRIKE : 0;
        vm.expectEmit(address(engine));
        emit IMarginEngine.SeriesFixed(call, price, payoff);
        engine.fixSeries(call);
        engine.fixSeries(put);
    }

    function option(uint16 feed) private pure returns (IMarginEngine.Instrument memory) {
        return IMarginEngine.Instrument(IMarginEngine.Kind.OPTION, feed, ETH, 100, 0);
    }
}
