// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {HeaderSource} from "./HeaderSource.sol";
import {IHeaderSource} from "./interfaces/IHeaderSource.sol";
import {IOptimisticSource} from "./interfaces/IOptimisticSource.sol";

/// @title Headers of another chain, believed unless somebody shows them to be wrong
contract OptimisticSource is HeaderSource, IOptimisticSource, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice Seconds after which a header is too old to be proposed.
    uint256 public constant MAX_AGE = 30 minutes;

    /// @inheritdoc IOptimisticSource
    IHeaderSource public immutable override arbiter;
    IERC20 public immutable bondToken;
    /// @inheritdoc IOptimisticSource
    uint96 public immutable override bond;
    /// @notice Receives what a lost bond does not pay to the challenger: a proposer that challenges itself loses half.
    address public immutable treasury;

    mapping(uint256 number => Proposal) private _proposals;

    constructor(
        address authority_,
        uint64 window,
        IHeaderSource arbiter_,
        IERC20 bondToken_,
        uint96 bond_,
        address treasury_
    ) HeaderSource(authority_, arbiter_.sourceChainId(), window) {
        arbiter = arbiter_;
        bondToken = bondToken_;
        bond = bond_;
        treasury = treasury_;
    }

    /// @inheritdoc IOptimisticSource
    function propose(bytes calldata header) external unfrozen nonReentrant {
        bytes32 blockHash = keccak256(header);
        Memory.Slice[] memory fields = BlockHeader.parseHeader(header);
        uint256 number = BlockHeader.getNumber(fields);
        bytes32 taken = _roots[number].blockHash;
        if (taken == blockHash) return;
        if (taken != 0) revert HeightTaken(number, taken);
        _requireRecent(number, BlockHeader.getTimestamp(fields));
        _proposals[number] = Proposal(msg.sender, bond);
        _accept(number, blockHash, fields);
        emit Proposed(number, blockHash, msg.sender);
        _takeBond();
    }

    /// @inheritdoc IOptimisticSource
    function challenge(uint256 number, bytes[] calldata headers) external unfrozen nonReentrant {
        bytes32 proposed = _roots[number].blockHash;
        if (proposed == 0) revert RootUnknown(number);
        bytes32 shown = _lineage(number, headers);
        if (shown == proposed) revert SameHeader(number, proposed);
        _refute(number, proposed, shown);
    }

    /// @inheritdoc IOptimisticSource
    function challengeTime(uint256 number, uint256 witness) external unfrozen nonReentrant {
        Root memory proposed = _roots[number];
        if (proposed.blockHash == 0) revert RootUnknown(number);
        Root memory shown = arbiter.roots(witness);
        if (shown.blockHash == 0) revert RootUnknown(witness);
        bool later = witness < number && shown.timestamp > proposed.timestamp;
        bool earlier = witness > number && shown.timestamp < proposed.timestamp;
        if (!later && !earlier) revert TimesAgree(number, proposed.timestamp, witness, shown.timestamp);
        _refute(number, proposed.blockHash, shown.blockHash);
    }

    /// @inheritdoc IOptimisticSource
    function release(uint256 number) external nonReentrant {
        Proposal memory proposal = _proposals[number];
        if (proposal.proposer == address(0)) revert BondAbsent(number);
        uint256 until = uint256(_roots[number].acceptedAt) + delay;
        if (block.timestamp < until) revert WindowOpen(number, until);
        delete _proposals[number];
        emit BondReturned(number, proposal.proposer, proposal.bond);
        bondToken.safeTransfer(proposal.proposer, proposal.bond);
    }

    /// @inheritdoc IHeaderSource
    function anchor(uint256 number, address origin, bytes[] calldata accountProof)
        public
        override(HeaderSource, IHeaderSource)
    {
        _usable(number);
        super.anchor(number, origin, accountProof);
    }

    /// @inheritdoc IOptimisticSource
    function proposals(uint256 number) external view returns (Proposal memory) {
        return _proposals[number];
    }

    /// @dev The hash of the first header, each header being the parent of the next and the last one accepted.
    function _lineage(uint256 number, bytes[] calldata headers) private view returns (bytes32 first) {
        bytes32 parent;
        for (uint256 i; i < headers.length; ++i) {
            bytes32 blockHash = keccak256(headers[i]);
            Memory.Slice[] memory fields = BlockHeader.parseHeader(headers[i]);
            if (i == 0) first = blockHash;
            else if (BlockHeader.getParentHash(fields) != parent) {
                revert ChainBroken(number + i, parent, BlockHeader.getParentHash(fields));
            }
            if (BlockHeader.getNumber(fields) != number + i) {
                revert ChainBroken(number + i, bytes32(number + i), bytes32(BlockHeader.getNumber(fields)));
            }
            parent = blockHash;
        }
        bytes32 accepted = headers.length == 0 ? bytes32(0) : arbiter.roots(number + headers.length - 1).blockHash;
        if (accepted == 0 || accepted != parent) revert ChainBroken(number, accepted, parent);
    }

    function _requireRecent(uint256 number, uint256 timestamp) private view {
        uint256 earliest = block.timestamp - Math.min(block.timestamp, MAX_AGE);
        if (timestamp < earliest || timestamp > block.timestamp) {
            revert HeaderTime(number, timestamp, earliest, block.timestamp);
        }
    }

    /// @dev A token that keeps a part of what it moves would leave the last proposer unpaid.
    function _takeBond() private {
        uint256 held = bondToken.balanceOf(address(this));
        bondToken.safeTransferFrom(msg.sender, address(this), bond);
        uint256 received = bondToken.balanceOf(address(this)) - held;
        if (received != bond) revert BondShort(received, bond);
    }

    /// @dev Within its window a proposal is struck out; after it somebody may have read under it.
    function _refute(uint256 number, bytes32 proposed, bytes32 shown) private {
        if (block.timestamp < uint256(_roots[number].acceptedAt) + delay) _strike(number, proposed, shown);
        else _freeze(number, proposed, shown);
    }

    function _strike(uint256 number, bytes32 proposed, bytes32 shown) private {
        uint256 lost = _proposals[number].bond;
        delete _proposals[number];
        delete _roots[number];
        emit Struck(number, proposed, shown, msg.sender);
        bondToken.safeTransfer(msg.sender, lost / 2);
        bondToken.safeTransfer(treasury, lost - lost / 2);
    }
}
