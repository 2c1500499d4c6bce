// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {Allowance} from "./libraries/Allowance.sol";
import {Lot} from "./libraries/Lot.sol";
import {StateProof} from "./libraries/StateProof.sol";

/// @dev First in the order of inheritance: the vault proves these positions and they must not move.
abstract contract MirrorCounters is IVaultMirror {
    /// @inheritdoc IVaultMirror
    mapping(address beneficiary => mapping(address asset => uint256)) public override owed;
    /// @inheritdoc IVaultMirror
    mapping(bytes32 lot => address) public override holder;
    /// @inheritdoc IVaultMirror
    mapping(address account => mapping(address asset => uint256)) public override credited;
    /// @inheritdoc IVaultMirror
    mapping(address account => mapping(address asset => uint256)) public override spent;
}

/// @title The engine chain's ledger of one vault
contract VaultMirror is MirrorCounters, AccessManaged {
    using Allowance for RateLimiter.RefillingBucket;

    /// @dev `deposited` of the vault, by its published layout.
    uint256 private constant DEPOSITED_SLOT = 0;

    /// @notice What this mirror believes about the vault chain.
    ICounterSource public immutable source;
    /// @inheritdoc IVaultMirror
    address public immutable override vault;

    /// @inheritdoc IVaultMirror
    mapping(address asset => uint256) public override totalCredited;
    /// @inheritdoc IVaultMirror
    mapping(address asset => uint256) public override totalOwed;
    /// @notice The contracts that may allocate credit.
    mapping(address module => bool) public isModule;
    mapping(address asset => RateLimiter.RefillingBucket) private _inflow;

    constructor(address authority_, ICounterSource source_, address vault_) AccessManaged(authority_) {
        source = source_;
        vault = vault_;
    }

    /// @inheritdoc IVaultMirror
    function prove(address account, address asset, bytes calldata evidence) external returns (uint256 credit) {
        bytes32 slot = StateProof.counterSlot(DEPOSITED_SLOT, account, asset);
        (uint256 proven,) = source.read(vault, slot, evidence);
        uint256 known = credited[account][asset];
        if (proven <= known) revert NothingNew(account, asset, proven, known);
        credit = _inflow[asset].take(proven - known);
        if (credit == 0) revert RateLimited(asset, proven - known);
        credited[account][asset] = known + credit;
        totalCredited[asset] += credit;
        emit Credited(account, asset, credit, known + credit);
    }

    /// @inheritdoc IVaultMirror
    function allocate(address from, address beneficiary, address asset, uint256 amount) external {
        if (!isModule[msg.sender]) revert NotModule(msg.sender);
        if (amount == 0) return;
        uint256 used = spent[from][asset] += amount;
        if (used > credited[from][asset]) revert Overspent(from, asset, used, credited[from][asset]);
        uint256 total = totalOwed[asset] += amount;
        if (total > totalCredited[asset]) revert ConservationBroken(asset, total, totalCredited[asset]);
        uint256 cumulative = owed[beneficiary][asset] += amount;
        emit Owed(beneficiary, asset, from, amount, cumulative);
    }

    /// @inheritdoc IVaultMirror
    function assignLot(bytes32 salt, address to) external returns (address lot) {
        if (to == address(0)) revert HolderMissing();
        lot = Lot.named(msg.sender, salt);
        address known = holder[Lot.key(lot)];
        if (known != address(0)) revert LotAssigned(lot, known);
        holder[Lot.key(lot)] = to;
        emit LotHeld(lot, msg.sender, to);
    }

    /// @inheritdoc IVaultMirror
    function lotOf(address creator, bytes32 salt) external pure returns (address) {
        return Lot.named(creator, salt);
    }

    /// @inheritdoc IVaultMirror
    function setModule(address module, bool allowed) external restricted {
        isModule[module] = allowed;
        emit ModuleSet(module, allowed);
    }

    /// @inheritdoc IVaultMirror
    function setRateLimit(address asset, uint208 capacity, uint48 window) external restricted {
        _inflow[asset].set(capacity, window);
        emit RateLimitSet(asset, capacity, window);
    }

    /// @inheritdoc IVaultMirror
    function available(address account, address asset) external view returns (uint256) {
        return credited[account][asset] - spent[account][asset];
    }
}
