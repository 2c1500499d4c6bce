// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice A perpetual whose mark (feed 2) may leave its underlying (feed 0), at most 1 % in eight hours.
contract FundingTest is MarginTest {
    uint16 private constant MARK = 2;

    uint8 private perpetual;
    address private long;
    address private short;

    function setUp() public override {
        super.setUp();
        vm.startPrank(address(world));
        perpetual = engine.listInstrument(
            IMarginEngine.Instrument(IMarginEngine.Kind.PERPETUAL, MARK, ETH, 100, world.ramp(190))
        );
        vm.expectEmit(address(engine));
        emit IMarginEngine.MaxFundingSet(perpetual, 100);
        engine.setMaxFunding(perpetual, 100);
        vm.stopPrank();
        world.move(MARK, 2_000e8);
        long = world.trader(CROSS, 10_000);
        short = world.trader(CROSS, 10_000);
        world.trade(long, perpetual, 3e18);
        world.trade(short, perpetual, -1e18);
    }

    function test_longs_pay_the_premium_of_the_mark_and_shorts_receive_it() external {
        premiumFor(10e8, 1 hours);
        // 10 dollars in eight hours are 1.25 in one.
        eq(engine.progressOf(perpetual).fundingIndex, 1.25e18);
        int256 before = cashOf(long);
        int256 pool = engine.cashOf(engine.pool());
        vm.expectEmit(address(engine));
        emit IMarginEngine.FundingPaid(long, perpetual, 3.75e18);
        close(long);
        int256 value = 3 * 2_010e18;
        eq(cashOf(long), before - 3.75e18 + value - int256(MarginMath.tradeFeeUp(value, 5)));
        eq(engine.cashOf(engine.pool()), pool + 3.75e18 - value);
        before = cashOf(short);
        vm.expectEmit(address(engine));
        emit IMarginEngine.FundingPaid(short, perpetual, -1.25e18);
        close(short);
        eq(cashOf(short), before + 1.25e18 - 2_010e18 - int256(MarginMath.tradeFeeUp(2_010e18, 5)));
        eq(engine.accountState(short).positions.length, 0);
    }

    function test_a_mark_below_the_underlying_pays_longs() external {
        premiumFor(-10e8, 2 hours);
        // An hour is the most that is charged at once.
        eq(engine.progressOf(perpetual).fundingIndex, -1.25e18);
    }

    function test_the_premium_is_bounded() external {
        premiumFor(500e8, 30 minutes);
        // One percent of 2000 dollars in eight hours.
        eq(engine.progressOf(perpetual).fundingIndex, 1.25e18);
        premiumFor(-500e8, 30 minutes);
        eq(engine.progressOf(perpetual).fundingIndex, 0);
    }

    function test_a_second_is_charged() external {
        premiumFor(10e8, 1);
        eq(engine.progressOf(perpetual).fundingIndex, 10e18 / int256(8 hours));
    }

    function test_unpaid_funding_counts_in_the_margin_at_once() external {
        premiumFor(10e8, 1 hours);
        int256 value = 3 * 2_010e18;
        eq(engine.margin(long).netValue, cashOf(long) + value - 3.75e18);
        eq(engine.margin(short).netValue, cashOf(short) - 2_010e18 + 1.25e18);
    }

    function test_a_trade_pays_up_and_starts_anew() external {
        premiumFor(10e8, 1 hours);
        world.trade(long, perpetual, 1e18);
        eq(engine.accountState(long).positions[0].entryFunding, 1.25e18);
        eq(engine.accountState(long).positions[0].size, 4e18);
        int256 cash = cashOf(long);
        eq(engine.margin(long).netValue, cash + 4 * 2_010e18);
    }

    function test_a_trade_accrues_first() external {
        world.move(MARK, 2_010e8);
        vm.warp(block.timestamp + 1 hours);
        world.push();
        vm.expectEmit(address(engine));
        emit IMarginEngine.FundingAccrued(perpetual, 1.25e18);
        world.trade(long, perpetual, 1e18);
    }

    function test_an_opener_owes_nothing_of_the_past() external {
        premiumFor(10e8, 1 hours);
        address late = world.trader(CROSS, 10_000);
        world.trade(late, perpetual, 1e18);
        eq(engine.accountState(late).positions[0].entryFunding, 1.25e18);
        eq(engine.margin(late).netValue, cashOf(late) + 2_010e18);
    }

    function test_a_slice_carries_its_funding_paid() external {
        premiumFor(10e8, 1 hours);
        address bidder = world.agent(20_000);
        setCash(long, -5_800e18);
        int256 net = engine.margin(long).netValue;
        auction.start(long);
        take(long, bidder, 5_000);
        IMarginEngine.Position memory taken = engine.accountState(bidder).positions[0];
        eq(taken.size, 1.5e18);
        eq(taken.entryFunding, 1.25e18);
        eq(net, -5_800e18 + 3 * 2_010e18 - 3.75e18);
    }

    function test_degraded_prices_and_a_resting_index_charge_nobody() external {
        world.moveByQuorum(MARK, 2_900e8);
        vm.warp(block.timestamp + 30);
        world.moveByQuorum(MARK, 2_900e8);
        engine.accrueFunding(perpetual);
        eq(engine.progressOf(perpetual).fundingIndex, 0);
        world.move(MARK, 2_010e8);
        vm.prank(address(world));
        engine.setMaxFunding(perpetual, 0);
        vm.warp(block.timestamp + 30);
        world.push();
        engine.accrueFunding(perpetual);
        eq(engine.progressOf(perpetual).fundingIndex, 0);
    }

    function test_only_perpetuals_have_funding_and_only_governance_sets_it() external {
        vm.expectRevert(failure(IMarginEngine.NotPerpetual.selector, abi.encode(uint8(2))));
        engine.accrueFunding(2);
        vm.startPrank(address(world));
        vm.expectRevert(failure(IMarginEngine.NotPerpetual.selector, abi.encode(uint8(2))));
        engine.setMaxFunding(2, 1);
        vm.stopPrank();
        vm.expectRevert();
        engine.setMaxFunding(perpetual, 1);
    }

    function test_fuzz_funding_makes_no_cash(int64 first, int64 second, uint64 price, uint16 time) external {
        address a = world.trader(CROSS, 5_000_000);
        address b = world.trader(CROSS, 5_000_000);
        int256 all = everything() + cashOf(a) + cashOf(b);
        if (first != 0) world.trade(a, perpetual, first);
        if (second != 0) world.trade(b, perpetual, second);
        world.move(MARK, uint64(bound(price, 1_900e8, 2_100e8)));
        vm.warp(block.timestamp + bound(time, 1, 2 hours));
        world.push();
        engine.accrueFunding(perpetual);
        close(a);
        close(b);
        eq(everything() + cashOf(a) + cashOf(b), all);
    }

    function everything() private view returns (int256) {
        return engine.cashOf(engine.pool()) + engine.cashOf(engine.insurance()) + cashOf(long) + cashOf(short);
    }

    function premiumFor(int64 premium, uint256 time) private {
        world.move(MARK, uint64(int64(2_000e8) + premium));
        engine.accrueFunding(perpetual);
        vm.warp(block.timestamp + time);
        world.push();
        engine.accrueFunding(perpetual);
    }

    function close(address account) private {
        vm.prank(account);
        engine.closeAll(account);
    }

    function cashOf(address account) private view returns (int256) {
        return engine.cashOf(account);
    }
}
