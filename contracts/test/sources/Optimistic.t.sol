// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "../../src/interfaces/IHeaderSource.sol";
import {IOptimisticSource} from "../../src/interfaces/IOptimisticSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Headers} from "../support/Headers.sol";
import {FeeToken} from "../support/Tokens.sol";

contract OptimisticTest is Headers {
    uint64 private constant WINDOW = 1 hours;
    uint96 private constant STAKE = 10 ether;
    uint256 private constant HEIGHT = 100;

    IOptimisticSource private source;
    IRootOracle private arbiter;
    bytes[] private honest;
    bytes[] private forged;

    function setUp() public override {
        super.setUp();
        arbiter = IRootOracle(ownOracle());
        source = IOptimisticSource(
            deploy("OptimisticSource", abi.encode(authority, WINDOW, arbiter, bondToken, STAKE, TREASURY))
        );
        honest = chainOf(HEIGHT, 4, "honest");
        forged = chainOf(HEIGHT, 4, "forged");
        bondToken.mint(alice, 100 ether);
        vm.prank(alice);
        bondToken.approve(address(source), type(uint256).max);
    }

    function test_a_proposal_locks_a_bond_and_is_read_after_its_window() external {
        anchoredRecord();
        uint256 height = number("owed");
        (address origin, bytes memory evidence) = (known("contracts.mirror"), counter("owed", "mirror_liquidator").evidence);
        bytes[] memory proof = accountProof("owed", "mirror");
        bytes32 slot = counterSlot(liquidator, address(weth));
        uint256 usableAt = block.timestamp + WINDOW;
        bytes memory fresh = abi.encodeWithSelector(IHeaderSource.RootTooFresh.selector, height, usableAt);
        vm.expectRevert(fresh);
        source.anchor(height, origin, proof);
        vm.expectRevert(fresh);
        source.read(origin, slot, evidence);
        vm.warp(usableAt);
        source.anchor(height, origin, proof);
        (uint256 value, uint64 asOf) = source.read(origin, slot, evidence);
        eq(value, counter("owed", "mirror_liquidator").value);
        eq(asOf, timestamp("owed"));
        eq(bondToken.balanceOf(address(source)), STAKE);
        source.release(height);
        eq(bondToken.balanceOf(alice), 100 ether);
    }

    function test_the_same_proposal_again_costs_nothing_and_another_one_waits_its_turn() external {
        propose(honest[0]);
        propose(honest[0]);
        eq(bondToken.balanceOf(address(source)), STAKE);
        vm.expectRevert(
            abi.encodeWithSelector(IOptimisticSource.HeightTaken.selector, HEIGHT, keccak256(honest[0]))
        );
        vm.prank(alice);
        source.propose(forged[0]);
    }

    function test_an_attested_header_of_the_same_height_strikes_a_forgery() external {
        propose(forged[0]);
        arbiter.submit(honest[0], attested(HEIGHT, honest[0]));
        bytes[] memory shown = new bytes[](1);
        shown[0] = honest[0];
        vm.expectEmit(address(source));
        emit IOptimisticSource.Struck(HEIGHT, keccak256(forged[0]), keccak256(honest[0]), bob);
        vm.prank(bob);
        source.challenge(HEIGHT, shown);
        vm.snapshotGasLastCall("optimistic", "challenge, one header");
        eq(bondToken.balanceOf(bob), STAKE / 2);
        eq(bondToken.balanceOf(TREASURY), STAKE / 2);
        eq(source.roots(HEIGHT).blockHash, bytes32(0));
        propose(honest[0]);
        eq(source.roots(HEIGHT).blockHash, keccak256(honest[0]));
    }

    function test_an_attested_descendant_strikes_a_forgery_too() external {
        propose(forged[0]);
        arbiter.submit(honest[3], attested(HEIGHT + 3, honest[3]));
        vm.prank(bob);
        source.challenge(HEIGHT, honest);
        eq(bondToken.balanceOf(bob), STAKE / 2);
    }

    function test_a_true_proposal_cannot_be_struck() external {
        propose(honest[0]);
        arbiter.submit(honest[3], attested(HEIGHT + 3, honest[3]));
        vm.expectRevert(
            abi.encodeWithSelector(IOptimisticSource.SameHeader.selector, HEIGHT, keccak256(honest[0]))
        );
        source.challenge(HEIGHT, honest);
    }

    function test_headers_that_no_accepted_block_descends_from_strike_nothing() external {
        propose(honest[0]);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOptimisticSource.ChainBroken.selector, HEIGHT, bytes32(0), keccak256(forged[3])
            )
        );
        source.challenge(HEIGHT, forged);
        bytes[] memory mixed = forged;
        mixed[3] = honest[3];
        arbiter.submit(honest[3], attested(HEIGHT + 3, honest[3]));
        vm.expectPartialRevert(IOptimisticSource.ChainBroken.selector);
        source.challenge(HEIGHT, mixed);
        vm.expectPartialRevert(IOptimisticSource.ChainBroken.selector);
        source.challenge(HEIGHT, new bytes[](0));
    }

    function test_what_was_not_proposed_is_not_challenged() external {
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootUnknown.selector, HEIGHT));
        source.challenge(HEIGHT, honest);
    }

    function test_a_bond_stays_until_the_window_is_over_and_returns_once() external {
        propose(honest[0]);
        uint256 until = block.timestamp + WINDOW;
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IOptimisticSource.WindowOpen.selector, HEIGHT, until));
        source.release(HEIGHT);
        vm.warp(until);
        source.release(HEIGHT);
        vm.expectRevert(abi.encodeWithSelector(IOptimisticSource.BondAbsent.selector, HEIGHT));
        source.release(HEIGHT);
    }

    function test_evidence_after_the_window_freezes_the_source() external {
        propose(forged[0]);
        vm.warp(block.timestamp + WINDOW);
        arbiter.submit(honest[3], attested(HEIGHT + 3, honest[3]));
        source.challenge(HEIGHT, honest);
        eq(source.frozen(), true);
        vm.expectRevert(IHeaderSource.Frozen.selector);
        source.challenge(HEIGHT, honest);
        vm.expectRevert(IHeaderSource.Frozen.selector);
        source.read(address(1), 0, abi.encode(HEIGHT, new bytes[](0)));
    }

    function test_a_struck_proposal_leaves_no_anchor_behind() external {
        propose(forged[0]);
        bytes[] memory proof = accountProof("owed", "mirror");
        uint256 usableAt = block.timestamp + WINDOW;
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootTooFresh.selector, HEIGHT, usableAt));
        source.anchor(HEIGHT, known("contracts.mirror"), proof);
    }

    function test_a_height_that_the_chain_has_not_reached_is_struck_by_a_lower_block_of_a_later_time() external {
        propose(headerOf(bytes32(0), HEIGHT + 10_000, "forged"));
        vm.warp(block.timestamp + 1);
        bytes memory later = headerOf(bytes32(0), HEIGHT, "true");
        arbiter.submit(later, attested(HEIGHT, later));
        vm.prank(bob);
        source.challengeTime(HEIGHT + 10_000, HEIGHT);
        vm.snapshotGasLastCall("optimistic", "challenge by time");
        eq(bondToken.balanceOf(bob), STAKE / 2);
        eq(source.roots(HEIGHT + 10_000).blockHash, bytes32(0));
    }

    function test_a_height_that_the_chain_left_long_ago_is_struck_by_a_higher_block_of_an_earlier_time() external {
        arbiter.submit(honest[0], attested(HEIGHT, honest[0]));
        vm.warp(block.timestamp + 1);
        propose(headerOf(bytes32(0), HEIGHT - 99, "forged"));
        vm.prank(bob);
        source.challengeTime(HEIGHT - 99, HEIGHT);
        eq(bondToken.balanceOf(bob), STAKE / 2);
    }

    function test_time_strikes_nothing_that_a_chain_may_have() external {
        arbiter.submit(honest[0], attested(HEIGHT, honest[0]));
        uint256 time = block.timestamp;
        // Some chains have several blocks of one second.
        propose(headerOf(bytes32(0), HEIGHT + 1, "same second"));
        vm.warp(block.timestamp + 12);
        propose(headerOf(bytes32(0), HEIGHT + 2, "later"));
        for (uint256 i = 1; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IOptimisticSource.TimesAgree.selector, HEIGHT + i, i == 1 ? time : time + 12, HEIGHT, time
                )
            );
            source.challengeTime(HEIGHT + i, HEIGHT);
        }
        propose(headerAt(bytes32(0), HEIGHT - 1, "earlier", time - 12));
        vm.expectPartialRevert(IOptimisticSource.TimesAgree.selector);
        source.challengeTime(HEIGHT - 1, HEIGHT);
        propose(honest[0]);
        vm.expectPartialRevert(IOptimisticSource.TimesAgree.selector);
        source.challengeTime(HEIGHT, HEIGHT);
    }

    function test_time_needs_a_proposal_and_a_witness() external {
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootUnknown.selector, HEIGHT));
        source.challengeTime(HEIGHT, HEIGHT + 1);
        propose(honest[0]);
        vm.expectRevert(abi.encodeWithSelector(IHeaderSource.RootUnknown.selector, HEIGHT + 1));
        source.challengeTime(HEIGHT, HEIGHT + 1);
    }

    function test_time_that_speaks_after_the_window_freezes_the_source() external {
        propose(headerOf(bytes32(0), HEIGHT + 10_000, "forged"));
        vm.warp(block.timestamp + WINDOW);
        bytes memory later = headerOf(bytes32(0), HEIGHT, "true");
        arbiter.submit(later, attested(HEIGHT, later));
        source.challengeTime(HEIGHT + 10_000, HEIGHT);
        eq(source.frozen(), true);
    }

    function test_a_header_is_proposed_while_others_still_know_its_neighbours() external {
        (uint256 now_, uint256 age) = (block.timestamp, 30 minutes);
        uint256[2] memory wrong = [now_ + 1, now_ - age - 1];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IOptimisticSource.HeaderTime.selector, HEIGHT, wrong[i], now_ - age, now_)
            );
            vm.prank(alice);
            source.propose(headerAt(bytes32(0), HEIGHT, "root", wrong[i]));
        }
        propose(headerAt(bytes32(0), HEIGHT, "root", now_ - age));
        propose(headerAt(bytes32(0), HEIGHT + 1, "root", now_));
    }

    function test_a_token_that_keeps_a_part_of_the_bond_locks_none() external {
        FeeToken fee = new FeeToken();
        source = IOptimisticSource(
            deploy("OptimisticSource", abi.encode(authority, WINDOW, arbiter, fee, STAKE, TREASURY))
        );
        fee.mint(alice, STAKE);
        vm.startPrank(alice);
        fee.approve(address(source), STAKE);
        vm.expectRevert(abi.encodeWithSelector(IOptimisticSource.BondShort.selector, STAKE - STAKE / 100, STAKE));
        source.propose(honest[0]);
        vm.stopPrank();
    }

    function propose(bytes memory header_) private {
        vm.prank(alice);
        source.propose(header_);
    }

    function anchoredRecord() private {
        vm.warp(timestamp("owed"));
        propose(header("owed"));
    }
}
