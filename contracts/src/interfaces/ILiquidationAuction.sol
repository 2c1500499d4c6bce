// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "./ICreditLines.sol";
import {IMarginEngine} from "./IMarginEngine.sol";

/// @title Reverse Dutch auction of slices of an account below maintenance margin
/// @notice The discount on the mark rises with time until some agent's gap price meets it.
interface ILiquidationAuction {
    /// @dev Ratios in bps, times in seconds. `target` is k in K = k x maintenance. `reserveBond` is what of a bond backs
    /// one reservation; without `reserveSeconds` there are none.
    struct Terms {
        uint16 startDiscount;
        uint16 discountPerSecond;
        uint16 maxDiscount;
        uint16 target;
        uint16 bondedSeconds;
        uint16 insolventSeconds;
        uint128 dust;
        uint16 reserveSeconds;
        uint128 reserveBond;
    }

    /// @dev The slice `bidder` promised to take at `discount`, before `until` seconds of auction.
    struct Reservation {
        address bidder;
        uint16 fraction;
        uint16 discount;
        uint64 until;
    }

    /// @dev `beneficiary` may claim the collateral on the vault chain; with an offer it is the provider's.
    struct Bid {
        address account;
        uint16 fraction;
        uint256 maxPay;
        uint64 expectedVersion;
        address beneficiary;
    }

    event AuctionStarted(address indexed account, uint64 startedAt, int256 equity, uint256 maintenance, int256 mark);
    event AuctionEnded(address indexed account);
    /// @dev `outlay` = pay - fraction x netValue; `collateralValue` at the prices of this block; `version` is the one
    /// that the slice was taken from: the account now stands one higher.
    event BidTaken(
        address indexed account,
        address indexed bidder,
        address indexed beneficiary,
        uint16 fraction,
        int256 pay,
        int256 outlay,
        uint256 collateralValue,
        uint64 version
    );

    event Reserved(address indexed account, address indexed bidder, uint16 fraction, uint16 discount, uint64 until);
    /// @dev Kept, or fallen away with its auction.
    event ReservationReleased(address indexed account, address indexed bidder);
    /// @dev Broken: from here on the auction is open to all.
    event ReservationDefaulted(address indexed account, address indexed bidder, address indexed reporter);

    error ReservationsOff();
    error ReservedFor(address account, address bidder, uint64 until);
    error ReservationShort(uint16 fraction, uint16 reserved);
    error ReservationMissing(address account);
    error ReservationBroken(address account);
    error AccountInsolvent(address account, int256 mark);
    error AccountHealthy(address account, int256 equity, uint256 maintenance);
    error AccountUnhealthy(address account, int256 equity, uint256 maintenance);
    error DiscountOutOfRange(uint16 start, uint16 maximum);
    error TargetTooLow(uint16 target);
    error AuctionUnknown(address account);
    error FractionOutOfRange(uint16 fraction, uint16 maximum);
    error PayAboveMaximum(uint256 pay, uint256 maxPay);
    error VersionChanged(uint64 expected, uint64 found);
    error BondedOnly(address bidder, uint256 openAt);

    /// @notice Starts the auction of an account below maintenance margin. Already started: a no-op.
    function start(address account) external;
    /// @notice Starts the auctions of those among `accounts` that are below maintenance margin and whose auction does not
    /// run yet; the others are passed over, so that one account that healed meanwhile undoes nobody else's start.
    function startMany(address[] calldata accounts) external returns (uint256 started);
    /// @notice Takes a slice with the bidder's own capital. The caller's own account (its address) pays.
    function bid(Bid calldata terms) external returns (int256 pay);
    /// @notice Takes a slice and sells the claim to the provider who signed the offer, in the same transaction.
    function bidAndSell(Bid calldata terms, ICreditLines.Offer calldata offer, bytes calldata signature)
        external
        returns (int256 pay, uint256 proceeds);
    /// @notice A bonded agent promises to take the largest slice there is now, at this discount, within a few seconds;
    /// until then nobody else may bid. A part of its bond backs the promise. Not in an auction where one was broken.
    function reserve(address account) external returns (uint16 fraction);
    /// @notice Calls a promise broken that was not kept in time: the bond pays, the auction is open to all. A later bid
    /// does so by itself.
    function reportDefault(address account) external;
    /// @notice Ends the auction of an account that is healthy again.
    function stop(address account) external;

    /// @notice Discount now, in bps; the start discount before any auction, the promised one under a reservation.
    function discount(address account) external view returns (uint16);
    /// @notice The largest slice a bid may take now, in bps, and what the full portfolio would cost.
    function maxFraction(address account) external view returns (uint16);
    /// @notice What a slice costs now if the account's margin is this; negative: what the insurance pays. Reverts where
    /// a bid would. The engine asks it within a bid.
    function priceOf(address account, uint16 fraction, IMarginEngine.Margin calldata margin)
        external
        view
        returns (int256 pay);
    /// @notice When the auction started, later by all time without fresh prices since then: its clock stood still.
    function startedAt(address account) external view returns (uint64);
    /// @notice The promise that stands, if any.
    function reservationOf(address account) external view returns (Reservation memory);
    function terms() external view returns (Terms memory);
}
