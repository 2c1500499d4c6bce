// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IEngineVault} from "./interfaces/IEngineVault.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";

/// @title Shares in cash that lies in the margin engine and may be lost there
/// @notice See IEngineVault. What comes in goes to the vault's own engine account, what goes out comes from there.
/// @dev Shares have six decimals more than the cash token: a first depositor who inflates the share loses a million
/// times what it takes from the next.
abstract contract EngineVault is IEngineVault, ERC4626 {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Exit {
        uint208 shares;
        uint48 readyAt;
    }

    IMarginEngine public immutable engine;
    /// @inheritdoc IEngineVault
    uint48 public immutable cooldown;
    /// @inheritdoc IEngineVault
    uint48 public immutable window;
    /// @dev One unit of the cash token in the engine's 1e18 units.
    uint256 internal immutable _scale;

    mapping(address backer => Exit) private _exits;

    constructor(address engine_, string memory name_, string memory symbol_, uint48 cooldown_, uint48 window_)
        ERC20(name_, symbol_)
        ERC4626(IERC20(IMarginEngine(engine_).cashToken()))
    {
        engine = IMarginEngine(engine_);
        (cooldown, window) = (cooldown_, window_);
        _scale = 10 ** (18 - IERC20Metadata(asset()).decimals());
        engine.open(0, IMarginEngine.Mode.CROSS);
    }

    /// @inheritdoc IEngineVault
    function requestExit(uint256 shares) external {
        uint256 balance = balanceOf(msg.sender);
        if (shares > balance) revert ExitTooLarge(msg.sender, shares, balance);
        uint48 readyAt = uint48(block.timestamp) + cooldown;
        _exits[msg.sender] = Exit(shares.toUint208(), readyAt);
        emit ExitRequested(msg.sender, shares, readyAt, readyAt + window);
    }

    /// @inheritdoc IEngineVault
    function exitOf(address backer) external view returns (uint256 shares, uint256 readyAt, uint256 until) {
        Exit memory exit = _exits[backer];
        return (exit.shares, exit.readyAt, uint256(exit.readyAt) + window);
    }

    /// @notice Cash in the engine, in the token's units, rounded down.
    function totalAssets() public view virtual override returns (uint256) {
        return _cash() / _scale;
    }

    /// @notice More than there is of any token; beyond it the arithmetic of shares would overflow.
    function maxDeposit(address) public pure override returns (uint256) {
        return type(uint96).max;
    }

    /// @notice As `maxDeposit`, in shares.
    function maxMint(address) public pure override returns (uint256) {
        return type(uint120).max;
    }

    /// @notice What a matured request allows, as far as cash is there.
    function maxRedeem(address owner) public view override returns (uint256) {
        Exit memory exit = _exits[owner];
        bool open = block.timestamp >= exit.readyAt && block.timestamp <= uint256(exit.readyAt) + window;
        if (!open) return 0;
        return Math.min(exit.shares, _convertToShares(_withdrawable(), Math.Rounding.Floor));
    }

    /// @dev In token units: what may leave now without anybody's promise being broken.
    function _withdrawable() internal view virtual returns (uint256) {
        return _cash() / _scale;
    }

    /// @dev In the engine's units. The vault holds no positions, so that its cash is never negative.
    function _cash() internal view returns (uint256) {
        return uint256(SignedMath.max(engine.cashOf(address(this)), 0));
    }

    /// @dev Counts what arrived: shares are minted for nothing less.
    function _transferIn(address from, uint256 assets) internal override {
        IERC20 token = IERC20(asset());
        uint256 before = _cash();
        token.safeTransferFrom(from, address(this), assets);
        token.forceApprove(address(engine), assets);
        engine.depositCash(address(this), assets);
        uint256 received = (_cash() - before) / _scale;
        if (received != assets) revert TransferShort(assets, received);
    }

    function _transferOut(address to, uint256 assets) internal override {
        engine.withdrawCash(address(this), assets, to);
    }

    /// @dev A request covers no shares that have left: they are used up by the exit, and cannot be lent to another.
    function _update(address from, address to, uint256 shares) internal override {
        super._update(from, to, shares);
        if (from == address(0)) return;
        Exit storage exit = _exits[from];
        uint256 most = to == address(0) ? exit.shares - Math.min(exit.shares, shares) : balanceOf(from);
        if (exit.shares > most) exit.shares = most.toUint208();
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}
