// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "./ICounterSource.sol";

/// @title Roots of another chain, attested by bonded agents
/// @notice A header is accepted once `threshold` bonded attestors signed (chain id, number, hash). `anchor` proves one
/// account of that block and keeps its storage root, so that every later slot costs one short proof.
/// `read` evidence is `abi.encode(uint256 number, bytes[] storageProof)`.
interface IRootOracle is ICounterSource {
    /// @dev One accepted header. `acceptedAt` is this chain's time.
    struct Root {
        bytes32 blockHash;
        bytes32 stateRoot;
        uint64 timestamp;
        uint64 acceptedAt;
    }

    event RootAccepted(uint256 indexed number, bytes32 blockHash, bytes32 stateRoot);
    event Anchored(uint256 indexed number, address indexed origin, bytes32 storageRoot);
    event Equivocation(uint256 indexed number, bytes32 accepted, bytes32 contradicting);

    error Frozen();
    error AttestorUnknown(address signer);
    error AttestorOrder(address previous, address signer);
    error QuorumMissing(uint256 signatures, uint256 threshold);
    error RootUnknown(uint256 number);
    error AnchorUnknown(uint256 number, address origin);
    error RootTooFresh(uint256 number, uint256 usableAt);

    /// @notice Accepts a header of the source chain. The same header again is a no-op. A second header at an accepted
    /// height freezes the oracle for good.
    /// @param header The RLP of the header.
    /// @param signatures 65-byte signatures over the attestation digest, in ascending order of signer.
    function submit(bytes calldata header, bytes[] calldata signatures) external;

    /// @notice Proves `origin`'s account in an accepted block and keeps its storage root. Idempotent.
    function anchor(uint256 number, address origin, bytes[] calldata accountProof) external;

    /// @notice EIP-712 digest of Attestation(uint256 chainId,uint256 number,bytes32 blockHash) under the domain
    /// {name: "Lienmesh Attestation", version: "1"} only: a statement about a public chain is true everywhere.
    function attestationDigest(uint256 number, bytes32 blockHash) external view returns (bytes32);

    function sourceChainId() external view returns (uint256);
    function threshold() external view returns (uint256);
    function delay() external view returns (uint64);
    function latest() external view returns (uint256);
    function frozen() external view returns (bool);
    function roots(uint256 number) external view returns (Root memory);
    function storageRoots(uint256 number, address origin) external view returns (bytes32);
    /// @notice The guardian may stop new reads (a stuck route) and start them again.
    function pause() external;
    function unpause() external;
}
