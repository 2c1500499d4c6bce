// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {AttestationDigest} from "./libraries/AttestationDigest.sol";

/// @title Bonds of agents on one chain
contract AgentRegistry is IAgentRegistry, AccessManaged, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev A tenth for the reporter pays its gas and its watch. It is all that an offender can save by reporting itself
    /// under another name, so that evidence needs no commitment: whoever copies it does the same work.
    uint256 private constant REPORTER_PART = 10;

    IERC20 public immutable bondToken;
    /// @notice Below this a bond opens nothing.
    uint128 public immutable minimumBond;
    /// @notice Seconds between the request and the withdrawal of a bond, in which it can still be slashed.
    uint64 public immutable unbondingDelay;
    /// @notice Receives what a slash does not pay to the reporter.
    address public immutable treasury;

    mapping(address agent => Agent) private _agents;
    /// @inheritdoc IAgentRegistry
    mapping(address agent => uint128) public held;
    /// @notice The contracts that take promises against bonds.
    mapping(address module => bool) public isModule;

    modifier onlyModule() {
        if (!isModule[msg.sender]) revert NotModule(msg.sender);
        _;
    }

    constructor(
        address authority_,
        IERC20 bondToken_,
        uint128 minimumBond_,
        uint64 unbondingDelay_,
        address treasury_
    ) AccessManaged(authority_) {
        bondToken = bondToken_;
        minimumBond = minimumBond_;
        unbondingDelay = unbondingDelay_;
        treasury = treasury_;
    }

    /// @inheritdoc IAgentRegistry
    /// @dev Anyone may add to a bond; an addition does not stop an unbonding that is under way.
    function bond(address agent, uint128 amount) external nonReentrant {
        uint256 before = bondToken.balanceOf(address(this));
        bondToken.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = bondToken.balanceOf(address(this)) - before;
        uint128 total = (_agents[agent].bond + received).toUint128();
        if (total < minimumBond) revert BondTooSmall(total, minimumBond);
        _agents[agent].bond = total;
        emit Bonded(agent, received, total);
    }

    /// @inheritdoc IAgentRegistry
    function requestUnbond() external {
        Agent storage agent = _agents[msg.sender];
        if (agent.bond == 0) revert BondTooSmall(0, minimumBond);
        if (agent.unbondingUntil != 0) revert StillBonded(agent.unbondingUntil);
        agent.unbondingUntil = (block.timestamp + unbondingDelay).toUint64();
        emit UnbondRequested(msg.sender, agent.unbondingUntil);
    }

    /// @inheritdoc IAgentRegistry
    function withdraw(address to) external nonReentrant {
        Agent memory agent = _agents[msg.sender];
        if (agent.unbondingUntil == 0) revert NotUnbonding(msg.sender);
        if (block.timestamp < agent.unbondingUntil) revert StillBonded(agent.unbondingUntil);
        if (held[msg.sender] != 0) revert HeldBack(msg.sender, held[msg.sender], agent.bond);
        _remove(msg.sender, agent.attestor);
        emit Unbonded(msg.sender, agent.bond);
        bondToken.safeTransfer(to, agent.bond);
    }

    /// @inheritdoc IAgentRegistry
    function setAttestor(address agent, bool attestor) external restricted {
        if (attestor && !isBonded(agent)) revert BondTooSmall(_agents[agent].bond, minimumBond);
        _agents[agent].attestor = attestor;
        emit AttestorSet(agent, attestor);
    }

    /// @inheritdoc IAgentRegistry
    function setModule(address module, bool allowed) external restricted {
        isModule[module] = allowed;
        emit ModuleSet(module, allowed);
    }

    /// @inheritdoc IAgentRegistry
    function hold(address agent, uint128 amount) external onlyModule {
        if (!isBonded(agent)) revert BondTooSmall(_agents[agent].bond, minimumBond);
        uint128 total = held[agent] + amount;
        if (total > _agents[agent].bond) revert HeldBack(agent, total, _agents[agent].bond);
        held[agent] = total;
        emit Held(agent, total);
    }

    /// @inheritdoc IAgentRegistry
    function release(address agent, uint128 amount) external onlyModule {
        uint128 left = held[agent] - amount;
        held[agent] = left;
        emit Held(agent, left);
    }

    /// @inheritdoc IAgentRegistry
    /// @dev An equivocation may have taken the bond meanwhile: then there is less, or nothing, to forfeit.
    function forfeit(address agent, uint128 amount, address reporter) external onlyModule nonReentrant {
        uint128 left = held[agent] - amount;
        held[agent] = left;
        emit Held(agent, left);
        uint128 bonded = _agents[agent].bond;
        uint128 taken = amount < bonded ? amount : bonded;
        _agents[agent].bond = bonded - taken;
        emit Forfeited(agent, taken, reporter);
        bondToken.safeTransfer(reporter, taken / 2);
        bondToken.safeTransfer(treasury, taken - taken / 2);
    }

    /// @inheritdoc IAgentRegistry
    function slashEquivocation(Attestation calldata first, Attestation calldata second) external nonReentrant {
        bool conflict = first.chainId == second.chainId && first.number == second.number
            && first.blockHash != second.blockHash;
        if (!conflict) revert NoConflict(first.chainId, first.number);
        address signer = _signer(first);
        address other = _signer(second);
        if (signer != other) revert SignerMismatch(signer, other);
        Agent memory agent = _agents[signer];
        if (agent.bond == 0) revert BondTooSmall(0, minimumBond);
        _remove(signer, agent.attestor);
        emit Slashed(signer, agent.bond, msg.sender);
        uint256 reward = msg.sender == signer ? 0 : agent.bond / REPORTER_PART;
        if (reward != 0) bondToken.safeTransfer(msg.sender, reward);
        bondToken.safeTransfer(treasury, agent.bond - reward);
    }

    /// @inheritdoc IAgentRegistry
    function isAttestor(address agent) external view returns (bool) {
        return _agents[agent].attestor && isBonded(agent);
    }

    /// @inheritdoc IAgentRegistry
    function isBonded(address agent) public view returns (bool) {
        Agent storage found = _agents[agent];
        return found.bond >= minimumBond && found.bond != 0 && found.unbondingUntil == 0;
    }

    /// @inheritdoc IAgentRegistry
    function agents(address agent) external view returns (Agent memory) {
        return _agents[agent];
    }

    /// @dev A new bond does not bring back the admission: governance decides again.
    function _remove(address agent, bool attestor) private {
        delete _agents[agent];
        if (attestor) emit AttestorSet(agent, false);
    }

    function _signer(Attestation calldata attestation) private pure returns (address) {
        bytes32 digest = AttestationDigest.digest(attestation.chainId, attestation.number, attestation.blockHash);
        return ECDSA.recoverCalldata(digest, attestation.signature);
    }
}
