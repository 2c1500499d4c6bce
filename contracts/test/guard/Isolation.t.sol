// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Vm} from "../support/Vm.sol";
import {Claimed, GuardTest} from "./GuardTest.sol";

/// @notice Two routes over the same assets. Whatever is forged on one, no storage of the other is even written: the record
/// of every storage access of every call says so, for all variables, named or not.
contract IsolationTest is GuardTest {
    ICollateralVault private otherVault;
    IVaultMirror private otherMirror;
    Claimed private otherTold;

    function setUp() public override {
        super.setUp();
        otherTold = new Claimed();
        address mirrorAt = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        otherVault = ICollateralVault(
            deploy(
                "CollateralVault",
                abi.encode(authority, otherTold, mirrorAt, ICollateralVault.Terms(T2, 14 days, 1 days))
            )
        );
        otherMirror = IVaultMirror(
            deploy("VaultMirror", abi.encode(authority, otherTold, otherVault, IVaultMirror.Terms(T1, RESET_DELAY)))
        );
        otherVault.list(asset, 1000 ether);
        otherMirror.setModule(address(this), true);
        weth.approve(address(otherVault), type(uint256).max);
        uint256 cumulative = otherVault.deposit(bob, asset, 50 ether);
        otherTold.say(address(otherVault), counterSlot(bob, asset), cumulative, now_());
        otherMirror.prove(bob, asset, "");
        otherMirror.allocate(bob, provider, asset, 5 ether);
        lock(alice, 100 ether);
    }

    function test_a_forged_root_is_stopped_in_its_block_and_writes_nothing_of_the_other_route() external {
        vm.startStateDiffRecording();
        // Forged: credit that nobody locked, spent at once, and a claim of everything the vault holds.
        depositedIs(STRANGER, 900 ether);
        mirror.prove(STRANGER, asset, "");
        mirror.allocate(STRANGER, STRANGER, asset, 60 ether);
        owedIs(STRANGER, 60 ether);
        vault.claim(STRANGER, asset, "");
        // The truth, in the same block, from whoever looks.
        told.say(address(vault), totalSlot(2), 100 ether, now_());
        vm.prank(bob);
        mirror.tripTotal(told, asset, "");
        owedIs(STRANGER, 1);
        vm.prank(bob);
        vault.trip(told, STRANGER, asset, "");
        requireUntouched(vm.stopAndReturnStateDiff());
        eq(mirror.trippedAt(), block.timestamp);
        eq(vault.trippedAt(), block.timestamp);
        requireTheOtherRouteWorks();
    }

    /// @notice I10, over every function of vault and mirror that changes anything.
    function test_fuzz_whatever_is_forged_on_one_route_writes_nothing_of_the_other(
        uint256[12] calldata amounts,
        uint8[12] calldata acts
    ) external {
        vm.startStateDiffRecording();
        for (uint256 i; i < acts.length; ++i) {
            forge(acts[i], bound(amounts[i], 1, 1e30), i % 2 == 0 ? STRANGER : bob);
            vm.warp(block.timestamp + amounts[i] % 10 days);
        }
        requireUntouched(vm.stopAndReturnStateDiff());
        requireTheOtherRouteWorks();
    }

    function forge(uint256 act, uint256 amount, address who) private {
        told.say(address(vault), counterSlot(who, asset), amount, now_());
        told.say(address(mirror), counterSlot(who, asset), amount, now_());
        told.say(address(vault), totalSlot(2), amount, now_());
        told.say(address(mirror), totalSlot(4), amount, now_());
        told.say(address(vault), bytes32(uint256(3)), amount % 1e9 + 1, now_());
        told.say(address(mirror), spentSlot(who), amount, now_());
        told.say(address(mirror), bytes32(uint256(5)), amount, now_());
        bytes[18] memory calls = callsOf(who, amount);
        vm.prank(act % 3 == 0 ? address(this) : who);
        (bool done,) = (act % 18 < 7 ? address(mirror) : address(vault)).call(calls[act % 18]);
        done;
    }

    function callsOf(address who, uint256 amount) private view returns (bytes[18] memory calls) {
        calls[0] = abi.encodeCall(mirror.prove, (who, asset, ""));
        calls[1] = abi.encodeCall(mirror.allocate, (who, who, asset, amount));
        calls[2] = abi.encodeCall(mirror.tripTotal, (told, asset, ""));
        calls[3] = abi.encodeCall(mirror.trip, (told, who, asset, ""));
        calls[4] = abi.encodeCall(mirror.retire, (""));
        calls[5] = abi.encodeCall(mirror.assignLot, (bytes32(amount), who));
        calls[6] = abi.encodeCall(mirror.reset, ());
        calls[7] = abi.encodeCall(vault.claim, (who, asset, ""));
        calls[8] = abi.encodeCall(vault.claimLot, (mirror.lotOf(who, bytes32(amount)), asset, "", ""));
        calls[9] = abi.encodeCall(vault.trip, (told, who, asset, ""));
        calls[10] = abi.encodeCall(vault.tripTotal, (told, asset, ""));
        calls[11] = abi.encodeCall(vault.proveOwed, (asset, ""));
        calls[12] = abi.encodeCall(vault.proveSpent, (who, asset, ""));
        calls[13] = abi.encodeCall(vault.hear, (""));
        calls[14] = abi.encodeCall(vault.requestExit, (0, asset));
        calls[15] = abi.encodeCall(vault.exit, (0, asset));
        calls[16] = abi.encodeCall(vault.deposit, (who, asset, amount % 1e18));
        calls[17] = abi.encodeCall(vault.reset, ());
    }

    function requireUntouched(Vm.AccountAccess[] memory accesses) private view {
        uint256 writes;
        for (uint256 i; i < accesses.length; ++i) {
            Vm.StorageAccess[] memory touched = accesses[i].storageAccesses;
            for (uint256 j; j < touched.length; ++j) {
                if (!touched[j].isWrite) continue;
                ++writes;
                yes(touched[j].account != address(otherVault), "no variable of the other vault is written");
                yes(touched[j].account != address(otherMirror), "no variable of the other mirror is written");
                yes(touched[j].account != address(otherTold), "nor of its source");
            }
        }
        yes(writes > 0, "the recording saw the forgery");
    }

    function requireTheOtherRouteWorks() private {
        eq(otherMirror.available(bob, asset), 45 ether);
        otherMirror.allocate(bob, provider, asset, 1 ether);
        otherTold.say(address(otherMirror), counterSlot(provider, asset), 6 ether, now_());
        eq(otherVault.claim(provider, asset, ""), 6 ether);
        otherVault.deposit(alice, asset, 1 ether);
        eq(weth.balanceOf(address(otherVault)), 45 ether);
    }
}
