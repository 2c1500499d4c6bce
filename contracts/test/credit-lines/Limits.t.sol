// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {Accrual} from "../../src/libraries/Accrual.sol";
import {LineTest} from "./LineTest.sol";

contract LineLimitsTest is LineTest {
    function test_a_provider_without_limits_lends_nothing() external {
        line.provider = world.trader(CROSS, 100_000);
        refuse(line, failure(ICreditLines.UserLimit.selector, abi.encode(user, 10_000e18, 0)));
    }

    function test_one_user_gets_no_more_than_its_limit() external {
        line.amount = 100e18;
        line.principal = 30_000e18;
        open(line);
        line = again();
        line.principal = 1;
        refuse(line, failure(ICreditLines.UserLimit.selector, abi.encode(user, 30_000e18 + 1, 30_000e18)));
    }

    function test_one_collateral_bears_no_more_than_its_cap() external {
        vm.expectEmit(address(lines));
        emit ICreditLines.CapSet(provider, WETH, 10_000e18);
        vm.prank(provider);
        lines.setCap(WETH, 10_000e18);
        open(line);
        line = again();
        line.principal = 1;
        refuse(line, failure(ICreditLines.CollateralCap.selector, abi.encode(WETH, 10_000e18 + 1, 10_000e18)));
        line.collateral = 1;
        line.amount = 1e8;
        refuse(line, failure(ICreditLines.CollateralCap.selector, abi.encode(1, 1, 0)));
    }

    function test_the_whole_of_the_reserves_may_be_kept_and_the_kink_be_at_the_end() external {
        ICreditLines.Limits memory wanted = limits();
        (wanted.reserveRatio, wanted.curve.kink) = (10_000, 10_000);
        vm.startPrank(provider);
        lines.setLimits(wanted);
        bytes memory reason = failure(ICreditLines.LimitsInvalid.selector, abi.encode(10_001, 10_000));
        wanted.reserveRatio = 10_001;
        vm.expectRevert(reason);
        lines.setLimits(wanted);
        vm.stopPrank();
        refuse(line, failure(ICreditLines.ReservesShort.selector, abi.encode(provider, 100_000e18, 110_000e18)));
    }

    function test_the_reserve_ratio_stays_free() external {
        ICreditLines.Limits memory wanted = limits();
        wanted.reserveRatio = 9_000;
        vm.expectEmit(address(lines));
        emit ICreditLines.LimitsSet(provider, wanted);
        vm.prank(provider);
        lines.setLimits(wanted);
        open(line);
        line = again();
        line.principal = 1;
        bytes memory reason = abi.encode(provider, 90_000e18, 90_000e18 + 1);
        refuse(line, failure(ICreditLines.ReservesShort.selector, reason));
    }

    function test_more_than_the_reserves_is_refused() external {
        ICreditLines.Limits memory wanted = limits();
        (wanted.perUser, wanted.reserveRatio) = (type(uint128).max, 0);
        vm.prank(provider);
        lines.setLimits(wanted);
        vm.prank(provider);
        lines.setCap(WETH, type(uint256).max);
        line.amount = 1_000e18;
        line.fee = 10_000e18;
        line.principal = 100_000e18 + 1;
        bytes memory reason = abi.encode(provider, 100_000e18, 100_000e18 + 1);
        refuse(line, failure(ICreditLines.ReservesShort.selector, reason));
        line.principal -= 1;
        open(line);
        eq(engine.cashOf(provider), 0);
    }

    function test_the_fee_follows_use_time_and_the_published_gap() external {
        // 10 % of the reserves: 4 % and an eighth of 8 %, over seven days.
        uint256 required = (10_000e18 * uint256(500) * 7 days - 1) / (10_000 * uint256(365 days)) + 1;
        eq(lines.requiredFee(provider, WETH, 10_000e18, 7 days), required);
        line.fee = uint128(required - 1);
        refuse(line, failure(ICreditLines.FeeTooLow.selector, abi.encode(required - 1, required)));
        line.fee = uint128(required);
        open(line);
        yes(lines.requiredFee(provider, WETH, 10_000e18, 7 days) > required, "more use costs more");
    }

    function test_a_repaid_line_frees_every_limit() external {
        world.deposit(user, 100e6);
        open(line);
        repay(line);
        eq(lines.lent(provider), 0);
        eq(lines.lentTo(provider, user), 0);
        eq(lines.lentAgainst(provider, WETH), 0);
    }

    function test_impossible_limits_are_refused() external {
        ICreditLines.Limits memory wanted = limits();
        wanted.reserveRatio = 10_001;
        vm.expectRevert(failure(ICreditLines.LimitsInvalid.selector, abi.encode(10_001, 8_000)));
        lines.setLimits(wanted);
        wanted = limits();
        wanted.curve.kink = 10_001;
        vm.expectRevert(failure(ICreditLines.LimitsInvalid.selector, abi.encode(1_000, 10_001)));
        lines.setLimits(wanted);
    }

    function test_the_curve_is_kinked_and_rounds_up() external pure {
        Accrual.Curve memory curve = limits().curve;
        eq(Accrual.rateUp(curve, 0), 400);
        eq(Accrual.rateUp(curve, 1), 401);
        eq(Accrual.rateUp(curve, 8_000), 1_200);
        eq(Accrual.rateUp(curve, 8_001), 1_205);
        eq(Accrual.rateUp(curve, 10_000), 10_000);
        curve.kink = 0;
        eq(Accrual.rateUp(curve, 10_000), 9_200);
        curve.kink = 10_000;
        eq(Accrual.rateUp(curve, 10_000), 1_200);
        eq(Accrual.utilisationUp(0, 0), 0);
        eq(Accrual.utilisationUp(1, 99_999), 1);
        eq(Accrual.utilisationUp(7, 0), 10_000);
        eq(Accrual.dueUp(1, 1), 1);
        eq(Accrual.amountUp(1, 1, 0), type(uint256).max);
    }

    function test_fuzz_the_rate_never_falls_with_use(uint256 one, uint256 more) external pure {
        Accrual.Curve memory curve = limits().curve;
        uint256 low = bound(one, 0, 9_999);
        uint256 high = bound(more, low + 1, 10_000);
        yes(Accrual.rateUp(curve, high) >= Accrual.rateUp(curve, low), "falling");
    }

    function again() private view returns (ICreditLines.Line memory next) {
        next = agreed();
        next.nonce = line.nonce + 1;
    }
}
