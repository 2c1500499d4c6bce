// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The engine chain's ledger of one vault
/// @notice The only ledger whose storage the vault trusts. Collateral is allocated here, once.
/// A beneficiary may be a lot instead of a person: what a lot is owed can be sold after the bid, once.
/// @dev Slot 0 is `owed[beneficiary][asset]`; slot 1 is `holder[lot]`. Positions are part of the interface.
interface IVaultMirror {
    event Credited(address indexed account, address indexed asset, uint256 amount, uint256 cumulative);
    /// @dev `from` was debited, `beneficiary` may claim on the vault chain.
    event Owed(
        address indexed beneficiary, address indexed asset, address indexed from, uint256 amount, uint256 cumulative
    );

    event LotHeld(address indexed lot, address indexed creator, address indexed holder);
    event ModuleSet(address indexed module, bool allowed);
    event RateLimitSet(address indexed asset, uint208 capacity, uint48 window);

    error NothingNew(address account, address asset, uint256 proven, uint256 credited);
    error Overspent(address account, address asset, uint256 spent, uint256 credited);
    error ConservationBroken(address asset, uint256 owed, uint256 credited);
    error LotAssigned(address lot, address holder);
    error HolderMissing();
    error NotModule(address caller);
    error RateLimited(address asset, uint256 wanted);

    /// @notice Credits what the vault holds for `account`, by proof of the vault's cumulative deposit. A
    /// rate limit may hold a part back: the same evidence credits it later.
    function prove(address account, address asset, bytes calldata evidence) external returns (uint256 credit);
    /// @notice Moves credit of `from` to what `beneficiary` may claim. Only modules (engine, auction).
    function allocate(address from, address beneficiary, address asset, uint256 amount) external;

    /// @notice Says for good who may claim whatever the caller's lot of this salt is owed, now and later.
    function assignLot(bytes32 salt, address to) external returns (address lot);
    /// @notice The beneficiary that stands for a lot of `creator`.
    function lotOf(address creator, bytes32 salt) external pure returns (address);
    /// @notice Who may claim a lot; nobody before it is assigned.
    function holder(bytes32 lot) external view returns (address);

    /// @notice Admits or dismisses a module (governance).
    function setModule(address module, bool allowed) external;
    /// @notice Credits at most `capacity` of an asset per `window` seconds; window zero lifts the limit (governance).
    function setRateLimit(address asset, uint208 capacity, uint48 window) external;

    /// @notice Credit not yet spent.
    function available(address account, address asset) external view returns (uint256);
    function credited(address account, address asset) external view returns (uint256);
    function spent(address account, address asset) external view returns (uint256);
    function owed(address beneficiary, address asset) external view returns (uint256);
    function totalCredited(address asset) external view returns (uint256);
    function totalOwed(address asset) external view returns (uint256);
    function vault() external view returns (address);
}
