// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../support/Test.sol";
import {Thief} from "./Thief.sol";

/// @notice F50: a campaign of random calls with a stolen operator key. Long ones: contracts/campaign.ts.
contract StolenKeyTest is Test {
    function test_a_stolen_key_takes_at_most_one_hourly_cap() external {
        Thief thief = new Thief();
        uint256 wanted = vm.envOr("CAMPAIGN_CALLS", uint256(4_000));
        thief.steal(vm.envOr("CAMPAIGN_SEED", uint256(7)), wanted);
        yes(thief.worstHour() <= thief.CAP() + ROUNDING, "an hour's loss is within the cap");
        yes(thief.worstHour() * 2 > thief.CAP(), "some hour's loss came near it");
        yes(thief.refused() * 100 > thief.batches(), "some batches were refused");
        yes(thief.refused() < thief.batches(), "some batches went through");
    }

    /// @dev The two ways of summing values differ by a unit of a millionth of a dollar for each token and call.
    uint256 private constant ROUNDING = 2_000;
}
