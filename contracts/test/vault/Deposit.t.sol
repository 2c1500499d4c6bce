// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {Suite} from "../support/Suite.sol";
import {FeeToken, ReentrantToken} from "../support/Tokens.sol";

contract DepositTest is Suite {
    function test_a_deposit_raises_the_counter_of_its_account() external {
        vm.expectEmit(address(vault));
        emit ICollateralVault.Deposited(alice, address(weth), 10 ether, 10 ether);
        eq(vault.deposit(alice, address(weth), 10 ether), 10 ether);
        eq(vault.deposit(alice, address(weth), 1 ether), 11 ether);
        vm.snapshotGasLastCall("vault", "deposit");
        eq(vault.deposited(alice, address(weth)), 11 ether);
        eq(vault.totalDeposited(address(weth)), 11 ether);
        eq(weth.balanceOf(address(vault)), 11 ether);
    }

    function test_the_counter_stands_in_the_published_slot() external {
        vault.deposit(alice, address(weth), 10 ether);
        eq(uint256(vm.load(address(vault), counterSlot(alice, address(weth)))), 10 ether);
    }

    function test_only_what_arrived_counts() external {
        FeeToken fee = new FeeToken();
        vault.list(address(fee), 1000 ether);
        fee.mint(address(this), 100 ether);
        fee.approve(address(vault), 100 ether);
        eq(vault.deposit(alice, address(fee), 100 ether), 99 ether);
        eq(vault.totalDeposited(address(fee)), fee.balanceOf(address(vault)));
    }

    function test_an_unlisted_asset_is_refused() external {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetUnlisted.selector, address(bondToken)));
        vault.deposit(alice, address(bondToken), 1);
    }

    function test_nothing_is_no_deposit() external {
        vm.expectRevert(ICollateralVault.ZeroAmount.selector);
        vault.deposit(alice, address(weth), 0);
    }

    function test_the_cap_bounds_what_the_vault_holds() external {
        vault.list(address(weth), 10 ether);
        vault.deposit(alice, address(weth), 10 ether);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.DepositCap.selector, address(weth), 10 ether + 1, 10 ether)
        );
        vault.deposit(bob, address(weth), 1);
    }

    function test_a_token_that_calls_back_is_refused() external {
        ReentrantToken evil = new ReentrantToken();
        vault.list(address(evil), 1000 ether);
        evil.mint(address(this), 1 ether);
        evil.approve(address(vault), 1 ether);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        vault.deposit(alice, address(evil), 1 ether);
    }

    function test_fuzz_deposits_sum_up(uint96[8] calldata amounts) external {
        vault.list(address(weth), type(uint256).max);
        weth.mint(address(this), 8 * uint256(type(uint96).max));
        uint256 sum;
        for (uint256 i; i < amounts.length; ++i) {
            uint256 amount = bound(amounts[i], 1, type(uint96).max);
            vault.deposit(i % 2 == 0 ? alice : bob, address(weth), amount);
            sum += amount;
        }
        eq(vault.deposited(alice, address(weth)) + vault.deposited(bob, address(weth)), sum);
        eq(vault.totalDeposited(address(weth)), sum);
    }
}
