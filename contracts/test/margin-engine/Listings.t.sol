// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract ListingsTest is MarginTest {
    function test_instruments_keep_their_ids_to_the_last_bit() external {
        IMarginEngine.Instrument memory perpetual =
            IMarginEngine.Instrument(IMarginEngine.Kind.PERPETUAL, ETH, ETH, 100, 5);
        vm.startPrank(address(world));
        for (uint256 id = 8; id < 128; ++id) {
            eq(engine.listInstrument(perpetual), id);
        }
        vm.expectRevert(failure(IMarginEngine.ListFull.selector, abi.encode(128)));
        engine.listInstrument(perpetual);
        vm.stopPrank();
        eq(abi.encode(engine.instruments(127)), abi.encode(perpetual));
        address account = world.trader(CROSS, 1_000);
        world.trade(account, 127, -1e18);
        eq(engine.accountState(account).positions[0].instrument, 127);
    }

    function test_a_new_instrument_is_said() external {
        vm.expectEmit(address(engine));
        emit IMarginEngine.InstrumentListed(8, IMarginEngine.Kind.PERPETUAL, BTC, ETH);
        vm.prank(address(world));
        engine.listInstrument(IMarginEngine.Instrument(IMarginEngine.Kind.PERPETUAL, BTC, ETH, 100, 5));
    }

    function test_an_instrument_needs_a_kind() external {
        vm.expectRevert(failure(IMarginEngine.KindMissing.selector, ""));
        vm.prank(address(world));
        engine.listInstrument(IMarginEngine.Instrument(IMarginEngine.Kind.NONE, ETH, ETH, 100, 5));
    }

    function test_eight_collaterals_are_the_limit() external {
        IMarginEngine.Collateral memory asset = engine.collaterals(0);
        vm.startPrank(address(world));
        for (uint256 id = 4; id < 8; ++id) {
            eq(engine.listCollateral(asset), id);
        }
        vm.expectRevert(failure(IMarginEngine.ListFull.selector, abi.encode(8)));
        engine.listCollateral(asset);
        vm.stopPrank();
    }

    function test_collateral_that_cannot_be_valued_is_refused() external {
        IMarginEngine.Collateral memory asset = engine.collaterals(0);
        asset.decimals = 19;
        vm.startPrank(address(world));
        vm.expectRevert(failure(IMarginEngine.DecimalsTooMany.selector, abi.encode(19)));
        engine.listCollateral(asset);
        asset.decimals = 18;
        (asset.haircut, asset.gap) = (9_000, 1_001);
        vm.expectRevert(failure(IMarginEngine.HaircutTooLarge.selector, abi.encode(9_000, 1_001)));
        engine.listCollateral(asset);
        vm.stopPrank();
    }

    function test_a_gap_moves_within_its_limit() external {
        vm.startPrank(address(world));
        vm.expectEmit(address(engine));
        emit IMarginEngine.GapChanged(0, 5_000);
        engine.setGap(0, 5_000);
        engine.setGapLimit(100, 3_600);
        engine.setGap(0, 4_900);
        vm.expectRevert(failure(RateLimiter.RateLimitExceeded.selector, ""));
        engine.setGap(0, 4_899);
        engine.setGap(1, 400);
        vm.warp(block.timestamp + 36);
        engine.setGap(0, 4_901);
        vm.stopPrank();
        eq(engine.collaterals(0).gap, 4_901);
    }

    function test_a_gap_is_bounded_by_the_haircut() external {
        vm.startPrank(address(world));
        vm.expectRevert(failure(IMarginEngine.HaircutTooLarge.selector, abi.encode(1_000, 9_001)));
        engine.setGap(0, 9_001);
        vm.expectRevert(failure(IMarginEngine.CollateralUnknown.selector, abi.encode(4)));
        engine.setGap(4, 1);
        vm.stopPrank();
    }

    function test_governance_admits_modules() external {
        vm.expectEmit(address(engine));
        emit IMarginEngine.ModuleSet(address(this), true);
        vm.prank(address(world));
        engine.setModule(address(this), true);
        yes(engine.isModule(address(this)), "admitted");
    }

    function test_strangers_govern_nothing() external {
        IMarginEngine.Collateral memory asset = engine.collaterals(0);
        bytes memory refused = failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(address(this)));
        vm.expectRevert(refused);
        engine.listInstrument(IMarginEngine.Instrument(IMarginEngine.Kind.PERPETUAL, ETH, ETH, 100, 5));
        vm.expectRevert(refused);
        engine.listCollateral(asset);
        vm.expectRevert(refused);
        engine.setModule(address(this), true);
        vm.expectRevert(refused);
        engine.setGap(0, 1);
        vm.expectRevert(refused);
        engine.setGapLimit(1, 1);
    }
}
