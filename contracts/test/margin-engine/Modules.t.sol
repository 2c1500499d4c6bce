// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract ModulesTest is MarginTest {
    function test_a_module_moves_free_cash() external {
        address from = world.trader(CROSS, 10);
        address to = world.trader(CROSS, 0);
        vm.expectEmit(address(engine));
        emit IMarginEngine.CashMoved(from, -4, 10e18 - 4);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(from, 2);
        vm.expectEmit(address(engine));
        emit IMarginEngine.CashMoved(to, 4, 4);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(to, 1);
        move(from, to, 4);
    }

    function test_the_payer_keeps_its_initial_margin() external {
        address from = world.trader(CROSS, 1_000);
        world.trade(from, ETH, 1e18);
        address to = world.trader(CROSS, 0);
        IMarginEngine.Margin memory margin = engine.margin(from);
        uint256 free = uint256(margin.equity) - margin.initial;
        bytes memory kept = abi.encode(from, int256(margin.initial) - 1, margin.initial);
        vm.expectRevert(failure(IMarginEngine.InitialMargin.selector, kept));
        move(from, to, free + 1);
        move(from, to, free);
    }

    function test_nobody_pays_what_it_has_not() external {
        address from = world.trader(CROSS, 1);
        address to = world.trader(CROSS, 0);
        vm.expectRevert(failure(IMarginEngine.CashShort.selector, abi.encode(from, 1e18, 1e18 + 1)));
        move(from, to, 1e18 + 1);
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        move(from, to, 0);
        vm.expectRevert(failure(IMarginEngine.AccountUnknown.selector, abi.encode(address(7))));
        move(from, address(7), 1);
    }

    function test_strangers_move_nothing() external {
        bytes memory stranger = failure(IMarginEngine.NotModule.selector, abi.encode(address(this)));
        vm.expectRevert(stranger);
        engine.moveCash(address(1), address(2), 1);
        vm.expectRevert(stranger);
        engine.takeSlice(address(1), address(2), address(3), 1);
    }

    function test_governance_names_the_fund() external {
        vm.expectEmit(address(engine));
        emit IMarginEngine.InsuranceFundSet(address(0xF00D));
        vm.prank(address(world));
        engine.setInsuranceFund(address(0xF00D));
        eq(engine.insuranceFund(), address(0xF00D));
    }

    function move(address from, address to, uint256 amount) private {
        vm.prank(address(lines));
        engine.moveCash(from, to, amount);
    }
}
