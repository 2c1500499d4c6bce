// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {ILiquidationAuction} from "./interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {MarginMath} from "./libraries/MarginMath.sol";

/// @title The liquidation auction
/// @notice See ILiquidationAuction.
contract LiquidationAuction is ILiquidationAuction {
    using SafeCast for uint256;

    IMarginEngine public immutable engine;
    ICreditLines public immutable creditLines;
    IAgentRegistry public immutable registry;

    Terms private _terms;

    /// @inheritdoc ILiquidationAuction
    mapping(address account => uint64) public startedAt;

    constructor(address engine_, address creditLines_, address registry_, Terms memory terms_) {
        if (terms_.startDiscount > terms_.maxDiscount || terms_.maxDiscount >= MarginMath.BPS) {
            revert DiscountOutOfRange(terms_.startDiscount, terms_.maxDiscount);
        }
        if (terms_.target < MarginMath.BPS) revert TargetTooLow(terms_.target);
        engine = IMarginEngine(engine_);
        creditLines = ICreditLines(creditLines_);
        registry = IAgentRegistry(registry_);
        _terms = terms_;
    }

    /// @inheritdoc ILiquidationAuction
    function start(address account) external {
        if (startedAt[account] != 0) return;
        IMarginEngine.Margin memory margin = engine.margin(account);
        _requireBelowMaintenance(account, margin);
        startedAt[account] = uint64(block.timestamp);
        emit AuctionStarted(account, uint64(block.timestamp), margin.equity, margin.maintenance, margin.mark);
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
        Terms memory now_ = _terms;
        return
            MarginMath.discount(now_.startDiscount, now_.discountPerSecond, now_.maxDiscount, _elapsed(account))
                .toUint16();
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

    function _take(Bid calldata wanted, address beneficiary) private returns (int256 pay, uint256 value) {
        address account = wanted.account;
        uint64 version = engine.versionOf(account);
        if (version != wanted.expectedVersion) revert VersionChanged(wanted.expectedVersion, version);
        _requireRunning(account);
        _requireAdmitted(account);
        (IMarginEngine.Slice memory slice, IMarginEngine.Margin memory left) =
            engine.takeSlice(account, msg.sender, beneficiary, wanted.fraction);
        (pay, value) = (slice.pay, slice.collateralValue);
        if (pay > 0 && uint256(pay) > wanted.maxPay) revert PayAboveMaximum(uint256(pay), wanted.maxPay);
        emit BidTaken(account, msg.sender, beneficiary, wanted.fraction, pay, pay - slice.netValue, value, version);
        if (!MarginMath.isBelowMaintenance(left.equity, left.maintenance)) _end(account);
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

    function _requireAdmitted(address account) private view {
        uint256 openAt = startedAt[account] + _terms.bondedSeconds;
        if (block.timestamp < openAt && !registry.isBonded(msg.sender)) revert BondedOnly(msg.sender, openAt);
    }

    function _requireRunning(address account) private view {
        if (startedAt[account] == 0) revert AuctionUnknown(account);
    }

    function _requireBelowMaintenance(address account, IMarginEngine.Margin memory margin) private pure {
        if (MarginMath.isBelowMaintenance(margin.equity, margin.maintenance)) return;
        revert AccountHealthy(account, margin.equity, margin.maintenance);
    }

    function _end(address account) private {
        delete startedAt[account];
        emit AuctionEnded(account);
    }

    function _elapsed(address account) private view returns (uint256) {
        uint64 began = startedAt[account];
        return began == 0 ? 0 : block.timestamp - began;
    }
}
