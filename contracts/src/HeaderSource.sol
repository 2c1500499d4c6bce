// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IHeaderSource} from "./interfaces/IHeaderSource.sol";
import {Evidence} from "./libraries/Evidence.sol";
import {StateProof} from "./libraries/StateProof.sol";

/// @title Counters proven under headers of another chain
/// @dev Who may have a header accepted, and why it is believed, is the heir's business.
abstract contract HeaderSource is IHeaderSource, AccessManaged, Pausable {
    using SafeCast for uint256;

    /// @inheritdoc IHeaderSource
    uint256 public immutable override sourceChainId;
    /// @inheritdoc IHeaderSource
    uint64 public immutable override delay;

    /// @inheritdoc IHeaderSource
    bool public override frozen;
    /// @inheritdoc IHeaderSource
    uint256 public override latest;
    /// @inheritdoc IHeaderSource
    mapping(uint256 number => mapping(address origin => bytes32)) public override storageRoots;
    mapping(uint256 number => Root) internal _roots;

    modifier unfrozen() {
        if (frozen) revert Frozen();
        _;
    }

    constructor(address authority_, uint256 sourceChainId_, uint64 delay_) AccessManaged(authority_) {
        sourceChainId = sourceChainId_;
        delay = delay_;
    }

    /// @inheritdoc IHeaderSource
    function anchor(uint256 number, address origin, bytes[] calldata accountProof) public virtual unfrozen {
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
        (uint256 number, bytes[] memory storageProof) = Evidence.proof(evidence);
        asOf = _usable(number);
        bytes32 storageRoot = storageRoots[number][origin];
        if (storageRoot == 0) revert AnchorUnknown(number, origin);
        value = StateProof.word(storageRoot, slot, storageProof);
    }

    /// @inheritdoc IHeaderSource
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IHeaderSource
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IHeaderSource
    function roots(uint256 number) external view returns (Root memory) {
        return _roots[number];
    }

    /// @dev The time of an accepted block whose delay has passed.
    function _usable(uint256 number) internal view returns (uint64 timestamp) {
        Root storage root = _roots[number];
        uint64 acceptedAt;
        (timestamp, acceptedAt) = (root.timestamp, root.acceptedAt);
        if (acceptedAt == 0) revert RootUnknown(number);
        uint256 usableAt = uint256(acceptedAt) + delay;
        if (block.timestamp < usableAt) revert RootTooFresh(number, usableAt);
    }

    function _freeze(uint256 number, bytes32 accepted, bytes32 contradicting) internal {
        frozen = true;
        emit Equivocation(number, accepted, contradicting);
    }

    function _accept(uint256 number, bytes32 blockHash, Memory.Slice[] memory fields) internal {
        bytes32 stateRoot = BlockHeader.getStateRoot(fields);
        uint64 timestamp = BlockHeader.getTimestamp(fields).toUint64();
        _roots[number] = Root(blockHash, stateRoot, timestamp, uint64(block.timestamp));
        if (number > latest) latest = number;
        emit RootAccepted(number, blockHash, stateRoot);
    }
}
