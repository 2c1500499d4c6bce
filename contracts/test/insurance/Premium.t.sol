// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInsuranceFund} from "../../src/interfaces/IInsuranceFund.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {InsuredTest} from "./InsuredTest.sol";

contract PremiumTest is InsuredTest {
    /// @dev 2,000 dollars of WETH at 10 % a year, for a day.
    uint256 private constant DAY = 547945205479452055;

    address private account;
    int256 private cash;

    function setUp() public override {
        super.setUp();
        price(0, 1_000);
        account = leveraged();
        cash = engine.cashOf(account);
    }

    function test_an_account_on_the_route_pays_its_backers() external {
        int256 before = engine.cashOf(address(fastTranche));
        wait(1 days);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.PremiumAccrued(account, address(world.fast()), DAY, 0);
        engine.chargePremium(account);
        vm.snapshotGasLastCall("engine", "chargePremium");
        eq(engine.cashOf(account), cash - int256(DAY));
        eq(engine.cashOf(address(fastTranche)), before + int256(DAY));
        eq(engine.cashOf(address(slowTranche)), 10_000e18);
    }

    function test_asking_twice_asks_nothing_more() external {
        wait(1 days);
        engine.chargePremium(account);
        int256 left = engine.cashOf(account);
        engine.chargePremium(account);
        eq(engine.cashOf(account), left);
    }

    function test_asking_often_costs_at_most_a_unit_more_each_time() external {
        for (uint256 i; i < 24; ++i) {
            wait(1 hours);
            engine.chargePremium(account);
        }
        uint256 paid = uint256(cash - engine.cashOf(account));
        yes(paid >= DAY && paid <= DAY + 24, "rounded up each time, by less than a unit");
    }

    function test_a_strangers_call_voids_no_bid() external {
        uint64 version = engine.versionOf(account);
        wait(1 days);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(account, version);
        engine.chargePremium(account);
        eq(engine.versionOf(account), version);
    }

    function test_trades_and_withdrawals_pay_first() external {
        wait(1 days);
        world.trade(account, ETH, -7e18);
        uint256 fee = 7e18 * uint256(2_000) * 5 / 10_000;
        eq(engine.cashOf(account), cash + 14_000e18 - int256(DAY + fee));
        wait(1 days);
        vm.prank(account);
        engine.withdrawCash(account, 1e6, account);
        eq(engine.cashOf(account), cash + 14_000e18 - int256(2 * DAY + fee + 1e18));
        wait(1 days);
        vm.prank(account);
        engine.withdrawCollateral(account, 0, 1e17, account);
        eq(engine.cashOf(account), cash + 14_000e18 - int256(3 * DAY + fee + 1e18));
    }

    function test_credit_pays_from_when_it_was_first_seen() external {
        address late = world.trader(UNIFIED, 1_000);
        wait(30 days);
        world.credit(late, 0, 1e18);
        engine.chargePremium(late);
        eq(engine.cashOf(late), 1_000e18);
        wait(1 days);
        engine.chargePremium(late);
        eq(engine.cashOf(late), int256(1_000e18 - DAY));
    }

    function test_what_was_seized_meanwhile_pays_nothing() external {
        wait(1 days);
        world.move(ETH, 1_700e8);
        auction.start(account);
        wait(3);
        take(account, world.agent(20_000), auction.maxFraction(account));
        uint256 left = world.fast().available(account, address(world.weth()));
        int256 before = engine.cashOf(account);
        engine.chargePremium(account);
        uint256 paid = uint256(before - engine.cashOf(account));
        yes(paid > 0 && paid <= DAY * left / 1e18, "on what is left");
    }

    function test_accounts_that_put_no_route_at_risk_pay_nothing() external {
        address cross = world.trader(CROSS, 1_000);
        world.credit(cross, 0, 1e18);
        engine.chargePremium(cross);
        wait(1 days);
        engine.chargePremium(cross);
        eq(engine.cashOf(cross), 1_000e18);
    }

    function test_without_a_fund_nobody_pays() external {
        vm.prank(address(world));
        engine.setInsuranceFund(address(0));
        wait(1 days);
        engine.chargePremium(account);
        eq(engine.cashOf(account), cash);
    }

    function test_an_unknown_account_pays_nothing() external {
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(BACKER)));
        engine.chargePremium(BACKER);
    }

    function test_only_the_engine_asks() external {
        vm.expectRevert(failure(IInsuranceFund.NotEngine.selector, abi.encode(address(this))));
        fund.accrue(account);
        vm.expectRevert(failure(IInsuranceFund.NotEngine.selector, abi.encode(address(this))));
        fund.cover(account, 1);
    }

    function wait(uint256 time) private {
        vm.warp(block.timestamp + time);
        world.push();
    }
}
