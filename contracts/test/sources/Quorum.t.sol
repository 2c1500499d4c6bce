// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {IQuorumSource} from "../../src/interfaces/IQuorumSource.sol";
import {Test} from "../support/Test.sol";

/// @notice Answers what it is told, or not at all.
contract Voice is ICounterSource {
    uint256 private _value;
    uint64 private _asOf;
    bool private _silent;

    error Silent();

    function say(uint256 value, uint64 asOf) external {
        (_value, _asOf, _silent) = (value, asOf, false);
    }

    function hush() external {
        _silent = true;
    }

    function read(address, bytes32, bytes calldata) external view returns (uint256, uint64) {
        if (_silent) revert Silent();
        return (_value, _asOf);
    }
}

contract QuorumTest is Test {
    Voice[5] private voices;

    function setUp() external {
        for (uint256 i; i < 5; ++i) voices[i] = new Voice();
    }

    function test_the_kth_largest_value_counts_and_the_oldest_time() external {
        speak([uint256(10), 30, 20, 0, 0]);
        IQuorumSource source = quorum(3, 2);
        (uint256 value, uint64 asOf) = source.read(address(1), 0, evidence(3, 7));
        eq(value, 20);
        eq(asOf, 100);
    }

    function test_one_silent_source_stops_nothing_and_two_do() external {
        speak([uint256(10), 30, 20, 0, 0]);
        IQuorumSource source = quorum(3, 2);
        voices[1].hush();
        (uint256 value,) = source.read(address(1), 0, evidence(3, 7));
        eq(value, 10);
        voices[2].hush();
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.TooFewAnswers.selector, 1, 2));
        source.read(address(1), 0, evidence(3, 7));
    }

    function test_a_source_without_evidence_is_left_out() external {
        speak([uint256(10), 30, 20, 0, 0]);
        IQuorumSource source = quorum(3, 2);
        (uint256 value,) = source.read(address(1), 0, evidence(3, 6));
        eq(value, 20);
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.TooFewAnswers.selector, 1, 2));
        source.read(address(1), 0, evidence(3, 1));
    }

    function test_evidence_for_another_number_of_sources_is_refused() external {
        IQuorumSource source = quorum(3, 2);
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.EvidenceMismatch.selector, 2, 3));
        source.read(address(1), 0, evidence(2, 3));
    }

    function test_a_quorum_of_none_of_more_or_of_one_source_twice_is_not_deployed() external {
        ICounterSource[] memory all = sources(3);
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.QuorumOutOfRange.selector, 0, 3));
        this.make(all, 0);
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.QuorumOutOfRange.selector, 4, 3));
        this.make(all, 4);
        all[2] = all[0];
        vm.expectRevert(abi.encodeWithSelector(IQuorumSource.SourceTwice.selector, all[0]));
        this.make(all, 2);
    }

    /// @notice Counters never fall, so an honest source that lags says too little and never too much: while fewer than k
    /// sources lie, the answer is at most the truth, whatever the liars say and whoever answers.
    function test_fuzz_fewer_than_k_liars_never_raise_the_answer_above_the_truth(
        uint256 truth,
        uint256[5] calldata answers,
        uint256 shape
    ) external {
        truth = bound(truth, 1, type(uint128).max);
        uint256 count = bound(shape, 1, 5);
        uint256 needed = bound(shape >> 8, 1, count);
        uint256 liars = bound(shape >> 16, 0, needed - 1);
        for (uint256 i; i < count; ++i) {
            uint256 said = i < liars ? answers[i] : bound(answers[i], 0, truth);
            voices[(i + (shape >> 24)) % count].say(said, uint64(100 + i));
        }
        try quorum(count, needed).read(address(1), 0, evidence(count, shape >> 32)) returns (uint256 value, uint64) {
            yes(value <= truth, "never above the truth");
        } catch (bytes memory reason) {
            eq(bytes32(bytes4(reason)), bytes32(IQuorumSource.TooFewAnswers.selector));
        }
    }

    /// @notice And with k honest and current sources it is the truth at least.
    function test_fuzz_k_current_sources_carry_the_truth(uint256 truth, uint256[5] calldata answers, uint256 shape) external {
        truth = bound(truth, 1, type(uint128).max);
        uint256 needed = bound(shape, 1, 5);
        for (uint256 i; i < 5; ++i) voices[(i + (shape >> 8)) % 5].say(i < needed ? truth : answers[i], 1);
        (uint256 value,) = quorum(5, needed).read(address(1), 0, evidence(5, 31));
        yes(value >= truth, "never below the truth");
    }

    function make(ICounterSource[] calldata all, uint256 needed) external returns (IQuorumSource) {
        return IQuorumSource(deploy("QuorumSource", abi.encode(all, needed)));
    }

    function quorum(uint256 count, uint256 needed) private returns (IQuorumSource) {
        return IQuorumSource(deploy("QuorumSource", abi.encode(sources(count), needed)));
    }

    function sources(uint256 count) private view returns (ICounterSource[] memory all) {
        all = new ICounterSource[](count);
        for (uint256 i; i < count; ++i) all[i] = voices[i];
    }

    function speak(uint256[5] memory values) private {
        for (uint256 i; i < 5; ++i) voices[i].say(values[i], uint64(100 + i));
    }

    /// @dev One entry per source; those whose bit is not set are left out.
    function evidence(uint256 count, uint256 bits) private pure returns (bytes memory) {
        bytes[] memory parts = new bytes[](count);
        for (uint256 i; i < count; ++i) if (bits >> i & 1 == 1) parts[i] = hex"01";
        return abi.encode(parts);
    }
}
