// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Suite} from "../support/Suite.sol";

/// @notice One changed byte anywhere in a header, an attestation or a proof, and it proves nothing.
contract MutantsTest is Suite {
    function test_every_byte_of_a_storage_proof_matters() external {
        anchored("owed", "mirror");
        bytes memory evidence = counter("owed", "mirror_liquidator").evidence;
        (uint256 height, bytes[] memory proof) = abi.decode(evidence, (uint256, bytes[]));
        address origin = known("contracts.mirror");
        bytes32 slot = counterSlot(liquidator, address(weth));
        for (uint256 node; node < proof.length; ++node) {
            for (uint256 i; i < proof[node].length; ++i) {
                _flip(proof[node], i);
                try roots.read(origin, slot, abi.encode(height, proof)) returns (uint256, uint64) {
                    revert NotTrue("a changed storage proof was accepted");
                } catch {}
                _flip(proof[node], i);
            }
        }
        (uint256 value,) = roots.read(origin, slot, abi.encode(height, proof));
        eq(value, 2 ether);
    }

    function test_every_byte_of_an_account_proof_matters() external {
        roots.submit(header("owed"), signatures("owed"));
        bytes[] memory proof = accountProof("owed", "mirror");
        (uint256 height, address origin) = (number("owed"), known("contracts.mirror"));
        for (uint256 node; node < proof.length; ++node) {
            for (uint256 i; i < proof[node].length; ++i) {
                _flip(proof[node], i);
                try roots.anchor(height, origin, proof) {
                    revert NotTrue("a changed account proof was accepted");
                } catch {}
                _flip(proof[node], i);
            }
        }
        roots.anchor(height, origin, proof);
    }

    function test_every_byte_of_a_header_matters() external {
        bytes memory rlp = header("owed");
        bytes[] memory signed = signatures("owed");
        for (uint256 i; i < rlp.length; ++i) {
            _flip(rlp, i);
            try roots.submit(rlp, signed) {
                revert NotTrue("a changed header was accepted");
            } catch {}
            _flip(rlp, i);
        }
        roots.submit(rlp, signed);
    }

    function test_every_byte_of_an_attestation_matters() external {
        bytes memory rlp = header("owed");
        bytes[] memory signed = signatures("owed");
        for (uint256 i; i < signed[0].length; ++i) {
            _flip(signed[0], i);
            try roots.submit(rlp, signed) {
                revert NotTrue("a changed attestation was accepted");
            } catch {}
            _flip(signed[0], i);
        }
        roots.submit(rlp, signed);
    }

    function test_a_shortened_lengthened_or_reordered_proof_is_rejected() external {
        anchored("owed", "mirror");
        bytes memory evidence = counter("owed", "mirror_liquidator").evidence;
        (uint256 height, bytes[] memory proof) = abi.decode(evidence, (uint256, bytes[]));
        bytes[] memory shorter = new bytes[](proof.length - 1);
        bytes[] memory longer = new bytes[](proof.length + 1);
        for (uint256 i; i < proof.length; ++i) longer[i] = proof[i];
        for (uint256 i; i < shorter.length; ++i) shorter[i] = proof[i];
        longer[proof.length] = proof[proof.length - 1];
        bytes[] memory reordered = abi.decode(abi.encode(proof), (bytes[]));
        (reordered[0], reordered[1]) = (reordered[1], reordered[0]);
        _rejected(abi.encode(height, shorter));
        _rejected(abi.encode(height, longer));
        _rejected(abi.encode(height, reordered));
        _rejected(abi.encode(height, new bytes[](0)));
    }

    function _rejected(bytes memory evidence) private {
        vm.expectRevert();
        vault.claim(liquidator, address(weth), evidence);
    }

    function _flip(bytes memory data, uint256 index) private pure {
        data[index] = bytes1(uint8(data[index]) ^ 0x01);
    }
}
