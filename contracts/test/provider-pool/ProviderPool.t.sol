// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IProviderPool} from "../../src/interfaces/IProviderPool.sol";
import {ProviderPool} from "../../src/ProviderPool.sol";
import {LineTest} from "../credit-lines/LineTest.sol";

/// @notice Reserves of 100,000 dollars of one backer, lent by an operator.
contract ProviderPoolTest is LineTest {
    address private constant OPERATOR = address(0x09E);
    address private constant BACKER = address(0xBAC);

    ProviderPool private pool;

    function setUp() public override {
        super.setUp();
        bytes memory arguments =
            abi.encode(world.authority(), engine, lines, OPERATOR, TREASURY, uint48(7 days), uint48(2 days));
        pool = ProviderPool(deploy("ProviderPool", arguments));
        back(100_000e6);
        vm.startPrank(address(world));
        pool.setLimits(limits());
        pool.setCap(WETH, 50_000e18);
        vm.stopPrank();
        line.provider = address(pool);
    }

    function test_the_fee_of_a_repaid_line_is_the_backers() external {
        lend();
        eq(engine.cashOf(address(pool)), 90_000e18);
        eq(pool.totalAssets(), 100_000e6);
        world.deposit(user, 100e6);
        repay(line);
        eq(pool.totalAssets(), 100_100e6);
    }

    function test_an_enforced_line_counts_at_what_was_lent_until_it_is_recovered() external {
        address id = lend();
        world.credit(id, WETH, 10e18);
        world.move(ETH, 1_200e8);
        vm.prank(OPERATOR);
        pool.enforce(line);
        eq(pool.recovering(), 10_000e18);
        eq(pool.totalAssets(), 100_000e6);
        requireOwed(8.8375e18, 10e18 - 8.8375e18);
        recover(9_500e6);
        eq(pool.recovering(), 0);
        eq(pool.totalAssets(), 99_500e6);
        vm.expectRevert(failure(IProviderPool.NotRecovering.selector, abi.encode(id)));
        vm.prank(OPERATOR);
        pool.recover(line, 0);
    }

    function test_the_smallest_recovery_is_the_backers_too() external {
        address id = lend();
        world.credit(id, WETH, 10e18);
        world.move(ETH, 1_200e8);
        vm.prank(OPERATOR);
        pool.enforce(line);
        recover(1);
        eq(pool.totalAssets(), 90_000e6 + 1);
    }

    function test_a_line_that_was_not_enforced_is_not_recovered() external {
        address id = lend();
        vm.expectRevert(failure(IProviderPool.NotRecovering.selector, abi.encode(id)));
        vm.prank(OPERATOR);
        pool.recover(line, 0);
    }

    function test_collateral_goes_to_the_fixed_address_alone() external {
        line.beneficiary = OPERATOR;
        bytes memory proof = signed(line);
        vm.expectRevert(failure(IProviderPool.BeneficiaryMismatch.selector, abi.encode(TREASURY, OPERATOR)));
        vm.prank(OPERATOR);
        pool.open(line, proof);
    }

    function test_strangers_and_backers_lend_nothing() external {
        bytes memory proof = signed(line);
        vm.startPrank(BACKER);
        bytes memory reason = failure(IProviderPool.NotOperator.selector, abi.encode(BACKER));
        vm.expectRevert(reason);
        pool.open(line, proof);
        vm.expectRevert(reason);
        pool.enforce(line);
        vm.expectRevert(reason);
        pool.recover(line, 0);
        vm.stopPrank();
    }

    function test_governance_sets_the_limits_and_not_the_operator() external {
        vm.startPrank(OPERATOR);
        bytes memory reason = failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(OPERATOR));
        vm.expectRevert(reason);
        pool.setLimits(limits());
        vm.expectRevert(reason);
        pool.setCap(WETH, 1);
        vm.stopPrank();
        eq(lines.capOf(address(pool), WETH), 50_000e18);
    }

    function test_backers_leave_with_what_is_free_beyond_the_reserve() external {
        lend();
        uint256 shares = pool.balanceOf(BACKER);
        vm.prank(BACKER);
        pool.requestExit(shares);
        vm.warp(block.timestamp + 7 days);
        // A tenth of 100,000 stays for what is lent: 80,000 of the 90,000 may go.
        eq(pool.maxWithdraw(BACKER), 80_000e6);
        vm.expectRevert(
            failure(ERC4626.ERC4626ExceededMaxWithdraw.selector, abi.encode(BACKER, 80_000e6 + 1, uint256(80_000e6)))
        );
        vm.prank(BACKER);
        pool.withdraw(80_000e6 + 1, BACKER, BACKER);
        vm.prank(BACKER);
        pool.withdraw(80_000e6, BACKER, BACKER);
        eq(world.cash().balanceOf(BACKER), 80_000e6);
    }

    function test_without_loans_every_backer_leaves_whole() external {
        uint256 shares = pool.balanceOf(BACKER);
        vm.prank(BACKER);
        pool.requestExit(shares);
        vm.warp(block.timestamp + 7 days);
        vm.prank(BACKER);
        eq(pool.redeem(shares, BACKER, BACKER), 100_000e6);
        eq(pool.totalAssets(), 0);
    }

    function lend() private returns (address id) {
        bytes memory proof = signed(line);
        vm.prank(OPERATOR);
        pool.open(line, proof);
        vm.snapshotGasLastCall("pool", "open");
        return lines.lineOf(line);
    }

    function recover(uint256 proceeds) private {
        world.cash().mint(OPERATOR, proceeds);
        vm.startPrank(OPERATOR);
        world.cash().approve(address(pool), proceeds);
        vm.expectEmit(address(pool));
        emit IProviderPool.Recovered(lines.lineOf(line), 10_000e18, proceeds);
        pool.recover(line, proceeds);
        vm.stopPrank();
    }

    function back(uint256 assets) private {
        world.cash().mint(BACKER, assets);
        vm.startPrank(BACKER);
        world.cash().approve(address(pool), assets);
        pool.deposit(assets, BACKER);
        vm.stopPrank();
    }
}
