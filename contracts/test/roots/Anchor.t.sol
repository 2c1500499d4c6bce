// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {IHeaderSource} from "../../src/interfaces/IHeaderSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Suite} from "../support/Suite.sol";

contract AnchorTest is Suite {
    function test_an_anchor_keeps_the_storage_root_of_a_contract() external {
        roots.submit(header("owed"), signatures("owed"));
        (uint256 height, address origin) = (number("owed"), known("contracts.mirror"));
        bytes[] memory proof = accountProof("owed", "mirror");
        vm.expectEmit();
        emit IHeaderSource.Anchored(height, origin, _storageRoot(proof));
        roots.anchor(height, origin, proof);
        vm.snapshotGasLastCall("roots", "anchor");
        eq(roots.storageRoots(height, origin), _storageRoot(proof));
    }

    function test_a_second_anchor_of_a_block_costs_no_proof() external {
        anchored("owed", "mirror");
        (uint256 height, address origin) = (number("owed"), known("contracts.mirror"));
        bytes32 kept = roots.storageRoots(height, origin);
        roots.anchor(height, origin, new bytes[](0));
        vm.snapshotGasLastCall("roots", "anchor again");
        eq(roots.storageRoots(height, origin), kept);
    }

    function test_an_unknown_block_anchors_nothing() external {
        (uint256 height, address origin) = (number("owed"), known("contracts.mirror"));
        bytes[] memory proof = accountProof("owed", "mirror");
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootUnknown.selector, height));
        roots.anchor(height, origin, proof);
    }

    function test_a_proof_of_one_account_anchors_no_other() external {
        roots.submit(header("owed"), signatures("owed"));
        (uint256 height, address origin) = (number("owed"), known("contracts.mirror"));
        bytes[] memory proof = accountProof("owed", "otherMirror");
        vm.expectRevert();
        roots.anchor(height, origin, proof);
    }

    function test_a_proof_of_another_block_anchors_nothing() external {
        roots.submit(header("owedLater"), signatures("owedLater"));
        (uint256 height, address origin) = (number("owedLater"), known("contracts.mirror"));
        bytes[] memory proof = accountProof("owed", "mirror");
        vm.expectRevert(
            abi.encodeWithSelector(TrieProof.TrieProofTraversalError.selector, TrieProof.ProofError.INVALID_ROOT)
        );
        roots.anchor(height, origin, proof);
    }

    /// @dev The leaf ends with two 32-byte strings: storage root and code hash, each with one byte of prefix.
    function _storageRoot(bytes[] memory proof) private pure returns (bytes32 root) {
        bytes memory leaf = proof[proof.length - 1];
        uint256 at_ = leaf.length - 65;
        assembly ("memory-safe") {
            root := mload(add(add(leaf, 32), at_))
        }
    }
}
