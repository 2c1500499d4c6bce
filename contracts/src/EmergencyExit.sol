// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {StateProof} from "./libraries/StateProof.sol";
import {RouteGuard} from "./RouteGuard.sol";

/// @dev First in the order of inheritance: these positions are proven on other chains and must not move.
abstract contract VaultCounters is ICollateralVault {
    /// @inheritdoc ICollateralVault
    mapping(address account => mapping(address asset => uint256)) public override deposited;
    /// @inheritdoc ICollateralVault
    mapping(address beneficiary => mapping(address asset => uint256)) public override claimed;
    /// @inheritdoc ICollateralVault
    mapping(address asset => uint256) public override totalDeposited;
    /// @inheritdoc ICollateralVault
    uint256 public override finalRootAt;
}

/// @title The way out of a vault whose engine chain fell silent
/// @dev An absent counter cannot be proven, so an exit does not show that nothing was spent: it waits long enough for
/// anybody to show what was. The first exit fixes the last root; until it, every root that still arrives counts and
/// voids the requests, and after it exits and claims share one state, in which they add up to the deposits.
abstract contract EmergencyExit is VaultCounters, RouteGuard {
    using SafeCast for uint256;

    /// @dev Of the mirror, by its published layout.
    uint256 private constant SPENT_SLOT = 3;
    uint256 private constant TOTAL_OWED_SLOT = 4;
    bytes32 private constant PULSE_SLOT = bytes32(uint256(5));

    /// @inheritdoc ICollateralVault
    uint64 public immutable override staleAfter;
    /// @inheritdoc ICollateralVault
    uint64 public immutable override exitDelay;

    /// @inheritdoc ICollateralVault
    uint64 public override heard;
    /// @inheritdoc ICollateralVault
    mapping(address account => mapping(address asset => uint256)) public override exited;
    /// @inheritdoc ICollateralVault
    mapping(address asset => uint256) public override totalExited;
    /// @inheritdoc ICollateralVault
    mapping(address account => mapping(address asset => uint256)) public override provenSpent;
    /// @inheritdoc ICollateralVault
    mapping(address asset => uint256) public override provenOwed;
    mapping(address account => mapping(address asset => ExitRequest)) private _exits;

    constructor(Terms memory terms) {
        staleAfter = terms.staleAfter;
        exitDelay = terms.exitDelay;
        heard = block.timestamp.toUint64();
    }

    /// @inheritdoc ICollateralVault
    function hear(bytes calldata evidence) external untripped {
        _listen(PULSE_SLOT, evidence);
    }

    /// @inheritdoc ICollateralVault
    function requestExit(uint96 salt, address asset) external returns (uint256 readyAt) {
        address account = _accountOf(msg.sender, salt);
        _requireStale();
        _free(account, asset);
        readyAt = block.timestamp + exitDelay;
        _exits[account][asset] = ExitRequest(readyAt.toUint64(), heard);
        emit ExitRequested(account, asset, readyAt);
    }

    /// @inheritdoc ICollateralVault
    function proveSpent(address account, address asset, bytes calldata evidence) external {
        (uint256 spent,) = _listen(StateProof.counterSlot(SPENT_SLOT, account, asset), evidence);
        if (spent <= provenSpent[account][asset]) revert NothingSpent(spent, provenSpent[account][asset]);
        provenSpent[account][asset] = spent;
        emit SpentProven(account, asset, spent);
    }

    /// @inheritdoc ICollateralVault
    function proveOwed(address asset, bytes calldata evidence) external {
        (uint256 owed,) = _listen(StateProof.totalSlot(TOTAL_OWED_SLOT, asset), evidence);
        if (owed <= provenOwed[asset]) revert NothingSpent(owed, provenOwed[asset]);
        provenOwed[asset] = owed;
        emit OwedProven(asset, owed);
    }

    /// @inheritdoc ICollateralVault
    function exit(uint96 salt, address asset) external returns (uint256 amount) {
        address account = _accountOf(msg.sender, salt);
        ExitRequest memory request = _exits[account][asset];
        if (request.readyAt == 0) revert ExitUnrequested(account, asset);
        if (block.timestamp < request.readyAt) revert ExitTooSoon(request.readyAt);
        if (request.heardAt != heard) revert RouteAlive(heard, uint256(heard) + staleAfter);
        amount = _free(account, asset);
        _windDown();
        exited[account][asset] += amount;
        totalExited[asset] += amount;
        emit Exited(account, asset, msg.sender, amount);
        _pay(asset, msg.sender, amount);
    }

    /// @inheritdoc ICollateralVault
    function exits(address account, address asset) external view returns (ExitRequest memory) {
        return _exits[account][asset];
    }

    function totalClaimed(address asset) public view virtual returns (uint256);

    function _pay(address asset, address to, uint256 amount) internal virtual;

    /// @dev Every proof about the mirror is also news of the engine chain, unless the breaker says that news may be false.
    function _listen(bytes32 slot, bytes calldata evidence) internal returns (uint256 value, uint64 asOf) {
        (value, asOf) = _read(slot, evidence);
        if (trippedAt != 0 && asOf > heard) revert RouteTripped(trippedAt);
        uint256 end = finalRootAt;
        if (end != 0 && asOf > end) revert AfterFinalRoot(asOf, end);
        if (asOf > heard) heard = asOf;
    }

    /// @dev Deposited, not known to be spent and not yet gone; never what is owed to others.
    function _free(address account, address asset) private view returns (uint256 free) {
        (uint256 whole, uint256 gone) = (deposited[account][asset], provenSpent[account][asset] + exited[account][asset]);
        free = whole > gone ? whole - gone : 0;
        uint256 claims = totalClaimed(asset);
        uint256 bound = provenOwed[asset] > claims ? provenOwed[asset] : claims;
        uint256 left = totalDeposited[asset] - totalExited[asset];
        uint256 unbound = left > bound ? left - bound : 0;
        if (free > unbound) free = unbound;
        if (free == 0) revert NothingFree(account, asset, whole, gone);
    }

    function _requireStale() private view {
        uint256 staleAt = uint256(heard) + staleAfter;
        if (finalRootAt == 0 && block.timestamp <= staleAt) revert RouteAlive(heard, staleAt);
    }

    function _windDown() private {
        if (finalRootAt != 0) return;
        finalRootAt = heard;
        emit WoundDown(heard);
    }

    /// @dev As MarginEngine.accountOf: the owner of an account is known on every chain.
    function _accountOf(address holder, uint96 salt) private pure returns (address) {
        return salt == 0 ? holder : address(uint160(uint256(keccak256(abi.encode(holder, salt)))));
    }
}
