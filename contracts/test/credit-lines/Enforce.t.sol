// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {LineTest} from "./LineTest.sol";

contract EnforceLineTest is LineTest {
    /// @dev 10,100 dollars due and 5 % on top, at 1,200 dollars: 8.8375 WETH.
    uint256 private constant RESERVED = 8.8375e18;

    address private id;

    function setUp() public override {
        super.setUp();
        id = open(line);
    }

    function test_above_the_agreed_ltv_the_provider_takes_its_due_and_the_penalty() external {
        world.credit(id, WETH, 10e18);
        world.move(ETH, 1_200e8);
        vm.expectEmit(address(lines));
        emit ICreditLines.LineEnforced(id, provider, 10_100e18, RESERVED, 12_000e18);
        vm.expectEmit(address(lines));
        emit ICreditLines.LineSettled(id, RESERVED, 10e18 - RESERVED);
        vm.prank(provider);
        lines.enforce(line);
        vm.snapshotGasLastCall("lines", "enforce");
        requireOwed(RESERVED, 10e18 - RESERVED);
        requireStage(id, ICreditLines.Stage.ENFORCED);
        eq(lines.lent(provider), 0);
    }

    function test_at_the_agreed_ltv_the_line_stands() external {
        world.move(ETH, 1_262_50000000);
        bytes memory reason = abi.encode(id, 10_100e18, 12_625e18, line.expiry);
        vm.expectRevert(failure(ICreditLines.LineHealthy.selector, reason));
        enforceRaw();
        world.move(ETH, 1_262_49999999);
        enforce(line);
    }

    function test_after_its_last_second_a_line_is_enforced_at_any_price() external {
        world.credit(id, WETH, 10e18);
        vm.warp(line.expiry);
        world.push();
        bytes memory reason = abi.encode(id, 10_100e18, 20_000e18, line.expiry);
        vm.expectRevert(failure(ICreditLines.LineHealthy.selector, reason));
        enforceRaw();
        vm.warp(line.expiry + 1);
        world.push();
        enforce(line);
        requireOwed(5.3025e18, 10e18 - 5.3025e18);
    }

    function test_collateral_that_is_not_enough_goes_to_the_provider_whole() external {
        world.credit(id, WETH, 10e18);
        world.move(ETH, 900e8);
        enforce(line);
        requireOwed(10e18, 0);
    }

    function test_enforced_before_the_proof_the_provider_comes_first_when_it_arrives() external {
        world.move(ETH, 1_200e8);
        enforce(line);
        requireOwed(0, 0);
        world.credit(id, WETH, 5e18);
        lines.settle(line);
        requireOwed(5e18, 0);
        world.credit(id, WETH, 5e18);
        lines.settle(line);
        requireOwed(RESERVED, 10e18 - RESERVED);
        world.credit(id, WETH, 1e18);
        lines.settle(line);
        requireOwed(RESERVED, 11e18 - RESERVED);
    }

    function test_collateral_added_by_the_user_keeps_the_line() external {
        world.credit(id, WETH, 11e18);
        world.move(ETH, 1_200e8);
        bytes memory reason = abi.encode(id, 10_100e18, 13_200e18, line.expiry);
        vm.expectRevert(failure(ICreditLines.LineHealthy.selector, reason));
        enforceRaw();
    }

    function test_only_the_provider_enforces_and_once() external {
        world.move(ETH, 1_200e8);
        vm.expectRevert(failure(ICreditLines.NotProvider.selector, abi.encode(provider, user)));
        vm.prank(user);
        lines.enforce(line);
        enforce(line);
        vm.expectRevert(failure(ICreditLines.LineNotOpen.selector, abi.encode(id, ICreditLines.Stage.ENFORCED)));
        enforceRaw();
    }

    function test_a_stale_price_enforces_nothing() external {
        vm.warp(line.expiry + 1);
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        enforceRaw();
    }

    function test_a_degraded_price_counts_at_its_lower_edge() external {
        world.credit(id, WETH, 10e18);
        world.moveByQuorum(ETH, 1_264e8);
        // 1,264 less 0.2 %: below the 1,262.5 at which the line stands.
        enforce(line);
        requireStage(id, ICreditLines.Stage.ENFORCED);
    }

    function test_fuzz_every_unit_of_collateral_goes_to_one_of_the_two(uint256 price, uint256[3] calldata parts) external {
        world.move(ETH, uint64(bound(price, 1e8, 1_262e8)));
        uint256 arrived = bound(parts[0], 1, 10e18);
        world.credit(id, WETH, arrived);
        enforce(line);
        for (uint256 i = 1; i < 3; ++i) {
            uint256 more = bound(parts[i], 1, 10e18);
            world.credit(id, WETH, more);
            lines.settle(line);
            arrived += more;
        }
        address weth = address(world.weth());
        uint256 owed = world.fast().owed(TREASURY, weth) + world.fast().owed(HOME, weth);
        eq(owed, arrived);
        eq(world.fast().available(id, weth), 0);
        yes(world.fast().owed(HOME, weth) == 0 || lines.stateOf(id).reserved == 0, "the provider comes first");
    }

    function enforceRaw() private {
        vm.prank(provider);
        lines.enforce(line);
    }
}
