// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "../../src/interfaces/IHeaderSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Suite} from "../support/Suite.sol";

contract SubmitTest is Suite {
    function test_a_quorum_of_bonded_attestors_makes_a_root() external {
        roots.submit(header("deposited"), signatures("deposited"));
        bytes memory rlp = header("owed");
        bytes[] memory signed = signatures("owed");
        roots.submit(rlp, signed);
        vm.snapshotGasLastCall("roots", "submit, three signatures");
        IHeaderSource.Root memory root = roots.roots(number("owed"));
        eq(root.blockHash, hashOf("owed"));
        eq(root.blockHash, keccak256(rlp));
        eq(root.timestamp, timestamp("owed"));
        eq(root.acceptedAt, block.timestamp);
        eq(roots.latest(), number("owed"));
    }

    function test_the_digest_is_what_wallets_sign() external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version)"), keccak256("Lienmesh Attestation"), keccak256("1")
            )
        );
        bytes32 attestation = keccak256(
            abi.encode(
                keccak256("Attestation(uint256 chainId,uint256 number,bytes32 blockHash)"),
                SOURCE_CHAIN,
                uint256(7),
                bytes32("hash")
            )
        );
        eq(roots.attestationDigest(7, "hash"), keccak256(abi.encodePacked(hex"1901", domain, attestation)));
    }

    function test_an_older_header_may_come_later() external {
        roots.submit(header("owed"), signatures("owed"));
        roots.submit(header("deposited"), signatures("deposited"));
        eq(roots.latest(), number("owed"));
        eq(roots.roots(number("deposited")).blockHash, hashOf("deposited"));
    }

    function test_the_same_header_again_changes_nothing() external {
        roots.submit(header("owed"), signatures("owed"));
        uint64 acceptedAt = roots.roots(number("owed")).acceptedAt;
        vm.warp(block.timestamp + 60);
        roots.submit(header("owed"), new bytes[](0));
        eq(roots.roots(number("owed")).acceptedAt, acceptedAt);
    }

    function test_one_signature_is_no_quorum() external {
        bytes[] memory one = new bytes[](1);
        one[0] = signatures("owed")[0];
        bytes memory rlp = header("owed");
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.QuorumMissing.selector, 1, 2));
        roots.submit(rlp, one);
    }

    function test_one_attestor_twice_is_no_quorum() external {
        bytes[] memory twice = new bytes[](2);
        (twice[0], twice[1]) = (signatures("owed")[0], signatures("owed")[0]);
        bytes memory rlp = header("owed");
        vm.expectRevert(
            abi.encodeWithSelector(IRootOracle.AttestorOrder.selector, attestor(2), attestor(2))
        );
        roots.submit(rlp, twice);
    }

    function test_signatures_come_in_ascending_order() external {
        bytes[] memory signed = signatures("owed");
        (signed[0], signed[1]) = (signed[1], signed[0]);
        bytes memory rlp = header("owed");
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.AttestorOrder.selector, attestor(1), attestor(2)));
        roots.submit(rlp, signed);
    }

    function test_a_stranger_does_not_attest() external {
        bytes memory rlp = header("owed");
        bytes32 digest = roots.attestationDigest(number("owed"), hashOf("owed"));
        bytes[] memory signed = new bytes[](2);
        signed[0] = signature(uint256(1), digest);
        signed[1] = signatures("owed")[2];
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.AttestorUnknown.selector, vm.addr(1)));
        roots.submit(rlp, signed);
    }

    function test_attestations_of_another_chain_make_no_root() external {
        IRootOracle other =
            IRootOracle(deploy("RootOracle", abi.encode(authority, SOURCE_CHAIN + 1, registry, uint256(2), uint64(0))));
        (bytes memory rlp, bytes[] memory signed) = (header("owed"), signatures("owed"));
        vm.expectPartialRevert(IRootOracle.AttestorUnknown.selector);
        other.submit(rlp, signed);
        eq(other.latest(), 0);
    }

    function test_an_attestor_that_unbonds_does_not_attest() external {
        address leaving = attestor(0);
        vm.prank(leaving);
        registry.requestUnbond();
        (bytes memory rlp, bytes[] memory signed) = (header("owed"), signatures("owed"));
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.AttestorUnknown.selector, leaving));
        roots.submit(rlp, signed);
    }

    function test_attestations_of_one_block_accept_no_other() external {
        (bytes memory rlp, bytes[] memory signed) = (header("owed"), signatures("owedLater"));
        vm.expectRevert();
        roots.submit(rlp, signed);
    }

    function test_a_second_quorum_at_one_height_freezes_for_good() external {
        anchored("owed", "mirror");
        (bytes memory rlp, bytes[] memory signed) = (header("forked"), signatures("forked"));
        vm.expectEmit(address(roots));
        emit IHeaderSource.Equivocation(number("owed"), hashOf("owed"), hashOf("forked"));
        roots.submit(rlp, signed);
        eq(roots.frozen(), true);
        eq(roots.roots(number("owed")).blockHash, hashOf("owed"));

        (rlp, signed) = (header("owedLater"), signatures("owedLater"));
        vm.expectRevert(IHeaderSource.Frozen.selector);
        roots.submit(rlp, signed);
        (uint256 height, address origin) = (number("owed"), known("contracts.vault"));
        bytes[] memory proof = accountProof("owed", "vault");
        vm.expectRevert(IHeaderSource.Frozen.selector);
        roots.anchor(height, origin, proof);
        bytes memory evidence = counter("owed", "mirror_liquidator").evidence;
        vm.expectRevert(IHeaderSource.Frozen.selector);
        vault.claim(liquidator, address(weth), evidence);
    }

    function test_a_conflicting_header_without_quorum_freezes_nothing() external {
        roots.submit(header("owed"), signatures("owed"));
        bytes[] memory one = new bytes[](1);
        one[0] = signatures("forked")[0];
        bytes memory rlp = header("forked");
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.QuorumMissing.selector, 1, 2));
        roots.submit(rlp, one);
        eq(roots.frozen(), false);
    }

    function test_a_quorum_of_nobody_cannot_be_deployed() external {
        vm.expectRevert(abi.encodeWithSelector(IRootOracle.QuorumMissing.selector, 0, 0));
        this.deployOracle(0);
    }

    function deployOracle(uint256 threshold) external returns (IRootOracle) {
        return oracle(threshold, 0);
    }
}
