// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Signed prices and risk arrays, published by a quorum and carried by whoever needs them
/// @notice A publisher signs a batch of all its feeds under one signature. A push needs `quorum` batches from distinct
/// publishers with the same feeds in the same order; each feed takes the lower median price (and that entry's risk
/// array; equal prices in the order of their batches), the widest confidence and the smallest sequence.
interface IPriceBook {
    /// @dev `price` has 8 decimals. `confidence` is in bps of the price. `shocks` packs 16 int16 (bps of the underlying's
    /// notional), lowest bits first; zero where the instrument's own array is used.
    struct Entry {
        uint16 feed;
        uint64 price;
        uint16 confidence;
        uint256 shocks;
    }

    /// @dev `sequence` is the publisher's time in milliseconds. `validUntil` is in milliseconds.
    struct Batch {
        uint48 sequence;
        uint48 validUntil;
        Entry[] entries;
        bytes signature;
    }

    /// @dev One slot. `degraded` after a jump beyond the deviation limit confirmed by the bare quorum only, until more
    /// publishers confirm it or the price comes back.
    struct Price {
        uint64 price;
        uint16 confidence;
        uint48 sequence;
        uint48 publishedAt;
        bool degraded;
    }

    event Priced(uint16 indexed feed, uint64 price, uint16 confidence, uint48 sequence, uint256 shocks);
    event Degraded(uint16 indexed feed, uint64 from, uint64 to);
    /// @dev Some feed had no fresh price from `from` until `until`, in milliseconds.
    event Resumed(uint48 from, uint48 until);
    event PriceFixed(uint16 indexed feed, uint40 indexed moment, uint64 price);
    event PublisherSet(address indexed publisher, bool allowed);

    error PublisherUnknown(address signer);
    error PublisherOrder(address previous, address signer);
    error QuorumMissing(uint256 batches, uint256 quorum);
    error FeedsMismatch(uint256 index, uint16 expected, uint16 found);
    error BatchExpired(uint48 validUntil, uint256 nowMillis);
    error BatchFromFuture(uint48 sequence, uint256 nowMillis);
    error PriceZero(uint16 feed);
    error OutsideFixing(uint48 sequence, uint256 from, uint256 until);
    error AlreadyFixed(uint16 feed, uint40 moment, uint64 price);
    error FeedMissing(uint16 feed);
    error PriceStale(uint16 feed, uint256 ageMillis, uint256 limitMillis);

    /// @notice Brings every feed at least up to these batches. Batches in ascending order of signer. A feed whose
    /// stored sequence is as new or newer is left alone, so that two bidders may carry the same prices.
    function push(Batch[] calldata batches) external;
    /// @notice Admits or dismisses a publisher (governance).
    function setPublisher(address publisher, bool allowed) external;
    /// @notice The current price; reverts when stale.
    function get(uint16 feed) external view returns (Price memory);
    /// @notice What a margin needs of the current price; reverts when stale.
    function current(uint16 feed) external view returns (uint256 price, uint256 confidence, bool degraded);
    /// @notice The same with the feed's risk array.
    function risk(uint16 feed)
        external
        view
        returns (uint256 price, uint256 confidence, bool degraded, uint256 shocks);
    /// @notice The last price, however old.
    function peek(uint16 feed) external view returns (Price memory);
    /// @notice Keeps for good what a quorum signed for a feed in the first seconds from `moment` (seconds): where a series
    /// expires. The batches may be long expired; without such, an hour later, any signed since will do. Anybody, once.
    function fix(uint16 feed, uint40 moment, Batch[] calldata batches) external returns (uint64 price);
    /// @notice The price of a feed at a moment; zero when nobody fixed it.
    function fixings(uint16 feed, uint40 moment) external view returns (uint64);
    /// @notice Milliseconds in which some feed that was in use had no fresh price: what stops the clocks of auctions.
    /// `lastUntil` is the end of the last such time, zero if there was none.
    function stalled() external view returns (uint48 total, uint48 lastUntil);
    /// @notice The last published risk array of a feed.
    function shocks(uint16 feed) external view returns (uint256);
    function isPublisher(address publisher) external view returns (bool);
    function quorum() external view returns (uint256);
    function maxAge() external view returns (uint48);
    /// @notice A jump beyond this many bps needs one publisher more than the quorum, or the price is degraded.
    function deviation() external view returns (uint16);
}
