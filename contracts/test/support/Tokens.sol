// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";

/// @notice Keeps one percent of every transfer.
contract FeeToken is ERC20("Fee", "FEE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / 100;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
    }
}

/// @notice Calls the vault again from inside a transfer.
contract ReentrantToken is ERC20("Reentrant", "RE") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        ICollateralVault(to).deposit(from, address(this), amount);
        return super.transferFrom(from, to, amount);
    }
}

/// @notice Balances are shares of a whole that its issuer changes; transfers stop when it likes.
contract FickleToken is ERC20("Fickle", "FI") {
    uint256 private _percent = 100;
    bool private _stopped;

    error Stopped();

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function rebase(uint256 percent) external {
        _percent = percent;
    }

    function stop(bool stopped) external {
        _stopped = stopped;
    }

    function balanceOf(address account) public view override returns (uint256) {
        return super.balanceOf(account) * _percent / 100;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (_stopped) revert Stopped();
        super._update(from, to, amount * 100 / _percent);
    }
}
