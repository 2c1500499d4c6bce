// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

/// @notice The few words of a Merkle-Patricia trie that a test writes, with the proof of each. Keys are hashes, so that every
/// node is long enough to stand under its own hash.
library Trie {
    struct Entry {
        bytes32 key;
        bytes value;
    }

    /// @notice The word's entry in a storage trie. A zero is no entry.
    function word(bytes32 slot, uint256 value) internal pure returns (Entry memory) {
        return Entry(keccak256(abi.encode(slot)), RLP.encode(value));
    }

    /// @notice An account without coins and code of its own.
    function account(address who, bytes32 storageRoot) internal pure returns (Entry[] memory entries) {
        bytes[] memory fields = new bytes[](4);
        fields[0] = RLP.encode(uint256(1));
        fields[1] = RLP.encode(uint256(0));
        fields[2] = RLP.encode(storageRoot);
        fields[3] = RLP.encode(keccak256(""));
        entries = new Entry[](1);
        entries[0] = Entry(keccak256(abi.encodePacked(who)), RLP.encode(fields));
    }

    function root(Entry[] memory entries) internal pure returns (bytes32) {
        return keccak256(node(entries, 0));
    }

    /// @notice The nodes from the root to the entry of `key`.
    function proof(Entry[] memory entries, bytes32 key) internal pure returns (bytes[] memory nodes) {
        bytes[] memory path = new bytes[](16);
        uint256 length;
        for (uint256 depth; entries.length > 0;) {
            path[length++] = node(entries, depth);
            if (entries.length == 1) break;
            uint256 shared = common(entries, depth);
            depth += shared;
            if (shared > 0) continue;
            entries = under(entries, depth, nibble(key, depth));
            ++depth;
        }
        nodes = new bytes[](length);
        for (uint256 i; i < length; ++i) nodes[i] = path[i];
    }

    /// @dev A leaf for one entry, an extension for what all share, a branch otherwise.
    function node(Entry[] memory entries, uint256 depth) private pure returns (bytes memory) {
        if (entries.length == 1) return pair(path_(entries[0].key, depth, 64, 2), RLP.encode(entries[0].value));
        uint256 shared = common(entries, depth);
        if (shared > 0) {
            bytes32 below = keccak256(node(entries, depth + shared));
            return pair(path_(entries[0].key, depth, depth + shared, 0), RLP.encode(below));
        }
        bytes[] memory children = new bytes[](17);
        for (uint256 i; i < 16; ++i) {
            Entry[] memory those = under(entries, depth, i);
            children[i] = those.length == 0 ? RLP.encode(bytes("")) : RLP.encode(keccak256(node(those, depth + 1)));
        }
        children[16] = RLP.encode(bytes(""));
        return RLP.encode(children);
    }

    function pair(bytes memory path, bytes memory value) private pure returns (bytes memory) {
        bytes[] memory both = new bytes[](2);
        (both[0], both[1]) = (path, value);
        return RLP.encode(both);
    }

    /// @dev Nibbles `from` to `to` of a key with their kind in front: 0 for an extension, 2 for a leaf.
    function path_(bytes32 key, uint256 from, uint256 to, uint256 kind) private pure returns (bytes memory) {
        bool odd = (to - from) % 2 == 1;
        bytes memory packed = new bytes(1 + (to - from) / 2);
        packed[0] = bytes1(uint8(odd ? (kind + 1) * 16 + nibble(key, from) : kind * 16));
        for (uint256 i = odd ? from + 1 : from; i < to; i += 2) {
            packed[(i - from) / 2 + 1] = bytes1(uint8(nibble(key, i) * 16 + nibble(key, i + 1)));
        }
        return RLP.encode(packed);
    }

    function common(Entry[] memory entries, uint256 depth) private pure returns (uint256 length) {
        for (; depth + length < 64; ++length) {
            for (uint256 i = 1; i < entries.length; ++i) {
                if (nibble(entries[i].key, depth + length) != nibble(entries[0].key, depth + length)) return length;
            }
        }
    }

    function under(Entry[] memory entries, uint256 depth, uint256 child) private pure returns (Entry[] memory those) {
        uint256 count;
        Entry[] memory found = new Entry[](entries.length);
        for (uint256 i; i < entries.length; ++i) {
            if (nibble(entries[i].key, depth) == child) found[count++] = entries[i];
        }
        those = new Entry[](count);
        for (uint256 i; i < count; ++i) those[i] = found[i];
    }

    function nibble(bytes32 key, uint256 at_) private pure returns (uint256) {
        return (uint256(key) >> (252 - 4 * at_)) & 15;
    }
}
