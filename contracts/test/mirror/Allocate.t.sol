// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Suite} from "../support/Suite.sol";

contract AllocateTest is Suite {
    function setUp() public override {
        super.setUp();
        anchored("deposited", "vault");
        mirror.prove(alice, address(weth), counter("deposited", "vault_alice").evidence);
        mirror.prove(bob, address(weth), counter("deposited", "vault_bob").evidence);
    }

    function test_an_allocation_moves_credit_to_what_is_owed() external {
        vm.expectEmit(address(mirror));
        emit IVaultMirror.Owed(liquidator, address(weth), alice, 4 ether, 4 ether);
        mirror.allocate(alice, liquidator, address(weth), 4 ether);
        vm.snapshotGasLastCall("mirror", "allocate");
        eq(mirror.available(alice, address(weth)), 6 ether);
        eq(mirror.spent(alice, address(weth)), 4 ether);
        eq(mirror.owed(liquidator, address(weth)), 4 ether);
        eq(mirror.totalOwed(address(weth)), 4 ether);
    }

    function test_what_is_owed_stands_in_the_published_slot() external {
        mirror.allocate(alice, liquidator, address(weth), 4 ether);
        eq(uint256(vm.load(address(mirror), counterSlot(liquidator, address(weth)))), 4 ether);
    }

    function test_an_account_spends_no_more_than_its_own_credit() external {
        mirror.allocate(alice, liquidator, address(weth), 10 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVaultMirror.Overspent.selector, alice, address(weth), 10 ether + 1, uint256(10 ether)
            )
        );
        mirror.allocate(alice, liquidator, address(weth), 1);
    }

    function test_only_modules_allocate() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.NotModule.selector, STRANGER));
        mirror.allocate(alice, STRANGER, address(weth), 1);
    }

    function test_a_dismissed_module_allocates_no_more() external {
        vm.expectEmit(address(mirror));
        emit IVaultMirror.ModuleSet(address(this), false);
        mirror.setModule(address(this), false);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.NotModule.selector, address(this)));
        mirror.allocate(alice, liquidator, address(weth), 1);
    }

    function test_nothing_is_allocated_silently() external {
        mirror.allocate(STRANGER, liquidator, address(weth), 0);
        eq(mirror.owed(liquidator, address(weth)), 0);
    }

    function test_fuzz_what_is_spent_is_owed(uint256[6] calldata amounts) external {
        uint256 left = 10 ether;
        for (uint256 i; i < amounts.length; ++i) {
            uint256 amount = bound(amounts[i], 0, left);
            mirror.allocate(alice, i % 2 == 0 ? liquidator : provider, address(weth), amount);
            left -= amount;
        }
        uint256 owed = mirror.owed(liquidator, address(weth)) + mirror.owed(provider, address(weth));
        eq(owed, mirror.spent(alice, address(weth)));
        eq(owed, mirror.totalOwed(address(weth)));
        eq(mirror.available(alice, address(weth)), left);
    }
}
