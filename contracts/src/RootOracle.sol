// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {HeaderSource} from "./HeaderSource.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {IRootOracle} from "./interfaces/IRootOracle.sol";
import {AttestationDigest} from "./libraries/AttestationDigest.sol";

/// @title Roots of another chain, attested by bonded agents
contract RootOracle is HeaderSource, IRootOracle {
    /// @inheritdoc IRootOracle
    uint256 public immutable override threshold;
    /// @notice Who may attest.
    IAgentRegistry public immutable registry;

    constructor(
        address authority_,
        uint256 sourceChainId_,
        IAgentRegistry registry_,
        uint256 threshold_,
        uint64 delay_
    ) HeaderSource(authority_, sourceChainId_, delay_) {
        if (threshold_ == 0) revert QuorumMissing(0, threshold_);
        registry = registry_;
        threshold = threshold_;
    }

    /// @inheritdoc IRootOracle
    function submit(bytes calldata header, bytes[] calldata signatures) external unfrozen {
        bytes32 blockHash = keccak256(header);
        Memory.Slice[] memory fields = BlockHeader.parseHeader(header);
        uint256 number = BlockHeader.getNumber(fields);
        bytes32 accepted = _roots[number].blockHash;
        if (accepted == blockHash) return;
        _requireQuorum(attestationDigest(number, blockHash), signatures);
        if (accepted != 0) _freeze(number, accepted, blockHash);
        else _accept(number, blockHash, fields);
    }

    /// @inheritdoc IRootOracle
    function attestationDigest(uint256 number, bytes32 blockHash) public view returns (bytes32) {
        return AttestationDigest.digest(sourceChainId, number, blockHash);
    }

    /// @dev Ascending order makes the signers distinct.
    function _requireQuorum(bytes32 digest, bytes[] calldata signatures) private view {
        if (signatures.length < threshold) revert QuorumMissing(signatures.length, threshold);
        address previous;
        for (uint256 i; i < signatures.length; ++i) {
            address signer = ECDSA.recoverCalldata(digest, signatures[i]);
            if (signer <= previous) revert AttestorOrder(previous, signer);
            if (!registry.isAttestor(signer)) revert AttestorUnknown(signer);
            previous = signer;
        }
    }
}
