// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IRiskParameters} from "./interfaces/IRiskParameters.sol";

/// @title Published risk parameters
/// @notice See IRiskParameters. Holds the role that may set the engine's gap haircuts, and no other.
contract RiskParameters is IRiskParameters, AccessManaged {
    using RateLimiter for RateLimiter.RefillingBucket;
    using SafeCast for uint256;

    uint48 private constant WINDOW = 1 days;

    /// @dev `index` is the premium summed until `since`.
    struct Published {
        uint32 premium;
        uint16 fee;
        uint48 since;
        uint128 index;
    }

    IMarginEngine public immutable engine;
    /// @inheritdoc IRiskParameters
    uint48 public immutable delay;

    Levels private _highest;
    Levels private _daily;
    mapping(uint8 collateral => Proposal) private _proposals;
    mapping(uint8 collateral => Published) private _published;
    RateLimiter.RefillingBucket private _gapMoves;
    RateLimiter.RefillingBucket private _premiumMoves;
    RateLimiter.RefillingBucket private _feeMoves;

    constructor(address authority_, address engine_, uint48 delay_, Bounds memory bounds_) AccessManaged(authority_) {
        engine = IMarginEngine(engine_);
        delay = delay_;
        (_highest, _daily) = (bounds_.highest, bounds_.daily);
        _gapMoves.updateSettings(WINDOW, bounds_.daily.gap);
        _premiumMoves.updateSettings(WINDOW, bounds_.daily.premium);
        _feeMoves.updateSettings(WINDOW, bounds_.daily.fee);
    }

    /// @inheritdoc IRiskParameters
    function propose(uint8 collateral, Levels calldata wanted) external restricted {
        Levels memory before = levels(collateral);
        Levels memory most = _highest;
        if (wanted.gap > most.gap || wanted.premium > most.premium || wanted.fee > most.fee) {
            revert LevelTooHigh(collateral, wanted, most);
        }
        Levels memory daily = _daily;
        _requireWithin(collateral, _distance(before.gap, wanted.gap), daily.gap);
        _requireWithin(collateral, _distance(before.premium, wanted.premium), daily.premium);
        _requireWithin(collateral, _distance(before.fee, wanted.fee), daily.fee);
        uint48 readyAt = uint48(block.timestamp) + delay;
        _proposals[collateral] = Proposal(wanted, readyAt);
        emit Proposed(collateral, wanted, readyAt);
    }

    /// @inheritdoc IRiskParameters
    function withdraw(uint8 collateral) external restricted {
        _requireProposed(collateral);
        delete _proposals[collateral];
        emit Withdrawn(collateral);
    }

    /// @inheritdoc IRiskParameters
    function enact(uint8 collateral) external {
        uint48 readyAt = _requireProposed(collateral);
        if (block.timestamp < readyAt) revert TooEarly(collateral, readyAt, block.timestamp);
        Levels memory wanted = _proposals[collateral].levels;
        Levels memory before = levels(collateral);
        delete _proposals[collateral];
        _spend(_gapMoves, collateral, _distance(before.gap, wanted.gap));
        _spend(_premiumMoves, collateral, _distance(before.premium, wanted.premium));
        _spend(_feeMoves, collateral, _distance(before.fee, wanted.fee));
        _published[collateral] = Published(
            wanted.premium, wanted.fee, uint48(block.timestamp), premiumIndex(collateral).toUint128()
        );
        emit Enacted(collateral, before, wanted);
        if (wanted.gap != before.gap) engine.setGap(collateral, wanted.gap);
    }

    /// @inheritdoc IRiskParameters
    function levels(uint8 collateral) public view returns (Levels memory) {
        Published storage now_ = _published[collateral];
        return Levels(engine.collaterals(collateral).gap, now_.premium, now_.fee);
    }

    /// @inheritdoc IRiskParameters
    function proposal(uint8 collateral) external view returns (Proposal memory) {
        return _proposals[collateral];
    }

    /// @inheritdoc IRiskParameters
    function premiumIndex(uint8 collateral) public view returns (uint256) {
        Published storage now_ = _published[collateral];
        return now_.index + uint256(now_.premium) * (block.timestamp - now_.since);
    }

    /// @inheritdoc IRiskParameters
    function bounds() external view returns (Bounds memory) {
        return Bounds(_highest, _daily);
    }

    function _spend(RateLimiter.RefillingBucket storage bucket, uint8 collateral, uint256 change) private {
        if (change == 0) return;
        bytes32 key = bytes32(uint256(collateral));
        _requireWithin(collateral, change, bucket.available(key));
        bucket.consume(key, change);
    }

    function _requireProposed(uint8 collateral) private view returns (uint48 readyAt) {
        readyAt = _proposals[collateral].readyAt;
        if (readyAt == 0) revert NothingProposed(collateral);
    }

    function _requireWithin(uint8 collateral, uint256 change, uint256 available) private pure {
        if (change > available) revert ChangeTooFast(collateral, change, available);
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }
}
