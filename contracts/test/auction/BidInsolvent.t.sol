// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract BidInsolventTest is MarginTest {
    function test_the_insurance_pays_whoever_takes_an_insolvent_account() external {
        address account = insolvent();
        address bidder = world.agent(20_000);
        world.deposit(engine.insurance(), 10_000e6);
        int256 reserve = engine.cashOf(engine.insurance());
        int256 mark = engine.margin(account).mark;
        expectBadDebt(account, uint256(-mark), uint256(-mark));
        int256 pay = take(account, bidder, 10_000);
        eq(pay, mark);
        eq(engine.cashOf(engine.insurance()), reserve + mark);
        eq(abi.encode(engine.margin(account)), abi.encode(IMarginEngine.Margin(0, 0, 0, 0, 0)));
        eq(auction.startedAt(account), 0);
    }

    function test_the_smallest_amount_goes_along_and_nothing_is_held_any_more() external {
        address account = leveraged();
        world.credit(account, 2, 1);
        world.move(ETH, 800e8);
        auction.start(account);
        address bidder = world.agent(50_000);
        world.deposit(engine.insurance(), 10_000e6);
        take(account, bidder, 10_000);
        eq(engine.accountState(account).positions.length, 0);
        eq(world.slow().owed(bidder, address(world.weth())), 1);
        eq(world.fast().owed(bidder, address(world.weth())), 1e18);
    }

    function test_an_account_worth_exactly_nothing_goes_as_a_whole() external {
        address account = leveraged();
        setCash(account, engine.cashOf(account) - engine.margin(account).mark);
        auction.start(account);
        address bidder = world.agent(50_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 9_999);
        vm.prank(bidder);
        vm.expectRevert(failure(ILiquidationAuction.FractionOutOfRange.selector, abi.encode(9_999, 10_000)));
        auction.bid(wanted);
        eq(take(account, bidder, 10_000), 0);
    }

    function test_the_reward_grows_to_the_maintenance_margin() external {
        address account = insolvent();
        world.deposit(engine.insurance(), 10_000e6);
        IMarginEngine.Margin memory margin = engine.margin(account);
        vm.warp(block.timestamp + 30);
        eq(take(account, world.agent(20_000), 10_000), margin.mark - int256(margin.maintenance / 2));
    }

    function test_the_reward_stops_at_the_maintenance_margin() external {
        address account = insolvent();
        world.deposit(engine.insurance(), 10_000e6);
        IMarginEngine.Margin memory margin = engine.margin(account);
        vm.warp(block.timestamp + 600);
        world.push();
        eq(take(account, world.agent(20_000), 10_000), margin.mark - int256(margin.maintenance));
    }

    function test_what_the_insurance_lacks_is_bad_debt_of_the_pool() external {
        address account = insolvent();
        uint256 owed = uint256(-engine.margin(account).mark);
        uint256 reserve = uint256(engine.cashOf(engine.insurance()));
        int256 poolCash = engine.cashOf(engine.pool());
        yes(reserve < owed, "the insurance is short");
        address bidder = world.agent(20_000);
        expectBadDebt(account, owed, reserve);
        take(account, bidder, 10_000);
        eq(engine.cashOf(engine.insurance()), 0);
        eq(engine.cashOf(engine.pool()), poolCash - int256(owed - reserve));
    }

    function test_an_insolvent_account_goes_as_a_whole() external {
        address account = insolvent();
        address bidder = world.agent(20_000);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 9_999);
        vm.expectRevert(failure(ILiquidationAuction.FractionOutOfRange.selector, abi.encode(9_999, 10_000)));
        vm.prank(bidder);
        auction.bid(wanted);
    }

    function test_a_mark_of_dust_may_go_as_a_whole() external {
        address account = leveraged();
        world.move(ETH, 1_501_500_000_00);
        auction.start(account);
        IMarginEngine.Margin memory margin = engine.margin(account);
        yes(margin.mark > 0 && margin.mark <= 10e18, "dust");
        eq(auction.maxFraction(account), 10_000);
        yes(take(account, world.agent(20_000), 10_000) > 0, "dust is paid for");
    }

    function insolvent() private returns (address account) {
        account = leveraged();
        world.move(ETH, 1_450e8);
        auction.start(account);
    }

    function expectBadDebt(address account, uint256 amount, uint256 covered) private {
        vm.expectEmit(address(engine));
        emit IMarginEngine.BadDebt(account, amount, covered);
    }
}
