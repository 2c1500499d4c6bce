// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract ReserveTest is MarginTest {
    uint128 private constant HELD = 0.5e18;

    IAgentRegistry private registry;
    address private account;
    address private bidder;
    address private rival;

    function setUp() public override {
        super.setUp();
        registry = world.registry();
        account = failing();
        bidder = world.agent(20_000);
        rival = world.agent(20_000);
    }

    function test_a_promise_takes_the_largest_slice_at_the_discount_of_now() external {
        vm.warp(block.timestamp + 1);
        world.push();
        uint16 most = auction.maxFraction(account);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.Reserved(account, bidder, most, 125, 4);
        eq(uint256(reserve(bidder)), most);
        eq(abi.encode(auction.reservationOf(account)), abi.encode(ILiquidationAuction.Reservation(bidder, most, 125, 4)));
        eq(uint256(registry.held(bidder)), HELD);
        vm.warp(block.timestamp + 2);
        world.push();
        eq(uint256(auction.discount(account)), 125);
    }

    function test_nobody_else_bids_while_a_promise_stands() external {
        uint16 most = reserve(bidder);
        ILiquidationAuction.Bid memory wanted = bidFor(account, rival, 1);
        bytes memory reason = failure(ILiquidationAuction.ReservedFor.selector, abi.encode(account, bidder, uint64(3)));
        vm.prank(rival);
        vm.expectRevert(reason);
        auction.bid(wanted);
        vm.prank(rival);
        vm.expectRevert(reason);
        auction.reserve(account);
        take(account, bidder, most);
        eq(uint256(registry.held(bidder)), 0);
        eq(auction.reservationOf(account).bidder, address(0));
    }

    /// @dev Much collateral against much debt: the smallest slice would do, until the price falls.
    function test_a_promise_of_the_smallest_slice_is_kept_by_it() external {
        account = world.trader(UNIFIED, 2_000);
        world.move(ETH, 2_000e8);
        world.credit(account, 0, 1_000e18);
        world.trade(account, ETH, 1e17);
        IMarginEngine.Margin memory margin = engine.margin(account);
        setCash(account, engine.cashOf(account) - (margin.equity - int256(margin.maintenance)) - 1);
        auction.start(account);
        eq(uint256(reserve(bidder)), 1);
        world.move(ETH, 1_999e8);
        take(account, bidder, 1);
        eq(uint256(registry.held(bidder)), 0);
        eq(auction.reservationOf(account).bidder, address(0));
        yes(auction.startedAt(account) != 0, "the auction goes on");
    }

    function test_a_promise_is_kept_whole() external {
        uint16 most = reserve(bidder);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, most - 1);
        world.move(ETH, 1_600e8);
        vm.prank(bidder);
        vm.expectRevert(failure(ILiquidationAuction.ReservationShort.selector, abi.encode(most - 1, most)));
        auction.bid(wanted);
    }

    function test_a_kept_promise_leaves_the_auction_to_the_others() external {
        uint16 most = reserve(bidder);
        world.move(ETH, 1_600e8);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.ReservationReleased(account, bidder);
        take(account, bidder, most);
        yes(auction.startedAt(account) != 0, "still failing");
        take(account, rival, auction.maxFraction(account));
    }

    function test_a_broken_promise_costs_its_bond_and_opens_the_auction() external {
        reserve(bidder);
        vm.warp(block.timestamp + 2);
        vm.expectRevert(failure(ILiquidationAuction.ReservedFor.selector, abi.encode(account, bidder, uint64(3))));
        auction.reportDefault(account);
        vm.warp(block.timestamp + 1);
        world.push();
        uint256 treasury = world.bondToken().balanceOf(address(world));
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.ReservationDefaulted(account, bidder, rival);
        vm.prank(rival);
        auction.reportDefault(account);
        eq(world.bondToken().balanceOf(rival), HELD / 2);
        eq(world.bondToken().balanceOf(address(world)), treasury + HELD / 2);
        eq(uint256(registry.agents(bidder).bond), 1e18 - HELD);
        eq(uint256(registry.held(bidder)), 0);
        vm.expectRevert(failure(ILiquidationAuction.ReservationMissing.selector, abi.encode(account)));
        auction.reportDefault(account);
        vm.prank(rival);
        vm.expectRevert(failure(ILiquidationAuction.ReservationBroken.selector, abi.encode(account)));
        auction.reserve(account);
    }

    function test_after_a_default_the_bonded_have_no_precedence() external {
        ILiquidationAuction long = longBonded();
        vm.prank(bidder);
        long.reserve(account);
        vm.warp(block.timestamp + 3);
        world.push();
        address unbonded = world.trader(CROSS, 20_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, unbonded, 100);
        vm.prank(unbonded);
        long.bid(wanted);
        eq(uint256(registry.held(bidder)), 0);
    }

    function test_a_bid_of_another_calls_the_default_and_earns_its_reward() external {
        reserve(bidder);
        vm.warp(block.timestamp + 3);
        world.push();
        take(account, rival, 100);
        eq(world.bondToken().balanceOf(rival), HELD / 2);
    }

    function test_an_account_that_heals_gives_the_promise_back() external {
        reserve(bidder);
        world.move(ETH, 2_000e8);
        auction.stop(account);
        eq(uint256(registry.held(bidder)), 0);
        eq(uint256(registry.agents(bidder).bond), 1e18);
    }

    function test_an_account_that_heals_too_late_does_not() external {
        reserve(bidder);
        vm.warp(block.timestamp + 3);
        world.move(ETH, 2_000e8);
        auction.stop(account);
        eq(uint256(registry.agents(bidder).bond), 1e18 - HELD);
    }

    function test_only_the_bonded_promise_and_only_what_their_bond_backs() external {
        address unbonded = world.trader(CROSS, 1);
        vm.prank(unbonded);
        vm.expectRevert(failure(IAgentRegistry.BondTooSmall.selector, abi.encode(uint256(0), uint256(1e18))));
        auction.reserve(account);
        reserve(bidder);
        address second = leveraged2();
        auction.start(second);
        vm.prank(bidder);
        auction.reserve(second);
        eq(uint256(registry.held(bidder)), 2 * HELD);
        address third = leveraged2();
        auction.start(third);
        vm.prank(bidder);
        vm.expectRevert(
            failure(IAgentRegistry.HeldBack.selector, abi.encode(bidder, 3 * uint256(HELD), uint256(1e18)))
        );
        auction.reserve(third);
    }

    function test_a_bond_that_backs_a_promise_stays() external {
        reserve(bidder);
        vm.startPrank(bidder);
        registry.requestUnbond();
        vm.warp(block.timestamp + 60);
        vm.expectRevert(failure(IAgentRegistry.HeldBack.selector, abi.encode(bidder, uint256(HELD), uint256(1e18))));
        registry.withdraw(bidder);
        vm.stopPrank();
    }

    function test_nothing_is_promised_on_an_insolvent_a_healthy_or_no_auction() external {
        world.move(ETH, 1_000e8);
        int256 mark = engine.margin(account).mark;
        vm.prank(bidder);
        vm.expectRevert(failure(ILiquidationAuction.AccountInsolvent.selector, abi.encode(account, mark)));
        auction.reserve(account);
        world.move(ETH, 2_000e8);
        vm.prank(bidder);
        vm.expectPartialRevert(ILiquidationAuction.AccountHealthy.selector);
        auction.reserve(account);
        vm.prank(bidder);
        vm.expectRevert(failure(ILiquidationAuction.AuctionUnknown.selector, abi.encode(rival)));
        auction.reserve(rival);
    }

    function test_only_modules_hold_bonds() external {
        bytes memory reason = failure(IAgentRegistry.NotModule.selector, abi.encode(address(this)));
        vm.expectRevert(reason);
        registry.hold(bidder, 1);
        vm.expectRevert(reason);
        registry.release(bidder, 1);
        vm.expectRevert(reason);
        registry.forfeit(bidder, 1, address(this));
        vm.expectRevert();
        registry.setModule(address(this), true);
    }

    function reserve(address who) private returns (uint16) {
        vm.prank(who);
        return auction.reserve(account);
    }

    /// @dev Another account below maintenance at the prices of now.
    function leveraged2() private returns (address other) {
        world.move(ETH, 2_000e8);
        other = leveraged();
        world.move(ETH, 1_700e8);
    }

    /// @dev The same auction with a day for the bonded.
    function longBonded() private returns (ILiquidationAuction long) {
        ILiquidationAuction.Terms memory terms = world.auctionTerms();
        terms.bondedSeconds = 60_000;
        long = ILiquidationAuction(deploy("LiquidationAuction", abi.encode(engine, lines, registry, terms)));
        vm.startPrank(address(world));
        engine.setModule(address(long), true);
        registry.setModule(address(long), true);
        vm.stopPrank();
        long.start(account);
    }
}
