// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {Allowance} from "./libraries/Allowance.sol";
import {Lot} from "./libraries/Lot.sol";
import {StateProof} from "./libraries/StateProof.sol";
import {RouteGuard} from "./RouteGuard.sol";

/// @dev First in the order of inheritance: the vault proves these positions and they must not move.
abstract contract MirrorCounters is IVaultMirror {
    /// @inheritdoc IVaultMirror
    mapping(address beneficiary => mapping(address asset => uint256)) public override owed;
    /// @inheritdoc IVaultMirror
    mapping(bytes32 lot => address) public override holder;
    /// @inheritdoc IVaultMirror
    mapping(address account => mapping(address asset => uint256)) public override credited;
    /// @inheritdoc IVaultMirror
    mapping(address account => mapping(address asset => uint256)) public override spent;
    /// @inheritdoc IVaultMirror
    mapping(address asset => uint256) public override totalOwed;
    /// @inheritdoc IVaultMirror
    uint256 public override pulse = 1;
}

/// @title The engine chain's ledger of one vault
contract VaultMirror is MirrorCounters, RouteGuard {
    using Allowance for RateLimiter.RefillingBucket;
    using SafeCast for uint256;

    /// @dev One asset's book in one slot. `asOf` is the vault chain's time of the newest credit; `limited` says that a rate
    /// limit or a large delta was ever set, so that an asset without pays for neither.
    struct Book {
        uint104 credited;
        uint104 cap;
        uint40 asOf;
        bool limited;
    }

    /// @dev Of the vault, by its published layout.
    uint256 private constant DEPOSITED_SLOT = 0;
    uint256 private constant TOTAL_DEPOSITED_SLOT = 2;
    bytes32 private constant FINAL_ROOT_SLOT = bytes32(uint256(3));

    /// @inheritdoc IVaultMirror
    uint64 public immutable override staleAfter;

    mapping(address asset => Book) private _books;
    /// @notice The contracts that may allocate credit.
    mapping(address module => bool) public isModule;
    mapping(address asset => RateLimiter.RefillingBucket) private _inflow;

    modifier working() {
        _requireWorking();
        _;
    }

    constructor(address authority_, ICounterSource source_, address vault_, Terms memory terms)
        RouteGuard(authority_, source_, vault_, terms.resetDelay)
    {
        staleAfter = terms.staleAfter;
    }

    /// @inheritdoc IVaultMirror
    function prove(address account, address asset, bytes calldata evidence)
        external
        working
        returns (uint256 credit)
    {
        (uint256 proven, uint64 asOf) = _read(StateProof.counterSlot(DEPOSITED_SLOT, account, asset), evidence);
        if (asOf + uint256(staleAfter) < block.timestamp) revert EvidenceStale(asOf, staleAfter);
        uint256 known = credited[account][asset];
        if (proven <= known) revert NothingNew(account, asset, proven, known);
        Book memory book = _books[asset];
        credit = book.limited ? _limited(account, asset, known, proven) : proven - known;
        if (credit == 0) return 0;
        credited[account][asset] = known + credit;
        _book(asset, book, credit, asOf);
        emit Credited(account, asset, credit, known + credit);
    }

    /// @inheritdoc IVaultMirror
    function allocate(address from, address beneficiary, address asset, uint256 amount)
        external
        working
    {
        if (!isModule[msg.sender]) revert NotModule(msg.sender);
        if (amount == 0) return;
        uint256 used = spent[from][asset] += amount;
        if (used > credited[from][asset]) revert Overspent(from, asset, used, credited[from][asset]);
        uint256 total = totalOwed[asset] += amount;
        if (total > _books[asset].credited) revert ConservationBroken(asset, total, _books[asset].credited);
        uint256 cumulative = owed[beneficiary][asset] += amount;
        emit Owed(beneficiary, asset, from, amount, cumulative);
    }

    /// @inheritdoc IVaultMirror
    function assignLot(bytes32 salt, address to) external returns (address lot) {
        if (to == address(0)) revert HolderMissing();
        lot = Lot.named(msg.sender, salt);
        address known = holder[Lot.key(lot)];
        if (known != address(0)) revert LotAssigned(lot, known);
        holder[Lot.key(lot)] = to;
        emit LotHeld(lot, msg.sender, to);
    }

    /// @inheritdoc IVaultMirror
    function lotOf(address creator, bytes32 salt) external pure returns (address) {
        return Lot.named(creator, salt);
    }

    /// @inheritdoc IVaultMirror
    function retire(bytes calldata evidence) external working {
        (uint256 finalRootAt,) = _read(FINAL_ROOT_SLOT, evidence);
        _endedAt = finalRootAt.toUint40();
        emit Retired(finalRootAt);
    }

    /// @inheritdoc IVaultMirror
    function setModule(address module, bool allowed) external restricted {
        isModule[module] = allowed;
        emit ModuleSet(module, allowed);
    }

    /// @inheritdoc IVaultMirror
    function setRateLimit(address asset, uint208 capacity, uint48 window) external restricted {
        _limit(asset);
        _inflow[asset].set(capacity, window);
        emit RateLimitSet(asset, capacity, window);
    }

    /// @inheritdoc IVaultMirror
    function setCreditCap(address asset, uint104 cap) external restricted {
        _books[asset].cap = cap;
        emit CreditCapSet(asset, cap);
    }

    /// @inheritdoc IVaultMirror
    function available(address account, address asset) external view returns (uint256) {
        return _endedAt == 0 ? credited[account][asset] - spent[account][asset] : 0;
    }

    /// @inheritdoc IVaultMirror
    function totalCredited(address asset) external view returns (uint256) {
        return _books[asset].credited;
    }

    /// @inheritdoc IVaultMirror
    function creditCap(address asset) external view returns (uint256) {
        return _books[asset].cap;
    }

    /// @inheritdoc IVaultMirror
    function vault() external view returns (address) {
        return _counterpart;
    }

    /// @inheritdoc IVaultMirror
    function retiredAt() external view returns (uint40) {
        return _endedAt;
    }

    function _requireWorking() private view {
        (uint40 tripped, uint40 ended) = (trippedAt, _endedAt);
        if (tripped != 0) revert RouteTripped(tripped);
        if (ended != 0) revert RouteRetired(ended);
    }

    function _limit(address asset) internal override {
        _books[asset].limited = true;
    }

    function _limited(address account, address asset, uint256 known, uint256 proven) private returns (uint256 credit) {
        uint256 ripe = _ripe(account, asset, known, proven);
        if (ripe == 0) return 0;
        credit = _inflow[asset].take(ripe);
        if (credit == 0) revert RateLimited(asset, ripe);
    }

    function _book(address asset, Book memory book, uint256 credit, uint64 asOf) private {
        uint256 total = book.credited + credit;
        if (book.cap != 0 && total > book.cap) revert CreditCapped(asset, total, book.cap);
        book.credited = total.toUint104();
        if (asOf > book.asOf) book.asOf = uint256(asOf).toUint40();
        _books[asset] = book;
    }

    function _booking(address account, address asset) internal view override returns (Booking memory) {
        bytes32 slot = StateProof.counterSlot(DEPOSITED_SLOT, account, asset);
        return Booking(slot, credited[account][asset], _books[asset].asOf);
    }

    function _totalBooking(address asset) internal view override returns (Booking memory) {
        Book memory book = _books[asset];
        return Booking(StateProof.totalSlot(TOTAL_DEPOSITED_SLOT, asset), book.credited, book.asOf);
    }
}
