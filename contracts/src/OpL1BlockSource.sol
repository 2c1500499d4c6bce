// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlockHeader} from "@openzeppelin/contracts/utils/BlockHeader.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {HeaderSource} from "./HeaderSource.sol";
import {IL1Block, IOpL1BlockSource} from "./interfaces/IOpL1BlockSource.sol";

/// @title L1 headers on an OP-stack chain
contract OpL1BlockSource is HeaderSource, IOpL1BlockSource {
    /// @inheritdoc IOpL1BlockSource
    IL1Block public immutable override l1Block;

    constructor(address authority_, uint256 sourceChainId_, IL1Block l1Block_)
        HeaderSource(authority_, sourceChainId_, 0)
    {
        l1Block = l1Block_;
    }

    /// @inheritdoc IOpL1BlockSource
    function submit(bytes[] calldata headers) external unfrozen {
        if (headers.length == 0) revert NoHeader();
        bytes32 expected = l1Block.hash();
        for (uint256 i; i < headers.length; ++i) {
            bytes32 blockHash = keccak256(headers[i]);
            Memory.Slice[] memory fields = BlockHeader.parseHeader(headers[i]);
            uint256 number = BlockHeader.getNumber(fields);
            if (blockHash != expected && _roots[number].blockHash != blockHash) {
                revert NotTheL1Block(number, blockHash, expected);
            }
            if (!_take(number, blockHash, fields)) return;
            expected = BlockHeader.getParentHash(fields);
        }
    }

    /// @dev Two headers at one height mean that this chain was not re-derived with a reorg: then it is no OP chain.
    function _take(uint256 number, bytes32 blockHash, Memory.Slice[] memory fields) private returns (bool) {
        bytes32 accepted = _roots[number].blockHash;
        if (accepted == 0) _accept(number, blockHash, fields);
        else if (accepted != blockHash) _freeze(number, accepted, blockHash);
        return accepted == 0 || accepted == blockHash;
    }
}
