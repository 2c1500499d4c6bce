// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";

/// @title The margin rule in integers
/// @notice Values and sizes have 18 decimals, prices 8, ratios are bps. Division truncates toward zero unless the name
/// says `Up` or `Down`. The agent computes the same integers under the same names.
/// @dev Unchecked where nothing can overflow: sizes and cash are int128, prices stay below 2^80 and ratios below 2^16.
library MarginMath {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant PRICE_UNIT = 1e8;
    uint256 internal constant SCENARIOS = 16;
    int256 internal constant SIZE_UNIT = 1e18;
    /// @dev The premium of the mark is paid once in this many seconds.
    uint256 internal constant FUNDING_PERIOD = 8 hours;

    /// @notice What a position is worth at its mark price.
    function positionValue(int256 size, uint256 markPrice) internal pure returns (int256) {
        unchecked {
            return size * int256(markPrice) / int256(PRICE_UNIT);
        }
    }

    /// @notice What shocks and contingency are taken on.
    function notional(int256 size, uint256 underlyingPrice) internal pure returns (int256) {
        unchecked {
            return size * int256(underlyingPrice) / int256(PRICE_UNIT);
        }
    }

    /// @notice Adds one position's profit in every scenario, in value x bps.
    /// @param shocks 16 int16, lowest bits first.
    function addScenarios(int256[16] memory profits, int256 notional_, uint256 shocks) internal pure {
        // Sixteen additions per position are most of the margin's cost: four to a turn, without bounds checks.
        assembly ("memory-safe") {
            for { let end := add(profits, 512) } lt(profits, end) { profits := add(profits, 128) } {
                mstore(profits, add(mload(profits), mul(notional_, signextend(1, shocks))))
                let at_ := add(profits, 32)
                mstore(at_, add(mload(at_), mul(notional_, signextend(1, shr(16, shocks)))))
                at_ := add(profits, 64)
                mstore(at_, add(mload(at_), mul(notional_, signextend(1, shr(32, shocks)))))
                at_ := add(profits, 96)
                mstore(at_, add(mload(at_), mul(notional_, signextend(1, shr(48, shocks)))))
                shocks := shr(64, shocks)
            }
        }
    }

    /// @notice The loss in the worst scenario: one division, after the minimum.
    function scanLoss(int256[16] memory profits) internal pure returns (uint256) {
        int256 worst;
        assembly ("memory-safe") {
            for { let end := add(profits, 512) } lt(profits, end) { profits := add(profits, 32) } {
                let profit := mload(profits)
                if slt(profit, worst) { worst := profit }
            }
        }
        unchecked {
            return uint256(-worst) / BPS;
        }
    }

    /// @notice One position's contingency, in value x bps: summed over the account before the division.
    function contingency(int256 notional_, uint256 contingencyBps) internal pure returns (uint256) {
        unchecked {
            return SignedMath.abs(notional_) * contingencyBps;
        }
    }

    /// @param contingencies Sum of `contingency` over the positions.
    function maintenanceMargin(uint256 scan, uint256 contingencies) internal pure returns (uint256) {
        return scan + Math.ceilDiv(contingencies, BPS);
    }

    function initialMargin(uint256 maintenance, uint256 initialFactor) internal pure returns (uint256) {
        return Math.mulDiv(maintenance, initialFactor, BPS, Math.Rounding.Ceil);
    }

    /// @notice Full value of an amount in the asset's own decimals.
    function collateralValueDown(uint256 amount, uint256 decimals, uint256 price) internal pure returns (uint256) {
        uint256 scale;
        unchecked {
            scale = 10 ** (18 - decimals) * price;
        }
        return amount * scale / PRICE_UNIT;
    }

    /// @notice What collateral counts for in equity.
    /// @dev A value was divided by 1e8, so that it can bear a factor of 1e4.
    function haircutValueDown(uint256 value, uint256 haircut, uint256 gap) internal pure returns (uint256) {
        unchecked {
            return value * (BPS - haircut - gap) / BPS;
        }
    }

    /// @notice Equity with `haircutValue` the sum of haircut values; the mark with the sum of full values.
    function withCollateral(int256 netValue, uint256 collateral) internal pure returns (int256) {
        return netValue + int256(collateral);
    }

    /// @notice Below maintenance margin: the trigger of an auction.
    function isBelowMaintenance(int256 equity, uint256 maintenance) internal pure returns (bool) {
        return equity < int256(maintenance);
    }

    /// @notice Discount on the mark after `elapsed` seconds of auction.
    function discount(uint256 start, uint256 perSecond, uint256 maximum, uint256 elapsed)
        internal
        pure
        returns (uint256)
    {
        return Math.min(maximum, start + perSecond * elapsed);
    }

    /// @notice The margin K that an auction restores.
    function targetMarginUp(uint256 maintenance, uint256 target) internal pure returns (uint256) {
        return Math.mulDiv(maintenance, target, BPS, Math.Rounding.Ceil);
    }

    /// @notice The largest slice a bid may take: what restores K. Everything when the mark is dust or gone.
    function maxFractionUp(uint256 targetMargin, int256 equity, int256 mark, uint256 discountBps, uint256 dust)
        internal
        pure
        returns (uint256)
    {
        if (mark <= 0 || uint256(mark) <= dust) return BPS;
        if (equity >= int256(targetMargin)) return 0;
        uint256 shortfall = uint256(int256(targetMargin) - equity);
        uint256 price = Math.mulDiv(uint256(mark), BPS - discountBps, BPS);
        return Math.min(BPS, Math.mulDiv(shortfall, BPS, shortfall + price, Math.Rounding.Ceil));
    }

    /// @notice What a slice of a solvent account costs.
    function payUp(uint256 fraction, uint256 mark, uint256 discountBps) internal pure returns (uint256) {
        return Math.mulDiv(mark, fraction * (BPS - discountBps), BPS * BPS, Math.Rounding.Ceil);
    }

    /// @notice What the insurance pays whoever takes an insolvent account (mark <= 0) after `elapsed` seconds.
    function insolventRewardDown(int256 mark, uint256 maintenance, uint256 elapsed, uint256 duration)
        internal
        pure
        returns (uint256)
    {
        uint256 premium = elapsed >= duration ? maintenance : Math.mulDiv(maintenance, elapsed, duration);
        return uint256(-mark) + premium;
    }

    /// @notice A slice of cash, of a position's size or of the net value; truncates toward zero.
    function share(int256 whole, uint256 fraction) internal pure returns (int256) {
        unchecked {
            return whole * int256(fraction) / int256(BPS);
        }
    }

    /// @notice A slice of an amount of collateral.
    function shareDown(uint256 whole, uint256 fraction) internal pure returns (uint256) {
        return Math.mulDiv(whole, fraction, BPS);
    }

    /// @notice The cash that leaves a bidder for its claim on the collateral.
    function outlay(int256 pay, int256 netValue, uint256 fraction) internal pure returns (int256) {
        return pay - share(netValue, fraction);
    }

    /// @notice The fee of a trade of this value with the pool.
    function tradeFeeUp(int256 value, uint256 tradeFee) internal pure returns (uint256) {
        return Math.mulDiv(SignedMath.abs(value), tradeFee, BPS, Math.Rounding.Ceil);
    }

    /// @notice What a position owes when the index moved by `change` since it last paid; negative: what it is owed.
    /// @dev Rounded against the holder: the pool is on the other side of every position.
    function fundingUp(int256 size, int256 change) internal pure returns (int256 owed) {
        unchecked {
            int256 product = size * change;
            owed = product / SIZE_UNIT;
            if (product > 0 && product % SIZE_UNIT != 0) ++owed;
        }
    }

    /// @notice How far a funding index moves in `elapsed` seconds: the premium of the mark over the underlying, within
    /// `maxFunding` bps of the underlying, per period; in 1e18 units per unit of size.
    function fundingStep(uint256 mark, uint256 underlying, uint256 maxFunding, uint256 elapsed)
        internal
        pure
        returns (int256)
    {
        int256 most = int256(underlying * maxFunding / BPS);
        int256 premium = SignedMath.max(-most, SignedMath.min(most, int256(mark) - int256(underlying)));
        return premium * int256(1e10 * elapsed) / int256(FUNDING_PERIOD);
    }

    /// @notice What a European option pays per unit of size when its underlying is fixed at `price`.
    function payoff(bool call, uint256 strike, uint256 price) internal pure returns (uint256) {
        return call ? Math.saturatingSub(price, strike) : Math.saturatingSub(strike, price);
    }

    /// @notice The lower edge of a degraded price: what longs and collateral count at.
    function lowerEdgeDown(uint256 price, uint256 confidence) internal pure returns (uint256) {
        return price * (BPS - Math.min(confidence, BPS)) / BPS;
    }

    /// @notice The upper edge of a degraded price: what shorts and notionals count at.
    function upperEdgeUp(uint256 price, uint256 confidence) internal pure returns (uint256) {
        return Math.ceilDiv(price * (BPS + confidence), BPS);
    }
}
