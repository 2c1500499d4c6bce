// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILiquidationAuction} from "./interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";

/// @title When auctions started and how far they are
/// @dev The discount compensates a bidder for waiting, not for silence of the publishers: while prices are stale nobody
/// can bid, and the clock stands.
abstract contract AuctionClock is ILiquidationAuction {
    /// @dev `stalledBefore`: what the price book's silence had added up to. `open`: a promise was broken.
    struct Clock {
        uint64 startedAt;
        uint48 stalledBefore;
        bool open;
    }

    IMarginEngine public immutable engine;
    IPriceBook internal immutable _book;

    Terms internal _terms;
    mapping(address account => Clock) internal _clocks;

    constructor(address engine_, Terms memory terms_) {
        engine = IMarginEngine(engine_);
        _book = IPriceBook(engine.priceBook());
        _terms = terms_;
    }

    /// @inheritdoc ILiquidationAuction
    function startedAt(address account) public view returns (uint64) {
        Clock memory clock = _clocks[account];
        if (clock.startedAt == 0) return 0;
        (uint256 total, uint256 lastUntil) = _book.stalled();
        uint256 silent = total - clock.stalledBefore;
        if (silent == 0) return clock.startedAt;
        // A silence that began before the auction stopped its clock only from the start.
        silent = Math.min(silent, Math.saturatingSub(lastUntil, uint256(clock.startedAt) * 1000));
        return clock.startedAt + uint64(Math.ceilDiv(silent, 1000));
    }

    function _startClock(address account) internal {
        (uint48 total,) = _book.stalled();
        _clocks[account] = Clock(uint64(block.timestamp), total, false);
    }

    function _stopClock(address account) internal {
        delete _clocks[account];
    }

    function _isRunning(address account) internal view returns (bool) {
        return _clocks[account].startedAt != 0;
    }

    function _elapsed(address account) internal view returns (uint256) {
        uint64 began = startedAt(account);
        return began == 0 ? 0 : Math.saturatingSub(block.timestamp, began);
    }
}
