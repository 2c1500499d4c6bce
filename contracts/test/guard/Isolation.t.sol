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

    function test_fuzz_whatever_is_forged_on_one_route_writes_nothing_of_the_other(
        uint256[6] calldata amounts,
        uint8[6] calldata acts
    ) external {
        vm.startStateDiffRecording();
        for (uint256 i; i < acts.length; ++i) forge(acts[i] % 7, bound(amounts[i], 1, 1e30), i % 2 == 0 ? STRANGER : bob);
        requireUntouched(vm.stopAndReturnStateDiff());
        requireTheOtherRouteWorks();
    }

    function forge(uint256 act, uint256 amount, address who) private {
        told.say(address(vault), counterSlot(who, asset), amount, now_());
        told.say(address(mirror), counterSlot(who, asset), amount, now_());
        told.say(address(vault), totalSlot(2), amount, now_());
        told.say(address(mirror), totalSlot(4), amount, now_());
        told.say(address(vault), bytes32(uint256(3)), amount % 1e9 + 1, now_());
        if (act == 0) try mirror.prove(who, asset, "") {} catch {}
        if (act == 1) try mirror.allocate(who, who, asset, amount) {} catch {}
        if (act == 2) try vault.claim(who, asset, "") {} catch {}
        if (act == 3) try mirror.tripTotal(told, asset, "") {} catch {}
        if (act == 4) try vault.trip(told, who, asset, "") {} catch {}
        if (act == 5) try mirror.retire("") {} catch {}
        if (act == 6) try vault.proveOwed(asset, "") {} catch {}
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
