// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice Whole transactions of an agent in business: its account and the counters of its claims are in use.
contract AuctionGasTest is MarginTest {
    function test_a_bid_on_eight_positions_over_two_vaults_fits_the_budget() external {
        measureBid(2, "bid");
    }

    function test_a_bid_on_eight_positions_over_four_collaterals() external {
        measureBid(4, "bid, four collaterals");
    }

    function measureBid(uint256 collaterals, string memory name) private {
        address bidder = world.agent(20_000);
        address other = failingEight(collaterals);
        take(other, bidder, 1_000);
        vm.prank(bidder);
        engine.closeAll(bidder);
        address account = failingEight(collaterals);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, auction.maxFraction(account));
        vm.prank(bidder);
        auction.bid(wanted);
        vm.snapshotGasLastCall("auction", name);
        eq(engine.accountState(bidder).positions.length, 8);
        vm.prank(bidder);
        engine.closeAll(bidder);
        vm.snapshotGasLastCall("engine", "closeAll, eight positions");
        eq(engine.accountState(bidder).positions.length, 0);
    }
}
