// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";
import {BatchMath} from "./libraries/BatchMath.sol";

/// @title The price book
/// @notice See IPriceBook.
contract PriceBook is IPriceBook, EIP712, AccessManaged {
    /// @dev How far a publisher's clock may run ahead of the chain's.
    uint256 private constant FUTURE_SKEW = 2000;
    /// @dev Seconds after its moment in which a fixing is signed.
    uint256 private constant FIXING_WINDOW = 5;
    uint256 private constant FIXING_PATIENCE = 1 hours;

    /// @dev One slot. `anchor` is the last price that was not degraded: a jump stays degraded until more than the
    /// bare quorum confirms it or the price comes back, however often it is repeated.
    struct Stored {
        uint64 price;
        uint16 confidence;
        uint48 sequence;
        uint48 publishedAt;
        bool degraded;
        uint64 anchor;
    }

    /// @dev The union of all times in which a feed that came back was stale.
    struct Stall {
        uint48 total;
        uint48 lastUntil;
    }

    mapping(uint16 feed => Stored) private _prices;

    /// @inheritdoc IPriceBook
    mapping(uint16 feed => uint256) public shocks;
    /// @inheritdoc IPriceBook
    mapping(address publisher => bool) public isPublisher;
    /// @inheritdoc IPriceBook
    mapping(uint16 feed => mapping(uint40 moment => uint64)) public fixings;
    Stall private _stall;

    /// @inheritdoc IPriceBook
    uint256 public immutable quorum;
    /// @inheritdoc IPriceBook
    uint48 public immutable maxAge;
    /// @inheritdoc IPriceBook
    uint16 public immutable deviation;

    /// @param maxAgeMillis Age at which a price is stale.
    constructor(address authority, uint256 quorum_, uint48 maxAgeMillis, uint16 deviation_)
        EIP712("Lienmesh PriceBook", "1")
        AccessManaged(authority)
    {
        if (quorum_ == 0) revert QuorumMissing(0, 1);
        quorum = quorum_;
        maxAge = maxAgeMillis;
        deviation = deviation_;
    }

    /// @inheritdoc IPriceBook
    function push(Batch[] calldata batches) external {
        if (batches.length < quorum) revert QuorumMissing(batches.length, quorum);
        for (uint256 i; i < batches.length; ++i) {
            _requireCurrent(batches[i]);
        }
        uint48 sequence = _verify(batches);
        uint48 freshUntil = sequence;
        for (uint256 i; i < batches[0].entries.length; ++i) {
            Stored memory last = _prices[batches[0].entries[i].feed];
            if (sequence <= last.sequence) continue;
            if (last.sequence != 0 && last.sequence + maxAge < freshUntil) freshUntil = last.sequence + maxAge;
            _store(BatchMath.median(batches, i), sequence, last, batches.length);
        }
        if (freshUntil < sequence) _resume(freshUntil, sequence);
    }

    /// @inheritdoc IPriceBook
    function fix(uint16 feed, uint40 moment, Batch[] calldata batches) external returns (uint64 price) {
        if (fixings[feed][moment] != 0) revert AlreadyFixed(feed, moment, fixings[feed][moment]);
        if (batches.length < quorum) revert QuorumMissing(batches.length, quorum);
        _verify(batches);
        bool late = block.timestamp > moment + FIXING_PATIENCE;
        uint256 until = 1000 * (late ? block.timestamp : moment + FIXING_WINDOW);
        for (uint256 i; i < batches.length; ++i) {
            uint48 sequence = batches[i].sequence;
            if (sequence < uint256(moment) * 1000 || sequence > until) {
                revert OutsideFixing(sequence, uint256(moment) * 1000, until);
            }
        }
        price = _priceOf(feed, batches);
        fixings[feed][moment] = price;
        emit PriceFixed(feed, moment, price);
    }

    /// @inheritdoc IPriceBook
    function stalled() external view returns (uint48 total, uint48 lastUntil) {
        return (_stall.total, _stall.lastUntil);
    }

    /// @inheritdoc IPriceBook
    function get(uint16 feed) external view returns (Price memory) {
        Stored memory stored = _prices[feed];
        _requireFresh(feed, stored.sequence);
        return _reading(stored);
    }

    /// @inheritdoc IPriceBook
    function current(uint16 feed) public view returns (uint256 price, uint256 confidence, bool degraded) {
        Stored storage stored = _prices[feed];
        _requireFresh(feed, stored.sequence);
        return (stored.price, stored.confidence, stored.degraded);
    }

    /// @inheritdoc IPriceBook
    function risk(uint16 feed)
        external
        view
        returns (uint256 price, uint256 confidence, bool degraded, uint256 array)
    {
        (price, confidence, degraded) = current(feed);
        array = shocks[feed];
    }

    /// @inheritdoc IPriceBook
    function peek(uint16 feed) external view returns (Price memory) {
        return _reading(_prices[feed]);
    }

    /// @inheritdoc IPriceBook
    function setPublisher(address publisher, bool allowed) external restricted {
        isPublisher[publisher] = allowed;
        emit PublisherSet(publisher, allowed);
    }

    function _priceOf(uint16 feed, Batch[] calldata batches) private pure returns (uint64) {
        for (uint256 i; i < batches[0].entries.length; ++i) {
            if (batches[0].entries[i].feed == feed) return BatchMath.median(batches, i).price;
        }
        revert FeedMissing(feed);
    }

    /// @dev Every batch signed by another publisher, over the same feeds; answers the smallest sequence.
    function _verify(Batch[] calldata batches) private view returns (uint48 sequence) {
        address previous;
        sequence = type(uint48).max;
        for (uint256 i; i < batches.length; ++i) {
            Batch calldata batch = batches[i];
            _requireSameFeeds(batches[0].entries, batch.entries);
            address signer = ECDSA.recoverCalldata(_hashTypedDataV4(BatchMath.structHash(batch)), batch.signature);
            if (!isPublisher[signer]) revert PublisherUnknown(signer);
            if (signer <= previous) revert PublisherOrder(previous, signer);
            previous = signer;
            if (batch.sequence < sequence) sequence = batch.sequence;
        }
    }

    function _requireCurrent(Batch calldata batch) private view {
        uint256 nowMillis = block.timestamp * 1000;
        if (batch.validUntil < nowMillis) revert BatchExpired(batch.validUntil, nowMillis);
        if (batch.sequence > nowMillis + FUTURE_SKEW) revert BatchFromFuture(batch.sequence, nowMillis);
    }

    function _requireSameFeeds(Entry[] calldata expected, Entry[] calldata found) private pure {
        if (expected.length != found.length) {
            revert FeedsMismatch(expected.length, uint16(expected.length), uint16(found.length));
        }
        for (uint256 i; i < expected.length; ++i) {
            if (found[i].feed != expected[i].feed) revert FeedsMismatch(i, expected[i].feed, found[i].feed);
            if (found[i].price == 0) revert PriceZero(found[i].feed);
        }
    }

    function _store(Entry memory entry, uint48 sequence, Stored memory last, uint256 publishers) private {
        bool bare = last.anchor != 0 && publishers <= quorum;
        bool degraded = bare && BatchMath.jumps(last.anchor, entry.price, deviation);
        if (degraded) emit Degraded(entry.feed, last.anchor, entry.price);
        _prices[entry.feed] = Stored({
            price: entry.price,
            confidence: entry.confidence,
            sequence: sequence,
            publishedAt: uint48(block.timestamp * 1000),
            degraded: degraded,
            anchor: degraded ? last.anchor : entry.price
        });
        if (shocks[entry.feed] != entry.shocks) shocks[entry.feed] = entry.shocks;
        emit Priced(entry.feed, entry.price, entry.confidence, sequence, entry.shocks);
    }

    /// @dev A feed came back: the time without it counts once, whichever other feeds were missing then.
    function _resume(uint48 freshUntil, uint48 sequence) private {
        Stall memory stall = _stall;
        uint48 from = freshUntil > stall.lastUntil ? freshUntil : stall.lastUntil;
        if (from >= sequence) return;
        _stall = Stall(stall.total + (sequence - from), sequence);
        emit Resumed(from, sequence);
    }

    function _requireFresh(uint16 feed, uint48 sequence) private view {
        uint256 nowMillis = block.timestamp * 1000;
        uint256 age = nowMillis > sequence ? nowMillis - sequence : 0;
        if (age > maxAge) revert PriceStale(feed, age, maxAge);
    }

    function _reading(Stored memory stored) private pure returns (Price memory) {
        return Price(stored.price, stored.confidence, stored.sequence, stored.publishedAt, stored.degraded);
    }
}
