// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Custody of collateral on the vault chain
/// @notice Stores cumulative deposits and pays `owed - claimed`, where `owed` is proven from the engine chain's mirror.
/// Nothing else leaves the vault: what is locked stays locked until the mirror allocated it.
/// @dev Slot 0 is `deposited[account][asset]`; its position is part of the public interface.
interface ICollateralVault {
    event Deposited(address indexed account, address indexed asset, uint256 amount, uint256 cumulative);
    event Claimed(address indexed beneficiary, address indexed asset, uint256 amount, uint256 cumulative);
    event AssetListed(address indexed asset, uint256 cap);
    event RateLimitSet(address indexed asset, uint208 capacity, uint48 window);

    error AssetUnlisted(address asset);
    /// @dev `held` is what the vault would hold: deposited less claimed.
    error DepositCap(address asset, uint256 held, uint256 cap);
    error ZeroAmount();
    error NothingOwed(address beneficiary, address asset, uint256 owed, uint256 claimed);
    error Insolvent(address asset, uint256 claimed, uint256 deposited);
    error LotNeedsHolder(address lot);
    error NotLot(address beneficiary);
    error RateLimited(address asset, uint256 wanted);

    /// @notice Locks collateral for `account`. Counts what arrived, not what was asked for.
    function deposit(address account, address asset, uint256 amount) external returns (uint256 cumulative);
    /// @notice Pays everything owed to `beneficiary` and not yet claimed. Anyone may relay; only the beneficiary is paid.
    /// A rate limit may hold a part back: the same evidence pays it later.
    function claim(address beneficiary, address asset, bytes calldata evidence) external returns (uint256 amount);
    /// @notice Pays what a lot is owed to whom the mirror names its holder, by proof of both.
    function claimLot(address lot, address asset, bytes calldata evidence, bytes calldata holderEvidence)
        external
        returns (uint256 amount);
    /// @notice Lists an asset with a deposit cap, in the asset's units (governance).
    function list(address asset, uint256 cap) external;
    /// @notice Lets at most `capacity` of an asset out per `window` seconds; window zero lifts the limit (governance).
    function setRateLimit(address asset, uint208 capacity, uint48 window) external;

    function deposited(address account, address asset) external view returns (uint256);
    function claimed(address beneficiary, address asset) external view returns (uint256);
    function totalDeposited(address asset) external view returns (uint256);
    function totalClaimed(address asset) external view returns (uint256);
}
