// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Bonds of agents on one chain
/// @notice A bond backs an agent's attestations and opens the first seconds of an auction. It is slashed on evidence
/// only: two signed attestations of different blocks at one height of one chain.
interface IAgentRegistry {
    struct Agent {
        uint128 bond;
        uint64 unbondingUntil;
        bool attestor;
    }

    struct Attestation {
        uint256 chainId;
        uint256 number;
        bytes32 blockHash;
        bytes signature;
    }

    event Bonded(address indexed agent, uint256 amount, uint256 bond);
    event UnbondRequested(address indexed agent, uint256 until);
    event Unbonded(address indexed agent, uint256 amount);
    event AttestorSet(address indexed agent, bool attestor);
    event Slashed(address indexed agent, uint256 amount, address indexed reporter);

    error BondTooSmall(uint256 bond, uint256 minimum);
    error StillBonded(uint256 until);
    error NotUnbonding(address agent);
    error NoConflict(uint256 chainId, uint256 number);
    error SignerMismatch(address first, address second);

    function bond(address agent, uint128 amount) external;
    function requestUnbond() external;
    function withdraw(address to) external;
    /// @notice Admits a bonded agent as attestor, or dismisses it (governance).
    function setAttestor(address agent, bool attestor) external;
    /// @notice Takes the whole bond of whoever signed both; half goes to the reporter, half to the treasury.
    function slashEquivocation(Attestation calldata first, Attestation calldata second) external;
    /// @notice Bonded above the minimum, admitted as attestor and not unbonding.
    function isAttestor(address agent) external view returns (bool);
    /// @notice Bonded above the minimum and not unbonding.
    function isBonded(address agent) external view returns (bool);
    function agents(address agent) external view returns (Agent memory);
}
