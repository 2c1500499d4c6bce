// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Leg} from "./libraries/Portfolio.sol";

/// @title Accounts, cash and positions
/// @notice Whatever one account loses here another gains: nothing creates cash or size but a deposit.
/// @dev Slots 0 to 3 are proven by agents to each other. Inherit this first.
abstract contract MarginLedger is IMarginEngine {
    using SafeCast for int256;

    struct Word {
        uint64 version;
        Mode mode;
        int128 cash;
        uint56 updatedAt;
    }

    /// @dev Bitmaps by id. `collaterals` is one in an open account, so that the word never returns to zero: an agent
    /// empties and fills it all day.
    struct Held {
        uint128 instruments;
        uint128 collaterals;
    }

    /// @dev `entryFunding` is the index of the instrument's funding that the holder has paid up to.
    struct Holding {
        int128 size;
        int128 entryFunding;
    }

    /// @notice The most positions one account may hold, so that it can always be liquidated in one transaction.
    uint256 public constant MAX_POSITIONS = 16;
    /// @dev Nobody holds the keys of these; they are no margin accounts, so they can be neither traded nor auctioned.
    address internal constant POOL = address(uint160(uint256(keccak256("lienmesh.pool"))));
    address internal constant INSURANCE = address(uint160(uint256(keccak256("lienmesh.insurance"))));

    mapping(address account => Word) public word;
    mapping(address account => Held) public held;
    mapping(address account => mapping(uint8 instrument => Holding)) public position;
    /// @inheritdoc IMarginEngine
    mapping(address account => address) public owner;

    modifier onlyOwner(address account) {
        if (owner[account] != msg.sender) revert NotOwner(account, msg.sender);
        _;
    }

    /// @inheritdoc IMarginEngine
    function open(uint96 salt, Mode mode) external returns (address account) {
        if (mode == Mode.NONE) revert ModeMissing();
        account = accountOf(msg.sender, salt);
        if (word[account].mode != Mode.NONE) revert AccountExists(account);
        owner[account] = msg.sender;
        word[account].mode = mode;
        held[account].collaterals = 1;
        emit AccountOpened(account, msg.sender, mode);
        _touch(account);
    }

    /// @inheritdoc IMarginEngine
    function accountOf(address holder, uint96 salt) public pure returns (address) {
        return salt == 0 ? holder : address(uint160(uint256(keccak256(abi.encode(holder, salt)))));
    }

    /// @inheritdoc IMarginEngine
    function cashOf(address account) external view returns (int256) {
        return word[account].cash;
    }

    /// @inheritdoc IMarginEngine
    function versionOf(address account) external view returns (uint64) {
        return word[account].version;
    }

    /// @inheritdoc IMarginEngine
    function pool() external pure returns (address) {
        return POOL;
    }

    /// @inheritdoc IMarginEngine
    function insurance() external pure returns (address) {
        return INSURANCE;
    }

    /// @dev A new version: whatever was signed or bid for the former one is void.
    function _touch(address account) internal {
        Word storage changed = word[account];
        changed.updatedAt = uint56(block.timestamp);
        emit AccountUpdated(account, ++changed.version);
    }

    function _addCash(address account, int256 change) internal returns (int256 cash) {
        cash = word[account].cash + change;
        word[account].cash = cash.toInt128();
    }

    function _addSize(address account, uint8 instrument, int256 change, int256 index) internal {
        (int256 before, int256 size) = _changeSize(account, instrument, change, index);
        if (before == 0 && size != 0) _mark(account, _bit(instrument));
        if (before != 0 && size == 0) _unmark(account, _bit(instrument));
    }

    /// @dev A slice of every position. `bidder` is marked once, for all of them.
    function _moveSizes(Leg[] memory legs, address account, address bidder, uint256 fraction) internal {
        uint128 opened;
        uint128 closed;
        uint128 gone;
        for (uint256 i; i < legs.length; ++i) {
            Leg memory leg = legs[i];
            int256 part = MarginMath.share(leg.size, fraction);
            if (part == 0) continue;
            leg.size -= part;
            uint128 bit = _bit(leg.instrument);
            (, int256 size) = _changeSize(account, leg.instrument, -part, leg.index);
            if (size == 0) gone |= bit;
            int256 before;
            (before, size) = _changeSize(bidder, leg.instrument, part, leg.index);
            if (before == 0) opened |= bit;
            else if (size == 0) closed |= bit;
        }
        if (gone != 0) _unmark(account, gone);
        if (closed != 0) _unmark(bidder, closed);
        if (opened != 0) _mark(bidder, opened);
    }

    /// @dev Funding up to `index` is paid first. The pool has no entry: it is on the other side of every payment.
    function _changeSize(address account, uint8 instrument, int256 change, int256 index)
        private
        returns (int256 before, int256 size)
    {
        Holding storage holding = position[account][instrument];
        int256 entry;
        (before, entry) = _read(holding);
        if (account == POOL) index = 0;
        else if (before != 0 && entry != index) _payFunding(account, instrument, before, index - entry);
        size = before + change;
        _write(holding, size.toInt128(), size == 0 ? int256(0) : index);
    }

    /// @dev Size and entry funding at once.
    function _read(Holding storage holding) internal view returns (int256 size, int256 entry) {
        assembly ("memory-safe") {
            let both := sload(holding.slot)
            size := signextend(15, both)
            entry := sar(128, both)
        }
    }

    /// @dev An index is read from 128 bits and only from there.
    function _write(Holding storage holding, int256 size, int256 entry) private {
        assembly ("memory-safe") {
            sstore(holding.slot, or(shr(128, shl(128, size)), shl(128, entry)))
        }
    }

    function _payFunding(address account, uint8 instrument, int256 size, int256 change) private {
        int256 owed = MarginMath.fundingUp(size, change);
        if (owed == 0) return;
        _addCash(account, -owed);
        _addCash(POOL, owed);
        emit FundingPaid(account, instrument, owed);
    }

    function _requireOpen(address account) internal view {
        if (word[account].mode == Mode.NONE) revert AccountUnknown(account);
    }

    /// @dev The ids of the instruments an account holds, ascending.
    function _heldBy(address account) internal view returns (uint8[] memory ids) {
        uint128 bits = held[account].instruments;
        ids = new uint8[](_count(bits));
        for (uint256 i; i < ids.length; ++i) {
            ids[i] = _lowest(bits);
            bits &= bits - 1;
        }
    }

    function _mark(address account, uint128 opened) private {
        uint128 before = held[account].instruments;
        uint128 bits = before | opened;
        held[account].instruments = bits;
        if (account == POOL || bits & (bits - 1) == 0) return;
        if (word[account].mode == Mode.ISOLATED) {
            uint128 first = before != 0 ? before : opened & (~opened + 1);
            revert IsolatedHoldsOne(account, _lowest(first), _lowest(bits & ~first));
        }
        if (_count(bits) > MAX_POSITIONS) revert TooManyPositions(account, MAX_POSITIONS);
    }

    function _unmark(address account, uint128 closed) private {
        held[account].instruments &= ~closed;
    }

    function _bit(uint8 id) private pure returns (uint128) {
        return uint128(1) << id;
    }

    function _lowest(uint128 bits) private pure returns (uint8 id) {
        assembly {
            id := sub(255, clz(and(bits, sub(0, bits))))
        }
    }

    function _count(uint128 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) {
            ++count;
        }
    }
}
