// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

/// @title Accounts and storage slots proven against the roots of another chain (EIP-1186 proofs)
/// @dev The trie, its nodes and their encoding are OpenZeppelin's; here is only what they mean. An absent account or
/// slot has no proof: every function reverts rather than answer zero.
library StateProof {
    /// @dev Position of the storage root in an account: [nonce, balance, storageRoot, codeHash].
    uint256 private constant STORAGE_ROOT = 2;

    /// @notice The storage root of `account` in the state under `stateRoot`.
    function storageRoot(bytes32 stateRoot, address account, bytes[] memory proof) internal pure returns (bytes32) {
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(account)));
        Memory.Slice[] memory fields = RLP.decodeList(TrieProof.traverse(stateRoot, key, proof));
        return RLP.readBytes32(fields[STORAGE_ROOT]);
    }

    /// @notice The word in `slot` of the storage under `root`.
    function word(bytes32 root, bytes32 slot, bytes[] memory proof) internal pure returns (uint256) {
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(slot)));
        return RLP.decodeUint256(TrieProof.traverse(root, key, proof));
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
}
