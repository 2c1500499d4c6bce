// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Claimed, GuardTest} from "./GuardTest.sol";

/// @notice Everything that a proof can be brought for: the same proof again, an older one after a newer one, one that is old, one
/// of another contract. Whatever is refused is refused with numbers, and what a proof is worth does not depend on the order.
contract EvidenceTest is GuardTest {
    /// @dev What is called, and the counter of which contract its proof is about.
    struct Proof {
        address to;
        bytes call;
        bytes reading;
        address origin;
        bytes32 slot;
    }

    uint256 private constant OLDER = 4 ether;
    uint256 private constant NEWER = 7 ether;

    function setUp() public override {
        super.setUp();
        vault.deposit(alice, asset, 100 ether);
        vm.warp(block.timestamp + 1 hours);
    }

    function test_the_same_proof_again_changes_nothing() external {
        Proof[] memory all = proofs();
        for (uint256 i; i < all.length; ++i) {
            say(all[i], NEWER, now_());
            bring(all[i]);
            bytes32 books = booksOf(all[i]);
            for (uint256 times; times < 3; ++times) {
                vm.warp(block.timestamp + 1);
                tryToBring(all[i]);
                eq(booksOf(all[i]), books);
            }
        }
    }

    function test_an_older_proof_after_a_newer_one_changes_nothing() external {
        Proof[] memory all = proofs();
        for (uint256 i; i < all.length; ++i) {
            uint256 clean = vm.snapshotState();
            (uint64 early, uint64 late) = (now_() - 60, now_());
            say(all[i], OLDER, early);
            bring(all[i]);
            bytes32 first = booksOf(all[i]);
            say(all[i], NEWER, late);
            bring(all[i]);
            bytes32 inOrder = booksOf(all[i]);
            yes(first != inOrder, "the newer one says more");
            vm.revertToState(clean);
            say(all[i], NEWER, late);
            bring(all[i]);
            say(all[i], OLDER, early);
            tryToBring(all[i]);
            eq(booksOf(all[i]), inOrder);
            vm.revertToState(clean);
        }
    }

    /// @dev Counters never fall, so that an old proof is right about what it says. Only new credit asks for a fresh one.
    function test_an_old_proof_is_worth_what_it_was_worth_but_for_new_credit() external {
        Proof[] memory all = proofs();
        for (uint256 i; i < all.length; ++i) {
            uint256 clean = vm.snapshotState();
            uint64 asOf = now_();
            say(all[i], NEWER, asOf);
            bring(all[i]);
            bytes32 fresh = booksOf(all[i]);
            vm.revertToState(clean);
            say(all[i], NEWER, asOf);
            vm.warp(block.timestamp + 30 days);
            if (all[i].to == address(mirror)) {
                vm.expectRevert(abi.encodeWithSelector(IVaultMirror.EvidenceStale.selector, asOf, T1));
                mirror.prove(alice, asset, "");
            } else {
                bring(all[i]);
                eq(booksOf(all[i]), fresh);
            }
            vm.revertToState(clean);
        }
    }

    function test_a_proof_about_another_contract_proves_nothing() external {
        Proof[] memory all = proofs();
        for (uint256 i; i < all.length; ++i) {
            uint256 clean = vm.snapshotState();
            told.say(address(weth), all[i].slot, NEWER, now_());
            told.say(all[i].to, all[i].slot, NEWER, now_());
            (bool done, bytes memory reason) = all[i].to.call(all[i].call);
            yes(!done, "not proven");
            eq(reason, abi.encodeWithSelector(Claimed.Unproven.selector, all[i].origin, all[i].slot));
            vm.revertToState(clean);
        }
    }

    function proofs() private view returns (Proof[] memory all) {
        (address b, address a) = (address(mirror), address(vault));
        bytes32 owed = counterSlot(liquidator, asset);
        all = new Proof[](5);
        all[0] = Proof(
            a, abi.encodeCall(vault.claim, (liquidator, asset, "")), abi.encodeCall(vault.claimed, (liquidator, asset)), b, owed
        );
        all[1] = Proof(a, abi.encodeCall(vault.hear, ("")), abi.encodeCall(vault.heard, ()), b, bytes32(uint256(5)));
        all[2] = Proof(
            a,
            abi.encodeCall(vault.proveSpent, (alice, asset, "")),
            abi.encodeCall(vault.provenSpent, (alice, asset)),
            b,
            spentSlot(alice)
        );
        all[3] = Proof(
            a, abi.encodeCall(vault.proveOwed, (asset, "")), abi.encodeCall(vault.provenOwed, (asset)), b, totalSlot(4)
        );
        all[4] = Proof(
            b,
            abi.encodeCall(mirror.prove, (alice, asset, "")),
            abi.encodeCall(mirror.credited, (alice, asset)),
            a,
            counterSlot(alice, asset)
        );
    }

    function say(Proof memory one, uint256 value, uint64 asOf) private {
        told.say(one.origin, one.slot, value, asOf);
    }

    function bring(Proof memory one) private {
        (bool done,) = one.to.call(one.call);
        yes(done, "a proof that is new is taken");
    }

    /// @dev Taken or refused; if refused, then with a name and what was found.
    function tryToBring(Proof memory one) private {
        (bool done, bytes memory reason) = one.to.call(one.call);
        yes(done || reason.length >= 4 + 32, "refused with numbers");
    }

    /// @dev What the proof is about, and what the vault holds.
    function booksOf(Proof memory one) private view returns (bytes32) {
        (, bytes memory book) = one.to.staticcall(one.reading);
        return keccak256(abi.encode(book, vault.heard(), weth.balanceOf(address(vault)), mirror.totalCredited(asset)));
    }
}
