// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IRootOracle} from "./interfaces/IRootOracle.sol";
import {AttestationDigest} from "./libraries/AttestationDigest.sol";
import {StateProof} from "./libraries/StateProof.sol";

/// @title Roots of another chain, attested by bonded agents
contract RootOracle is IRootOracle, AccessManaged, Pausable {
    using SafeCast for uint256;

    /// @inheritdoc IRootOracle
    uint256 public immutable override sourceChainId;
    /// @inheritdoc IRootOracle
    uint256 public immutable override threshold;
    /// @inheritdoc IRootOracle
    uint64 public immutable override delay;
    /// @notice Who may attest.
    IAgentRegistry public immutable registry;

    /// @inheritdoc IRootOracle
    bool public override frozen;
    /// @inheritdoc IRootOracle
    uint256 public override latest;
    /// @inheritdoc IRootOracle
    mapping(uint256 number => mapping(address origin => bytes32)) public override storageRoots;
    mapping(uint256 number => Root) private _roots;

    modifier unfrozen() {
        if (frozen) revert Frozen();
        _;
    }

    constructor(
        address authority_,
        uint256 sourceChainId_,
        IAgentRegistry registry_,
        uint256 threshold_,
        uint64 delay_
    ) AccessManaged(authority_) {
        if (threshold_ == 0) revert QuorumMissing(0, threshold_);
        sourceChainId = sourceChainId_;
        registry = registry_;
        threshold = threshold_;
        delay = delay_;
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
    function anchor(uint256 number, address origin, bytes[] calldata accountProof) external unfrozen {
        if (storageRoots[number][origin] != 0) return;
        bytes32 stateRoot = _roots[number].stateRoot;
        if (stateRoot == 0) revert RootUnknown(number);
        bytes32 storageRoot = StateProof.storageRoot(stateRoot, origin, accountProof);
        storageRoots[number][origin] = storageRoot;
        emit Anchored(number, origin, storageRoot);
    }

    /// @inheritdoc ICounterSource
    function read(address origin, bytes32 slot, bytes calldata evidence)
        external
        view
        unfrozen
        whenNotPaused
        returns (uint256 value, uint64 asOf)
    {
        (uint256 number, bytes[] memory storageProof) = abi.decode(evidence, (uint256, bytes[]));
        (uint64 timestamp, uint64 acceptedAt) = (_roots[number].timestamp, _roots[number].acceptedAt);
        if (acceptedAt == 0) revert RootUnknown(number);
        uint256 usableAt = uint256(acceptedAt) + delay;
        if (block.timestamp < usableAt) revert RootTooFresh(number, usableAt);
        bytes32 storageRoot = storageRoots[number][origin];
        if (storageRoot == 0) revert AnchorUnknown(number, origin);
        return (StateProof.word(storageRoot, slot, storageProof), timestamp);
    }

    /// @inheritdoc IRootOracle
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IRootOracle
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IRootOracle
    function roots(uint256 number) external view returns (Root memory) {
        return _roots[number];
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

    function _freeze(uint256 number, bytes32 accepted, bytes32 contradicting) private {
        frozen = true;
        emit Equivocation(number, accepted, contradicting);
    }

    function _accept(uint256 number, bytes32 blockHash, Memory.Slice[] memory fields) private {
        bytes32 stateRoot = BlockHeader.getStateRoot(fields);
        uint64 timestamp = BlockHeader.getTimestamp(fields).toUint64();
        _roots[number] = Root(blockHash, stateRoot, timestamp, uint64(block.timestamp));
        if (number > latest) latest = number;
        emit RootAccepted(number, blockHash, stateRoot);
    }
}
