// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract BidTest is MarginTest {
    function test_a_slice_moves_its_share_of_everything_for_its_price() external {
        address account = failing();
        address bidder = world.agent(10_000);
        IMarginEngine.AccountState memory before = engine.accountState(account);
        int256 mark = engine.margin(account).mark;
        int256 pay = take(account, bidder, 2_500);
        IMarginEngine.AccountState memory left = engine.accountState(account);
        IMarginEngine.AccountState memory gained = engine.accountState(bidder);
        int256 share = before.cash * 2_500 / 10_000;
        eq(pay, mark * 2_500 * 9_900 / 1e8);
        eq(int256(left.cash), before.cash - share + pay);
        eq(int256(gained.cash), 10_000e18 + share - pay);
        eq(abi.encode(left.positions), abi.encode(one(int128(7e18 - 1.75e18))));
        eq(abi.encode(gained.positions), abi.encode(one(1.75e18)));
        eq(left.credit[0].amount, 0.75e18);
        eq(world.fast().owed(bidder, address(world.weth())), 0.25e18);
        eq(left.version, before.version + 1);
    }

    function test_a_slice_joins_what_the_bidder_holds_of_the_same() external {
        address bidder = world.agent(20_000);
        world.trade(bidder, ETH, 10e18);
        address account = failing();
        take(account, bidder, 1_000);
        eq(abi.encode(engine.accountState(bidder).positions), abi.encode(one(10.7e18)));
        eq(engine.margin(bidder).maintenance, 10.7e18 * 1_700 * 1_620 / 10_000);
    }

    function test_an_isolated_bidder_takes_one_position_and_not_two() external {
        address account = leveraged();
        world.trade(account, BTC, 1e16);
        world.move(ETH, 1_700e8);
        auction.start(account);
        vm.warp(block.timestamp + 3);
        world.push();
        address bidder = world.trader(ISOLATED, 20_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 1_000);
        vm.prank(bidder);
        vm.expectRevert(failure(IMarginEngine.IsolatedHoldsOne.selector, abi.encode(bidder, ETH, BTC)));
        auction.bid(wanted);
    }

    function test_the_bid_tells_what_it_took() external {
        address account = failing();
        address bidder = world.agent(10_000);
        IMarginEngine.Margin memory margin = engine.margin(account);
        uint64 version = engine.versionOf(account);
        int256 pay = margin.mark * 1_000 * 9_900 / 1e8;
        int256 outlay = pay - margin.netValue * 1_000 / 10_000;
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 1_000);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.BidTaken(account, bidder, bidder, 1_000, pay, outlay, 170e18, version);
        vm.prank(bidder);
        auction.bid(wanted);
    }

    function test_the_largest_slice_restores_the_target_and_ends_the_auction() external {
        address account = failing();
        address bidder = world.agent(20_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, auction.maxFraction(account));
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.AuctionEnded(account);
        vm.prank(bidder);
        auction.bid(wanted);
        IMarginEngine.Margin memory left = engine.margin(account);
        yes(left.equity * 10_000 >= int256(left.maintenance) * 12_000, "equity reaches the target");
        eq(auction.startedAt(account), 0);
    }

    function test_a_small_slice_leaves_the_auction_running() external {
        address account = failing();
        uint64 began = auction.startedAt(account);
        take(account, world.agent(10_000), 100);
        eq(auction.startedAt(account), began);
    }

    function test_one_allocation_per_version() external {
        address account = failing();
        address first = world.agent(10_000);
        address second = world.agent(10_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, second, 500);
        take(account, first, 500);
        vm.expectRevert(
            failure(
                ILiquidationAuction.VersionChanged.selector,
                abi.encode(wanted.expectedVersion, wanted.expectedVersion + 1)
            )
        );
        vm.prank(second);
        auction.bid(wanted);
    }

    function test_a_deposit_does_not_void_a_bid() external {
        address account = failing();
        address bidder = world.agent(10_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 500);
        world.deposit(account, 1);
        vm.prank(bidder);
        auction.bid(wanted);
        eq(engine.versionOf(account), wanted.expectedVersion + 1);
    }

    function test_a_fraction_outside_its_bounds_is_refused() external {
        address account = failing();
        address bidder = world.agent(20_000);
        uint16 maximum = auction.maxFraction(account);
        refuse(bidder, bidFor(account, bidder, 0), outOfRange(0, maximum));
        refuse(bidder, bidFor(account, bidder, maximum + 1), outOfRange(maximum + 1, maximum));
    }

    function test_one_wei_above_the_most_we_pay_is_refused() external {
        address account = failing();
        address bidder = world.agent(10_000);
        uint256 pay = uint256(engine.margin(account).mark * 1_000 * 9_900 / 1e8);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 1_000);
        wanted.maxPay = pay - 1;
        refuse(bidder, wanted, failure(ILiquidationAuction.PayAboveMaximum.selector, abi.encode(pay, pay - 1)));
        wanted.maxPay = pay;
        vm.prank(bidder);
        eq(auction.bid(wanted), int256(pay));
    }

    function test_the_first_seconds_belong_to_bonded_agents() external {
        address account = failing();
        address stranger = world.trader(CROSS, 10_000);
        uint256 openAt = block.timestamp + 2;
        bytes memory closed = failure(ILiquidationAuction.BondedOnly.selector, abi.encode(stranger, openAt));
        refuse(stranger, bidFor(account, stranger, 100), closed);
        vm.warp(openAt - 1);
        refuse(stranger, bidFor(account, stranger, 100), closed);
        vm.warp(openAt);
        yes(take(account, stranger, 100) > 0, "open to all");
    }

    function test_a_recovered_account_is_left_alone() external {
        address account = failing();
        address bidder = world.agent(10_000);
        world.move(ETH, 1_900e8);
        IMarginEngine.Margin memory margin = engine.margin(account);
        bytes memory healthy = abi.encode(account, margin.equity, margin.maintenance);
        refuse(bidder, bidFor(account, bidder, 100), failure(ILiquidationAuction.AccountHealthy.selector, healthy));
    }

    function test_there_is_no_bid_without_an_auction() external {
        address account = leveraged();
        address bidder = world.agent(10_000);
        bytes memory unknown = failure(ILiquidationAuction.AuctionUnknown.selector, abi.encode(account));
        refuse(bidder, bidFor(account, bidder, 100), unknown);
    }

    function test_a_bidder_needs_initial_margin_for_what_it_takes() external {
        address account = failing();
        address bidder = world.agent(1_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, auction.maxFraction(account));
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        vm.prank(bidder);
        auction.bid(wanted);
    }

    function test_a_bidder_without_an_account_is_refused() external {
        address account = failing();
        vm.warp(block.timestamp + 2);
        address stranger = world.person();
        bytes memory unknown = failure(IMarginEngine.AccountUnknown.selector, abi.encode(stranger));
        refuse(stranger, bidFor(account, stranger, 100), unknown);
    }

    function test_an_account_cannot_take_its_own_slice() external {
        address account = failing();
        vm.warp(block.timestamp + 2);
        bytes memory own = failure(IMarginEngine.OwnSlice.selector, abi.encode(account));
        refuse(account, bidFor(account, account, 100), own);
    }

    function test_a_degraded_price_bids_at_the_worse_edge() external {
        address account = leveraged();
        address bidder = world.agent(20_000);
        world.moveByQuorum(ETH, 1_600e8);
        auction.start(account);
        int256 edge = 1_600e18 * 9_980 / 10_000;
        eq(engine.margin(account).netValue, engine.cashOf(account) + 7 * edge);
        yes(take(account, bidder, 500) > 0, "the bid goes on");
    }

    function test_a_stale_price_stops_the_bids() external {
        address account = failing();
        address bidder = world.agent(10_000);
        vm.warp(block.timestamp + 61);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 100);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        vm.prank(bidder);
        auction.bid(wanted);
    }

    function test_a_cross_account_is_taken_without_its_collateral() external {
        address account = world.trader(CROSS, 3_500);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 7e18);
        world.move(ETH, 1_750e8);
        auction.start(account);
        address bidder = world.agent(10_000);
        take(account, bidder, 1_000);
        eq(world.fast().owed(bidder, address(world.weth())), 0);
        eq(world.fast().available(account, address(world.weth())), 1e18);
    }

    /// @dev Two units of size a leg are the most that truncation may move to the bidder; the payment rounds up.
    function test_rounding_pays_the_account(uint256 fraction, uint256 price) external {
        address account = leveraged();
        address bidder = world.agent(50_000);
        world.move(ETH, uint64(bound(price, 1_560e8, 1_770e8)));
        auction.start(account);
        fraction = bound(fraction, 1, auction.maxFraction(account));
        IMarginEngine.Margin memory before = engine.margin(account);
        int256 total = engine.cashOf(account) + engine.cashOf(bidder);
        int256 pay = take(account, bidder, uint16(fraction));
        IMarginEngine.Margin memory left = engine.margin(account);
        yes(pay * 1e8 >= before.mark * int256(fraction) * 9_900, "the payment rounds up");
        eq(engine.cashOf(account) + engine.cashOf(bidder), total);
        int256 dust = 2 * int256(uint256(world.prices(ETH))) / 1e8 + 1;
        yes(left.mark - before.mark >= pay - before.mark * int256(fraction) / 10_000 - dust, "no value leaks");
        yes(
            left.equity * int256(before.maintenance) >= before.equity * int256(left.maintenance),
            "equity per maintenance does not fall"
        );
    }

    function refuse(address bidder, ILiquidationAuction.Bid memory wanted, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(bidder);
        auction.bid(wanted);
    }

    function outOfRange(uint16 fraction, uint16 maximum) private pure returns (bytes memory) {
        return failure(ILiquidationAuction.FractionOutOfRange.selector, abi.encode(fraction, maximum));
    }

    function one(int128 size) private pure returns (IMarginEngine.Position[] memory positions) {
        positions = new IMarginEngine.Position[](1);
        positions[0] = IMarginEngine.Position(ETH, size, 0);
    }
}
