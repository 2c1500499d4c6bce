// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @title What an attestor signs
/// @dev EIP-712 under a domain without chain and contract: a statement about a public chain is true everywhere, and one
/// signature serves every oracle, the gossip network and the evidence against its signer.
library AttestationDigest {
    bytes32 private constant DOMAIN = keccak256(
        abi.encode(
            keccak256("EIP712Domain(string name,string version)"), keccak256("Lienmesh Attestation"), keccak256("1")
        )
    );
    bytes32 private constant ATTESTATION = keccak256("Attestation(uint256 chainId,uint256 number,bytes32 blockHash)");

    function digest(uint256 chainId, uint256 number, bytes32 blockHash) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(ATTESTATION, chainId, number, blockHash));
        return MessageHashUtils.toTypedDataHash(DOMAIN, structHash);
    }
}
