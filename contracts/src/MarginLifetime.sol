// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {MarginPricing} from "./MarginPricing.sol";

/// @title What time does to instruments: funding of perpetuals, expiry of options
abstract contract MarginLifetime is MarginPricing {
    using SafeCast for int256;

    /// @dev Time that nobody accrued beyond this is not charged: one premium must not be paid for a day nobody looked.
    uint256 internal constant MAX_ACCRUAL = 1 hours;

    /// @inheritdoc IMarginEngine
    function accrueFunding(uint8 instrument) external {
        _perpetual(instrument);
        _accrue(instrument);
    }

    /// @inheritdoc IMarginEngine
    function fixSeries(uint8 instrument) external {
        Line storage line = _series(instrument);
        uint40 expiry = line.moment;
        if (line.fixed_) revert SeriesFixedAlready(instrument, uint64(uint128(line.index)));
        uint64 price = _book.fixings(line.underlyingFeed, expiry);
        if (price == 0) revert SeriesUnfixed(instrument);
        uint256 terms = _instrument(instrument).array;
        uint256 payoff = MarginMath.payoff(terms & CALL != 0, uint64(terms), price);
        (line.fixed_, line.index) = (true, int128(uint128(payoff)));
        emit SeriesFixed(instrument, price, uint64(payoff));
    }

    /// @dev Moves the funding index of a perpetual to now; answers zero for an option.
    function _accrue(uint8 instrument) internal returns (int256 index) {
        Line storage line = _instrument(instrument).line;
        if (line.kind != Kind.PERPETUAL) return 0;
        index = line.index;
        uint256 elapsed = block.timestamp - line.moment;
        if (elapsed == 0 || line.maxFunding == 0) return index;
        line.moment = uint40(block.timestamp);
        if (elapsed > MAX_ACCRUAL) elapsed = MAX_ACCRUAL;
        int256 step = _step(line.markFeed, line.underlyingFeed, line.maxFunding, elapsed);
        if (step == 0) return index;
        index += step;
        line.index = index.toInt128();
        emit FundingAccrued(instrument, int128(index));
    }

    /// @dev A degraded price is no ground to charge anybody.
    function _step(uint16 markFeed, uint16 underlyingFeed, uint256 maxFunding, uint256 elapsed)
        private
        view
        returns (int256)
    {
        (uint256 mark,, bool markDegraded) = _book.current(markFeed);
        (uint256 underlying,, bool underlyingDegraded) = _book.current(underlyingFeed);
        if (markDegraded || underlyingDegraded) return 0;
        return MarginMath.fundingStep(mark, underlying, maxFunding, elapsed);
    }
}
