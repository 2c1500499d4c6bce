// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {LineTest} from "./LineTest.sol";

contract OpenLineTest is LineTest {
    function test_the_provider_pays_at_once_and_nothing_was_proven() external {
        bytes memory proof = signed(line);
        vm.expectEmit(address(lines));
        emit ICreditLines.LineOpened(lines.lineOf(line), provider, user, 10_000e18, 100e18);
        vm.prank(provider);
        lines.open(line, proof);
        vm.snapshotGasLastCall("lines", "open");
        eq(engine.cashOf(user), 10_000e18);
        eq(engine.cashOf(provider), 90_000e18);
        eq(world.fast().totalCredited(address(world.weth())), 0);
        eq(lines.lent(provider), 10_000e18);
        eq(lines.lentTo(provider, user), 10_000e18);
        eq(lines.lentAgainst(provider, WETH), 10_000e18);
        requireStage(lines.lineOf(line), ICreditLines.Stage.OPEN);
    }

    function test_a_line_is_opened_once() external {
        address id = open(line);
        refuse(line, failure(ICreditLines.LineUsed.selector, abi.encode(id, ICreditLines.Stage.OPEN)));
        world.deposit(user, 100e6);
        repay(line);
        refuse(line, failure(ICreditLines.LineUsed.selector, abi.encode(id, ICreditLines.Stage.REPAID)));
    }

    function test_only_the_provider_opens() external {
        bytes memory proof = signed(line);
        vm.expectRevert(failure(ICreditLines.NotProvider.selector, abi.encode(provider, user)));
        vm.prank(user);
        lines.open(line, proof);
    }

    function test_the_user_signed_every_term() external {
        bytes memory proof = signed(line);
        line.refund = TREASURY;
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(provider);
        lines.open(line, proof);
    }

    function test_a_signature_of_another_chain_opens_nothing() external {
        bytes memory proof = signed(line);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(provider);
        lines.open(line, proof);
    }

    function test_a_signature_for_another_contract_opens_nothing() external {
        address other = deploy("CreditLines", abi.encode(engine, auction, world.risk()));
        bytes memory proof = signed(line);
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(provider);
        ICreditLines(other).open(line, proof);
    }

    function test_a_signer_stands_in_for_its_user() external {
        vm.prank(user);
        lines.setSigner(vm.addr(99));
        refuse(line, failure(ICreditLines.SignerUnknown.selector, abi.encode(user, user)));
        bytes memory proof = signedBy(99, line);
        vm.prank(provider);
        lines.open(line, proof);
        eq(engine.cashOf(user), 10_000e18);
    }

    function test_a_line_is_opened_in_its_last_second_and_not_after() external {
        vm.warp(line.openBy + 1);
        bytes memory reason = abi.encode(line.openBy, line.expiry, line.openBy + 1);
        refuse(line, failure(ICreditLines.LineExpired.selector, reason));
        vm.warp(line.openBy);
        world.push();
        open(line);
    }

    function test_a_line_that_ends_as_it_begins_is_refused() external {
        line.expiry = uint48(block.timestamp);
        bytes memory reason = abi.encode(line.openBy, line.expiry, block.timestamp);
        refuse(line, failure(ICreditLines.LineExpired.selector, reason));
    }

    function test_nothing_is_no_line() external {
        line.amount = 0;
        refuse(line, failure(ICreditLines.LineEmpty.selector, abi.encode(0, 10_000e18)));
        line = agreed();
        line.principal = 0;
        refuse(line, failure(ICreditLines.LineEmpty.selector, abi.encode(10e18, 0)));
    }

    function test_what_is_due_stays_within_the_agreed_ltv() external {
        line.principal = 15_900e18;
        open(line);
        line.principal += 1;
        uint256 due = 16_000e18 + 1;
        refuse(line, failure(ICreditLines.LtvExceeded.selector, abi.encode(due, 20_000e18, 8_000)));
    }

    function test_the_largest_line_is_refused_and_does_not_overflow() external {
        line.amount = type(uint128).max;
        line.principal = type(uint128).max;
        line.fee = type(uint128).max;
        bytes memory proof = signed(line);
        vm.expectRevert();
        vm.prank(provider);
        lines.open(line, proof);
    }

    function test_a_stale_price_opens_nothing() external {
        line.openBy = uint48(block.timestamp + 2 hours);
        vm.warp(block.timestamp + 1 hours);
        bytes memory proof = signed(line);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        vm.prank(provider);
        lines.open(line, proof);
    }

    function test_an_unlisted_collateral_or_a_closed_account_is_refused() external {
        line.collateral = 4;
        refuse(line, failure(IMarginEngine.CollateralUnknown.selector, abi.encode(4)));
        line = agreed();
        line.account = HOME;
        refuse(line, failure(IMarginEngine.AccountUnknown.selector, abi.encode(HOME)));
    }

    function test_a_request_shows_the_line_to_its_provider() external {
        bytes memory proof = signed(line);
        vm.expectEmit(address(lines));
        emit ICreditLines.LineRequested(lines.lineOf(line), provider, line, proof);
        lines.request(line, proof);
        proof = signedBy(99, line);
        vm.expectRevert(failure(ICreditLines.SignerUnknown.selector, abi.encode(user, vm.addr(99))));
        lines.request(line, proof);
    }

    function test_two_nonces_are_two_lines() external {
        address first = open(line);
        line.nonce = 2;
        address second = open(line);
        yes(first != second, "each line has its own account");
        eq(lines.lent(provider), 20_000e18);
    }
}
