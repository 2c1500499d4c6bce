// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "./ICounterSource.sol";

/// @title Counters proven under headers of another chain
/// @notice What attested, optimistic and native sources share: a header is accepted (each source has its own reason to),
/// `anchor` proves one account of that block and keeps its storage root, and every later slot costs one short proof.
/// `read` evidence is `abi.encode(uint256 number, bytes[] storageProof)`.
interface IHeaderSource is ICounterSource {
    /// @dev One accepted header. `acceptedAt` is this chain's time.
    struct Root {
        bytes32 blockHash;
        bytes32 stateRoot;
        uint64 timestamp;
        uint64 acceptedAt;
    }

    event RootAccepted(uint256 indexed number, bytes32 blockHash, bytes32 stateRoot);
    event Anchored(uint256 indexed number, address indexed origin, bytes32 storageRoot);
    /// @notice Two headers of one height were both believed: nothing of this source counts any more.
    event Equivocation(uint256 indexed number, bytes32 accepted, bytes32 contradicting);

    error Frozen();
    error RootUnknown(uint256 number);
    error AnchorUnknown(uint256 number, address origin);
    error RootTooFresh(uint256 number, uint256 usableAt);

    /// @notice Proves `origin`'s account in an accepted block and keeps its storage root. Idempotent.
    function anchor(uint256 number, address origin, bytes[] calldata accountProof) external;

    function sourceChainId() external view returns (uint256);
    /// @notice Seconds between the acceptance of a header and the first read under it.
    function delay() external view returns (uint64);
    function latest() external view returns (uint256);
    function frozen() external view returns (bool);
    function roots(uint256 number) external view returns (Root memory);
    function storageRoots(uint256 number, address origin) external view returns (bytes32);
    /// @notice The guardian may stop new reads (a stuck route) and start them again.
    function pause() external;
    function unpause() external;
}
