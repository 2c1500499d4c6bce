// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "./ICounterSource.sol";

/// @title Counters that arrive as ERC-7786 messages
/// @notice A message carries the cumulative counter, so that loss, delay, repetition and disorder are harmless: the largest
/// value counts. A later message with a smaller value contradicts an earlier one and freezes this source. `read` needs no
/// evidence; `abi.encode(uint256 since)` refuses what was told as of an earlier time, so that a quorum can do without a
/// source that lags.
interface IErc7786Source is ICounterSource {
    struct Counter {
        uint192 value;
        uint64 asOf;
    }

    event Heard(address indexed origin, bytes32 indexed slot, uint256 value, uint256 asOf);
    event Equivocation(address indexed origin, bytes32 indexed slot, Counter known, Counter contradicting);

    error Frozen();
    error CounterUnknown(address origin, bytes32 slot);
    error EvidenceUnexpected(uint256 length);
    error CounterOlder(uint256 asOf, uint256 since);
    error MessageFromFuture(uint256 asOf, uint256 limit);

    function frozen() external view returns (bool);
    /// @notice The only gateway that is listened to.
    function gateway() external view returns (address);
    /// @notice The courier on the other chain, as ERC-7930 interoperable address: nobody else is believed.
    function courier() external view returns (bytes memory);
    function counters(address origin, bytes32 slot) external view returns (Counter memory);
    /// @notice The guardian may stop new reads (a stuck route) and start them again.
    function pause() external;
    function unpause() external;
}
