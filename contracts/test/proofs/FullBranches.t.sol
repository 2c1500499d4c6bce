// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {StateProof} from "../../src/libraries/StateProof.sol";
import {Test} from "../support/Test.sol";

/// @notice A word as the suite reads it, and as OpenZeppelin's library alone reads it.
contract Readers {
    function own(bytes32 root, bytes32 slot, bytes[] memory proof) external pure returns (uint256) {
        return StateProof.word(root, slot, proof);
    }

    function theirs(bytes32 root, bytes32 slot, bytes[] memory proof) external pure returns (uint256) {
        bytes memory key = abi.encodePacked(keccak256(abi.encodePacked(slot)));
        return RLP.decodeUint256(TrieProof.traverse(root, key, proof));
    }
}

/// @notice Past full branches leads a short way. It must find what the long one finds, in tries no chain would have, too.
contract FullBranchesTest is Test {
    bytes32 private constant SLOT = bytes32(uint256(7));
    uint256 private constant VALUE = 0xc0ffee;
    Readers private readers;

    function setUp() external {
        readers = new Readers();
    }

    function test_a_word_under_any_number_of_full_branches_is_found() external view {
        for (uint256 depth; depth < 9; ++depth) {
            (bytes32 root, bytes[] memory proof) = trie(depth, VALUE, "", 0);
            eq(readers.own(root, SLOT, proof), VALUE);
            eq(readers.theirs(root, SLOT, proof), VALUE);
        }
    }

    /// @dev Each byte that is not a child's hash takes each value that a decoder may take for a head.
    function test_a_branch_that_is_full_but_for_one_byte_is_read_the_long_way() external view {
        bytes1[7] memory heads = [bytes1(0x00), 0x7f, 0x80, 0x81, 0x9f, 0xa1, 0xf8];
        for (uint256 at_; at_ < 532; at_ = next(at_)) {
            for (uint256 i; i < heads.length; ++i) {
                same(4, abi.encodePacked(uint16(at_), heads[i]), at_ % 4, VALUE);
            }
        }
    }

    /// @dev All branches alike: with another value, or with other heads of all their children.
    function test_branches_that_only_look_full_are_read_the_long_way() external view {
        for (uint256 head; head < 256; ++head) {
            same(4, abi.encodePacked(uint16(531), uint8(head)), type(uint256).max, VALUE);
            same(4, abi.encodePacked(uint8(head)), type(uint256).max, VALUE);
        }
    }

    function test_fuzz_both_ways_agree(uint256 depth, uint16 at_, bytes1 head, uint256 level, uint256 value)
        external
        view
    {
        depth = bound(depth, 1, 7);
        bytes memory spoilt = at_ % 3 == 0 ? bytes("") : abi.encodePacked(uint16(at_ % 532), head);
        same(depth, spoilt, level % depth, value == 0 ? 1 : value);
    }

    function test_nothing_short_stands_under_a_hash() external view {
        for (uint256 depth = 58; depth < 64; ++depth) {
            (bytes32 root, bytes[] memory proof) = trie(depth, 1, "", 0);
            refused(root, proof);
        }
    }

    function test_tries_as_deep_as_a_key_or_deeper_make_no_difference() external view {
        for (uint256 depth = 58; depth < 68; ++depth) same(depth, "", 0, type(uint256).max);
    }

    function test_a_node_too_many_or_too_few_proves_nothing() external view {
        (bytes32 root, bytes[] memory proof) = trie(6, VALUE, "", 0);
        for (uint256 length; length < 7; ++length) refused(root, resized(proof, length));
        refused(root, resized(proof, 8));
        refused(keccak256("another root"), proof);
    }

    function same(uint256 depth, bytes memory spoilt, uint256 level, uint256 value) private view {
        (bytes32 root, bytes[] memory proof) = trie(depth, value, spoilt, level);
        (bool own, bytes memory found) = address(readers).staticcall(abi.encodeCall(readers.own, (root, SLOT, proof)));
        (bool theirs, bytes memory there) =
            address(readers).staticcall(abi.encodeCall(readers.theirs, (root, SLOT, proof)));
        eq(own, theirs);
        if (own) eq(found, there);
    }

    function refused(bytes32 root, bytes[] memory proof) private view {
        (bool own,) = address(readers).staticcall(abi.encodeCall(readers.own, (root, SLOT, proof)));
        (bool theirs,) = address(readers).staticcall(abi.encodeCall(readers.theirs, (root, SLOT, proof)));
        yes(!own && !theirs, "neither way finds a word");
    }

    /// @dev The value under so many full branches, root first. `spoilt`: what is another byte in the branch of `level`.
    function trie(uint256 depth, uint256 value, bytes memory spoilt, uint256 level)
        private
        pure
        returns (bytes32 root, bytes[] memory proof)
    {
        bytes32 key = keccak256(abi.encodePacked(SLOT));
        proof = new bytes[](depth + 1);
        proof[depth] = leaf(key, depth, value);
        for (uint256 i = depth; i > 0; --i) {
            proof[i - 1] = branch(nibble(key, i - 1), keccak256(proof[i]));
            if (level == i - 1 || level == type(uint256).max) spoil(proof[i - 1], spoilt);
        }
        root = keccak256(proof[0]);
    }

    function branch(uint256 which, bytes32 child) private pure returns (bytes memory node) {
        node = hex"f90211";
        for (uint256 i; i < 16; ++i) node = abi.encodePacked(node, hex"a0", i == which ? child : keccak256(abi.encode(i)));
        return abi.encodePacked(node, hex"80");
    }

    /// @dev One byte, where two more say; the heads of all children, where none do.
    function spoil(bytes memory node, bytes memory spoilt) private pure {
        if (spoilt.length == 3) node[uint16(bytes2(spoilt))] = spoilt[2];
        for (uint256 i = 3; spoilt.length == 1 && i < 531; i += 33) node[i] = spoilt[0];
    }

    function leaf(bytes32 key, uint256 depth, uint256 value) private pure returns (bytes memory) {
        bytes memory path = abi.encodePacked(bytes1(depth % 2 == 0 ? 0x20 : 0x30 | uint8(nibble(key, depth))));
        for (uint256 i = (depth + 1) / 2; i < 32; ++i) path = abi.encodePacked(path, key[i]);
        bytes[] memory both = new bytes[](2);
        (both[0], both[1]) = (RLP.encode(path), RLP.encode(RLP.encode(value)));
        return RLP.encode(both);
    }

    /// @dev Heads are at 0 to 2, then every 33 bytes; the next one, or that of the value.
    function next(uint256 at_) private pure returns (uint256) {
        return at_ < 3 ? at_ + 1 : at_ + 33;
    }

    function nibble(bytes32 key, uint256 at_) private pure returns (uint256) {
        return at_ < 64 ? (uint256(key) >> (252 - 4 * at_)) & 15 : 0;
    }

    function resized(bytes[] memory proof, uint256 length) private pure returns (bytes[] memory other) {
        other = new bytes[](length);
        for (uint256 i; i < length; ++i) other[i] = proof[i < proof.length ? i : proof.length - 1];
    }
}
