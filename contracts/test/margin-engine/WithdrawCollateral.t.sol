// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract WithdrawCollateralTest is MarginTest {
    function test_free_collateral_becomes_owed_to_the_beneficiary() external {
        address account = world.trader(UNIFIED, 0);
        world.credit(account, 0, 5e18);
        withdraw(account, 0, 2e18);
        eq(world.fast().owed(address(9), address(world.weth())), 2e18);
        eq(engine.accountState(account).credit[0].amount, 3e18);
        eq(engine.versionOf(account), 2);
    }

    function test_initial_margin_stays() external {
        address account = world.trader(UNIFIED, 100);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 1e18);
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        withdraw(account, 0, 1e18);
        withdraw(account, 0, 0.5e18);
    }

    function test_a_degraded_price_holds_the_collateral() external {
        address account = world.trader(UNIFIED, 0);
        world.credit(account, 0, 5e18);
        world.moveByQuorum(ETH, 2_300e8);
        vm.expectRevert(failure(IMarginEngine.PriceDegraded.selector, abi.encode(ETH)));
        withdraw(account, 0, 1e18);
    }

    function test_nobody_withdraws_more_than_the_credit() external {
        address account = world.trader(UNIFIED, 0);
        world.credit(account, 0, 5e18);
        vm.expectPartialRevert(IVaultMirror.Overspent.selector);
        withdraw(account, 0, 5e18 + 1);
    }

    function test_bad_input_is_named() external {
        address account = world.trader(UNIFIED, 0);
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        withdraw(account, 0, 0);
        vm.expectRevert(failure(IMarginEngine.CollateralUnknown.selector, abi.encode(4)));
        withdraw(account, 4, 1);
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(account, address(this))));
        engine.withdrawCollateral(account, 0, 1, address(9));
    }

    function withdraw(address account, uint8 id, uint256 amount) private {
        vm.prank(account);
        engine.withdrawCollateral(account, id, amount, address(9));
    }
}
