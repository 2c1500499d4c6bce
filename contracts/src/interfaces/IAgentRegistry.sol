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
    event ModuleSet(address indexed module, bool allowed);
    /// @dev `held` is what now backs the agent's promises.
    event Held(address indexed agent, uint256 held);
    event Forfeited(address indexed agent, uint256 amount, address indexed reporter);
    event Slashed(address indexed agent, uint256 amount, address indexed reporter);

    error BondTooSmall(uint256 bond, uint256 minimum);
    error StillBonded(uint256 until);
    error NotUnbonding(address agent);
    error NotModule(address caller);
    error HeldBack(address agent, uint256 held, uint256 bond);
    error NoConflict(uint256 chainId, uint256 number);
    error SignerMismatch(address first, address second);

    function bond(address agent, uint128 amount) external;
    function requestUnbond() external;
    function withdraw(address to) external;
    /// @notice Admits a bonded agent as attestor, or dismisses it (governance).
    function setAttestor(address agent, bool attestor) external;
    /// @notice Takes the whole bond of whoever signed both: a tenth goes to the reporter, the rest to the treasury. Who reports
    /// itself gets nothing.
    function slashEquivocation(Attestation calldata first, Attestation calldata second) external;
    /// @notice Lets a part of a free bond back a promise. Only modules.
    function hold(address agent, uint128 amount) external;
    /// @notice Gives a held part back: the promise was kept or fell away. Only modules.
    function release(address agent, uint128 amount) external;
    /// @notice Takes a held part: the promise was broken. Half goes to the reporter, half to the treasury. Only modules.
    function forfeit(address agent, uint128 amount, address reporter) external;
    /// @notice Admits a contract that takes promises against bonds, or dismisses it (governance).
    function setModule(address module, bool allowed) external;
    /// @notice What of an agent's bond backs promises now.
    function held(address agent) external view returns (uint128);
    /// @notice Bonded above the minimum, admitted as attestor and not unbonding.
    function isAttestor(address agent) external view returns (bool);
    /// @notice Bonded above the minimum and not unbonding.
    function isBonded(address agent) external view returns (bool);
    function agents(address agent) external view returns (Agent memory);
}
