// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "./ICreditLines.sol";

/// @title A provider's reserves with several backers
/// @notice An ERC-4626 vault that lends its engine cash by credit lines. An operator chooses the lines, within limits that
/// governance sets; collateral of enforced lines can only go to one fixed address on the vault chain, whose proceeds the
/// operator brings back. Until then a line counts at what was lent, and its backers trust the operator for that much.
interface IProviderPool {
    event Recovered(address indexed line, uint256 principal, uint256 proceeds);

    error NotOperator(address caller);
    error BeneficiaryMismatch(address expected, address found);
    error NotRecovering(address line);

    /// @notice Opens a line from these reserves (operator).
    function open(ICreditLines.Line calldata line, bytes calldata signature) external;
    /// @notice Enforces a line of these reserves (operator).
    function enforce(ICreditLines.Line calldata line) external;
    /// @notice Pays in what the collateral of an enforced line was sold for and closes it, with the profit or the loss
    /// (operator). `proceeds` in the cash token's units, pulled from the caller.
    function recover(ICreditLines.Line calldata line, uint256 proceeds) external;
    /// @notice The pool's limits as a provider (governance).
    function setLimits(ICreditLines.Limits calldata limits) external;
    function setCap(uint8 collateral, uint256 cap) external;

    function operator() external view returns (address);
    /// @notice Where enforced collateral goes on the vault chain.
    function beneficiary() external view returns (address);
    /// @notice Principal of enforced lines whose proceeds are not back yet, in 1e18 units.
    function recovering() external view returns (uint256);
}
