// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IRiskParameters} from "../../src/interfaces/IRiskParameters.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract RiskParametersTest is MarginTest {
    uint64 private constant RISK = 3;
    uint64 private constant PUBLISHER = 2;
    address private constant OFFICER = address(0x0FF1CE);

    IRiskParameters private risk;

    function setUp() public override {
        super.setUp();
        risk = world.risk();
        AccessManager authority = AccessManager(world.authority());
        vm.startPrank(address(world));
        authority.setTargetFunctionRole(address(engine), one(IMarginEngine.setGap.selector), RISK);
        authority.grantRole(RISK, address(risk), 0);
        authority.setTargetFunctionRole(address(risk), one(IRiskParameters.propose.selector), PUBLISHER);
        authority.grantRole(PUBLISHER, OFFICER, 0);
        vm.stopPrank();
    }

    function test_levels_take_effect_after_the_delay_and_raise_what_an_account_needs() external {
        address account = leveraged();
        int256 before = engine.margin(account).equity;
        vm.expectEmit(address(risk));
        emit IRiskParameters.Proposed(0, levels(800, 1_000, 200), uint48(block.timestamp + 1 days));
        propose(0, levels(800, 1_000, 200));
        eq(abi.encode(risk.proposal(0).levels), abi.encode(levels(800, 1_000, 200)));
        eq(engine.margin(account).equity, before);
        vm.warp(block.timestamp + 1 days);
        world.push();
        vm.expectEmit(address(risk));
        emit IRiskParameters.Enacted(0, levels(300, 0, 0), levels(800, 1_000, 200));
        risk.enact(0);
        vm.snapshotGasLastCall("risk", "enact");
        eq(abi.encode(risk.levels(0)), abi.encode(levels(800, 1_000, 200)));
        eq(engine.collaterals(0).gap, 800);
        // 5 % more of 2,000 dollars of WETH no longer counts.
        eq(engine.margin(account).equity, before - 100e18);
    }

    function test_nothing_is_enacted_before_its_time_or_twice() external {
        vm.expectRevert(failure(IRiskParameters.NothingProposed.selector, abi.encode(0)));
        risk.enact(0);
        propose(0, levels(400, 0, 0));
        uint256 readyAt = block.timestamp + 1 days;
        vm.warp(readyAt - 1);
        vm.expectRevert(failure(IRiskParameters.TooEarly.selector, abi.encode(0, readyAt, readyAt - 1)));
        risk.enact(0);
        vm.warp(readyAt);
        risk.enact(0);
        vm.expectRevert(failure(IRiskParameters.NothingProposed.selector, abi.encode(0)));
        risk.enact(0);
    }

    function test_a_later_proposal_replaces_the_former_and_waits_anew() external {
        propose(0, levels(800, 0, 0));
        vm.warp(block.timestamp + 23 hours);
        propose(0, levels(500, 0, 0));
        uint256 readyAt = block.timestamp + 1 days;
        vm.warp(block.timestamp + 2 hours);
        vm.expectRevert(failure(IRiskParameters.TooEarly.selector, abi.encode(0, readyAt, block.timestamp)));
        risk.enact(0);
        vm.warp(readyAt);
        risk.enact(0);
        eq(risk.levels(0).gap, 500);
    }

    function test_the_guardian_withdraws_a_proposal() external {
        propose(0, levels(800, 0, 0));
        vm.expectRevert(failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(OFFICER)));
        vm.prank(OFFICER);
        risk.withdraw(0);
        vm.expectEmit(address(risk));
        emit IRiskParameters.Withdrawn(0);
        vm.prank(address(world));
        risk.withdraw(0);
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(failure(IRiskParameters.NothingProposed.selector, abi.encode(0)));
        risk.enact(0);
        vm.expectRevert(failure(IRiskParameters.NothingProposed.selector, abi.encode(0)));
        vm.prank(address(world));
        risk.withdraw(0);
    }

    function test_strangers_propose_nothing() external {
        vm.expectRevert(failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(address(this))));
        risk.propose(0, levels(400, 0, 0));
    }

    function test_no_level_passes_its_highest() external {
        IRiskParameters.Levels memory most = risk.bounds().highest;
        refuse(levels(4_001, 0, 0), failure(IRiskParameters.LevelTooHigh.selector, abi.encode(0, levels(4_001, 0, 0), most)));
        refuse(
            levels(300, 5_001, 0), failure(IRiskParameters.LevelTooHigh.selector, abi.encode(0, levels(300, 5_001, 0), most))
        );
        refuse(
            levels(300, 0, 2_001), failure(IRiskParameters.LevelTooHigh.selector, abi.encode(0, levels(300, 0, 2_001), most))
        );
        IRiskParameters.Levels memory huge = levels(type(uint16).max, type(uint32).max, type(uint16).max);
        refuse(huge, failure(IRiskParameters.LevelTooHigh.selector, abi.encode(0, huge, most)));
    }

    function test_no_level_moves_further_than_its_day_allows() external {
        refuse(levels(801, 0, 0), failure(IRiskParameters.ChangeTooFast.selector, abi.encode(0, 501, 500)));
        refuse(levels(300, 2_001, 0), failure(IRiskParameters.ChangeTooFast.selector, abi.encode(0, 2_001, 2_000)));
        refuse(levels(300, 0, 401), failure(IRiskParameters.ChangeTooFast.selector, abi.encode(0, 401, 400)));
        publish(0, levels(800, 0, 0));
        refuse(levels(299, 0, 0), failure(IRiskParameters.ChangeTooFast.selector, abi.encode(0, 501, 500)));
    }

    function test_what_was_moved_refills_over_a_day() external {
        propose(1, levels(800, 0, 0));
        vm.warp(block.timestamp + 1 days);
        risk.enact(1);
        propose(1, levels(1_300, 0, 0));
        vm.warp(block.timestamp + 1 days);
        risk.enact(1);
        propose(1, levels(1_700, 0, 0));
        // The delay is a day here: a proposal made on the same day is ready when the bucket is full again.
        vm.warp(block.timestamp + 1 days);
        risk.enact(1);
        eq(risk.levels(1).gap, 1_700);
    }

    /// @dev Where a proposal waits an hour only, several may be enacted in a day.
    function test_no_day_moves_a_level_further_in_several_steps() external {
        vm.startPrank(address(world));
        risk = IRiskParameters(
            deploy("RiskParameters", abi.encode(world.authority(), engine, uint48(1 hours), world.riskBounds()))
        );
        AccessManager authority = AccessManager(world.authority());
        authority.grantRole(RISK, address(risk), 0);
        authority.setTargetFunctionRole(address(risk), one(IRiskParameters.propose.selector), PUBLISHER);
        vm.stopPrank();
        IRiskParameters.Levels[3] memory first = [levels(800, 0, 0), levels(300, 2_000, 0), levels(800, 0, 400)];
        IRiskParameters.Levels[3] memory second = [levels(300, 0, 0), levels(300, 0, 0), levels(800, 0, 0)];
        uint256[3] memory daily = [uint256(500), 2_000, 400];
        for (uint8 i; i < 3; ++i) {
            propose(i, first[i]);
            vm.warp(block.timestamp + 1 hours);
            risk.enact(i);
            propose(i, second[i]);
            vm.warp(block.timestamp + 1 hours);
            uint256 left = daily[i] * 1 hours / 1 days;
            vm.expectRevert(failure(IRiskParameters.ChangeTooFast.selector, abi.encode(i, daily[i], left)));
            risk.enact(i);
            vm.warp(block.timestamp + 23 hours);
            risk.enact(i);
        }
    }

    function test_one_collateral_does_not_use_up_the_day_of_another() external {
        publish(0, levels(800, 0, 0));
        publish(1, levels(800, 0, 0));
        eq(engine.collaterals(1).gap, 800);
        eq(engine.collaterals(2).gap, 800);
    }

    function test_an_unlisted_collateral_has_no_levels() external {
        vm.expectRevert(failure(IMarginEngine.CollateralUnknown.selector, abi.encode(4)));
        propose(4, levels(0, 0, 0));
    }

    function test_the_premium_index_sums_rates_over_time() external {
        eq(risk.premiumIndex(0), 0);
        publish(0, levels(300, 1_000, 0));
        vm.warp(block.timestamp + 10);
        eq(risk.premiumIndex(0), 10_000);
        propose(0, levels(300, 400, 0));
        vm.warp(block.timestamp + 1 days);
        risk.enact(0);
        uint256 index = 1_000 * (10 + uint256(1 days));
        eq(risk.premiumIndex(0), index);
        vm.warp(block.timestamp + 5);
        eq(risk.premiumIndex(0), index + 2_000);
    }

    function publish(uint8 collateral, IRiskParameters.Levels memory wanted) private {
        propose(collateral, wanted);
        vm.warp(block.timestamp + 1 days);
        risk.enact(collateral);
    }

    function propose(uint8 collateral, IRiskParameters.Levels memory wanted) private {
        vm.prank(OFFICER);
        risk.propose(collateral, wanted);
    }

    function refuse(IRiskParameters.Levels memory wanted, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(OFFICER);
        risk.propose(0, wanted);
    }

    function levels(uint16 gap, uint32 premium, uint16 fee) private pure returns (IRiskParameters.Levels memory) {
        return IRiskParameters.Levels(gap, premium, fee);
    }

    function one(bytes4 selector) private pure returns (bytes4[] memory all) {
        all = new bytes4[](1);
        all[0] = selector;
    }
}
