// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract CloseAllTest is MarginTest {
    function test_every_position_goes_back_to_the_pool_for_a_fee() external {
        address account = world.trader(CROSS, 2_000);
        world.trade(account, ETH, 1e18);
        world.trade(account, BTC, -0.01e18);
        world.move(ETH, 2_100e8);
        int256 before = engine.margin(account).netValue;
        close(account);
        int256 fees = (2_100e18 + 600e18) * 5 / 10_000;
        eq(engine.cashOf(account), before - fees);
        eq(engine.accountState(account).positions.length, 0);
        eq(engine.accountState(engine.pool()).positions.length, 0);
    }

    function test_nothing_to_close_changes_nothing() external {
        address account = world.trader(CROSS, 1);
        close(account);
        eq(engine.versionOf(account), 1);
    }

    function test_an_account_below_maintenance_may_close() external {
        address account = failing();
        close(account);
        eq(engine.margin(account).maintenance, 0);
    }

    function test_a_degraded_price_closes_at_the_edge_it_was_valued_at() external {
        address account = world.trader(CROSS, 2_000);
        world.trade(account, ETH, 1e18);
        world.trade(account, BTC, -0.01e18);
        world.moveByQuorum(ETH, 2_300e8);
        world.moveByQuorum(BTC, 50_000e8);
        int256 before = engine.margin(account).netValue;
        close(account);
        int256 fees = 2_295.4e18 * 5 / 10_000 + 501e18 * 5 / 10_000;
        eq(engine.cashOf(account), before - fees);
    }

    function test_only_the_owner_closes() external {
        address account = world.trader(CROSS, 1);
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(account, address(this))));
        engine.closeAll(account);
    }

    function close(address account) private {
        vm.prank(account);
        engine.closeAll(account);
    }
}
