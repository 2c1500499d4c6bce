// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {LineTest} from "./LineTest.sol";

contract RepayLineTest is LineTest {
    address private id;

    function setUp() public override {
        super.setUp();
        id = open(line);
        world.deposit(user, 100e6);
    }

    function test_repaying_a_proven_line_returns_the_collateral_at_once() external {
        world.credit(id, WETH, 10e18);
        vm.expectEmit(address(lines));
        emit ICreditLines.LineRepaid(id, provider, 10_100e18);
        vm.prank(user);
        lines.repay(line, user);
        vm.snapshotGasLastCall("lines", "repay");
        eq(engine.cashOf(provider), 100_100e18);
        eq(engine.cashOf(user), 0);
        requireOwed(0, 10e18);
        requireStage(id, ICreditLines.Stage.REPAID);
    }

    function test_repaying_before_the_proof_keeps_the_right_to_the_collateral() external {
        repay(line);
        requireOwed(0, 0);
        vm.expectRevert(failure(ICreditLines.NothingToSettle.selector, abi.encode(id)));
        lines.settle(line);
        world.credit(id, WETH, 10e18);
        address anyone = world.person();
        vm.expectEmit(address(lines));
        emit ICreditLines.LineSettled(id, 0, 10e18);
        vm.prank(anyone);
        lines.settle(line);
        requireOwed(0, 10e18);
    }

    function test_what_arrives_later_follows() external {
        world.credit(id, WETH, 4e18);
        repay(line);
        requireOwed(0, 4e18);
        world.credit(id, WETH, 6e18);
        lines.settle(line);
        requireOwed(0, 10e18);
        world.credit(id, WETH, 1);
        lines.settle(line);
        requireOwed(0, 10e18 + 1);
    }

    function test_a_stopped_route_stops_no_repayment() external {
        world.credit(id, WETH, 10e18);
        world.source().set(9e18);
        ICounterSource witness = world.source();
        world.fast().trip(witness, id, address(world.weth()), "");
        repay(line);
        requireStage(id, ICreditLines.Stage.REPAID);
        requireOwed(0, 0);
        vm.expectRevert(failure(ICreditLines.NothingToSettle.selector, abi.encode(id)));
        lines.settle(line);
        IVaultMirror fast = world.fast();
        vm.warp(block.timestamp + 30 days);
        vm.prank(address(world));
        fast.reset();
        lines.settle(line);
        requireOwed(0, 10e18);
    }

    function test_a_late_user_may_repay_until_it_is_enforced() external {
        vm.warp(line.expiry + 30 days);
        world.push();
        repay(line);
        requireStage(id, ICreditLines.Stage.REPAID);
    }

    function test_a_line_is_repaid_once() external {
        repay(line);
        vm.expectRevert(failure(ICreditLines.LineNotOpen.selector, abi.encode(id, ICreditLines.Stage.REPAID)));
        vm.prank(user);
        lines.repay(line, user);
    }

    function test_a_line_never_opened_is_not_repaid() external {
        line.nonce = 7;
        address other = lines.lineOf(line);
        vm.expectRevert(failure(ICreditLines.LineNotOpen.selector, abi.encode(other, ICreditLines.Stage.NONE)));
        vm.prank(user);
        lines.repay(line, user);
    }

    function test_a_changed_term_is_another_line() external {
        line.fee = 0;
        address other = lines.lineOf(line);
        vm.expectRevert(failure(ICreditLines.LineNotOpen.selector, abi.encode(other, ICreditLines.Stage.NONE)));
        vm.prank(user);
        lines.repay(line, user);
    }

    function test_nobody_repays_from_an_account_of_another() external {
        address rich = world.trader(CROSS, 20_000);
        vm.expectRevert(failure(ICreditLines.NotAccountOwner.selector, abi.encode(rich, user)));
        vm.prank(user);
        lines.repay(line, rich);
        vm.prank(rich);
        lines.repay(line, rich);
        eq(engine.cashOf(user), 10_100e18);
    }

    function test_a_user_without_the_cash_cannot_repay() external {
        vm.prank(user);
        engine.withdrawCash(user, 1, user);
        bytes memory reason = abi.encode(user, 10_100e18 - 1e12, 10_100e18);
        vm.expectRevert(failure(IMarginEngine.CashShort.selector, reason));
        vm.prank(user);
        lines.repay(line, user);
        requireStage(id, ICreditLines.Stage.OPEN);
    }

    function test_an_open_line_is_not_settled() external {
        world.credit(id, WETH, 10e18);
        vm.expectRevert(failure(ICreditLines.LineUsed.selector, abi.encode(id, ICreditLines.Stage.OPEN)));
        lines.settle(line);
    }

    function test_a_deposit_for_a_line_nobody_opened_goes_back() external {
        line.nonce = 2;
        address other = lines.lineOf(line);
        world.credit(other, WETH, 10e18);
        vm.expectRevert(failure(ICreditLines.LineRunning.selector, abi.encode(other, line.openBy)));
        lines.settle(line);
        vm.warp(line.openBy + 1);
        lines.settle(line);
        requireOwed(0, 10e18);
    }
}
