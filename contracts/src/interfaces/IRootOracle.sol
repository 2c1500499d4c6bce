// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "./IHeaderSource.sol";

/// @title Roots of another chain, attested by bonded agents
/// @notice A header is accepted once `threshold` bonded attestors signed (chain id, number, hash).
interface IRootOracle is IHeaderSource {
    error AttestorUnknown(address signer);
    error AttestorOrder(address previous, address signer);
    error QuorumMissing(uint256 signatures, uint256 threshold);

    /// @notice Accepts a header of the source chain. The same header again is a no-op. A second header at an accepted
    /// height freezes the oracle for good.
    /// @param header The RLP of the header.
    /// @param signatures 65-byte signatures over the attestation digest, in ascending order of signer.
    function submit(bytes calldata header, bytes[] calldata signatures) external;

    /// @notice EIP-712 digest of Attestation(uint256 chainId,uint256 number,bytes32 blockHash) under the domain
    /// {name: "Lienmesh Attestation", version: "1"} only: a statement about a public chain is true everywhere.
    function attestationDigest(uint256 number, bytes32 blockHash) external view returns (bytes32);

    function threshold() external view returns (uint256);
}
