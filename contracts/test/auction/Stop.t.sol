// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract StopTest is MarginTest {
    function test_anyone_ends_the_auction_of_a_recovered_account() external {
        address account = failing();
        world.deposit(account, 5_000e6);
        vm.expectEmit(address(auction));
        emit ILiquidationAuction.AuctionEnded(account);
        auction.stop(account);
        eq(auction.startedAt(account), 0);
    }

    function test_the_auction_of_a_failing_account_goes_on() external {
        address account = failing();
        IMarginEngine.Margin memory margin = engine.margin(account);
        bytes memory numbers = abi.encode(account, margin.equity, margin.maintenance);
        vm.expectRevert(failure(ILiquidationAuction.AccountUnhealthy.selector, numbers));
        auction.stop(account);
    }

    function test_no_auction_cannot_end() external {
        address account = leveraged();
        vm.expectRevert(failure(ILiquidationAuction.AuctionUnknown.selector, abi.encode(account)));
        auction.stop(account);
    }
}
