// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract DepositCashTest is MarginTest {
    function test_cash_counts_in_eighteen_decimals_and_the_version_stands(uint64 amount) external {
        amount = uint64(bound(amount, 1, 1e15));
        address account = world.trader(CROSS, 0);
        world.cash().mint(address(this), amount);
        world.cash().approve(address(engine), amount);
        int256 wad = int256(uint256(amount) * 1e12);
        vm.expectEmit(address(engine));
        emit IMarginEngine.CashMoved(account, wad, wad);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(account, 1);
        engine.depositCash(account, amount);
        eq(engine.cashOf(account), wad);
        eq(world.cash().balanceOf(address(engine)), amount);
    }

    function test_anyone_funds_the_pool_and_the_insurance() external {
        world.deposit(engine.pool(), 7);
        world.deposit(engine.insurance(), 8);
        eq(engine.cashOf(engine.pool()), 7e12);
        eq(engine.cashOf(engine.insurance()), 8e12);
    }

    function test_nothing_is_no_deposit() external {
        address account = world.trader(CROSS, 0);
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        engine.depositCash(account, 0);
    }

    function test_an_unknown_account_takes_no_cash() external {
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(address(7))));
        engine.depositCash(address(7), 1);
    }
}
