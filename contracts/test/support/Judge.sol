// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {TrieProof} from "@openzeppelin/contracts/utils/cryptography/TrieProof.sol";
import {StateProof} from "../../src/libraries/StateProof.sol";

/// @notice What the suite's proofs stand on, asked by collections of public vectors.
contract Judge {
    function value(bytes32 root, bytes memory key, bytes[] memory proof) external pure returns (bytes memory) {
        return TrieProof.traverse(root, key, proof);
    }

    function storageRoot(bytes32 root, address account, bytes[] memory proof) external pure returns (bytes32) {
        return StateProof.storageRoot(root, account, proof);
    }

    /// @notice Everything in an item, to the innermost; answers how many strings there are.
    function strings(bytes memory item) public pure returns (uint256 count) {
        if (item.length == 0 || item[0] < 0xc0) {
            RLP.decodeBytes(item);
            return 1;
        }
        Memory.Slice[] memory list = RLP.decodeList(item);
        for (uint256 i; i < list.length; ++i) count += strings(Memory.toBytes(list[i]));
    }
}
