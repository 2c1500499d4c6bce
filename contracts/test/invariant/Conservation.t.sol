// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Test} from "../support/Test.sol";
import {World} from "../margin/World.sol";
import {Market} from "./Market.sol";

contract ConservationTest is Test {
    Market private market;
    World private world;
    IMarginEngine private engine;

    function setUp() external {
        market = new Market();
        world = market.world();
        engine = world.engine();
        target(address(market));
    }

    /// @notice I7, I9 and I11 are judged where they happen, by the market; here is what they noted.
    function invariant_I3_I5_I7_I8_I9_I11_the_books_balance() external view {
        requireBalance();
    }

    /// @notice One long random day: the campaign above means nothing unless accounts fail and agents bid.
    function test_a_long_day_is_eventful_and_conserves() external {
        uint256 seed = 42;
        for (uint256 i; i < 60; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            market.trade(seed, seed >> 8, seed >> 16);
            market.trade(seed >> 24, seed >> 32, seed >> 40);
            if (i % 5 == 0) market.credit(seed >> 56, seed >> 64);
            if (i % 4 == 0) market.deposit(seed >> 72, seed >> 80);
            if (i % 7 == 0) market.withdraw(seed >> 88, seed >> 96);
            if (i % 9 == 0) market.moveBtc(seed >> 104);
            market.squeeze(seed >> 112, seed >> 120, seed >> 128);
        }
        yes(market.starts() >= 5, "auctions started");
        yes(market.bids() >= 5, "slices taken");
        yes(market.rescues() > 0, "somebody with money was let in");
        requireBalance();
    }

    function requireBalance() private view {
        requireAllCashIsTheTokenHeld();
        requireEveryPositionHasItsOtherSide();
        requireWhatIsOwedWasSpent();
        if (market.wrongCount() > 0) yes(false, market.wrongs(0));
    }

    /// @dev I8. The pool and the insurance included.
    function requireAllCashIsTheTokenHeld() private view {
        int256 total = engine.cashOf(engine.pool()) + engine.cashOf(engine.insurance());
        for (uint256 i; i < market.count(); ++i) {
            total += engine.cashOf(market.accounts(i));
        }
        eq(total, int256(world.cash().balanceOf(address(engine)) * 1e12));
    }

    function requireEveryPositionHasItsOtherSide() private view {
        int256[8] memory total;
        addPositions(total, engine.pool());
        for (uint256 i; i < market.count(); ++i) {
            addPositions(total, market.accounts(i));
        }
        for (uint256 id; id < 8; ++id) {
            eq(total[id], 0);
        }
    }

    /// @dev I3 and I5: and never more than was credited.
    function requireWhatIsOwedWasSpent() private view {
        for (uint8 id; id < 4; ++id) {
            IMarginEngine.Collateral memory listed = engine.collaterals(id);
            IVaultMirror mirror = IVaultMirror(listed.mirror);
            uint256 spent;
            uint256 owed;
            for (uint256 i; i < market.count(); ++i) {
                address account = market.accounts(i);
                spent += mirror.spent(account, listed.asset);
                yes(mirror.spent(account, listed.asset) <= mirror.credited(account, listed.asset), "I3");
                owed += mirror.owed(account, listed.asset);
            }
            eq(spent, owed);
            eq(owed, mirror.totalOwed(listed.asset));
            yes(owed <= mirror.totalCredited(listed.asset), "covered by credit");
        }
    }

    function addPositions(int256[8] memory total, address account) private view {
        IMarginEngine.Position[] memory held = engine.accountState(account).positions;
        for (uint256 i; i < held.length; ++i) {
            total[held[i].instrument] += held[i].size;
        }
    }
}
