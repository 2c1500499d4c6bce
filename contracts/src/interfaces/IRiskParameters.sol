// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What the gap of a route costs, per collateral, as published from the risk model
/// @notice A publisher proposes, everybody may look for `delay` seconds, a guardian may withdraw the proposal, then anyone
/// enacts it. No level may pass its highest and none may move further in a day than the bounds say, up or down.
interface IRiskParameters {
    /// @dev All in bps: `gap` is the haircut on the collateral's value, `premium` what an account on the route pays of
    /// that value in a year, `fee` the least a provider must ask of the principal for the gap alone.
    struct Levels {
        uint16 gap;
        uint32 premium;
        uint16 fee;
    }

    struct Proposal {
        Levels levels;
        uint48 readyAt;
    }

    /// @dev What each level may be at most, and by how much it may move in a day.
    struct Bounds {
        Levels highest;
        Levels daily;
    }

    event Proposed(uint8 indexed collateral, Levels levels, uint48 readyAt);
    event Withdrawn(uint8 indexed collateral);
    event Enacted(uint8 indexed collateral, Levels from, Levels to);

    error LevelTooHigh(uint8 collateral, Levels wanted, Levels highest);
    /// @dev `available` is how far the level may still move now.
    error ChangeTooFast(uint8 collateral, uint256 change, uint256 available);
    error NothingProposed(uint8 collateral);
    error TooEarly(uint8 collateral, uint256 readyAt, uint256 timestamp);

    /// @notice Proposes levels for one collateral. A later proposal replaces an earlier one and waits anew (publisher).
    function propose(uint8 collateral, Levels calldata levels) external;
    /// @notice Withdraws what is proposed (guardian).
    function withdraw(uint8 collateral) external;
    /// @notice Enacts what was proposed, after the delay. Anyone.
    function enact(uint8 collateral) external;

    /// @notice What holds now. The gap is the engine's own.
    function levels(uint8 collateral) external view returns (Levels memory);
    function proposal(uint8 collateral) external view returns (Proposal memory);
    /// @notice The premium summed over time, in bps x seconds of a year's rate: what was due between two moments is the
    /// difference, whatever happened to the rate in between.
    function premiumIndex(uint8 collateral) external view returns (uint256);
    function delay() external view returns (uint48);
    function bounds() external view returns (Bounds memory);
}
