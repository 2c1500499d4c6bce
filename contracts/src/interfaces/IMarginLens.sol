// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Questions about margin that no transaction asks
interface IMarginLens {
    error NotIsolated(address account);
    error PositionMissing(address account, uint8 instrument);

    /// @notice The last mark (8 decimals) at which an isolated account is not liquidated: one unit beyond it, against the
    /// position, it is. Whatever else reads the same feed moves along; all other prices stay. Zero when no price liquidates
    /// the account, or none saves it.
    function liquidationPrice(address account, uint8 instrument) external view returns (uint64);
}
