// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract MarginViewTest is MarginTest {
    function test_netted_positions_lose_in_one_scenario_together() external {
        address account = world.trader(CROSS, 1_000);
        world.trade(account, ETH, 1e18);
        world.trade(account, BTC, -0.01e18);
        int256 cash = 1_000e18 - 1e18 - 0.3e18;
        // Worst at -8 steps: 2000 x 15.2 % less 600 x 12 %; contingency 1 % of 2600.
        expect(account, IMarginEngine.Margin(cash, cash, cash, 258e18, 387e18));
    }

    function test_an_option_is_valued_at_its_mark_and_shocked_by_its_published_array() external {
        address account = world.trader(CROSS, 1_000);
        world.trade(account, 2, 1e18);
        int256 net = 1_000e18 - 0.05e18;
        // 6 % and 1 % of an underlying of 2000.
        expect(account, IMarginEngine.Margin(net, net, net, 140e18, 210e18));
    }

    function test_collateral_counts_after_haircut_and_gap_in_equity_and_fully_in_the_mark() external {
        address account = world.trader(UNIFIED, 0);
        world.credit(account, 0, 1e18);
        world.credit(account, 1, 1e6);
        world.credit(account, 2, 1e18);
        int256 equity = 2_000e18 * 87 / 100 + 600e18 * 87 / 100 + 2_000e18 * 82 / 100;
        expect(account, IMarginEngine.Margin(equity, 0, 4_600e18, 0, 0));
    }

    function test_an_isolated_account_has_its_own_collateral() external {
        address account = world.trader(ISOLATED, 0);
        world.credit(account, 3, 1e6);
        expect(account, IMarginEngine.Margin(492e18, 0, 600e18, 0, 0));
    }

    function test_collateral_counts_nothing_in_cross_mode() external {
        address account = world.trader(CROSS, 5);
        world.credit(account, 0, 1e18);
        expect(account, IMarginEngine.Margin(5e18, 5e18, 5e18, 0, 0));
        eq(engine.accountState(account).credit[0].amount, 1e18);
    }

    function test_degraded_prices_count_at_the_worse_edge() external {
        address long = world.trader(UNIFIED, 1_000);
        world.credit(long, 0, 1e18);
        world.trade(long, ETH, 1e18);
        address short = world.trader(CROSS, 1_000);
        world.trade(short, ETH, -1e18);
        world.moveByQuorum(ETH, 2_300e8);
        eq(engine.margin(long).mark, -1_001e18 + 2 * 2_295.4e18);
        eq(engine.margin(short).netValue, 2_999e18 - 2_304.6e18);
        eq(engine.margin(long).maintenance, 2_304.6e18 * 1_620 / 10_000);
        eq(engine.collateralValue(0, 1e18), 2_295.4e18);
    }

    function test_an_unknown_account_has_no_margin() external {
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(address(7))));
        engine.margin(address(7));
    }

    function test_the_terms_are_what_was_deployed() external view {
        eq(engine.initialFactor(), 15_000);
        eq(engine.tradeFee(), 5);
        eq(engine.priceBook(), address(book));
        eq(engine.cashToken(), address(world.cash()));
        eq(engine.instrumentCount(), 8);
        eq(engine.collateralCount(), 4);
        yes(engine.pool() != engine.insurance(), "two accounts");
    }

    function expect(address account, IMarginEngine.Margin memory expected) private view {
        eq(abi.encode(engine.margin(account)), abi.encode(expected));
    }
}
