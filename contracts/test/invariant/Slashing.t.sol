// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {TestToken} from "../../src/devnet/TestToken.sol";
import {Test} from "../support/Test.sol";
import {Bonds} from "./Bonds.sol";

contract SlashingTest is Test {
    Bonds private bonds;
    IAgentRegistry private registry;
    TestToken private token;

    function setUp() external {
        address authority = deploy("AccessManager", abi.encode(address(this)));
        token = TestToken(deploy("TestToken", abi.encode("Bond", "BOND", uint8(18))));
        registry = IAgentRegistry(
            deploy("AgentRegistry", abi.encode(authority, token, uint128(1 ether), uint64(7 days), address(0x7EA5)))
        );
        bonds = new Bonds(registry, token);
        token.mint(address(bonds), type(uint128).max);
        target(address(bonds));
    }

    function invariant_I14_bonds_fall_only_by_evidence_and_by_leaving() external view {
        requireJust();
    }

    /// @notice The campaign above means nothing unless somebody is convicted.
    function test_a_long_week_convicts_the_guilty_and_nobody_else() external {
        uint256 seed = 5;
        for (uint256 i; i < 60; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (i % 4 == 0) bonds.bond(seed, seed >> 8);
            bonds.attest(seed >> 16, seed >> 24, seed >> 32);
            bonds.frame(seed >> 40, seed >> 48, bytes32(seed), seed >> 56);
            if (i % 10 == 9) bonds.leave(seed >> 64, seed >> 72);
        }
        requireJust();
        bonds.accuseAll();
        requireJust();
        yes(bonds.slashed() > 0, "somebody was convicted");
        for (uint256 i; i < bonds.AGENTS(); ++i) {
            if (bonds.guilty(i)) eq(registry.agents(bonds.agent(i)).bond, 0);
        }
    }

    function requireJust() private view {
        uint256 total;
        for (uint256 i; i < bonds.AGENTS(); ++i) {
            eq(registry.agents(bonds.agent(i)).bond, bonds.paidIn(i));
            total += bonds.paidIn(i);
        }
        eq(token.balanceOf(address(registry)), total);
        if (bonds.wrongCount() > 0) yes(false, bonds.wrongs(0));
    }
}
