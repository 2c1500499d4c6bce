// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IRouteGuard} from "./interfaces/IRouteGuard.sol";

/// @title Breaker, witnesses and the wait of large changes
abstract contract RouteGuard is IRouteGuard, AccessManaged {
    using SafeCast for uint256;

    /// @dev A counter's name: where the other chain keeps it, what stands here, and as of when.
    struct Booking {
        bytes32 slot;
        uint256 amount;
        uint64 asOf;
    }

    struct LargeDelta {
        uint128 above;
        uint64 wait;
    }

    struct Hold {
        uint192 upTo;
        uint64 readyAt;
    }

    /// @dev How far the clocks of two chains may differ.
    uint256 internal constant SKEW = 10 minutes;

    /// @inheritdoc IRouteGuard
    ICounterSource public immutable override source;
    /// @inheritdoc IRouteGuard
    uint64 public immutable override resetDelay;
    /// @dev The contract on the other chain whose counters are read.
    address internal immutable _counterpart;

    /// @inheritdoc IRouteGuard
    uint40 public override trippedAt;
    /// @dev When the heir's route ended for good. Packed with `trippedAt`: both are read on every change.
    uint40 internal _endedAt;
    /// @inheritdoc IRouteGuard
    mapping(ICounterSource witness => bool) public override isWitness;
    mapping(address asset => LargeDelta) public largeDelta;
    mapping(address account => mapping(address asset => Hold)) public holds;

    modifier untripped() {
        if (trippedAt != 0) revert RouteTripped(trippedAt);
        _;
    }

    constructor(address authority_, ICounterSource source_, address counterpart_, uint64 resetDelay_)
        AccessManaged(authority_)
    {
        source = source_;
        _counterpart = counterpart_;
        resetDelay = resetDelay_;
    }

    /// @inheritdoc IRouteGuard
    function trip(ICounterSource witness, address account, address asset, bytes calldata evidence) external {
        _judge(witness, account, asset, _booking(account, asset), evidence);
    }

    /// @inheritdoc IRouteGuard
    function tripTotal(ICounterSource witness, address asset, bytes calldata evidence) external {
        _judge(witness, address(0), asset, _totalBooking(asset), evidence);
    }

    /// @inheritdoc IRouteGuard
    function reset() external restricted {
        uint256 at_ = trippedAt;
        if (at_ == 0) revert NotTripped();
        if (block.timestamp < at_ + resetDelay) revert ResetTooSoon(at_ + resetDelay);
        trippedAt = 0;
        emit Reset(at_);
    }

    /// @inheritdoc IRouteGuard
    function setWitness(ICounterSource witness, bool allowed) external restricted {
        isWitness[witness] = allowed;
        emit WitnessSet(witness, allowed);
    }

    /// @inheritdoc IRouteGuard
    function setLargeDelta(address asset, uint128 above, uint64 wait) external restricted {
        _limit(asset);
        largeDelta[asset] = LargeDelta(above, wait);
        emit LargeDeltaSet(asset, above, wait);
    }

    /// @dev Called before an asset gets a limit.
    function _limit(address asset) internal virtual {}

    function _booking(address account, address asset) internal view virtual returns (Booking memory);

    function _totalBooking(address asset) internal view virtual returns (Booking memory);

    function _read(bytes32 slot, bytes calldata evidence) internal view returns (uint256 value, uint64 asOf) {
        (value, asOf) = source.read(_counterpart, slot, evidence);
        if (asOf > block.timestamp + SKEW) revert EvidenceFromFuture(asOf, block.timestamp + SKEW);
    }

    /// @dev How much of the way from `known` to `proven` may be booked now. Zero: it was noted and waits.
    function _ripe(address account, address asset, uint256 known, uint256 proven) internal returns (uint256 delta) {
        delta = proven - known;
        LargeDelta memory rule = largeDelta[asset];
        if (rule.above == 0 || delta <= rule.above) return delta;
        Hold memory hold = holds[account][asset];
        if (hold.upTo <= known) {
            hold = Hold(proven.toUint192(), (block.timestamp + rule.wait).toUint64());
            holds[account][asset] = hold;
            emit HeldBack(account, asset, proven, hold.readyAt);
            return 0;
        }
        if (block.timestamp < hold.readyAt) revert StillHeldBack(account, asset, hold.readyAt);
        return (proven < hold.upTo ? proven : hold.upTo) - known;
    }

    function _judge(
        ICounterSource witness,
        address account,
        address asset,
        Booking memory booking,
        bytes calldata evidence
    ) private untripped {
        if (address(witness) != address(source) && !isWitness[witness]) revert NotWitness(witness);
        (uint256 proven, uint64 asOf) = witness.read(_counterpart, booking.slot, evidence);
        if (proven >= booking.amount || asOf < booking.asOf) {
            revert NoContradiction(booking.amount, proven, booking.asOf, asOf);
        }
        trippedAt = block.timestamp.toUint40();
        emit Tripped(asset, account, booking.amount, proven, msg.sender);
    }
}
