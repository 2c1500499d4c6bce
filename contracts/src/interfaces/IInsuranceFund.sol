// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who bears the shortfall of a route, and who pays for that
/// @notice A tranche per route (per vault mirror). Accounts with credit on a route pay its premium to the tranche; the
/// tranche bears the route's shortfall first. What it cannot bear is debt of the accounts on that route alone: the
/// engine's pool carries it and a levy on top of the premium pays it back. No other tranche, no other mirror and nobody on
/// the vault chain is touched.
/// @dev The engine asks and books; nothing here moves cash.
interface IInsuranceFund {
    /// @dev `account` is an engine account: a tranche or the pool.
    struct Share {
        address account;
        uint256 amount;
    }

    event TrancheSet(address indexed mirror, address indexed tranche);
    event PremiumAccrued(address indexed account, address indexed mirror, uint256 premium, uint256 levy);
    event Covered(address indexed account, address indexed mirror, uint256 amount);
    /// @dev `debt` is what the accounts on the route owe the pool from now on.
    event Socialised(address indexed account, address indexed mirror, uint256 amount, uint256 debt);

    error NotEngine(address caller);
    error TrancheMismatch(address mirror, address tranche, address found);

    /// @notice Names the tranche of a mirror (governance). A former tranche keeps its cash and bears nothing more.
    function setTranche(address mirror, address tranche) external;
    /// @notice What the account owes since it was last asked, now asked anew. Only the engine.
    /// @dev On the lesser of the credit then and now; value at the last price, dues rounded up.
    function accrue(address account) external returns (Share[] memory dues);
    /// @notice Splits a shortfall over the routes the account ever had credit on, by the value of that credit. Only the
    /// engine, which debits the shares.
    /// @return shares What the tranches bear.
    /// @return socialised What the pool carries for the accounts on those routes; the rest is nobody's route.
    function cover(address account, uint256 shortfall) external returns (Share[] memory shares, uint256 socialised);

    function trancheOf(address mirror) external view returns (address);
    function debtOf(address mirror) external view returns (uint256);
    /// @notice bps of the collateral's value a year, while the route is in debt.
    function levy() external view returns (uint32);
}
