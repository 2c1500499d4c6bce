// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "./IHeaderSource.sol";

/// @title Headers of another chain, believed unless somebody shows them to be wrong
/// @notice Anybody proposes a header under a bond. Nothing is read under it before `delay`, the challenge window, is over.
/// Within the window a header that another source accepted decides: a proposal it contradicts is struck out, and the
/// bond is lost, half of it to the challenger. After the window the same evidence freezes this source for good.
/// @notice A header that the other chain cannot have, because its height is too high or too low for its time, has no
/// counterpart to show: an accepted header on the wrong side of it decides, since no chain's time runs backwards. A
/// proposal is no older than `MAX_AGE` and not from the future, so that whoever watches still knows the headers around it.
/// @dev An account can be anchored only after the window, so that a struck proposal leaves nothing behind.
interface IOptimisticSource is IHeaderSource {
    struct Proposal {
        address proposer;
        uint96 bond;
    }

    event Proposed(uint256 indexed number, bytes32 blockHash, address indexed proposer);
    event Struck(uint256 indexed number, bytes32 blockHash, bytes32 contradicting, address indexed challenger);
    event BondReturned(uint256 indexed number, address indexed proposer, uint256 amount);

    error HeightTaken(uint256 number, bytes32 blockHash);
    /// @dev `headers` must lead from `number` to a block the arbiter accepted, each the parent of the next.
    error ChainBroken(uint256 number, bytes32 expected, bytes32 found);
    error SameHeader(uint256 number, bytes32 blockHash);
    error WindowOpen(uint256 number, uint256 until);
    error BondAbsent(uint256 number);
    error BondShort(uint256 received, uint256 bond);
    error HeaderTime(uint256 number, uint256 timestamp, uint256 earliest, uint256 latest);
    error TimesAgree(uint256 number, uint256 timestamp, uint256 witness, uint256 witnessTimestamp);

    /// @notice Proposes a header and locks the caller's bond. The same header again is a no-op.
    function propose(bytes calldata header) external;
    /// @notice Shows that `number` has another header: `headers` ascend from that height to one the arbiter accepted.
    function challenge(uint256 number, bytes[] calldata headers) external;
    /// @notice Shows that `number` has another header: the arbiter accepted a lower `witness` of a later time, or a higher
    /// one of an earlier time.
    function challengeTime(uint256 number, uint256 witness) external;
    /// @notice Returns the bond of a proposal that stood through its window.
    function release(uint256 number) external;

    /// @notice The source whose accepted headers decide.
    function arbiter() external view returns (IHeaderSource);
    function bond() external view returns (uint96);
    function proposals(uint256 number) external view returns (Proposal memory);
}
