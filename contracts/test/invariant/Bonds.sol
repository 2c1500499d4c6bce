// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {AttestationDigest} from "../../src/libraries/AttestationDigest.sol";
import {Test} from "../support/Test.sol";

/// @notice Attestors who sign what they like, come and go, and accusers who show any two statements, forged ones too.
contract Bonds is Test {
    uint256 public constant AGENTS = 3;
    uint256 private constant CHAIN = 1;
    address private constant REPORTER = address(0x4E9);

    IAgentRegistry public immutable registry;
    IAgentRegistry.Attestation[] private _shown;
    mapping(bytes32 statement => bytes32 blockHash) private _signed;
    mapping(uint256 who => bool) public guilty;
    mapping(uint256 who => uint256) public paidIn;
    uint256 public slashed;
    string[] public wrongs;

    constructor(IAgentRegistry registry_, IERC20 token) {
        registry = registry_;
        token.approve(address(registry_), type(uint256).max);
    }

    function wrongCount() external view returns (uint256) {
        return wrongs.length;
    }

    function agent(uint256 who) public pure returns (address) {
        return vm.addr(701 + who % AGENTS);
    }

    function bond(uint256 who, uint256 amount) public {
        uint256 more = bound(amount, 1 ether, 3 ether);
        registry.bond(agent(who), uint128(more));
        paidIn[who % AGENTS] += more;
    }

    function leave(uint256 who, uint256 time) public {
        vm.prank(agent(who));
        try registry.requestUnbond() {} catch {}
        vm.warp(block.timestamp + bound(time, 1, 10 days));
        vm.prank(agent(who));
        try registry.withdraw(address(9)) {
            paidIn[who % AGENTS] = 0;
        } catch {}
    }

    /// @notice Few heights and few branches, so that some contradict themselves.
    function attest(uint256 who, uint256 height, uint256 branch) public {
        (height, branch) = (bound(height, 1, 6), bound(branch, 0, 9) == 0 ? 2 : 1);
        bytes32 blockHash = keccak256(abi.encode(height, branch));
        bytes32 statement = keccak256(abi.encode(who % AGENTS, height));
        if (_signed[statement] != 0 && _signed[statement] != blockHash) guilty[who % AGENTS] = true;
        _signed[statement] = blockHash;
        bytes memory proof = signature(701 + who % AGENTS, AttestationDigest.digest(CHAIN, height, blockHash));
        _shown.push(IAgentRegistry.Attestation(CHAIN, height, blockHash, proof));
    }

    function accuse(uint256 one, uint256 other) public {
        if (_shown.length == 0) return;
        IAgentRegistry.Attestation memory first = _shown[one % _shown.length];
        accuseBy(first, _shown[other % _shown.length]);
    }

    /// @notice A statement that nobody signed against one that somebody did.
    function frame(uint256 one, uint256 height, bytes32 blockHash, uint256 flipped) public {
        if (_shown.length == 0) return;
        IAgentRegistry.Attestation memory first = _shown[one % _shown.length];
        bytes memory proof = bytes.concat(first.signature);
        proof[flipped % 65] ^= bytes1(uint8(1 + flipped % 255));
        accuseBy(first, IAgentRegistry.Attestation(CHAIN, height % 2 == 0 ? first.number : height, blockHash, proof));
    }

    /// @notice Every pair that was ever shown, so that guilt is found out in the end.
    function accuseAll() public {
        for (uint256 i; i < _shown.length; ++i) {
            for (uint256 j; j < i; ++j) accuseBy(_shown[i], _shown[j]);
        }
    }

    function accuseBy(IAgentRegistry.Attestation memory first, IAgentRegistry.Attestation memory second) private {
        uint256[AGENTS] memory before;
        for (uint256 i; i < AGENTS; ++i) before[i] = registry.agents(agent(i)).bond;
        vm.prank(REPORTER);
        try registry.slashEquivocation(first, second) {
            ++slashed;
        } catch {
            return;
        }
        for (uint256 i; i < AGENTS; ++i) {
            if (registry.agents(agent(i)).bond == before[i]) continue;
            if (!guilty[i]) wrongs.push("an honest attestor was slashed");
            paidIn[i] = 0;
        }
    }
}
