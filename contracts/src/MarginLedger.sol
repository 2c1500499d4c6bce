// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";

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

    /// @dev Bitmaps by id. `collaterals` and `entryFunding` are reserved.
    struct Held {
        uint128 instruments;
        uint128 collaterals;
    }

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

    function _addSize(address account, uint8 instrument, int256 change) internal {
        Holding storage holding = position[account][instrument];
        int256 before = holding.size;
        int256 size = before + change;
        holding.size = size.toInt128();
        if (before == 0 && size != 0) _mark(account, instrument);
        if (before != 0 && size == 0) held[account].instruments &= ~_bit(instrument);
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

    function _mark(address account, uint8 instrument) private {
        uint128 bits = held[account].instruments;
        if (bits != 0 && account != POOL) {
            if (word[account].mode == Mode.ISOLATED) revert IsolatedHoldsOne(account, _lowest(bits), instrument);
            if (_count(bits) >= MAX_POSITIONS) revert TooManyPositions(account, MAX_POSITIONS);
        }
        held[account].instruments = bits | _bit(instrument);
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
