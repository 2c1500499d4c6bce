// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {Allowance} from "./libraries/Allowance.sol";
import {Lot} from "./libraries/Lot.sol";
import {StateProof} from "./libraries/StateProof.sol";

/// @dev First in the order of inheritance: these positions are proven on other chains and must not move.
abstract contract VaultCounters is ICollateralVault {
    /// @inheritdoc ICollateralVault
    mapping(address account => mapping(address asset => uint256)) public override deposited;
    /// @inheritdoc ICollateralVault
    mapping(address beneficiary => mapping(address asset => uint256)) public override claimed;
}

/// @title Custody of collateral on the vault chain
contract CollateralVault is VaultCounters, AccessManaged, ReentrancyGuardTransient {
    using Allowance for RateLimiter.RefillingBucket;
    using SafeERC20 for IERC20;

    /// @dev `owed` of the mirror, by its published layout.
    uint256 private constant OWED_SLOT = 0;
    /// @dev `holder` of the mirror.
    uint256 private constant HOLDER_SLOT = 1;

    /// @notice What this vault believes about the engine chain.
    ICounterSource public immutable source;
    /// @notice The ledger on the engine chain whose `owed` this vault pays.
    address public immutable mirror;

    /// @inheritdoc ICollateralVault
    mapping(address asset => uint256) public override totalDeposited;
    /// @inheritdoc ICollateralVault
    mapping(address asset => uint256) public override totalClaimed;
    /// @notice The most of an asset the vault takes into custody; zero when it takes none.
    mapping(address asset => uint256) public cap;
    mapping(address asset => RateLimiter.RefillingBucket) private _outflow;

    constructor(address authority_, ICounterSource source_, address mirror_) AccessManaged(authority_) {
        source = source_;
        mirror = mirror_;
    }

    /// @inheritdoc ICollateralVault
    function deposit(address account, address asset, uint256 amount)
        external
        nonReentrant
        returns (uint256 cumulative)
    {
        uint256 limit = cap[asset];
        if (limit == 0) revert AssetUnlisted(asset);
        uint256 received = _pull(asset, amount);
        if (received == 0) revert ZeroAmount();
        uint256 total = totalDeposited[asset] += received;
        uint256 held = total - totalClaimed[asset];
        if (held > limit) revert DepositCap(asset, held, limit);
        cumulative = deposited[account][asset] += received;
        emit Deposited(account, asset, received, cumulative);
    }

    /// @inheritdoc ICollateralVault
    function claim(address beneficiary, address asset, bytes calldata evidence)
        external
        nonReentrant
        returns (uint256 amount)
    {
        if (Lot.isLot(beneficiary)) revert LotNeedsHolder(beneficiary);
        amount = _pay(beneficiary, beneficiary, asset, evidence);
    }

    /// @inheritdoc ICollateralVault
    function claimLot(address lot, address asset, bytes calldata evidence, bytes calldata holderEvidence)
        external
        nonReentrant
        returns (uint256 amount)
    {
        if (!Lot.isLot(lot)) revert NotLot(lot);
        (uint256 holder,) = source.read(mirror, StateProof.entrySlot(HOLDER_SLOT, Lot.key(lot)), holderEvidence);
        amount = _pay(lot, address(uint160(holder)), asset, evidence);
    }

    /// @inheritdoc ICollateralVault
    function list(address asset, uint256 cap_) external restricted {
        cap[asset] = cap_;
        emit AssetListed(asset, cap_);
    }

    /// @inheritdoc ICollateralVault
    function setRateLimit(address asset, uint208 capacity, uint48 window) external restricted {
        _outflow[asset].set(capacity, window);
        emit RateLimitSet(asset, capacity, window);
    }

    /// @dev What `beneficiary` is owed and was not paid yet goes to `to`.
    function _pay(address beneficiary, address to, address asset, bytes calldata evidence)
        private
        returns (uint256 amount)
    {
        bytes32 slot = StateProof.counterSlot(OWED_SLOT, beneficiary, asset);
        (uint256 owed,) = source.read(mirror, slot, evidence);
        uint256 paid = claimed[beneficiary][asset];
        if (owed <= paid) revert NothingOwed(beneficiary, asset, owed, paid);
        amount = _outflow[asset].take(owed - paid);
        if (amount == 0) revert RateLimited(asset, owed - paid);
        claimed[beneficiary][asset] = paid + amount;
        uint256 total = totalClaimed[asset] += amount;
        if (total > totalDeposited[asset]) revert Insolvent(asset, total, totalDeposited[asset]);
        emit Claimed(beneficiary, asset, amount, paid + amount);
        IERC20(asset).safeTransfer(to, amount);
    }

    /// @dev A token may take a fee on the way: only what arrived counts. Effects follow this call, under the guard.
    function _pull(address asset, uint256 amount) private returns (uint256) {
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        return IERC20(asset).balanceOf(address(this)) - before;
    }
}
