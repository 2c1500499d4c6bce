// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IMarginLens} from "../../src/interfaces/IMarginLens.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract LiquidationPriceTest is MarginTest {
    IMarginLens private lens;

    function setUp() public override {
        super.setUp();
        lens = IMarginLens(deploy("MarginLens", abi.encode(engine)));
    }

    function test_fuzz_a_long_fails_one_unit_below(uint256 size, uint256 cash, uint256 collateral) external {
        address account = isolated(int128(int256(bound(size, 1e12, 10e18))), cash, collateral);
        requireBoundary(account, -1);
    }

    function test_fuzz_a_short_fails_one_unit_above(uint256 size, uint256 cash, uint256 collateral) external {
        address account = isolated(-int128(int256(bound(size, 1e12, 10e18))), cash, collateral);
        requireBoundary(account, 1);
    }

    function test_a_failing_long_learns_what_would_save_it() external {
        address account = isolated(7e18, 0, 1e18);
        world.move(ETH, 850e8);
        uint64 price = lens.liquidationPrice(account, ETH);
        yes(price > 850e8, "above the price of now");
        requireBoundary(account, -1);
    }

    function test_a_position_that_is_fully_paid_for_is_never_liquidated() external {
        address account = isolated(1e18, 20_000e6, 0);
        eq(uint256(lens.liquidationPrice(account, ETH)), 0);
    }

    function test_collateral_of_another_price_stays_where_it_is() external {
        address account = world.trader(ISOLATED, 8_000);
        world.credit(account, 1, 2e6);
        world.trade(account, ETH, 18e18);
        uint64 price = lens.liquidationPrice(account, ETH);
        yes(price > 1_700e8 && price < 1_800e8, "somewhat below the price of now");
        requireBoundary(account, -1);
    }

    function test_collateral_of_a_degraded_price_counts_at_its_lower_edge() external {
        address account = world.trader(ISOLATED, 8_000);
        world.credit(account, 1, 2e6);
        world.trade(account, ETH, 18e18);
        world.moveByQuorum(BTC, 40_000e8);
        uint64 price = lens.liquidationPrice(account, ETH);
        world.moveByQuorum(ETH, price);
        yes(book.get(BTC).degraded && !book.get(ETH).degraded, "one price is degraded");
        yes(!fails(account), "safe at the boundary");
        world.moveByQuorum(ETH, price - 1);
        yes(fails(account), "failing one unit beyond");
    }

    /// @dev Of the smallest price, the margin is 0.162e10 and the value 1e10.
    function test_a_long_that_fails_at_the_smallest_price_alone_has_the_next_one() external {
        address account = isolated(1e18, 0, 0);
        setCash(account, -1e10);
        eq(uint256(lens.liquidationPrice(account, ETH)), 2);
    }

    function test_only_an_isolated_position_has_one_price() external {
        address account = leveraged();
        vm.expectRevert(failure(IMarginLens.NotIsolated.selector, abi.encode(account)));
        lens.liquidationPrice(account, ETH);
        address empty = world.trader(ISOLATED, 1);
        vm.expectRevert(failure(IMarginLens.PositionMissing.selector, abi.encode(empty, ETH)));
        lens.liquidationPrice(empty, ETH);
        address held = isolated(1e18, 0, 0);
        vm.expectRevert(failure(IMarginLens.PositionMissing.selector, abi.encode(held, BTC)));
        lens.liquidationPrice(held, BTC);
    }

    /// @dev The engine itself judges both sides of the boundary.
    function requireBoundary(address account, int64 beyond) private {
        uint64 price = lens.liquidationPrice(account, ETH);
        if (price == 0) return;
        world.move(ETH, price);
        yes(!fails(account), "safe at the boundary");
        world.move(ETH, uint64(int64(price) + beyond));
        yes(fails(account), "failing one unit beyond");
        auction.start(account);
    }

    function fails(address account) private view returns (bool) {
        IMarginEngine.Margin memory margin = engine.margin(account);
        return margin.equity < int256(margin.maintenance);
    }

    function isolated(int128 size, uint256 cash, uint256 collateral) private returns (address account) {
        account = world.trader(ISOLATED, 8_000);
        world.deposit(account, 1 + bound(cash, 0, 20_000e6));
        uint256 amount = bound(collateral, 0, 3e18);
        if (amount > 0) world.credit(account, 0, amount);
        world.trade(account, ETH, size);
    }
}
