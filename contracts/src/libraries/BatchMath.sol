// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPriceBook} from "../interfaces/IPriceBook.sol";

/// @title How batches of several publishers become one price, and how a batch is hashed
library BatchMath {
    bytes32 internal constant ENTRY_TYPEHASH =
        keccak256("Entry(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)");
    bytes32 internal constant BATCH_TYPEHASH = keccak256(
        "Batch(uint48 sequence,uint48 validUntil,Entry[] entries)Entry(uint16 feed,uint64 price,uint16 confidence,uint256 shocks)"
    );

    /// @notice EIP-712 struct hash of a batch.
    function structHash(IPriceBook.Batch calldata batch) internal pure returns (bytes32) {
        uint256 count = batch.entries.length;
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            hashes[i] = keccak256(abi.encode(ENTRY_TYPEHASH, batch.entries[i]));
        }
        bytes32 entries = keccak256(abi.encodePacked(hashes));
        return keccak256(abi.encode(BATCH_TYPEHASH, batch.sequence, batch.validUntil, entries));
    }

    /// @notice The entry of the lower median price at `index`, with the widest confidence of all.
    /// @dev Equal prices keep the order of their batches, so that the entry (and its risk array) is unambiguous.
    function median(IPriceBook.Batch[] calldata batches, uint256 index)
        internal
        pure
        returns (IPriceBook.Entry memory entry)
    {
        uint256 count = batches.length;
        uint256[] memory order = new uint256[](count);
        uint16 confidence;
        for (uint256 i; i < count; ++i) {
            IPriceBook.Entry calldata candidate = batches[i].entries[index];
            if (candidate.confidence > confidence) confidence = candidate.confidence;
            order[i] = (uint256(candidate.price) << 128) | i;
        }
        _sort(order);
        entry = batches[uint128(order[(count - 1) / 2])].entries[index];
        entry.confidence = confidence;
    }

    /// @notice Whether `price` lies further than `limit` bps from `anchor`.
    function jumps(uint256 anchor, uint256 price, uint256 limit) internal pure returns (bool) {
        uint256 distance = anchor > price ? anchor - price : price - anchor;
        return distance * 10_000 > anchor * limit;
    }

    /// @dev By insertion: a quorum is a handful.
    function _sort(uint256[] memory keys) private pure {
        for (uint256 i = 1; i < keys.length; ++i) {
            uint256 key = keys[i];
            uint256 j = i;
            for (; j > 0 && keys[j - 1] > key; --j) {
                keys[j] = keys[j - 1];
            }
            keys[j] = key;
        }
    }
}
