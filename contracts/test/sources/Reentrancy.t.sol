// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOptimisticSource} from "../../src/interfaces/IOptimisticSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Headers} from "../support/Headers.sol";
import {HookToken} from "../support/HookToken.sol";

/// @notice A proposer's bond in a token that calls back from every transfer.
contract SourceReentrancyTest is Headers {
    uint64 private constant WINDOW = 1 hours;
    uint96 private constant STAKE = 10 ether;
    uint256 private constant HEIGHT = 100;

    HookToken private token_;
    IRootOracle private arbiter;
    IOptimisticSource private source;
    bytes[] private honest;
    bytes[] private forged;

    function setUp() public override {
        super.setUp();
        arbiter = IRootOracle(ownOracle());
        token_ = new HookToken();
        source =
            IOptimisticSource(deploy("OptimisticSource", abi.encode(authority, WINDOW, arbiter, token_, STAKE, TREASURY)));
        honest = chainOf(HEIGHT, 2, "honest");
        forged = chainOf(HEIGHT, 2, "forged");
        token_.mint(address(this), 100 ether);
        token_.approve(address(source), type(uint256).max);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(source.propose, (honest[1]));
        calls[1] = abi.encodeCall(source.challenge, (HEIGHT, new bytes[](0)));
        calls[2] = abi.encodeCall(source.release, (HEIGHT));
        token_.arm(address(source), calls);
    }

    function test_nothing_is_done_inside_a_proposal() external {
        source.propose(honest[0]);
        requireRefused(1);
    }

    function test_nothing_is_done_inside_a_release() external {
        source.propose(honest[0]);
        vm.warp(block.timestamp + WINDOW);
        source.release(HEIGHT);
        requireRefused(2);
    }

    function test_nothing_is_done_inside_a_challenge() external {
        source.propose(forged[0]);
        arbiter.submit(honest[0], attested(HEIGHT, honest[0]));
        bytes[] memory shown = new bytes[](1);
        shown[0] = honest[0];
        vm.prank(bob);
        source.challenge(HEIGHT, shown);
        requireRefused(3);
    }

    function requireRefused(uint256 transfers) private view {
        eq(token_.otherCount(), 0);
        eq(token_.refused(), 3 * transfers);
    }
}
