// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRouteGuard} from "./IRouteGuard.sol";

/// @title Custody of collateral on the vault chain
/// @notice Stores cumulative deposits and pays `owed - claimed`, where `owed` is proven from the engine chain's mirror.
/// What is locked stays locked until the mirror allocated it, or until the engine chain was not heard of for so long that
/// depositors may leave with what was free at the last root.
/// @dev Slot 0 is `deposited[account][asset]`, 1 is `claimed`, 2 is `totalDeposited[asset]`, 3 is `finalRootAt`; the positions
/// are part of the public interface.
interface ICollateralVault is IRouteGuard {
    /// @dev Seconds. `staleAfter`: how long the engine chain may be unheard of before exits can be requested; `exitDelay`:
    /// between the request and the payment of an exit.
    struct Terms {
        uint64 staleAfter;
        uint64 exitDelay;
        uint64 resetDelay;
    }

    /// @dev `heardAt` is what the vault had heard when the exit was requested: news of the route voids the request.
    struct ExitRequest {
        uint64 readyAt;
        uint64 heardAt;
    }

    event Deposited(address indexed account, address indexed asset, uint256 amount, uint256 cumulative);
    event Claimed(address indexed beneficiary, address indexed asset, uint256 amount, uint256 cumulative);
    event AssetListed(address indexed asset, uint256 cap);
    event RateLimitSet(address indexed asset, uint208 capacity, uint48 window);
    event ExitRequested(address indexed account, address indexed asset, uint256 readyAt);
    /// @notice So much of the account's collateral is known to be spent: it does not leave with the depositor.
    event SpentProven(address indexed account, address indexed asset, uint256 spent);
    /// @notice So much is known to be owed in all: exits leave it in the vault.
    event OwedProven(address indexed asset, uint256 totalOwed);
    event Exited(address indexed account, address indexed asset, address indexed to, uint256 amount);
    /// @notice The first exit was paid: from now on only roots up to this time count.
    event WoundDown(uint256 finalRootAt);

    error AssetUnlisted(address asset);
    /// @dev `held` is what the vault would hold: deposited less claimed.
    error DepositCap(address asset, uint256 held, uint256 cap);
    error ZeroAmount();
    error NothingOwed(address beneficiary, address asset, uint256 owed, uint256 claimed);
    error Insolvent(address asset, uint256 claimed, uint256 deposited);
    error LotNeedsHolder(address lot);
    error NotLot(address beneficiary);
    error RateLimited(address asset, uint256 wanted);
    error RouteAlive(uint256 heard, uint256 staleAt);
    error ExitUnrequested(address account, address asset);
    error ExitTooSoon(uint256 readyAt);
    error NothingFree(address account, address asset, uint256 deposited, uint256 spent);
    error NothingSpent(uint256 proven, uint256 known);
    error RouteEnded(uint256 finalRootAt);
    error AfterFinalRoot(uint256 asOf, uint256 finalRootAt);

    /// @notice Locks collateral for `account`. Counts what arrived, not what was asked for.
    function deposit(address account, address asset, uint256 amount) external returns (uint256 cumulative);
    /// @notice Pays everything owed to `beneficiary` and not yet claimed. Anyone may relay; only the beneficiary is paid.
    /// A rate limit may hold a part back: the same evidence pays it later. A change above the large delta waits first.
    function claim(address beneficiary, address asset, bytes calldata evidence) external returns (uint256 amount);
    /// @notice Pays what a lot is owed to whom the mirror names its holder, by proof of both.
    function claimLot(address lot, address asset, bytes calldata evidence, bytes calldata holderEvidence)
        external
        returns (uint256 amount);

    /// @notice Shows that the engine chain is alive, by proof of the mirror's `pulse`. Claims show it too.
    function hear(bytes calldata evidence) external;
    /// @notice Asks to leave with what is free of the caller's account; possible once the engine chain is stale.
    /// @param salt As in the engine's `accountOf(holder, salt)`: zero is the caller's own address.
    function requestExit(uint96 salt, address asset) external returns (uint256 readyAt);
    /// @notice Proves how much of an account was spent at a root. Anyone may: what is spent does not exit.
    function proveSpent(address account, address asset, bytes calldata evidence) external;
    /// @notice Proves how much of an asset is owed in all at a root. Anyone may: exits leave it in the vault.
    function proveOwed(address asset, bytes calldata evidence) external;
    /// @notice Pays a requested exit to its caller. The first one ends the route: the vault accepts no later root.
    function exit(uint96 salt, address asset) external returns (uint256 amount);

    /// @notice Lists an asset with a deposit cap, in the asset's units (governance).
    function list(address asset, uint256 cap) external;
    /// @notice Lets at most `capacity` of an asset out per `window` seconds; window zero lifts the limit (governance).
    function setRateLimit(address asset, uint208 capacity, uint48 window) external;

    function deposited(address account, address asset) external view returns (uint256);
    function claimed(address beneficiary, address asset) external view returns (uint256);
    function exited(address account, address asset) external view returns (uint256);
    function totalDeposited(address asset) external view returns (uint256);
    function totalClaimed(address asset) external view returns (uint256);
    function totalExited(address asset) external view returns (uint256);
    function mirror() external view returns (address);
    function staleAfter() external view returns (uint64);
    function exitDelay() external view returns (uint64);
    /// @notice The newest time of the engine chain this vault has a proof of; its own birth before that.
    function heard() external view returns (uint64);
    /// @notice Zero until the first exit was paid.
    function finalRootAt() external view returns (uint256);
    function exits(address account, address asset) external view returns (ExitRequest memory);
    /// @notice What is proven to be spent of an account, and owed of an asset.
    function provenSpent(address account, address asset) external view returns (uint256);
    function provenOwed(address asset) external view returns (uint256);
}
