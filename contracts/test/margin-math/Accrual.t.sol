// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Accrual} from "../../src/libraries/Accrual.sol";
import {Test} from "../support/Test.sol";

contract AccrualTest is Test {
    function test_reserves_are_used_from_nothing_to_whole() external pure {
        eq(Accrual.utilisationUp(0, 0), 0);
        eq(Accrual.utilisationUp(0, 7), 0);
        eq(Accrual.utilisationUp(1, 0), 10_000);
        eq(Accrual.utilisationUp(1, 2), 3_334);
    }

    function test_a_rate_rises_to_the_kink_and_steeper_above_it() external pure {
        Accrual.Curve memory curve = Accrual.Curve({base: 400, slope: 800, steep: 8_800, kink: 8_000});
        eq(Accrual.rateUp(curve, 0), 400);
        eq(Accrual.rateUp(curve, 1), 401);
        eq(Accrual.rateUp(curve, 8_000), 1_200);
        eq(Accrual.rateUp(curve, 8_001), 1_205);
        eq(Accrual.rateUp(curve, 10_000), 10_000);
    }

    function test_a_curve_may_have_its_kink_at_either_end() external pure {
        eq(Accrual.rateUp(Accrual.Curve({base: 5, slope: 10, steep: 20, kink: 10_000}), 10_000), 15);
        eq(Accrual.rateUp(Accrual.Curve({base: 5, slope: 10, steep: 20, kink: 0}), 10_000), 25);
    }

    function test_amounts_round_against_who_asks() external pure {
        eq(Accrual.dueUp(1, 1), 1);
        eq(Accrual.dueUp(1e18, uint256(10_000) * 365 days), 1e18);
        eq(Accrual.partUp(3, 5_000), 2);
        eq(Accrual.amountUp(1, 5, 0), type(uint256).max);
        eq(Accrual.amountUp(1, 5, 1), 5);
        eq(Accrual.amountUp(2, 5, 3), 4);
    }
}
