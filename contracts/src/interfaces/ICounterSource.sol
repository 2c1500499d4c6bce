// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A source of truth about one monotone counter on another chain
/// @notice State proofs, light clients and messages are interchangeable behind this interface. A reader may trust
/// `value` as a lower bound: the counter was at least this large at `asOf`, and counters never fall.
interface ICounterSource {
    /// @param origin The contract on the other chain whose storage holds the counter.
    /// @param slot The storage slot of the counter.
    /// @param evidence What this source needs to believe the value.
    /// @return value The counter. Never zero: an absent slot cannot be proven and reverts.
    /// @return asOf The other chain's time (seconds) at which the value stood.
    function read(address origin, bytes32 slot, bytes calldata evidence)
        external
        view
        returns (uint256 value, uint64 asOf);
}
