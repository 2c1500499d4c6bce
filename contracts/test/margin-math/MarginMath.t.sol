// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {Test} from "../support/Test.sol";

contract MarginMathTest is Test {
    function test_values_truncate_toward_zero_on_both_sides() external pure {
        eq(MarginMath.positionValue(1, 199_999_999), 1);
        eq(MarginMath.positionValue(-1, 199_999_999), -1);
        eq(MarginMath.notional(-3, 50_000_000), -1);
    }

    function test_shocks_are_sixteen_signed_numbers_lowest_bits_first() external pure {
        int256[16] memory profits;
        uint256 shocks = uint256(uint16(int16(-5))) | (uint256(7) << 16) | (uint256(uint16(int16(-32_768))) << 240);
        MarginMath.addScenarios(profits, 10, shocks);
        MarginMath.addScenarios(profits, -2, shocks);
        eq(profits[0], -40);
        eq(profits[1], 56);
        eq(profits[2], 0);
        eq(profits[15], -262_144);
    }

    function test_every_scenario_is_added(int128 notional, uint256 shocks) external pure {
        int256[16] memory profits;
        MarginMath.addScenarios(profits, notional, shocks);
        for (uint256 s; s < 16; ++s) {
            eq(profits[s], int256(notional) * int256(int16(uint16(shocks >> (16 * s)))));
        }
    }

    function test_the_scan_is_the_worst_scenario_divided_once(uint256 scenario, uint128 loss) external pure {
        int256[16] memory profits;
        for (uint256 s; s < 16; ++s) {
            profits[s] = int256(s) - int256(uint256(loss) / 2);
        }
        profits[bound(scenario, 0, 15)] = -int256(uint256(loss)) - 16;
        eq(MarginMath.scanLoss(profits), (uint256(loss) + 16) / 10_000);
    }

    function test_a_portfolio_that_cannot_lose_scans_zero() external pure {
        int256[16] memory profits;
        profits[3] = 1e30;
        eq(MarginMath.scanLoss(profits), 0);
    }

    function test_margins_round_up() external pure {
        eq(MarginMath.maintenanceMargin(5, 1), 6);
        eq(MarginMath.maintenanceMargin(5, 10_000), 6);
        eq(MarginMath.initialMargin(1, 10_001), 2);
        eq(MarginMath.targetMarginUp(1, 10_001), 2);
        eq(MarginMath.contingency(-7, 3), 21);
    }

    function test_collateral_rounds_down_from_its_own_decimals() external pure {
        eq(MarginMath.collateralValueDown(1, 8, 60_000e8), 6e14);
        eq(MarginMath.collateralValueDown(1, 18, 199_999_999), 1);
        eq(MarginMath.haircutValueDown(3, 1_000, 300), 2);
        eq(MarginMath.haircutValueDown(1e18, 9_700, 300), 0);
    }

    function test_the_discount_stops_at_its_maximum() external pure {
        eq(MarginMath.discount(100, 25, 3_000, 0), 100);
        eq(MarginMath.discount(100, 25, 3_000, 115), 2_975);
        eq(MarginMath.discount(100, 25, 3_000, 117), 3_000);
    }

    function test_the_largest_slice_restores_the_target(uint256 equity, uint256 extra, uint256 discount) external pure {
        equity = bound(equity, 0, 1_000e18);
        uint256 mark = equity + bound(extra, 1e18, 500e18);
        discount = bound(discount, 0, 3_000);
        uint256 target = 1_200e18;
        uint256 fraction = MarginMath.maxFractionUp(target, int256(equity), int256(mark), discount, 0);
        uint256 pay = MarginMath.payUp(fraction, mark, discount);
        uint256 left = equity - MarginMath.shareDown(equity, fraction) + pay;
        yes(left + 1 >= target - MarginMath.shareDown(target, fraction), "the rest stands at the target");
        yes(fraction <= 10_000, "at most everything");
    }

    function test_dust_and_insolvency_go_as_a_whole() external pure {
        eq(MarginMath.maxFractionUp(100, 50, 10, 0, 10), 10_000);
        eq(MarginMath.maxFractionUp(100, -50, 0, 0, 10), 10_000);
        eq(MarginMath.maxFractionUp(100, -50, -1, 0, 10), 10_000);
        yes(MarginMath.maxFractionUp(100, 50, 11, 0, 10) < 10_000, "above dust a part is enough");
        eq(MarginMath.maxFractionUp(100, 100, 11, 0, 10), 0);
    }

    function test_payment_rounds_up_and_collateral_down(uint128 mark, uint16 fraction, uint16 discount) external pure {
        uint256 part = bound(fraction, 1, 10_000);
        uint256 off = bound(discount, 0, 9_999);
        uint256 pay = MarginMath.payUp(part, mark, off);
        uint256 exact = uint256(mark) * part * (10_000 - off);
        yes(pay * 1e8 >= exact && pay * 1e8 < exact + 1e8, "less than one unit above");
        yes(MarginMath.shareDown(mark, part) * 10_000 <= uint256(mark) * part, "never more");
    }

    function test_the_insolvent_reward_grows_to_the_maintenance_margin() external pure {
        eq(MarginMath.insolventRewardDown(-5, 10, 0, 60), 5);
        eq(MarginMath.insolventRewardDown(-5, 10, 59, 60), 14);
        eq(MarginMath.insolventRewardDown(-5, 10, 60, 60), 15);
        eq(MarginMath.insolventRewardDown(0, 10, 0, 0), 10);
    }

    function test_an_account_at_its_maintenance_margin_is_healthy() external pure {
        yes(!MarginMath.isBelowMaintenance(5, 5), "at the margin");
        yes(MarginMath.isBelowMaintenance(4, 5), "below it");
    }

    function test_funding_rounds_against_the_holder() external pure {
        eq(MarginMath.fundingUp(1, 1), 1);
        eq(MarginMath.fundingUp(1, 2), 1);
        eq(MarginMath.fundingUp(-1, 1), 0);
        eq(MarginMath.fundingUp(1e18, 7), 7);
        eq(MarginMath.fundingUp(0, 7), 0);
    }

    function test_slices_truncate_toward_zero() external pure {
        eq(MarginMath.share(-19_999, 1), -1);
        eq(MarginMath.share(19_999, 1), 1);
        eq(MarginMath.outlay(10, -20_000, 1), 12);
    }

    function test_fees_and_edges_round_against_the_trader() external pure {
        eq(MarginMath.tradeFeeUp(-1, 5), 1);
        eq(MarginMath.tradeFeeUp(0, 5), 0);
        eq(MarginMath.lowerEdgeDown(9_999, 1), 9_998);
        eq(MarginMath.upperEdgeUp(9_999, 1), 10_000);
        eq(MarginMath.lowerEdgeDown(5, 20_000), 0);
    }
}
