// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EmergencyExit} from "./EmergencyExit.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {Allowance} from "./libraries/Allowance.sol";
import {Lot} from "./libraries/Lot.sol";
import {StateProof} from "./libraries/StateProof.sol";
import {RouteGuard} from "./RouteGuard.sol";

/// @title Custody of collateral on the vault chain
contract CollateralVault is EmergencyExit, ReentrancyGuardTransient {
    using Allowance for RateLimiter.RefillingBucket;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev What was paid of one asset; `asOf` is the engine chain's time of the newest proof paid on.
    struct Paid {
        uint192 amount;
        uint64 asOf;
    }

    /// @dev Of the mirror, by its published layout.
    uint256 private constant OWED_SLOT = 0;
    /// @dev `holder` of the mirror.
    uint256 private constant HOLDER_SLOT = 1;
    uint256 private constant TOTAL_OWED_SLOT = 4;

    mapping(address asset => Paid) private _paid;
    /// @notice The most of an asset the vault takes into custody; zero when it takes none.
    mapping(address asset => uint256) public cap;
    mapping(address asset => RateLimiter.RefillingBucket) private _outflow;

    constructor(address authority_, ICounterSource source_, address mirror_, Terms memory terms)
        RouteGuard(authority_, source_, mirror_, terms.resetDelay)
        EmergencyExit(terms)
    {}

    /// @inheritdoc ICollateralVault
    function deposit(address account, address asset, uint256 amount)
        external
        nonReentrant
        returns (uint256 cumulative)
    {
        if (finalRootAt != 0) revert RouteEnded(finalRootAt);
        uint256 limit = cap[asset];
        if (limit == 0) revert AssetUnlisted(asset);
        uint256 received = _pull(asset, amount);
        if (received == 0) revert ZeroAmount();
        uint256 total = totalDeposited[asset] += received;
        uint256 held = total - _paid[asset].amount;
        if (held > limit) revert DepositCap(asset, held, limit);
        cumulative = deposited[account][asset] += received;
        emit Deposited(account, asset, received, cumulative);
    }

    /// @inheritdoc ICollateralVault
    function claim(address beneficiary, address asset, bytes calldata evidence)
        external
        untripped
        nonReentrant
        returns (uint256 amount)
    {
        if (Lot.isLot(beneficiary)) revert LotNeedsHolder(beneficiary);
        amount = _settle(beneficiary, beneficiary, asset, evidence);
    }

    /// @inheritdoc ICollateralVault
    function claimLot(address lot, address asset, bytes calldata evidence, bytes calldata holderEvidence)
        external
        untripped
        nonReentrant
        returns (uint256 amount)
    {
        if (!Lot.isLot(lot)) revert NotLot(lot);
        (uint256 holder,) = _listen(StateProof.entrySlot(HOLDER_SLOT, Lot.key(lot)), holderEvidence);
        amount = _settle(lot, address(uint160(holder)), asset, evidence);
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

    /// @inheritdoc ICollateralVault
    function totalClaimed(address asset) public view override returns (uint256) {
        return _paid[asset].amount;
    }

    /// @inheritdoc ICollateralVault
    function mirror() external view returns (address) {
        return _counterpart;
    }

    /// @dev What `beneficiary` is owed and was not paid yet goes to `to`.
    function _settle(address beneficiary, address to, address asset, bytes calldata evidence)
        private
        returns (uint256 amount)
    {
        (uint256 owed, uint64 asOf) = _listen(StateProof.counterSlot(OWED_SLOT, beneficiary, asset), evidence);
        uint256 known = claimed[beneficiary][asset];
        if (owed <= known) revert NothingOwed(beneficiary, asset, owed, known);
        uint256 ripe = _ripe(beneficiary, asset, known, owed);
        if (ripe == 0) return 0;
        amount = _outflow[asset].take(ripe);
        if (amount == 0) revert RateLimited(asset, ripe);
        claimed[beneficiary][asset] = known + amount;
        _book(asset, amount, asOf);
        emit Claimed(beneficiary, asset, amount, known + amount);
        IERC20(asset).safeTransfer(to, amount);
    }

    function _book(address asset, uint256 amount, uint64 asOf) private {
        Paid memory paid = _paid[asset];
        uint256 total = paid.amount + amount;
        uint256 whole = totalDeposited[asset] - totalExited[asset];
        if (total > whole) revert Insolvent(asset, total, whole);
        _paid[asset] = Paid(total.toUint192(), asOf > paid.asOf ? asOf : paid.asOf);
    }

    /// @dev A token may take a fee on the way: only what arrived counts. Effects follow this call, under the guard.
    function _pull(address asset, uint256 amount) private returns (uint256) {
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        return IERC20(asset).balanceOf(address(this)) - before;
    }

    function _pay(address asset, address to, uint256 amount) internal override nonReentrant {
        IERC20(asset).safeTransfer(to, amount);
    }

    function _booking(address account, address asset) internal view override returns (Booking memory) {
        return Booking(StateProof.counterSlot(OWED_SLOT, account, asset), claimed[account][asset], _paid[asset].asOf);
    }

    function _totalBooking(address asset) internal view override returns (Booking memory) {
        Paid memory paid = _paid[asset];
        return Booking(StateProof.totalSlot(TOTAL_OWED_SLOT, asset), paid.amount, paid.asOf);
    }
}
