// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice A token that calls back: with every transfer it asks a contract everything it was told to ask, and keeps what was not
/// refused by that contract's guard.
contract HookToken is ERC20("Hook", "HOOK") {
    address private _target;
    bytes[] private _calls;
    /// @notice Calls that were refused because another one was under way.
    uint256 public refused;
    /// @notice Those that came to another end.
    bytes[] public others;

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(address target, bytes[] calldata calls) external {
        (_target, refused) = (target, 0);
        delete others;
        delete _calls;
        for (uint256 i; i < calls.length; ++i) _calls.push(calls[i]);
    }

    function otherCount() external view returns (uint256) {
        return others.length;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        for (uint256 i; from != address(0) && i < _calls.length; ++i) {
            (bool done, bytes memory reason) = _target.call(_calls[i]);
            bool guarded = !done && bytes4(reason) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
            if (guarded) ++refused;
            else others.push(_calls[i]);
        }
    }
}
