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

    function test_stale_prices_start_nothing() external {
        address account = leveraged();
        world.move(ETH, 1_700e8);
        vm.warp(block.timestamp + 61);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        auction.start(account);
    }
}
