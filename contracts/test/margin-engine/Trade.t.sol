// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract TradeTest is MarginTest {
    function test_the_pool_takes_the_other_side_and_the_insurance_the_fee() external {
        address account = world.trader(CROSS, 1_000);
        vm.expectEmit(address(engine));
        emit IMarginEngine.Traded(account, ETH, 1e18, 2_000e8, 1e18);
        vm.prank(account);
        engine.trade(account, ETH, 1e18, 2_000e8);
        vm.snapshotGasLastCall("engine", "trade, first position");
        eq(engine.cashOf(account), 1_000e18 - 2_001e18);
        eq(engine.cashOf(engine.pool()), 2_000e18);
        eq(engine.cashOf(engine.insurance()), 1e18);
        eq(engine.accountState(engine.pool()).positions[0].size, -1e18);
        eq(engine.margin(account).netValue, 999e18);
        eq(engine.versionOf(account), 2);
    }

    function test_cash_and_size_are_conserved_whatever_is_traded(uint256 size, bool long) external {
        address account = world.trader(CROSS, 10_000);
        int128 signed = int128(int256(bound(size, 1, 10e18)));
        world.trade(account, ETH, long ? signed : -signed);
        int256 total = engine.cashOf(account) + engine.cashOf(engine.pool()) + engine.cashOf(engine.insurance());
        eq(total, 10_000e18);
        eq(int256(engine.accountState(engine.pool()).positions[0].size), long ? -signed : signed);
    }

    function test_closing_clears_the_position() external {
        address account = world.trader(CROSS, 1_000);
        world.trade(account, ETH, 1e18);
        world.trade(account, ETH, -1e18);
        eq(engine.accountState(account).positions.length, 0);
        eq(engine.accountState(engine.pool()).positions.length, 0);
        eq(engine.cashOf(account), 998e18);
    }

    function test_a_limit_is_kept_to_the_unit() external {
        address account = world.trader(CROSS, 1_000);
        refuse(account, ETH, 1e18, 2_000e8 - 1, limited(2_000e8 - 1));
        refuse(account, ETH, -1e18, 2_000e8 + 1, limited(2_000e8 + 1));
    }

    function test_more_risk_needs_initial_margin() external {
        address account = world.trader(CROSS, 1_000);
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        world.trade(account, ETH, 4e18);
    }

    function test_less_risk_needs_maintenance_only() external {
        address account = world.trader(CROSS, 1_000);
        world.trade(account, ETH, 2e18);
        world.move(ETH, 1_850e8);
        IMarginEngine.Margin memory margin = engine.margin(account);
        yes(margin.equity < int256(margin.initial) && margin.equity > int256(margin.maintenance), "between");
        world.trade(account, ETH, -0.1e18);
        eq(int256(engine.accountState(account).positions[0].size), 1.9e18);
    }

    function test_an_account_below_maintenance_cannot_dodge_bids_by_trifles() external {
        address account = failing();
        vm.expectPartialRevert(IMarginEngine.MaintenanceMargin.selector);
        world.trade(account, ETH, -1);
        world.trade(account, ETH, -6e18);
    }

    function test_a_degraded_price_admits_less_risk_only_at_its_worse_edge() external {
        address account = world.trader(CROSS, 2_000);
        world.trade(account, ETH, 1e18);
        world.moveByQuorum(ETH, 2_300e8);
        refuse(account, ETH, 1, type(uint64).max, failure(IMarginEngine.PriceDegraded.selector, abi.encode(ETH)));
        vm.expectEmit(address(engine));
        emit IMarginEngine.Traded(account, ETH, -0.5e18, 2_295.4e8, 0.57385e18);
        world.trade(account, ETH, -0.5e18);
    }

    function test_the_smallest_size_is_bought_at_the_upper_edge_too() external {
        address account = world.trader(CROSS, 2_000);
        world.trade(account, ETH, -0.5e18);
        world.moveByQuorum(ETH, 2_300e8);
        vm.expectEmit(address(engine));
        emit IMarginEngine.Traded(account, ETH, 1, 2_304.6e8, 2);
        world.trade(account, ETH, 1);
    }

    function test_a_stale_price_trades_nothing() external {
        address account = world.trader(CROSS, 1_000);
        vm.warp(block.timestamp + 61);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        world.trade(account, ETH, 1);
    }

    function test_an_isolated_account_holds_one_instrument() external {
        address account = world.trader(ISOLATED, 10_000);
        world.trade(account, BTC, 0.01e18);
        bytes memory second = abi.encode(account, BTC, ETH);
        refuse(account, ETH, 1e18, type(uint64).max, failure(IMarginEngine.IsolatedHoldsOne.selector, second));
        world.trade(account, BTC, -0.01e18);
        world.trade(account, ETH, 1e18);
    }

    function test_positions_are_limited() external {
        address account = world.trader(CROSS, 100_000);
        for (uint256 i; i < 9; ++i) {
            vm.prank(address(world));
            engine.listInstrument(IMarginEngine.Instrument(IMarginEngine.Kind.PERPETUAL, ETH, ETH, 100, 0));
        }
        for (uint8 id; id < 16; ++id) {
            world.trade(account, id, 0.01e18);
        }
        vm.expectRevert(failure(IMarginEngine.TooManyPositions.selector, abi.encode(account, 16)));
        world.trade(account, 16, 0.01e18);
        world.trade(account, 15, 0.01e18);
    }

    function test_bad_input_is_named() external {
        address account = world.trader(CROSS, 1_000);
        refuse(account, ETH, 0, 1, failure(IMarginEngine.ZeroAmount.selector, ""));
        refuse(account, 8, 1, 1, failure(IMarginEngine.InstrumentUnknown.selector, abi.encode(8)));
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(account, address(this))));
        engine.trade(account, ETH, 1, 1);
    }

    function limited(uint64 limit) private pure returns (bytes memory) {
        return failure(IMarginEngine.PriceLimit.selector, abi.encode(ETH, 2_000e8, limit));
    }

    function refuse(address account, uint8 instrument, int128 size, uint64 limit, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(account);
        engine.trade(account, instrument, size, limit);
    }
}
