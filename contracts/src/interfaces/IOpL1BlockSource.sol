// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "./IHeaderSource.sol";

/// @dev Of the predeploy that the derivation of every OP-stack chain writes: the newest L1 block this chain builds on.
interface IL1Block {
    function hash() external view returns (bytes32);
    function number() external view returns (uint64);
}

/// @title L1 headers on an OP-stack chain, believed because the chain itself is derived from them
/// @notice No signature and no bond: a header counts when its hash is the one in L1Block, or when it is an ancestor of that
/// block. An L1 reorg re-derives this chain with it, so that no finality needs to be waited for.
interface IOpL1BlockSource is IHeaderSource {
    error NotTheL1Block(uint256 number, bytes32 found, bytes32 expected);
    error NoHeader();

    /// @notice Accepts headers that descend from the current L1 block: the block itself first, then parent after parent,
    /// or from the parent of a header accepted before.
    function submit(bytes[] calldata headers) external;

    function l1Block() external view returns (IL1Block);
}
