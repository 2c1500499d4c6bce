// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract PurchaseTest is MarginTest {
    uint256 private constant SIGNER = 77;

    address private provider;
    address private bidder;
    address private account;

    function setUp() public override {
        super.setUp();
        provider = world.trader(CROSS, 1_000);
        bidder = world.trader(CROSS, 0);
        account = world.trader(UNIFIED, 0);
        vm.prank(provider);
        lines.setSigner(vm.addr(SIGNER));
    }

    function test_the_rate_is_paid_in_engine_cash_rounded_down() external {
        ICreditLines.Offer memory wanted = offer();
        vm.expectEmit(address(lines));
        emit ICreditLines.ClaimBought(provider, bidder, account, 333, 316);
        eq(purchase(wanted, 333), 316);
        eq(engine.cashOf(bidder), 316);
        eq(engine.cashOf(provider), 1_000e18 - 316);
        yes(lines.used(provider, 9), "the nonce is used");
    }

    function test_only_the_auction_purchases() external {
        ICreditLines.Offer memory wanted = offer();
        bytes memory signed = world.signOffer(SIGNER, wanted);
        vm.expectRevert(failure(ICreditLines.NotAuction.selector, abi.encode(address(this))));
        lines.purchase(wanted, signed, bidder, account, 100e18);
    }

    function test_an_offer_ends_after_its_last_second() external {
        ICreditLines.Offer memory wanted = offer();
        vm.warp(wanted.validUntil + 1);
        refuse(wanted, failure(ICreditLines.OfferExpired.selector, abi.encode(wanted.validUntil, block.timestamp)));
        vm.warp(wanted.validUntil);
        eq(purchase(wanted, 100e18), 95e18);
    }

    function test_an_offer_is_for_one_bidder_and_one_account() external {
        ICreditLines.Offer memory wanted = offer();
        wanted.bidder = provider;
        refuse(wanted, failure(ICreditLines.OfferNotForYou.selector, abi.encode(provider, account)));
        wanted = offer();
        wanted.account = provider;
        refuse(wanted, failure(ICreditLines.OfferNotForYou.selector, abi.encode(bidder, provider)));
    }

    function test_a_nonce_is_good_once_whatever_the_terms() external {
        ICreditLines.Offer memory wanted = offer();
        purchase(wanted, 100e18);
        wanted.rate = 9_000;
        refuse(wanted, failure(ICreditLines.OfferUsed.selector, abi.encode(provider, 9)));
    }

    function test_one_wei_above_the_offered_cash_is_refused() external {
        ICreditLines.Offer memory wanted = offer();
        wanted.maxCash = 95e18 - 1;
        refuse(wanted, failure(ICreditLines.OfferTooSmall.selector, abi.encode(95e18, 95e18 - 1)));
    }

    function test_exactly_the_offered_cash_is_paid() external {
        ICreditLines.Offer memory wanted = offer();
        wanted.maxCash = 95e18;
        eq(purchase(wanted, 100e18), 95e18);
    }

    function test_a_provider_pays_no_more_than_it_has() external {
        ICreditLines.Offer memory wanted = offer();
        wanted.maxCash = type(uint128).max;
        bytes memory signed = world.signOffer(SIGNER, wanted);
        vm.expectRevert(failure(IMarginEngine.CashShort.selector, abi.encode(provider, 1_000e18, 1_900e18)));
        vm.prank(address(auction));
        lines.purchase(wanted, signed, bidder, account, 2_000e18);
    }

    function test_a_changed_offer_is_not_signed() external {
        ICreditLines.Offer memory wanted = offer();
        bytes memory signed = world.signOffer(SIGNER, wanted);
        wanted.rate = 10_000;
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(address(auction));
        lines.purchase(wanted, signed, bidder, account, 100e18);
    }

    function test_an_offer_of_another_chain_is_not_signed() external {
        ICreditLines.Offer memory wanted = offer();
        bytes memory signed = world.signOffer(SIGNER, wanted);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(address(auction));
        lines.purchase(wanted, signed, bidder, account, 100e18);
    }

    function test_a_replaced_signer_voids_its_offers() external {
        ICreditLines.Offer memory wanted = offer();
        vm.expectEmit(address(lines));
        emit ICreditLines.SignerSet(provider, address(0));
        vm.prank(provider);
        lines.setSigner(address(0));
        refuse(wanted, failure(ICreditLines.SignerUnknown.selector, abi.encode(provider, vm.addr(SIGNER))));
    }

    function offer() private view returns (ICreditLines.Offer memory) {
        return ICreditLines.Offer({
            provider: provider,
            beneficiary: provider,
            bidder: bidder,
            account: account,
            rate: 9_500,
            maxCash: 500e18,
            validUntil: uint48(block.timestamp + 10),
            nonce: 9
        });
    }

    function purchase(ICreditLines.Offer memory wanted, uint256 value) private returns (uint256) {
        bytes memory signed = world.signOffer(SIGNER, wanted);
        vm.prank(address(auction));
        return lines.purchase(wanted, signed, bidder, account, value);
    }

    function refuse(ICreditLines.Offer memory wanted, bytes memory reason) private {
        bytes memory signed = world.signOffer(SIGNER, wanted);
        vm.expectRevert(reason);
        vm.prank(address(auction));
        lines.purchase(wanted, signed, bidder, account, 100e18);
    }
}
