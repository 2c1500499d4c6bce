// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {MarginTest} from "../margin/MarginTest.sol";
import {HookToken} from "../support/HookToken.sol";

/// @notice A bond token that bids from inside the transfer that a broken promise pays for.
contract AuctionReentrancyTest is MarginTest {
    uint128 private constant BOND = 1e6;

    HookToken private token_;
    IAgentRegistry private registry;
    address private account;

    function setUp() public override {
        super.setUp();
        token_ = new HookToken();
        registry = IAgentRegistry(
            deploy("AgentRegistry", abi.encode(world.authority(), token_, BOND, uint64(60), address(world)))
        );
        ILiquidationAuction.Terms memory terms = world.auctionTerms();
        terms.reserveBond = BOND / 2;
        account = failing();
        auction = ILiquidationAuction(
            deploy("LiquidationAuction", abi.encode(engine, world.lines(), registry, terms))
        );
        vm.startPrank(address(world));
        engine.setModule(address(auction), true);
        registry.setModule(address(auction), true);
        vm.stopPrank();
        auction.start(account);
        breakPromise();
    }

    function test_a_bid_that_another_one_overtakes_from_inside_is_no_bid() external {
        address rival = world.trader(CROSS, 20_000);
        vm.prank(address(token_));
        engine.open(0, CROSS);
        world.deposit(address(token_), 20_000e6);
        bytes[] memory calls = new bytes[](1);
        calls[0] = abi.encodeCall(auction.bid, (bidFor(account, address(token_), 100)));
        ILiquidationAuction.Bid memory wanted = bidFor(account, rival, 100);
        token_.arm(address(auction), calls);
        uint64 version = wanted.expectedVersion;
        vm.prank(rival);
        vm.expectRevert(failure(ILiquidationAuction.VersionChanged.selector, abi.encode(version, version + 1)));
        auction.bid(wanted);
        eq(uint256(engine.versionOf(account)), version);
    }

    function test_a_hook_that_keeps_still_hinders_nobody() external {
        address rival = world.trader(CROSS, 20_000);
        take(account, rival, 100);
        eq(token_.balanceOf(rival), BOND / 4);
    }

    /// @dev A bonded agent promises, and lets its time run out.
    function breakPromise() private {
        address bidder = world.trader(CROSS, 20_000);
        token_.mint(address(this), BOND);
        token_.approve(address(registry), BOND);
        registry.bond(bidder, BOND);
        vm.prank(bidder);
        auction.reserve(account);
        vm.warp(block.timestamp + 3);
        world.push();
    }
}
