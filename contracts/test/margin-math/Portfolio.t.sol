// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {Leg, Portfolio, PortfolioMath, Stake} from "../../src/libraries/Portfolio.sol";
import {Test} from "../support/Test.sol";

/// @notice An account in memory: a price that is degraded has two edges, a route that tripped is told apart.
contract PortfolioTest is Test {
    using PortfolioMath for Portfolio;

    function test_a_position_is_valued_at_the_edge_that_is_worse_for_it() external pure {
        eq(alone(leg(1)).netValue(), 7 + 300);
        eq(alone(leg(-1)).netValue(), 7 - 500);
        eq(alone(leg(0)).netValue(), 7);
        eq(alone(leg(2)).netValue(), 7 + 600);
    }

    function test_collateral_counts_whole_in_the_mark_and_cut_in_the_equity() external pure {
        Portfolio memory portfolio = alone(leg(0));
        portfolio.stakes = stakes();
        IMarginEngine.Margin memory margin = portfolio.margin(15_000);
        eq(margin.netValue, 7);
        eq(margin.mark, 7 + 10e18 + 40e18);
        eq(margin.equity, 7 + 8e18 + 20e18);
        eq(margin.maintenance, 0);
    }

    function test_what_a_tripped_route_holds_is_known_apart() external pure {
        Stake[] memory all = stakes();
        (uint256 full, uint256 haircut) = PortfolioMath.halted(all);
        eq(full, 0);
        all[1].halted = true;
        (full, haircut) = PortfolioMath.halted(all);
        eq(full, 40e18);
        eq(haircut, 20e18);
        all[0].halted = true;
        (full, haircut) = PortfolioMath.halted(all);
        eq(full, 50e18);
        eq(haircut, 28e18);
    }

    function test_risk_is_of_the_underlying_and_adds_up() external pure {
        Leg memory long = leg(1e18);
        (long.underlying, long.shocks, long.contingency) = (4e8, uint256(uint16(int16(-1_000))), 100);
        IMarginEngine.Margin memory margin = alone(long).margin(15_000);
        // A tenth of 4, and a hundredth of it.
        eq(margin.maintenance, 0.44e18);
        eq(margin.initial, 0.66e18);
        Portfolio memory both = alone(long);
        both.legs = new Leg[](2);
        (both.legs[0], both.legs[1]) = (long, long);
        eq(both.margin(15_000).maintenance, 0.88e18);
    }

    function alone(Leg memory one) private pure returns (Portfolio memory portfolio) {
        portfolio.cash = 7;
        portfolio.legs = new Leg[](1);
        portfolio.legs[0] = one;
    }

    function leg(int256 size) private pure returns (Leg memory one) {
        one.size = size;
        (one.lower, one.upper) = (300e8, 500e8);
    }

    /// @dev Ten dollars less a fifth, forty less a half.
    function stakes() private pure returns (Stake[] memory all) {
        all = new Stake[](2);
        (all[0].amount, all[0].decimals, all[0].price) = (1e18, 18, 10e8);
        (all[0].haircut, all[0].gap) = (1_500, 500);
        (all[1].amount, all[1].decimals, all[1].price) = (2e8, 8, 20e8);
        (all[1].haircut, all[1].gap) = (1_000, 4_000);
    }
}
