// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";

/// @title How much of one asset may move now
/// @dev One token bucket per asset, in its own units. A bucket with window zero was never set: it limits nothing.
library Allowance {
    using RateLimiter for RateLimiter.RefillingBucket;

    bytes32 private constant ENTRY = 0;

    /// @notice As much of `wanted` as the bucket allows now, taken from it.
    function take(RateLimiter.RefillingBucket storage bucket, uint256 wanted) internal returns (uint256 taken) {
        if (bucket._window == 0) return wanted;
        uint256 available = bucket.available(ENTRY);
        taken = wanted < available ? wanted : available;
        bucket.consume(ENTRY, taken);
    }

    /// @notice Sets the bucket. What was used before refills at the old pace until now.
    function set(RateLimiter.RefillingBucket storage bucket, uint208 capacity, uint48 window) internal {
        if (bucket._window != 0) bucket.sync(ENTRY);
        bucket.updateSettings(window, capacity);
    }
}
