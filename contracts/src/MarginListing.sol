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

    Instrument[] private _instruments;
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
        if (instrument.kind == Kind.NONE) revert KindMissing();
        if (_instruments.length == MAX_INSTRUMENTS) revert ListFull(MAX_INSTRUMENTS);
        id = uint8(_instruments.length);
        _instruments.push(instrument);
        emit InstrumentListed(id, instrument.kind, instrument.markFeed, instrument.underlyingFeed);
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
        return _instrument(id);
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

    function _instrument(uint8 id) internal view returns (Instrument storage) {
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
