// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "./ICreditLines.sol";
import {IMarginEngine} from "./IMarginEngine.sol";

/// @title Reverse Dutch auction of slices of an account below maintenance margin
/// @notice The discount on the mark rises with time until some agent's gap price meets it.
interface ILiquidationAuction {
    /// @dev Ratios in bps, times in seconds. `target` is k in K = k x maintenance.
    struct Terms {
        uint16 startDiscount;
        uint16 discountPerSecond;
        uint16 maxDiscount;
        uint16 target;
        uint16 bondedSeconds;
        uint16 insolventSeconds;
        uint128 dust;
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
    /// @notice Takes a slice with the bidder's own capital. The caller's own account (its address) pays.
    function bid(Bid calldata terms) external returns (int256 pay);
    /// @notice Takes a slice and sells the claim to the provider who signed the offer, in the same transaction.
    function bidAndSell(Bid calldata terms, ICreditLines.Offer calldata offer, bytes calldata signature)
        external
        returns (int256 pay, uint256 proceeds);
    /// @notice Ends the auction of an account that is healthy again.
    function stop(address account) external;

    /// @notice Discount now, in bps; the start discount before any auction.
    function discount(address account) external view returns (uint16);
    /// @notice The largest slice a bid may take now, in bps, and what the full portfolio would cost.
    function maxFraction(address account) external view returns (uint16);
    /// @notice What a slice costs now if the account's margin is this; negative: what the insurance pays. Reverts where
    /// a bid would. The engine asks it within a bid.
    function priceOf(address account, uint16 fraction, IMarginEngine.Margin calldata margin)
        external
        view
        returns (int256 pay);
    function startedAt(address account) external view returns (uint64);
    function terms() external view returns (Terms memory);
}
