// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestToken} from "../../src/devnet/TestToken.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {MarginMath} from "../../src/libraries/MarginMath.sol";
import {MarginTest} from "../margin/MarginTest.sol";
import {SettableCounter} from "../margin/SettableCounter.sol";

/// @notice The breaker of the fast route trips while accounts hold credit there: what it still bears, and what not.
contract TrippedMarginTest is MarginTest {
    TestToken private weth;
    IVaultMirror private fast;
    IVaultMirror private slow;

    function setUp() public override {
        super.setUp();
        (weth, fast, slow) = (world.weth(), world.fast(), world.slow());
    }

    function test_a_trip_by_itself_liquidates_nobody_and_closes_nothing() external {
        address account = leveraged();
        IMarginEngine.Margin memory before = engine.margin(account);
        trip();
        IMarginEngine.Margin memory now_ = engine.margin(account);
        eq(now_.equity, before.equity);
        eq(now_.maintenance, before.maintenance);
        vm.expectPartialRevert(ILiquidationAuction.AccountHealthy.selector);
        auction.start(account);
        world.trade(account, ETH, -2e18);
        eq(engine.accountState(account).positions[0].size, 5e18);
    }

    function test_tripped_credit_bears_no_new_position() external {
        address account = world.trader(UNIFIED, 2_000);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 5e18);
        uint256 clean = vm.snapshotState();
        world.trade(account, ETH, 2e18);
        vm.revertToState(clean);
        trip();
        IMarginEngine.Margin memory held = engine.margin(account);
        uint256 full = MarginMath.collateralValueDown(1e18, 18, 2_000e8);
        int256 without = held.equity - int256(MarginMath.haircutValueDown(full, 1_000, 300));
        yes(without < int256(held.initial) && held.equity > int256(held.initial), "the credit decides");
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        vm.prank(account);
        engine.trade(account, ETH, 2e18, type(uint64).max);
        vm.warp(block.timestamp + 1 days);
        vm.prank(address(world));
        fast.reset();
        world.push();
        world.trade(account, ETH, 2e18);
    }

    function test_tripped_credit_lets_no_cash_and_no_other_collateral_out() external {
        address account = world.trader(UNIFIED, 1_500);
        world.credit(account, 0, 1e18);
        world.credit(account, 2, 1e18);
        world.trade(account, ETH, 5e18);
        uint256 clean = vm.snapshotState();
        vm.prank(account);
        engine.withdrawCash(account, 1_400e6, account);
        vm.revertToState(clean);
        vm.prank(account);
        engine.withdrawCollateral(account, 2, 1e18, account);
        vm.revertToState(clean);
        trip();
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        vm.prank(account);
        engine.withdrawCash(account, 1_400e6, account);
        vm.expectPartialRevert(IMarginEngine.InitialMargin.selector);
        vm.prank(account);
        engine.withdrawCollateral(account, 2, 1e18, account);
        vm.expectPartialRevert(IRouteGuard.RouteTripped.selector);
        vm.prank(account);
        engine.withdrawCollateral(account, 0, 1, account);
    }

    function test_an_account_is_liquidated_for_everything_but_what_is_tripped() external {
        (address account, address bidder) = (failingOnBoth(), world.agent(20_000));
        trip();
        IMarginEngine.Margin memory margin = engine.margin(account);
        uint256 mark = uint256(margin.mark) - engine.collateralValue(0, 1e18);
        (uint256 held, uint16 off) = (fast.available(account, address(weth)), auction.discount(account));
        int256 pay = take(account, bidder, 4_000);
        eq(pay, int256(MarginMath.payUp(4_000, mark, off)));
        eq(fast.available(account, address(weth)), held);
        eq(fast.totalOwed(address(weth)), 0);
        eq(slow.owed(bidder, address(weth)), 0.4e18);
        IMarginEngine.Margin memory left = engine.margin(account);
        yes(left.equity * int256(margin.maintenance) > margin.equity * int256(left.maintenance), "safer than before");
    }

    function test_an_account_of_nothing_but_tripped_worth_waits_for_its_route() external {
        address account = world.trader(UNIFIED, 2_000);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 7e18);
        world.move(ETH, 1_650e8);
        auction.start(account);
        trip();
        address bidder = world.agent(20_000);
        yes(engine.margin(account).netValue < 0, "only the credit carries it");
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 1_000);
        vm.expectRevert(abi.encodeWithSelector(IRouteGuard.RouteTripped.selector, fast.trippedAt()));
        vm.prank(bidder);
        auction.bid(wanted);
        vm.warp(block.timestamp + 1 days);
        vm.prank(address(world));
        fast.reset();
        world.push();
        take(account, bidder, 1_000);
        yes(fast.owed(bidder, address(weth)) > 0, "paid in credit again");
    }

    /// @dev The vault's own total says one wei less than is booked.
    function trip() private {
        SettableCounter witness = world.source();
        witness.set(fast.totalCredited(address(weth)) - 1);
        fast.tripTotal(witness, address(weth), "");
    }

    function failingOnBoth() private returns (address account) {
        account = world.trader(UNIFIED, 3_000);
        world.credit(account, 0, 1e18);
        world.credit(account, 2, 1e18);
        world.trade(account, ETH, 11e18);
        world.move(ETH, 1_700e8);
        auction.start(account);
    }

}
