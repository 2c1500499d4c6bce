// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {IMintable} from "../support/Suite.sol";
import {Counterparty, ExecutorTest} from "./ExecutorTest.sol";

contract HourlyCapTest is ExecutorTest {
    int256 private constant FLOOR = type(int256).min;

    uint256 private _intents;

    function setUp() public override {
        super.setUp();
        vm.prank(OWNER);
        executor.setHourlyCap(100e6);
    }

    function test_outlays_of_any_hour_stay_within_the_cap() external {
        _spend(60e6);
        vm.warp(block.timestamp + 30 minutes);
        _spend(40e6);
        _refuse(1, 0);
        vm.warp(block.timestamp + 30 minutes);
        _refuse(60e6 + 1, 60e6);
        _spend(60e6);
    }

    function test_gains_use_nothing_and_give_nothing_back() external {
        _spend(100e6);
        vm.prank(OPERATOR);
        executor.execute(pays(500e6), _next());
        _refuse(1, 0);
    }

    function test_a_cap_of_zero_forbids_every_outlay() external {
        vm.prank(OWNER);
        executor.setHourlyCap(0);
        _refuse(1, 0);
        vm.prank(OPERATOR);
        executor.execute(pays(1), _next());
    }

    function test_one_valued_token_is_counted_call_by_call() external {
        IMintable weth = IMintable(deploy("TestToken", abi.encode("WETH", "WETH", uint8(18))));
        weth.mint(address(executor), 1e18);
        vm.startPrank(OWNER);
        executor.setValue(address(weth), 2_000e6);
        executor.ownerCall(address(weth), abi.encodeCall(weth.approve, (address(counterparty), 1e18)));
        vm.stopPrank();
        ILiquidatorExecutor.Call[] memory calls = one(abi.encodeCall(Counterparty.take, (weth, 4e16, address(counterparty))));
        vm.prank(OPERATOR);
        executor.execute(calls, _next());
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.CapExceeded.selector, 80e6, 20e6));
        executor.execute(calls, _next());
    }

    function test_a_cap_never_set_caps_nothing() external {
        ExecutorTest.setUp();
        _spend(1000e6);
        eq(dollar.balanceOf(address(executor)), 0);
    }

    function test_fuzz_no_hour_ever_exceeds_the_cap(uint256[12] calldata amounts, uint256[12] calldata waits) external {
        uint256[12] memory spent;
        uint256[12] memory at_;
        uint256 clock = block.timestamp;
        for (uint256 i; i < 12; ++i) {
            clock += bound(waits[i], 0, 40 minutes);
            vm.warp(clock);
            at_[i] = clock;
            uint256 amount = bound(amounts[i], 0, 60e6);
            vm.prank(OPERATOR);
            try executor.execute(takes(amount), _next()) {
                spent[i] = amount;
            } catch {}
            uint256 hour;
            for (uint256 j; j <= i; ++j) if (at_[j] + 1 hours > clock) hour += spent[j];
            yes(hour <= 100e6, "an hour's outlays are within the cap");
        }
    }

    function _spend(uint256 amount) private {
        vm.prank(OPERATOR);
        executor.execute(takes(amount), _next());
    }

    function _refuse(uint256 amount, uint256 available) private {
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidatorExecutor.CapExceeded.selector, amount, available));
        executor.execute(takes(amount), _next());
    }

    function _next() private returns (ILiquidatorExecutor.Guard memory) {
        return guardOf(bytes32(++_intents), 0, FLOOR);
    }
}
