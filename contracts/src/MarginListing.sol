// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {MarginMath} from "./libraries/MarginMath.sol";

/// @title What may be traded and what counts as collateral, decided by governance
abstract contract MarginListing is IMarginEngine, AccessManaged {
    using RateLimiter for RateLimiter.RefillingBucket;

    /// @dev The bitmap of positions has this many bits.
    uint256 internal constant MAX_INSTRUMENTS = 128;
    /// @dev Every one of them is read at every liquidation.
    uint256 internal constant MAX_COLLATERALS = 8;
    uint256 internal constant CALL = 1 << 64;

    /// @dev What a margin reads of an instrument is one slot, but a perpetual's risk array. `moment`: a perpetual's last
    /// accrual, a series' expiry. `index`: a perpetual's funding, a fixed series' payoff. `array`: a perpetual's risk
    /// array, a series' strike (low) and side (bit 64).
    struct Line {
        Kind kind;
        uint16 markFeed;
        uint16 underlyingFeed;
        uint16 contingency;
        uint16 maxFunding;
        uint40 moment;
        bool fixed_;
        int128 index;
    }

    struct Listed {
        Line line;
        uint256 array;
    }

    Listed[] private _instruments;
    Collateral[] private _collaterals;
    RateLimiter.RefillingBucket private _gapLimit;

    /// @inheritdoc IMarginEngine
    mapping(address module => bool) public isModule;
    /// @inheritdoc IMarginEngine
    address public insuranceFund;

    modifier onlyModule() {
        if (!isModule[msg.sender]) revert NotModule(msg.sender);
        _;
    }

    /// @inheritdoc IMarginEngine
    function listInstrument(Instrument calldata instrument) external restricted returns (uint8 id) {
        uint256 at_ = instrument.kind == Kind.PERPETUAL ? block.timestamp : 0;
        return _list(instrument, uint40(at_), instrument.shocks);
    }

    /// @inheritdoc IMarginEngine
    function listSeries(Instrument calldata instrument, Series calldata series) external restricted returns (uint8 id) {
        if (instrument.kind != Kind.OPTION) revert KindMissing();
        if (series.expiry <= block.timestamp) revert ExpiryPassed(series.expiry, block.timestamp);
        return _list(instrument, series.expiry, uint256(series.strike) | (series.call ? CALL : 0));
    }

    /// @inheritdoc IMarginEngine
    function setMaxFunding(uint8 id, uint16 maxFunding) external restricted {
        Line storage line = _perpetual(id);
        line.maxFunding = maxFunding;
        line.moment = uint40(block.timestamp);
        emit MaxFundingSet(id, maxFunding);
    }

    /// @inheritdoc IMarginEngine
    function listCollateral(Collateral calldata collateral) external restricted returns (uint8 id) {
        if (_collaterals.length == MAX_COLLATERALS) revert ListFull(MAX_COLLATERALS);
        if (collateral.decimals > 18) revert DecimalsTooMany(collateral.decimals);
        _requireHaircut(collateral.haircut, collateral.gap);
        id = uint8(_collaterals.length);
        _collaterals.push(collateral);
        emit CollateralListed(id, collateral.mirror, collateral.asset);
        emit GapChanged(id, collateral.gap);
    }

    /// @inheritdoc IMarginEngine
    function setModule(address module, bool allowed) external restricted {
        isModule[module] = allowed;
        emit ModuleSet(module, allowed);
    }

    /// @inheritdoc IMarginEngine
    function setInsuranceFund(address fund) external restricted {
        insuranceFund = fund;
        emit InsuranceFundSet(fund);
    }

    /// @inheritdoc IMarginEngine
    function setGapLimit(uint208 capacity, uint48 window) external restricted {
        _gapLimit.updateSettings(window, capacity);
    }

    /// @inheritdoc IMarginEngine
    function setGap(uint8 id, uint16 gap) external restricted {
        Collateral storage collateral = _collateral(id);
        _requireHaircut(collateral.haircut, gap);
        uint16 before = collateral.gap;
        if (_gapLimit._capacity != 0) {
            _gapLimit.consume(bytes32(uint256(id)), gap > before ? gap - before : before - gap);
        }
        collateral.gap = gap;
        emit GapChanged(id, gap);
    }

    /// @inheritdoc IMarginEngine
    function instruments(uint8 id) external view returns (Instrument memory) {
        Line memory line = _instrument(id).line;
        uint256 shocks = line.kind == Kind.PERPETUAL ? _instrument(id).array : 0;
        return Instrument(line.kind, line.markFeed, line.underlyingFeed, line.contingency, shocks);
    }

    /// @inheritdoc IMarginEngine
    function progressOf(uint8 id) external view returns (Progress memory progress) {
        Line memory line = _instrument(id).line;
        progress.maxFunding = line.maxFunding;
        if (line.kind == Kind.PERPETUAL) (progress.fundingIndex, progress.accruedAt) = (line.index, line.moment);
        else (progress.expiry, progress.fixed_, progress.payoff) = (line.moment, line.fixed_, uint64(uint128(line.index)));
    }

    /// @inheritdoc IMarginEngine
    function seriesOf(uint8 id) external view returns (Series memory) {
        Line storage line = _series(id);
        uint256 array = _instrument(id).array;
        return Series(uint64(array), line.moment, array & CALL != 0);
    }

    /// @inheritdoc IMarginEngine
    function collaterals(uint8 id) external view returns (Collateral memory) {
        return _collateral(id);
    }

    /// @inheritdoc IMarginEngine
    function instrumentCount() external view returns (uint256) {
        return _instruments.length;
    }

    /// @inheritdoc IMarginEngine
    function collateralCount() public view returns (uint256) {
        return _collaterals.length;
    }

    function _list(Instrument calldata instrument, uint40 at_, uint256 array) private returns (uint8 id) {
        if (instrument.kind == Kind.NONE) revert KindMissing();
        if (_instruments.length == MAX_INSTRUMENTS) revert ListFull(MAX_INSTRUMENTS);
        id = uint8(_instruments.length);
        Listed storage listed = _instruments.push();
        Line storage line = listed.line;
        (line.kind, line.markFeed) = (instrument.kind, instrument.markFeed);
        (line.underlyingFeed, line.contingency, line.moment) = (instrument.underlyingFeed, instrument.contingency, at_);
        listed.array = array;
        emit InstrumentListed(id, instrument.kind, instrument.markFeed, instrument.underlyingFeed);
    }

    function _perpetual(uint8 id) internal view returns (Line storage line) {
        line = _instrument(id).line;
        if (line.kind != Kind.PERPETUAL) revert NotPerpetual(id);
    }

    /// @dev An option that expires.
    function _series(uint8 id) internal view returns (Line storage line) {
        line = _instrument(id).line;
        if (line.kind != Kind.OPTION || line.moment == 0) revert NotSeries(id);
    }

    function _isExpired(Line memory line) internal view returns (bool) {
        return line.kind == Kind.OPTION && line.moment != 0 && block.timestamp >= line.moment;
    }

    function _instrument(uint8 id) internal view returns (Listed storage) {
        if (id >= _instruments.length) revert InstrumentUnknown(id);
        return _instruments[id];
    }

    function _collateral(uint8 id) internal view returns (Collateral storage) {
        if (id >= _collaterals.length) revert CollateralUnknown(id);
        return _collaterals[id];
    }

    function _requireHaircut(uint256 haircut, uint256 gap) private pure {
        if (haircut + gap > MarginMath.BPS) revert HaircutTooLarge(haircut, gap);
    }
}
