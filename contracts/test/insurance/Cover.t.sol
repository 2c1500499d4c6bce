// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IInsuranceFund} from "../../src/interfaces/IInsuranceFund.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {InsuredTest} from "./InsuredTest.sol";

contract CoverTest is InsuredTest {
    /// @dev No contract at all.
    address private constant STRANGER = address(0xBAD);

    function test_the_tranche_of_the_route_bears_the_shortfall() external {
        address account = drowned();
        address bidder = world.agent(50_000);
        uint256 shortfall = uint256(-engine.margin(account).mark);
        int256 insurance = engine.cashOf(engine.insurance());
        int256 pool = engine.cashOf(engine.pool());
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Covered(account, address(world.fast()), shortfall);
        vm.expectEmit(address(engine));
        emit IMarginEngine.BadDebt(account, shortfall, shortfall);
        take(account, bidder, 10_000);
        vm.snapshotGasLastCall("auction", "bid, insured shortfall");
        eq(engine.cashOf(address(fastTranche)), 10_000e18 - int256(shortfall));
        eq(engine.cashOf(address(slowTranche)), 10_000e18);
        eq(engine.cashOf(engine.insurance()), insurance);
        eq(engine.cashOf(engine.pool()), pool);
    }

    function test_beyond_its_tranche_a_route_is_in_debt_and_no_other_pays() external {
        exhaust();
        address account = drowned();
        uint256 shortfall = uint256(-engine.margin(account).mark);
        int256 insurance = engine.cashOf(engine.insurance());
        int256 pool = engine.cashOf(engine.pool());
        address bidder = world.agent(50_000);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Socialised(account, address(world.fast()), shortfall, shortfall);
        vm.expectEmit(address(engine));
        emit IMarginEngine.BadDebt(account, shortfall, 0);
        take(account, bidder, 10_000);
        eq(fund.debtOf(address(world.fast())), shortfall);
        eq(fund.debtOf(address(world.slow())), 0);
        eq(engine.cashOf(address(slowTranche)), 10_000e18);
        eq(engine.cashOf(engine.insurance()), insurance);
        eq(engine.cashOf(engine.pool()), pool - int256(shortfall));
    }

    function test_the_accounts_on_the_route_pay_its_debt_back_and_nobody_else() external {
        address here = world.trader(UNIFIED, 1_000);
        address there = world.trader(UNIFIED, 1_000);
        world.credit(here, 0, 100e18);
        world.credit(there, 2, 100e18);
        engine.chargePremium(here);
        engine.chargePremium(there);
        exhaust();
        address account = drowned();
        take(account, world.agent(50_000), 10_000);
        uint256 debt = fund.debtOf(address(world.fast()));
        int256 pool = engine.cashOf(engine.pool());
        vm.warp(block.timestamp + 1 days);
        engine.chargePremium(here);
        engine.chargePremium(there);
        // 20 % a year on 100 WETH at 1,000 dollars, for a day.
        uint256 levied = uint256(100_000e18) * 2_000 / 10_000 / 365 + 1;
        eq(engine.cashOf(here), 1_000e18 - int256(levied));
        eq(engine.cashOf(there), 1_000e18);
        eq(engine.cashOf(engine.pool()), pool + int256(levied));
        eq(fund.debtOf(address(world.fast())), debt - levied);
        vm.warp(block.timestamp + 10_000 days);
        engine.chargePremium(here);
        eq(fund.debtOf(address(world.fast())), 0);
        eq(engine.cashOf(engine.pool()), pool + int256(debt));
        vm.warp(block.timestamp + 1_000 days);
        engine.chargePremium(here);
        eq(engine.cashOf(engine.pool()), pool + int256(debt));
    }

    function test_an_account_on_two_routes_draws_on_each_by_its_credit() external {
        address account = world.trader(UNIFIED, 0);
        world.credit(account, 0, 3e18);
        world.credit(account, 2, 1e18);
        world.trade(account, ETH, 14e18);
        world.move(ETH, 1_300e8);
        auction.start(account);
        uint256 shortfall = uint256(-engine.margin(account).mark);
        take(account, world.agent(50_000), 10_000);
        uint256 fast = shortfall * 3 / 4;
        eq(engine.cashOf(address(fastTranche)), 10_000e18 - int256(fast));
        eq(engine.cashOf(address(slowTranche)), 10_000e18 - int256(shortfall - fast));
    }

    function test_a_shortfall_without_a_route_is_the_insurances() external {
        address account = world.trader(CROSS, 4_000);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 8e18);
        world.deposit(engine.insurance(), 10_000e6);
        world.move(ETH, 1_400e8);
        auction.start(account);
        int256 before = engine.cashOf(engine.insurance());
        int256 mark = engine.margin(account).mark;
        yes(mark < 0, "insolvent");
        take(account, world.agent(50_000), 10_000);
        eq(engine.cashOf(engine.insurance()), before + mark);
        eq(engine.cashOf(address(fastTranche)), 10_000e18);
    }

    function test_a_route_without_a_tranche_is_the_insurances() external {
        IInsuranceFund bare =
            IInsuranceFund(deploy("InsuranceFund", abi.encode(world.authority(), engine, world.risk(), LEVY)));
        vm.prank(address(world));
        engine.setInsuranceFund(address(bare));
        world.deposit(engine.insurance(), 10_000e6);
        address account = drowned();
        int256 before = engine.cashOf(engine.insurance());
        int256 mark = engine.margin(account).mark;
        take(account, world.agent(50_000), 10_000);
        eq(engine.cashOf(engine.insurance()), before + mark);
        eq(engine.cashOf(address(fastTranche)), 10_000e18);
    }

    function test_a_backer_cannot_leave_between_the_fall_and_the_bid() external {
        address account = drowned();
        vm.prank(BACKER);
        fastTranche.requestExit(1e12);
        eq(fastTranche.maxRedeem(BACKER), 0);
        take(account, world.agent(50_000), 10_000);
        yes(fastTranche.totalAssets() < 10_000e6, "the loss is borne");
    }

    function test_governance_names_tranches_and_nobody_else() external {
        (address fast, address slow) = (address(world.fast()), address(world.slow()));
        vm.expectRevert(failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(address(this))));
        fund.setTranche(fast, address(fastTranche));
        vm.expectRevert(failure(IInsuranceFund.TrancheMismatch.selector, abi.encode(fast, slowTranche, slow)));
        vm.prank(address(world));
        fund.setTranche(fast, address(slowTranche));
        vm.expectRevert(failure(IInsuranceFund.TrancheMismatch.selector, abi.encode(address(0), STRANGER, address(0))));
        vm.prank(address(world));
        fund.setTranche(address(0), STRANGER);
        vm.expectRevert(failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(address(this))));
        engine.setInsuranceFund(address(0));
    }

    /// @dev Leaves the fast tranche with nothing.
    function exhaust() private {
        setCash(address(fastTranche), 0);
    }
}
