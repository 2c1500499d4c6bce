// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRouteGuard} from "./IRouteGuard.sol";

/// @title The engine chain's ledger of one vault
/// @notice The only ledger whose storage the vault trusts. Collateral is allocated here, once.
/// A beneficiary may be a lot instead of a person: what a lot is owed can be sold after the bid, once.
/// @dev Slot 0 is `owed[beneficiary][asset]`; slot 1 is `holder[lot]`, 2 and 3 are `credited` and `spent`, 4
/// is `totalOwed[asset]`, 5 is `pulse`. Positions are part of the interface.
interface IVaultMirror is IRouteGuard {
    /// @dev `staleAfter`: seconds after which evidence of the vault chain credits nothing any more.
    struct Terms {
        uint64 staleAfter;
        uint64 resetDelay;
    }

    event Credited(address indexed account, address indexed asset, uint256 amount, uint256 cumulative);
    /// @dev `from` was debited, `beneficiary` may claim on the vault chain.
    event Owed(
        address indexed beneficiary, address indexed asset, address indexed from, uint256 amount, uint256 cumulative
    );

    event LotHeld(address indexed lot, address indexed creator, address indexed holder);
    event ModuleSet(address indexed module, bool allowed);
    event RateLimitSet(address indexed asset, uint208 capacity, uint48 window);
    event CreditCapSet(address indexed asset, uint104 cap);
    /// @notice The vault pays only what its last root showed: credit that was not allocated by then is void.
    event Retired(uint256 finalRootAt);

    error NothingNew(address account, address asset, uint256 proven, uint256 credited);
    error Overspent(address account, address asset, uint256 spent, uint256 credited);
    error ConservationBroken(address asset, uint256 owed, uint256 credited);
    error LotAssigned(address lot, address holder);
    error HolderMissing();
    error NotModule(address caller);
    error RateLimited(address asset, uint256 wanted);
    error CreditCapped(address asset, uint256 credited, uint256 cap);
    error EvidenceStale(uint256 asOf, uint256 staleAfter);
    error RouteRetired(uint256 finalRootAt);

    /// @notice Credits what the vault holds for `account`, by proof of the vault's cumulative deposit. A rate limit may
    /// hold a part back: the same evidence credits it later. A change above the large delta waits first: zero.
    function prove(address account, address asset, bytes calldata evidence) external returns (uint256 credit);
    /// @notice Moves credit of `from` to what `beneficiary` may claim. Only modules (engine, auction).
    function allocate(address from, address beneficiary, address asset, uint256 amount) external;
    /// @notice Ends this ledger by proof that the vault paid emergency exits: what it holds is no collateral any more.
    function retire(bytes calldata evidence) external;

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
    /// @notice The most of an asset this source may credit in all; zero lifts the cap (governance).
    function setCreditCap(address asset, uint104 cap) external;

    /// @notice Credit not yet spent; none once the route is retired.
    function available(address account, address asset) external view returns (uint256);
    function credited(address account, address asset) external view returns (uint256);
    function spent(address account, address asset) external view returns (uint256);
    function owed(address beneficiary, address asset) external view returns (uint256);
    function totalCredited(address asset) external view returns (uint256);
    function totalOwed(address asset) external view returns (uint256);
    function creditCap(address asset) external view returns (uint256);
    function vault() external view returns (address);
    function staleAfter() external view returns (uint64);
    function retiredAt() external view returns (uint40);
    /// @notice Never zero: a proof of it shows that the other chain still hears this one.
    function pulse() external view returns (uint256);
}
