// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {Suite} from "./Suite.sol";

/// @notice Headers of a chain that exists nowhere else, signed by one attestor whose key the tests hold.
abstract contract Headers is Suite {
    uint256 internal constant ATTESTOR_KEY = 0xA77E57;

    /// @notice A header with the fields that are read; the rest are zero.
    function headerOf(bytes32 parent, uint256 height, bytes32 stateRoot) internal view returns (bytes memory) {
        return headerAt(parent, height, stateRoot, block.timestamp);
    }

    function headerAt(bytes32 parent, uint256 height, bytes32 stateRoot, uint256 time)
        internal
        pure
        returns (bytes memory)
    {
        bytes[] memory fields = new bytes[](16);
        for (uint256 i; i < 16; ++i) fields[i] = RLP.encode(uint256(0));
        fields[0] = RLP.encode(parent);
        fields[3] = RLP.encode(stateRoot);
        fields[8] = RLP.encode(height);
        fields[11] = RLP.encode(time);
        return RLP.encode(fields);
    }

    /// @notice `length` headers from `height` on, each the parent of the next; `salt` tells chains apart.
    function chainOf(uint256 height, uint256 length, bytes32 salt) internal view returns (bytes[] memory headers) {
        headers = new bytes[](length);
        bytes32 parent = salt;
        for (uint256 i; i < length; ++i) {
            headers[i] = headerOf(parent, height + i, keccak256(abi.encode(salt, i)));
            parent = keccak256(headers[i]);
        }
    }

    /// @notice A root oracle that one signature of our attestor convinces.
    function ownOracle() internal returns (address) {
        if (!registry.isBonded(vm.addr(ATTESTOR_KEY))) admit(vm.addr(ATTESTOR_KEY));
        return address(oracle(1, 0));
    }

    function attested(uint256 height, bytes memory header_) internal view returns (bytes[] memory signed) {
        signed = new bytes[](1);
        signed[0] = signature(ATTESTOR_KEY, roots.attestationDigest(height, keccak256(header_)));
    }
}
