// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract WithdrawCashTest is MarginTest {
    function test_the_owner_withdraws_to_anyone_under_a_new_version() external {
        address account = world.trader(CROSS, 10);
        vm.expectEmit(address(engine));
        emit IMarginEngine.CashMoved(account, -4e18, 6e18);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(account, 2);
        withdraw(account, 4e6);
        eq(world.cash().balanceOf(address(9)), 4e6);
    }

    function test_only_the_owner_withdraws() external {
        address account = world.trader(CROSS, 10);
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(account, address(this))));
        engine.withdrawCash(account, 1, address(this));
        address pool = engine.pool();
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(pool, address(this))));
        engine.withdrawCash(pool, 1, address(this));
    }

    function test_nobody_withdraws_more_than_is_not_owed() external {
        address account = world.trader(UNIFIED, 10);
        world.credit(account, 0, 5e18);
        vm.expectRevert(failure(IMarginEngine.CashShort.selector, abi.encode(account, 10e18, 10e18 + 1e12)));
        withdraw(account, 10e6 + 1);
        withdraw(account, 10e6);
        eq(engine.cashOf(account), 0);
    }

    function test_nothing_is_no_withdrawal() external {
        address account = world.trader(CROSS, 10);
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        withdraw(account, 0);
    }

    function test_initial_margin_stays_to_the_last_unit() external {
        address account = world.trader(CROSS, 1_000);
        world.trade(account, ETH, 1e18);
        IMarginEngine.Margin memory margin = engine.margin(account);
        uint256 free = (uint256(margin.equity) - margin.initial) / 1e12;
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        withdraw(account, free + 1);
        withdraw(account, free);
    }

    function test_stale_and_degraded_prices_hold_what_depends_on_them() external {
        address account = world.trader(CROSS, 2_000);
        world.trade(account, ETH, 1e18);
        world.moveByQuorum(ETH, 2_300e8);
        vm.expectRevert(failure(IMarginEngine.PriceDegraded.selector, abi.encode(ETH)));
        withdraw(account, 1e6);
        world.move(ETH, 2_300e8);
        vm.warp(block.timestamp + 61);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        withdraw(account, 1e6);
        address idle = world.trader(CROSS, 10);
        withdraw(idle, 10e6);
    }

    function withdraw(address account, uint256 amount) private {
        vm.prank(account);
        engine.withdrawCash(account, amount, address(9));
    }
}
