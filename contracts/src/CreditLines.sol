// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ClaimPurchases} from "./ClaimPurchases.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {Accrual} from "./libraries/Accrual.sol";
import {LineLimits} from "./LineLimits.sol";

/// @title Credit lines
/// @notice See ICreditLines. Offers for claims: ClaimPurchases. What a provider lends: LineLimits.
/// @dev A module of the engine (it moves cash) and of every mirror (it allocates what its own lines hold, nobody else's).
contract CreditLines is LineLimits {
    bytes32 private constant LINE_TYPEHASH = keccak256(
        "Line(address user,address account,address refund,address provider,address beneficiary,uint8 collateral,uint128 amount,uint128 principal,uint128 fee,uint16 penalty,uint16 maxLtv,uint48 openBy,uint48 expiry,uint256 nonce)"
    );

    mapping(address line => State) private _states;

    constructor(address engine_, address auction_, address risk_)
        ClaimPurchases(engine_, auction_)
        LineLimits(risk_)
    {}

    /// @inheritdoc ICreditLines
    function request(Line calldata line, bytes calldata signature) external {
        bytes32 digest = _digest(line);
        _requireUser(line, digest, signature);
        emit LineRequested(_account(digest), line.provider, line, signature);
    }

    /// @inheritdoc ICreditLines
    function open(Line calldata line, bytes calldata signature) external {
        if (msg.sender != line.provider) revert NotProvider(line.provider, msg.sender);
        bytes32 digest = _digest(line);
        address id = _account(digest);
        Stage stage = _states[id].stage;
        if (stage != Stage.NONE) revert LineUsed(id, stage);
        if (block.timestamp > line.openBy || block.timestamp >= line.expiry) {
            revert LineExpired(line.openBy, line.expiry, block.timestamp);
        }
        if (line.amount == 0 || line.principal == 0) revert LineEmpty(line.amount, line.principal);
        _requireUser(line, digest, signature);
        (uint256 due, uint256 value) = (_due(line), engine.collateralValue(line.collateral, line.amount));
        if (_breached(due, value, line.maxLtv)) revert LtvExceeded(due, value, line.maxLtv);
        _states[id].stage = Stage.OPEN;
        _lend(line);
        emit LineOpened(id, line.provider, line.user, line.principal, line.fee);
        engine.moveCash(line.provider, line.account, line.principal);
    }

    /// @inheritdoc ICreditLines
    function repay(Line calldata line, address from) external {
        if (engine.owner(from) != msg.sender) revert NotAccountOwner(from, msg.sender);
        address id = _close(line, Stage.REPAID);
        uint256 due = _due(line);
        emit LineRepaid(id, line.provider, due);
        engine.moveCash(from, line.provider, due);
        _share(line, id);
    }

    /// @inheritdoc ICreditLines
    function enforce(Line calldata line) external {
        if (msg.sender != line.provider) revert NotProvider(line.provider, msg.sender);
        address id = _close(line, Stage.ENFORCED);
        uint256 due = _due(line);
        (IVaultMirror mirror, address asset) = _place(line);
        // What was added counts for the user; what is still to be proven counts as agreed.
        uint256 amount = Math.max(line.amount, mirror.available(id, asset));
        uint256 value = engine.collateralValue(line.collateral, amount);
        if (block.timestamp <= line.expiry && !_breached(due, value, line.maxLtv)) {
            revert LineHealthy(id, due, value, line.expiry);
        }
        uint256 owed = Accrual.partUp(due, Accrual.BPS + line.penalty);
        uint256 reserved = Math.min(Accrual.amountUp(owed, amount, value), type(uint248).max);
        _states[id].reserved = uint248(reserved);
        emit LineEnforced(id, line.provider, due, reserved, value);
        _share(line, id);
    }

    /// @inheritdoc ICreditLines
    function settle(Line calldata line) external returns (uint256 toProvider, uint256 toUser) {
        address id = lineOf(line);
        Stage stage = _states[id].stage;
        if (stage == Stage.OPEN) revert LineUsed(id, stage);
        if (stage == Stage.NONE && block.timestamp <= line.openBy) revert LineRunning(id, line.openBy);
        (toProvider, toUser) = _share(line, id);
        if (toProvider + toUser == 0) revert NothingToSettle(id);
    }

    /// @inheritdoc ICreditLines
    function lineOf(Line calldata line) public view returns (address) {
        return _account(_digest(line));
    }

    /// @inheritdoc ICreditLines
    function stateOf(address line) external view returns (State memory) {
        return _states[line];
    }

    function _close(Line calldata line, Stage to) private returns (address id) {
        id = lineOf(line);
        Stage stage = _states[id].stage;
        if (stage != Stage.OPEN) revert LineNotOpen(id, stage);
        _states[id].stage = to;
        _unlend(line);
    }

    /// @dev Hands out whatever the line's account holds by now: the provider's part, then the rest. Credit that is proven
    /// later is handed out by the same rule, so that closing early loses nobody anything.
    function _share(Line calldata line, address id) private returns (uint256 toProvider, uint256 toUser) {
        (IVaultMirror mirror, address asset) = _place(line);
        uint256 available = mirror.available(id, asset);
        // A route that was stopped must not stop a user from repaying: its collateral is handed out once it works again.
        if (available == 0 || mirror.trippedAt() != 0) return (0, 0);
        uint248 reserved = _states[id].reserved;
        toProvider = Math.min(available, reserved);
        toUser = available - toProvider;
        _states[id].reserved = reserved - uint248(toProvider);
        emit LineSettled(id, toProvider, toUser);
        mirror.allocate(id, line.beneficiary, asset, toProvider);
        mirror.allocate(id, line.refund, asset, toUser);
    }

    function _place(Line calldata line) private view returns (IVaultMirror mirror, address asset) {
        IMarginEngine.Collateral memory listed = engine.collaterals(line.collateral);
        return (IVaultMirror(listed.mirror), listed.asset);
    }

    function _requireUser(Line calldata line, bytes32 digest, bytes calldata signature) private view {
        address signer = signerOf[line.user];
        _requireSigned(digest, signature, line.user, signer == address(0) ? line.user : signer);
    }

    function _digest(Line calldata line) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(LINE_TYPEHASH, line)));
    }

    function _account(bytes32 digest) private pure returns (address) {
        return address(uint160(uint256(digest)));
    }

    function _due(Line calldata line) private pure returns (uint256) {
        return uint256(line.principal) + line.fee;
    }

    function _breached(uint256 due, uint256 value, uint256 maxLtv) private pure returns (bool) {
        return due * Accrual.BPS > value * maxLtv;
    }
}
