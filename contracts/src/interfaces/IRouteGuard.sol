// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "./ICounterSource.sol";

/// @title What vault and mirror do against a source that lies or falls silent
/// @notice Anybody with a proof that the other chain's counter is smaller than what was booked here trips the breaker of
/// this one instance. Governance resets it, no sooner than `resetDelay` after the trip; while the contradiction
/// stands, the same proof trips it again.
interface IRouteGuard {
    event Tripped(address indexed asset, address indexed account, uint256 booked, uint256 proven, address reporter);
    event Reset(uint256 trippedAt);
    event WitnessSet(ICounterSource indexed source, bool allowed);
    event LargeDeltaSet(address indexed asset, uint128 above, uint64 wait);
    /// @notice A change above the asset's threshold waits: the same evidence books up to `upTo` from `readyAt` on.
    event HeldBack(address indexed account, address indexed asset, uint256 upTo, uint256 readyAt);

    error RouteTripped(uint256 since);
    error NotTripped();
    error ResetTooSoon(uint256 resettableAt);
    error NotWitness(ICounterSource source);
    error NoContradiction(uint256 booked, uint256 proven, uint256 bookedAsOf, uint256 asOf);
    error StillHeldBack(address account, address asset, uint256 readyAt);
    error EvidenceFromFuture(uint256 asOf, uint256 limit);

    /// @notice Trips the breaker: the account's counter on the other chain is below what was booked here, at a time no
    /// earlier than the newest booking of the asset.
    /// @param witness The source itself, or another one that governance named a witness: it can stop, never book.
    function trip(ICounterSource witness, address account, address asset, bytes calldata evidence) external;
    /// @notice The same for all accounts together: it convicts bookings for accounts that have no counter at all.
    function tripTotal(ICounterSource witness, address asset, bytes calldata evidence) external;
    /// @notice Lets the instance work again (governance).
    function reset() external;
    /// @notice Names a source whose proofs may trip the breaker (governance).
    function setWitness(ICounterSource witness, bool allowed) external;
    /// @notice Makes changes of a counter by more than `above` wait; `above` zero lifts the rule (governance).
    function setLargeDelta(address asset, uint128 above, uint64 wait) external;

    /// @notice What this instance believes about the other chain.
    function source() external view returns (ICounterSource);
    function trippedAt() external view returns (uint40);
    function isWitness(ICounterSource witness) external view returns (bool);
    function resetDelay() external view returns (uint64);
}
