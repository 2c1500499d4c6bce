// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

/// @title Accounts and storage slots proven against the roots of another chain (EIP-1186 proofs)
/// @dev The trie, its nodes and their encoding are OpenZeppelin's; here is what they mean, and a short way past the nodes
/// at the top of a large trie. An absent account or slot has no proof: every function reverts rather than answer zero.
library StateProof {
    /// @dev Position of the storage root in an account: [nonce, balance, storageRoot, codeHash].
    uint256 private constant STORAGE_ROOT = 2;
    /// @dev A branch whose sixteen children all stand under their hashes: the head of the list, sixteen times the head of a
    /// hash and the hash, and no value.
    uint256 private constant FULL_BRANCH = 3 + 16 * 33 + 1;
    bytes3 private constant FULL_BRANCH_HEAD = 0xf90211;
    bytes1 private constant HASH_HEAD = 0xa0;
    bytes1 private constant NO_VALUE = 0x80;
    /// @dev Of a key's 64 nibbles OpenZeppelin needs some.
    uint256 private constant LAST = 62;

    /// @notice The storage root of `account` in the state under `stateRoot`.
    function storageRoot(bytes32 stateRoot, address account, bytes[] memory proof) internal pure returns (bytes32) {
        Memory.Slice[] memory fields = RLP.decodeList(_value(stateRoot, keccak256(abi.encodePacked(account)), proof));
        return RLP.readBytes32(fields[STORAGE_ROOT]);
    }

    /// @notice The word in `slot` of the storage under `root`.
    function word(bytes32 root, bytes32 slot, bytes[] memory proof) internal pure returns (uint256) {
        return RLP.decodeUint256(_value(root, keccak256(abi.encodePacked(slot)), proof));
    }

    /// @notice Where `mapping(address => mapping(address => uint256))` declared in slot `base` keeps [outer][inner].
    function counterSlot(uint256 base, address outer, address inner) internal pure returns (bytes32) {
        return keccak256(abi.encode(inner, keccak256(abi.encode(outer, base))));
    }

    /// @notice Where `mapping(bytes32 => ...)` declared in slot `base` keeps [key].
    function entrySlot(uint256 base, bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key, base));
    }

    /// @notice Where `mapping(address => uint256)` declared in slot `base` keeps [key].
    function totalSlot(uint256 base, address key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key, base));
    }

    /// @dev What is under full branches is a trie of its own, whose keys lack what led there. Keys are bytes, so that full
    /// branches are passed by twos; whatever else a node may be is OpenZeppelin's to judge, and that nothing shorter than a
    /// hash stands under one. A proof without full branches pays for no copy.
    function _value(bytes32 root, bytes32 key, bytes[] memory proof) private pure returns (bytes memory) {
        uint256 passed;
        for (; passed + 2 < proof.length && passed < LAST; passed += 2) {
            bytes memory next = proof[passed + 1];
            if (next.length != FULL_BRANCH || proof[passed + 2].length < 32) break;
            uint256 path = uint8(key[passed / 2]);
            (bool full, bytes32 child) = _child(root, proof[passed], path >> 4);
            if (full) (full, child) = _child(child, next, path & 15);
            if (!full) break;
            root = child;
        }
        if (passed == 0) return TrieProof.traverse(root, abi.encodePacked(key), proof);
        bytes[] memory below = new bytes[](proof.length - passed);
        for (uint256 i; i < below.length; ++i) below[i] = proof[passed + i];
        return TrieProof.traverse(root, Bytes.slice(abi.encodePacked(key), passed / 2), below);
    }

    /// @dev One child of a full branch, where `node` is one, and the one that `id` names.
    function _child(bytes32 id, bytes memory node, uint256 nibble) private pure returns (bool full, bytes32 child) {
        if (node.length != FULL_BRANCH || keccak256(node) != id) return (false, 0);
        if (bytes3(node) != FULL_BRANCH_HEAD || node[FULL_BRANCH - 1] != NO_VALUE) return (false, 0);
        for (uint256 i; i < 16; ++i) {
            if (node[3 + 33 * i] != HASH_HEAD) return (false, 0);
        }
        return (true, Memory.load(Memory.asSlice(node), 4 + 33 * nibble));
    }
}
