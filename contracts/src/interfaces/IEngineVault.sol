// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Shares in cash that lies in the margin engine
/// @notice An ERC-4626 vault whose backers leave only after a cooldown, within a window: who earns the premium bears the
/// loss that may follow. Shares asked to leave go on bearing losses and earning premiums until they do.
interface IEngineVault {
    event ExitRequested(address indexed backer, uint256 shares, uint256 readyAt, uint256 until);

    error ExitTooLarge(address backer, uint256 shares, uint256 balance);
    /// @dev A token that keeps a part of transfers is refused.
    error TransferShort(uint256 expected, uint256 received);

    /// @notice Asks to redeem up to `shares` after the cooldown. Replaces an earlier request; zero withdraws it.
    function requestExit(uint256 shares) external;
    function exitOf(address backer) external view returns (uint256 shares, uint256 readyAt, uint256 until);
    /// @notice Seconds from the request to the exit.
    function cooldown() external view returns (uint48);
    /// @notice Seconds the exit stays open.
    function window() external view returns (uint48);
}
