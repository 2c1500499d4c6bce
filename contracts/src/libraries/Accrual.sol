// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What is due over time, and what lending costs as reserves run low
/// @notice Ratios in bps, rates in bps of a base per year of 365 days. The agent computes the same integers under the same
/// names.
library Accrual {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant YEAR = 365 days;

    /// @dev Rates per year: `base` when nothing is lent, `slope` more at the kink, `steep` more when all is lent.
    struct Curve {
        uint32 base;
        uint32 slope;
        uint32 steep;
        uint16 kink;
    }

    /// @notice What `base` owes after `rateSeconds`, a rate summed over seconds.
    function dueUp(uint256 base, uint256 rateSeconds) internal pure returns (uint256) {
        return Math.mulDiv(base, rateSeconds, BPS * YEAR, Math.Rounding.Ceil);
    }

    /// @notice The part of the reserves that is lent.
    function utilisationUp(uint256 lent, uint256 free) internal pure returns (uint256) {
        return lent == 0 ? 0 : Math.mulDiv(lent, BPS, lent + free, Math.Rounding.Ceil);
    }

    /// @notice The yearly rate at a utilisation: linear to the kink, linear and steeper above it.
    function rateUp(Curve memory curve, uint256 utilisation) internal pure returns (uint256) {
        uint256 below = Math.min(utilisation, curve.kink);
        uint256 rate = curve.base;
        if (curve.kink != 0) rate += Math.ceilDiv(below * curve.slope, curve.kink);
        if (utilisation > curve.kink) {
            rate += Math.ceilDiv((utilisation - curve.kink) * curve.steep, BPS - curve.kink);
        }
        return rate;
    }

    /// @notice A ratio of an amount.
    function partUp(uint256 amount, uint256 ratio) internal pure returns (uint256) {
        return Math.mulDiv(amount, ratio, BPS, Math.Rounding.Ceil);
    }

    /// @notice How much of a thing of which `amount` is worth `worth` is worth `value`. Everything when it is worth nothing.
    function amountUp(uint256 value, uint256 amount, uint256 worth) internal pure returns (uint256) {
        return worth == 0 ? type(uint256).max : Math.mulDiv(value, amount, worth, Math.Rounding.Ceil);
    }
}
