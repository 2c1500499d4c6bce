// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract ViewsTest is MarginTest {
    function test_the_discount_rises_from_its_start_to_its_maximum() external {
        address account = leveraged();
        eq(auction.discount(account), 100);
        world.move(ETH, 1_700e8);
        auction.start(account);
        eq(auction.discount(account), 100);
        vm.warp(block.timestamp + 10);
        eq(auction.discount(account), 350);
        vm.warp(block.timestamp + 106);
        eq(auction.discount(account), 3_000);
        vm.warp(block.timestamp + 10_000);
        eq(auction.discount(account), 3_000);
    }

    function test_a_healthy_account_offers_no_slice() external {
        eq(auction.maxFraction(leveraged()), 0);
    }

    function test_the_largest_slice_grows_with_the_discount() external {
        address account = failing();
        uint16 first = auction.maxFraction(account);
        vm.warp(block.timestamp + 30);
        yes(auction.maxFraction(account) > first, "a larger discount needs a larger slice");
    }

    function test_the_terms_are_what_was_deployed() external view {
        eq(abi.encode(auction.terms()), abi.encode(world.auctionTerms()));
    }

    function test_terms_that_make_no_auction_are_refused() external {
        ILiquidationAuction.Terms memory terms = world.auctionTerms();
        terms.maxDiscount = 10_000;
        expectRefusal(terms, failure(ILiquidationAuction.DiscountOutOfRange.selector, abi.encode(100, 10_000)));
        terms.maxDiscount = 99;
        expectRefusal(terms, failure(ILiquidationAuction.DiscountOutOfRange.selector, abi.encode(100, 99)));
        terms = world.auctionTerms();
        terms.target = 9_999;
        expectRefusal(terms, failure(ILiquidationAuction.TargetTooLow.selector, abi.encode(9_999)));
    }

    function expectRefusal(ILiquidationAuction.Terms memory terms, bytes memory reason) private {
        try this.deployed(abi.encode(engine, lines, world.registry(), terms)) {
            yes(false, "these terms are refused");
        } catch (bytes memory found) {
            eq(found, reason);
        }
    }

    function deployed(bytes calldata arguments) external returns (address) {
        return deploy("LiquidationAuction", arguments);
    }
}
