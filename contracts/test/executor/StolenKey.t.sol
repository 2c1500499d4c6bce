// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "../support/Test.sol";
import {Gap} from "./Estate.sol";
import {Thief} from "./Thief.sol";

/// @notice F50: random calls with a stolen operator key. Long campaigns: contracts/campaign.ts.
contract StolenKeyTest is Test {
    /// @dev The executor rounds each token's worth down to a millionth of a dollar at each call, so that a call may give
    /// away less than two of these without being seen. The thief gets no more than some hundred calls into an hour.
    uint256 private constant ROUNDING = 2_000;
    uint256 private constant SHORT = 4_000;

    function test_a_stolen_key_takes_at_most_one_hourly_cap() external {
        Thief thief = new Thief(Gap.None);
        thief.steal(vm.envOr("CAMPAIGN_SEED", uint256(7)), vm.envOr("CAMPAIGN_CALLS", SHORT));
        (uint256 sold, uint256 bid) = worst(thief);
        string memory path = vm.envOr("CAMPAIGN_REPORT", string(""));
        if (bytes(path).length != 0) vm.writeFile(path, string(report(thief)));
        uint256 cap = thief.estate().CAP();
        yes(sold <= cap + ROUNDING, "an hour's sales lose at most the cap");
        yes(bid <= cap, "an hour's bids cost at most the cap");
        yes(!thief.broke(), "nothing was done that is the owner's, and nothing twice at once");
        yes(sold * 20 > cap * 19 && bid * 20 > cap * 19, "some hour's loss came near the cap, on both sides");
        yes(thief.accepted() * 10 > thief.batches() * 3, "three batches in ten or more went through");
        yes(thief.accepted() * 10 < thief.batches() * 9, "one in ten or more was refused");
        for (uint256 lane; lane < 7; ++lane) {
            yes(uint32(thief.kinds() >> (32 * lane)) != 0, "every kind of allowed call was performed");
            yes(uint32(thief.reasons() >> (32 * lane)) != 0, "every refusal was met");
        }
        yes(thief.insideCalls() != 0, "the thief acted inside calls");
    }

    function test_the_campaign_finds_a_cap_that_is_not_checked() external {
        breaks(Gap.NoCap);
    }

    function test_the_campaign_finds_tokens_that_nobody_valued() external {
        breaks(Gap.NoValues);
    }

    function test_the_campaign_finds_a_route_through_a_strangers_token() external {
        breaks(Gap.FreeRoute);
    }

    function test_the_campaign_finds_a_spender_that_is_not_pinned() external {
        breaks(Gap.FreeSpender);
    }

    function breaks(Gap gap) private {
        Thief thief = new Thief(gap);
        thief.steal(11, SHORT);
        (uint256 sold,) = worst(thief);
        yes(sold > 2 * thief.estate().CAP(), "some hour lost far more than the cap");
    }

    /// @dev In millionths of a dollar.
    function worst(Thief thief) private view returns (uint256 sold, uint256 bid) {
        (,, sold,) = thief.sold();
        (,, bid,) = thief.bid();
        return ((sold + 1e18 - 1) / 1e18, (bid + 1e18 - 1) / 1e18);
    }

    function report(Thief thief) private view returns (bytes memory line) {
        (uint256 sold, uint256 bid) = worst(thief);
        uint256[9] memory figures = [
            thief.calls(),
            thief.performed(),
            thief.batches(),
            thief.accepted(),
            thief.around(),
            thief.insideCalls(),
            thief.estate().CAP(),
            sold,
            bid
        ];
        line = "[";
        for (uint256 i; i < 9; ++i) line = bytes.concat(line, i == 0 ? bytes("") : bytes(","), digits(figures[i]));
        for (uint256 lane; lane < 7; ++lane) line = bytes.concat(line, ",", digits(uint32(thief.kinds() >> (32 * lane))));
        for (uint256 lane; lane < 8; ++lane) line = bytes.concat(line, ",", digits(uint32(thief.reasons() >> (32 * lane))));
        line = bytes.concat(line, "]");
    }

    function digits(uint256 value) private pure returns (bytes memory) {
        return bytes(vm.toString(value));
    }
}
