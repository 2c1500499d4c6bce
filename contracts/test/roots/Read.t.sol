// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IHeaderSource} from "../../src/interfaces/IHeaderSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Suite} from "../support/Suite.sol";

contract ReadTest is Suite {
    address private _origin;
    bytes32 private _slot;
    Counter private _owed;

    function setUp() public override {
        super.setUp();
        _origin = known("contracts.mirror");
        _slot = counterSlot(liquidator, address(weth));
        _owed = counter("owed", "mirror_liquidator");
    }

    function test_a_read_answers_the_word_and_its_time() external {
        anchored("owed", "mirror");
        (uint256 value, uint64 asOf) = roots.read(_origin, _slot, _owed.evidence);
        eq(value, _owed.value);
        eq(asOf, timestamp("owed"));
    }

    function test_an_unknown_block_is_not_read() external {
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootUnknown.selector, number("owed")));
        roots.read(_origin, _slot, _owed.evidence);
    }

    function test_an_account_that_was_not_anchored_is_not_read() external {
        anchored("owed", "vault");
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.AnchorUnknown.selector, number("owed"), _origin));
        roots.read(_origin, _slot, _owed.evidence);
    }

    function test_an_absent_slot_is_not_zero_but_unproven() external {
        anchored("owed", "mirror");
        bytes32 absent = counterSlot(STRANGER, address(weth));
        vm.expectRevert();
        roots.read(_origin, absent, _owed.evidence);
    }

    function test_a_slow_route_waits_for_its_delay() external {
        roots = oracle(2, 12);
        uint256 acceptedAt = block.timestamp;
        anchored("owed", "mirror");
        uint256 height = number("owed");
        vm.warp(acceptedAt + 11);
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootTooFresh.selector, height, acceptedAt + 12));
        roots.read(_origin, _slot, _owed.evidence);
        vm.warp(acceptedAt + 12);
        (uint256 value,) = roots.read(_origin, _slot, _owed.evidence);
        eq(value, _owed.value);
    }

    function test_a_paused_oracle_accepts_and_does_not_answer() external {
        roots.pause();
        anchored("owed", "mirror");
        vm.expectRevert(Pausable.EnforcedPause.selector);
        roots.read(_origin, _slot, _owed.evidence);
        roots.unpause();
        (uint256 value,) = roots.read(_origin, _slot, _owed.evidence);
        eq(value, _owed.value);
    }
}
