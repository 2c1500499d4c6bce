// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Headers} from "../support/Headers.sol";

/// @notice Several calls in one transaction, and what they cost without the transaction itself.
contract Courier {
    function send(address to, bytes[] memory calls) external returns (uint256 gas) {
        for (uint256 i; i < calls.length; ++i) {
            bytes memory data = calls[i];
            uint256 before = gasleft();
            (bool done,) = to.call(data);
            gas += before - gasleft();
            require(done);
        }
    }
}

/// @notice Proofs of the depth of a large public chain, every branch full: nine nodes to an account, five to a slot.
contract DepthTest is Headers {
    uint256 private constant HEIGHT = 100;

    address private account;
    bytes32 private slot;
    bytes32 private value;
    bytes[] private accountProof_;
    bytes[] private storageProof_;

    function setUp() public override {
        super.setUp();
        string memory json = vm.readFile("contracts/test/fixtures/depth.json");
        account = vm.parseJsonAddress(json, ".account");
        slot = vm.parseJsonBytes32(json, ".slot");
        value = vm.parseJsonBytes32(json, ".value");
        accountProof_ = vm.parseJsonBytesArray(json, ".accountProof");
        storageProof_ = vm.parseJsonBytesArray(json, ".storageProof");
        roots = IRootOracle(ownOracle());
        bytes memory header_ = headerOf("parent", HEIGHT, vm.parseJsonBytes32(json, ".stateRoot"));
        roots.submit(header_, attested(HEIGHT, header_));
    }

    function test_a_deep_account_and_a_deep_slot_are_proven_below_400k_gas() external {
        eq(accountProof_.length, 9);
        eq(storageProof_.length, 5);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(roots.anchor, (HEIGHT, account, accountProof_));
        calls[1] = abi.encodeCall(roots.read, (account, slot, abi.encode(HEIGHT, storageProof_)));
        uint256 clean = vm.snapshotState();
        Courier courier = new Courier();
        uint256 execution = courier.send(address(roots), calls);
        uint256 whole = vm.snapshotGasLastCall("proofs", "anchor and read, nine and five full nodes, one transaction");
        vm.revertToState(clean);
        bytes[] memory deep = accountProof_;
        roots.anchor(HEIGHT, account, deep);
        vm.snapshotGasLastCall("proofs", "anchor, nine full nodes, alone");
        (uint256 found,) = roots.read(account, slot, abi.encode(HEIGHT, storageProof_));
        vm.snapshotGasLastCall("proofs", "read, five full nodes, alone");
        eq(bytes32(found), value);
        yes(execution < 150_000, "account and slot together below 150k gas of execution");
        yes(whole < 400_000, "and below 400k with the calldata and the transaction itself");
    }

    function test_every_byte_of_a_deep_account_proof_matters() external {
        bytes[] memory proof = accountProof_;
        for (uint256 node; node < proof.length; ++node) {
            for (uint256 i; i < proof[node].length; ++i) {
                bytes1 mask = bytes1(uint8(1 + i * 131 % 255));
                proof[node][i] ^= mask;
                try roots.anchor(HEIGHT, account, proof) {
                    revert NotTrue("a changed account proof was accepted");
                } catch {}
                proof[node][i] ^= mask;
            }
        }
        roots.anchor(HEIGHT, account, proof);
    }

    function test_every_byte_of_a_deep_slot_proof_matters() external {
        roots.anchor(HEIGHT, account, accountProof_);
        bytes[] memory proof = storageProof_;
        for (uint256 node; node < proof.length; ++node) {
            for (uint256 i; i < proof[node].length; ++i) {
                bytes1 mask = bytes1(uint8(1 + i * 131 % 255));
                proof[node][i] ^= mask;
                try roots.read(account, slot, abi.encode(HEIGHT, proof)) returns (uint256, uint64) {
                    revert NotTrue("a changed slot proof was accepted");
                } catch {}
                proof[node][i] ^= mask;
            }
        }
        (uint256 found,) = roots.read(account, slot, abi.encode(HEIGHT, proof));
        eq(bytes32(found), value);
    }
}
