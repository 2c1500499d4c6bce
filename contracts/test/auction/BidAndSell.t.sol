// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract BidAndSellTest is MarginTest {
    uint256 private constant SIGNER = 77;

    function test_the_provider_pays_at_once_and_may_claim() external {
        (address account, address bidder, ICreditLines.Offer memory offer) = offered();
        bytes memory signed = world.signOffer(SIGNER, offer);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 1_000);
        int256 before = engine.cashOf(bidder);
        int256 share = engine.cashOf(account) / 10;
        vm.prank(bidder);
        (int256 pay, uint256 proceeds) = auction.bidAndSell(wanted, offer, signed);
        vm.snapshotGasLastCall("auction", "bidAndSell, one position");
        eq(proceeds, uint256(170e18) * 9_500 / 10_000);
        eq(engine.cashOf(bidder), before + share - pay + int256(proceeds));
        eq(engine.cashOf(offer.provider), 50_000e18 - int256(proceeds));
        eq(world.fast().owed(offer.beneficiary, address(world.weth())), 0.1e18);
        eq(world.fast().owed(bidder, address(world.weth())), 0);
    }

    function test_an_offer_is_good_once() external {
        (address account, address bidder, ICreditLines.Offer memory offer) = offered();
        bytes memory signed = world.signOffer(SIGNER, offer);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 100);
        vm.prank(bidder);
        auction.bidAndSell(wanted, offer, signed);
        wanted = bidFor(account, bidder, 100);
        vm.expectRevert(failure(ICreditLines.OfferUsed.selector, abi.encode(offer.provider, offer.nonce)));
        vm.prank(bidder);
        auction.bidAndSell(wanted, offer, signed);
    }

    function test_a_refused_offer_leaves_no_trace_of_the_bid() external {
        (address account, address bidder, ICreditLines.Offer memory offer) = offered();
        bytes memory signed = world.signOffer(SIGNER + 1, offer);
        IMarginEngine.AccountState memory before = engine.accountState(account);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 100);
        vm.expectPartialRevert(ICreditLines.SignerUnknown.selector);
        vm.prank(bidder);
        auction.bidAndSell(wanted, offer, signed);
        eq(abi.encode(engine.accountState(account)), abi.encode(before));
    }

    function test_a_slice_without_collateral_cannot_be_sold() external {
        address account = world.trader(CROSS, 3_500);
        world.trade(account, ETH, 7e18);
        (, address bidder, ICreditLines.Offer memory offer) = offered();
        world.move(ETH, 1_750e8);
        auction.start(account);
        offer.account = account;
        bytes memory signed = world.signOffer(SIGNER, offer);
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, 100);
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        vm.prank(bidder);
        auction.bidAndSell(wanted, offer, signed);
    }

    function offered() private returns (address account, address bidder, ICreditLines.Offer memory offer) {
        account = failing();
        bidder = world.agent(10_000);
        address provider = world.trader(CROSS, 50_000);
        vm.prank(provider);
        lines.setSigner(vm.addr(SIGNER));
        offer = ICreditLines.Offer({
            provider: provider,
            beneficiary: world.person(),
            bidder: bidder,
            account: account,
            rate: 9_500,
            maxCash: 5_000e18,
            validUntil: uint48(block.timestamp + 10),
            nonce: 1
        });
    }
}
