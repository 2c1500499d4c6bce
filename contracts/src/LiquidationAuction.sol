// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {ILiquidationAuction} from "./interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {AuctionClock} from "./AuctionClock.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Reservations} from "./Reservations.sol";

/// @title The liquidation auction
/// @notice See ILiquidationAuction. Its clock: AuctionClock. Promises: Reservations.
contract LiquidationAuction is Reservations {
    using SafeCast for uint256;

    ICreditLines public immutable creditLines;

    constructor(address engine_, address creditLines_, address registry_, Terms memory terms_)
        AuctionClock(engine_, terms_)
        Reservations(registry_)
    {
        if (terms_.startDiscount > terms_.maxDiscount || terms_.maxDiscount >= MarginMath.BPS) {
            revert DiscountOutOfRange(terms_.startDiscount, terms_.maxDiscount);
        }
        if (terms_.target < MarginMath.BPS) revert TargetTooLow(terms_.target);
        creditLines = ICreditLines(creditLines_);
    }

    /// @inheritdoc ILiquidationAuction
    function start(address account) external {
        if (_isRunning(account)) return;
        IMarginEngine.Margin memory margin = engine.margin(account);
        _requireBelowMaintenance(account, margin);
        _open(account, margin);
    }

    /// @inheritdoc ILiquidationAuction
    function startMany(address[] calldata accounts) external returns (uint256 started) {
        for (uint256 i; i < accounts.length; ++i) {
            address account = accounts[i];
            if (_isRunning(account)) continue;
            IMarginEngine.Margin memory margin = engine.margin(account);
            if (!MarginMath.isBelowMaintenance(margin.equity, margin.maintenance)) continue;
            _open(account, margin);
            ++started;
        }
    }

    /// @inheritdoc ILiquidationAuction
    function bid(Bid calldata wanted) external returns (int256 pay) {
        (pay,) = _take(wanted, wanted.beneficiary);
    }

    /// @inheritdoc ILiquidationAuction
    function bidAndSell(Bid calldata wanted, ICreditLines.Offer calldata offer, bytes calldata signature)
        external
        returns (int256 pay, uint256 proceeds)
    {
        uint256 value;
        (pay, value) = _take(wanted, offer.beneficiary);
        proceeds = creditLines.purchase(offer, signature, msg.sender, wanted.account, value);
    }

    /// @inheritdoc ILiquidationAuction
    function reserve(address account) external returns (uint16 fraction) {
        _requireRunning(account);
        IMarginEngine.Margin memory margin = engine.margin(account);
        _requireBelowMaintenance(account, margin);
        if (margin.mark <= 0) revert AccountInsolvent(account, margin.mark);
        _dropBroken(account);
        uint16 discount_ = discount(account);
        fraction = _maxFraction(margin, discount_);
        _promise(account, fraction, discount_);
    }

    /// @inheritdoc ILiquidationAuction
    function stop(address account) external {
        _requireRunning(account);
        IMarginEngine.Margin memory margin = engine.margin(account);
        if (MarginMath.isBelowMaintenance(margin.equity, margin.maintenance)) {
            revert AccountUnhealthy(account, margin.equity, margin.maintenance);
        }
        _end(account);
    }

    /// @inheritdoc ILiquidationAuction
    function discount(address account) public view returns (uint16) {
        Reservation memory promised = reservationOf(account);
        uint256 elapsed = _elapsed(account);
        if (_stands(promised, elapsed)) return promised.discount;
        return
            MarginMath.discount(_terms.startDiscount, _terms.discountPerSecond, _terms.maxDiscount, elapsed).toUint16();
    }

    /// @inheritdoc ILiquidationAuction
    function maxFraction(address account) external view returns (uint16) {
        IMarginEngine.Margin memory margin = engine.margin(account);
        if (!MarginMath.isBelowMaintenance(margin.equity, margin.maintenance)) return 0;
        return _maxFraction(margin, discount(account));
    }

    /// @inheritdoc ILiquidationAuction
    function priceOf(address account, uint16 fraction, IMarginEngine.Margin calldata margin)
        external
        view
        returns (int256 pay)
    {
        _requireBelowMaintenance(account, margin);
        uint16 discount_ = discount(account);
        _requireFraction(fraction, margin, discount_);
        if (margin.mark <= 0) return -_reward(account, margin).toInt256();
        return MarginMath.payUp(fraction, uint256(margin.mark), discount_).toInt256();
    }

    /// @inheritdoc ILiquidationAuction
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    function _open(address account, IMarginEngine.Margin memory margin) private {
        _startClock(account);
        emit AuctionStarted(account, uint64(block.timestamp), margin.equity, margin.maintenance, margin.mark);
    }

    function _take(Bid calldata wanted, address beneficiary) private returns (int256 pay, uint256 value) {
        (address account, uint64 version) = (wanted.account, wanted.expectedVersion);
        _requireVersion(account, version);
        _requireRunning(account);
        // A broken promise pays the caller in the bond's token, which may call back.
        if (_dropBroken(account)) _requireVersion(account, version);
        uint16 promised = _admit(account);
        (IMarginEngine.Slice memory slice, IMarginEngine.Margin memory left) =
            engine.takeSlice(account, msg.sender, beneficiary, wanted.fraction);
        (pay, value) = (slice.pay, slice.collateralValue);
        if (pay > 0 && uint256(pay) > wanted.maxPay) revert PayAboveMaximum(uint256(pay), wanted.maxPay);
        emit BidTaken(account, msg.sender, beneficiary, wanted.fraction, pay, pay - slice.netValue, value, version);
        if (!MarginMath.isBelowMaintenance(left.equity, left.maintenance)) _end(account);
        else if (promised > 0) _keep(account, wanted.fraction, promised);
    }

    function _reward(address account, IMarginEngine.Margin memory margin) private view returns (uint256) {
        return
            MarginMath.insolventRewardDown(margin.mark, margin.maintenance, _elapsed(account), _terms.insolventSeconds);
    }

    function _maxFraction(IMarginEngine.Margin memory margin, uint16 discount_) private view returns (uint16) {
        uint256 target = MarginMath.targetMarginUp(margin.maintenance, _terms.target);
        return MarginMath.maxFractionUp(target, margin.equity, margin.mark, discount_, _terms.dust).toUint16();
    }

    /// @dev An insolvent account goes as a whole.
    function _requireFraction(uint16 fraction, IMarginEngine.Margin memory margin, uint16 discount_) private view {
        uint16 maximum = _maxFraction(margin, discount_);
        bool partial_ = margin.mark <= 0 && fraction != maximum;
        if (fraction == 0 || fraction > maximum || partial_) revert FractionOutOfRange(fraction, maximum);
    }

    function _requireVersion(address account, uint64 expected) private view {
        uint64 version = engine.versionOf(account);
        if (version != expected) revert VersionChanged(expected, version);
    }

    function _requireRunning(address account) private view {
        if (!_isRunning(account)) revert AuctionUnknown(account);
    }

    function _requireBelowMaintenance(address account, IMarginEngine.Margin memory margin) private pure {
        if (MarginMath.isBelowMaintenance(margin.equity, margin.maintenance)) return;
        revert AccountHealthy(account, margin.equity, margin.maintenance);
    }

    function _end(address account) private {
        _fallAway(account);
        _stopClock(account);
        emit AuctionEnded(account);
    }
}
