// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {Allowance} from "../../src/libraries/Allowance.sol";
import {Test} from "../support/Test.sol";

contract AllowanceTest is Test {
    using Allowance for RateLimiter.RefillingBucket;

    RateLimiter.RefillingBucket private bucket;

    function test_a_bucket_never_set_limits_nothing() external {
        eq(bucket.take(type(uint256).max), type(uint256).max);
    }

    function test_a_bucket_gives_what_it_has() external {
        bucket.set(100, 1);
        eq(bucket.take(99), 99);
        eq(bucket.take(2), 1);
        eq(bucket.take(1), 0);
    }

    /// @dev After half of the old window half is back; the new pace begins there.
    function test_a_new_setting_does_not_change_what_was() external {
        bucket.set(100, 200);
        bucket.take(100);
        vm.warp(block.timestamp + 100);
        bucket.set(1_000, 10_000);
        eq(bucket.take(1_000), 950);
        vm.warp(block.timestamp + 100);
        eq(bucket.take(1_000), 10);
    }

    /// @dev The shortest of windows is one second.
    function test_a_bucket_of_one_second_is_set_anew() external {
        bucket.set(100, 1);
        bucket.take(100);
        bucket.set(1_000, 1_000);
        eq(bucket.take(1_000), 900);
        vm.warp(block.timestamp + 1);
        eq(bucket.take(1_000), 1);
    }
}
