// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract StartTest is MarginTest {
    function test_an_account_below_maintenance_is_auctioned_from_now() external {
        address account = leveraged();
        world.move(ETH, 1_700e8);
        IMarginEngine.Margin memory margin = engine.margin(account);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.AuctionStarted(
            account, uint64(block.timestamp), margin.equity, margin.maintenance, margin.mark
        );
        auction.start(account);
        vm.snapshotGasLastCall("auction", "start");
        eq(auction.startedAt(account), block.timestamp);
    }

    function test_a_healthy_account_cannot_be_auctioned() external {
        address account = leveraged();
        IMarginEngine.Margin memory margin = engine.margin(account);
        vm.expectRevert(
            failure(ILiquidationAuction.AccountHealthy.selector, abi.encode(account, margin.equity, margin.maintenance))
        );
        auction.start(account);
    }

    function test_a_running_auction_keeps_its_clock() external {
        address account = failing();
        uint64 began = auction.startedAt(account);
        vm.warp(block.timestamp + 5);
        auction.start(account);
        eq(auction.startedAt(account), began);
    }

    function test_one_unit_of_cash_decides_at_the_trigger() external {
        address account = world.trader(UNIFIED, 2_700);
        world.trade(account, ETH, 5e18);
        world.move(ETH, 1_600e8);
        IMarginEngine.Margin memory margin = engine.margin(account);
        setCash(account, engine.cashOf(account) + int256(margin.maintenance) - margin.equity);
        vm.expectPartialRevert(ILiquidationAuction.AccountHealthy.selector);
        auction.start(account);
        setCash(account, engine.cashOf(account) - 1);
        auction.start(account);
        eq(auction.startedAt(account), block.timestamp);
    }

    function test_an_unknown_account_and_the_pool_cannot_be_auctioned() external {
        address stranger = world.person();
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(stranger)));
        auction.start(stranger);
        address pool = engine.pool();
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(pool)));
        auction.start(pool);
    }

    function test_of_many_accounts_those_start_that_fail_and_do_not_run_yet() external {
        (address first, address second) = (leveraged(), leveraged());
        address healthy = world.trader(UNIFIED, 50_000);
        address running = failing();
        uint64 began = auction.startedAt(running);
        vm.warp(block.timestamp + 5);
        address[] memory all = new address[](5);
        (all[0], all[1], all[2], all[3], all[4]) = (healthy, first, running, second, first);
        IMarginEngine.Margin memory margin = engine.margin(second);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.AuctionStarted(
            second, uint64(block.timestamp), margin.equity, margin.maintenance, margin.mark
        );
        eq(auction.startMany(all), 2);
        vm.snapshotGasLastCall("auction", "startMany, two of five");
        eq(auction.startedAt(first), block.timestamp);
        eq(auction.startedAt(second), block.timestamp);
        eq(auction.startedAt(running), began);
        eq(auction.startedAt(healthy), 0);
        eq(auction.startMany(all), 0);
    }

    function test_a_start_of_nobody_starts_nothing() external {
        eq(auction.startMany(new address[](0)), 0);
    }

    function test_of_many_accounts_an_unknown_one_is_a_mistake() external {
        address[] memory all = new address[](1);
        all[0] = world.person();
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(all[0])));
        auction.startMany(all);
    }

    function test_stale_prices_start_nothing() external {
        address account = leveraged();
        world.move(ETH, 1_700e8);
        vm.warp(block.timestamp + 61);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        auction.start(account);
    }
}
