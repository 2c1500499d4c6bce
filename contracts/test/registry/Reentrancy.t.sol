// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {HookToken} from "../support/HookToken.sol";
import {Suite} from "../support/Suite.sol";

/// @notice A bond token that calls back from every transfer, as whoever it likes to be.
contract RegistryReentrancyTest is Suite {
    uint256 private constant KEY = 0xA77E57;

    HookToken private token_;
    IAgentRegistry private hooked;
    address private agent;

    function setUp() public override {
        super.setUp();
        token_ = new HookToken();
        hooked = IAgentRegistry(deploy("AgentRegistry", abi.encode(authority, token_, BOND, UNBONDING, TREASURY)));
        hooked.setModule(address(this), true);
        hooked.setModule(address(token_), true);
        token_.mint(address(this), 10 * BOND);
        token_.approve(address(hooked), type(uint256).max);
        agent = vm.addr(KEY);
        hooked.bond(agent, BOND);
        IAgentRegistry.Attestation memory none;
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(hooked.bond, (agent, BOND));
        calls[1] = abi.encodeCall(hooked.withdraw, (agent));
        calls[2] = abi.encodeCall(hooked.forfeit, (agent, 1, agent));
        calls[3] = abi.encodeCall(hooked.slashEquivocation, (none, none));
        token_.arm(address(hooked), calls);
    }

    function test_nothing_is_done_inside_a_bond() external {
        hooked.bond(agent, BOND);
        requireRefused(1);
    }

    function test_nothing_is_done_inside_a_withdrawal() external {
        vm.prank(agent);
        hooked.requestUnbond();
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(agent);
        hooked.withdraw(alice);
        requireRefused(1);
        eq(token_.balanceOf(alice), BOND);
    }

    function test_nothing_is_done_inside_a_forfeit() external {
        hooked.hold(agent, 2);
        hooked.forfeit(agent, 2, STRANGER);
        requireRefused(2);
    }

    function test_nothing_is_done_inside_a_slashing() external {
        hooked.slashEquivocation(signed("one"), signed("two"));
        requireRefused(2);
        eq(uint256(hooked.agents(agent).bond), 0);
    }

    function requireRefused(uint256 transfers) private view {
        eq(token_.otherCount(), 0);
        eq(token_.refused(), 4 * transfers);
    }

    function signed(bytes32 blockHash) private view returns (IAgentRegistry.Attestation memory) {
        bytes memory proof = signature(KEY, roots.attestationDigest(7, blockHash));
        return IAgentRegistry.Attestation(SOURCE_CHAIN, 7, blockHash, proof);
    }
}
