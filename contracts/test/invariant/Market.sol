// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {Test} from "../support/Test.sol";
import {World} from "../margin/World.sol";

/// @notice Traders, agents and publishers doing whatever they like. A refusal is part of the game; what must never
/// happen is noted in `wrongs`.
contract Market is Test {
    World public immutable world;
    IMarginEngine private immutable engine;
    ILiquidationAuction private immutable auction;

    address[] public accounts;
    uint256 public starts;
    uint256 public bids;
    uint256 public rescues;
    string[] public wrongs;

    constructor() {
        world = new World();
        engine = world.engine();
        auction = world.auction();
        accounts.push(world.trader(IMarginEngine.Mode.UNIFIED, 2_000));
        accounts.push(world.trader(IMarginEngine.Mode.CROSS, 3_000));
        accounts.push(world.trader(IMarginEngine.Mode.ISOLATED, 2_000));
        accounts.push(world.agent(20_000));
        accounts.push(world.agent(5_000));
        world.credit(accounts[0], 0, 2e18);
        world.credit(accounts[2], 1, 1e7);
    }

    function count() external view returns (uint256) {
        return accounts.length;
    }

    function wrongCount() external view returns (uint256) {
        return wrongs.length;
    }

    /// @notice A trader takes what its margin bears; one who lost everything comes back with fresh money.
    function trade(uint256 who, uint256 instrument, uint256 size) public {
        address account = accounts[bound(who, 0, 2)];
        if (engine.margin(account).equity < 1_000e18) world.deposit(account, 2_500e6);
        uint8 id = uint8(bound(instrument, 0, 3));
        int128 most = id % 2 == 0 ? int128(8e18) : int128(0.3e18);
        int128 wanted = int128(int256(bound(size, 1, uint128(most))));
        if (size % 2 == 0) wanted = -wanted;
        for (bool done; !done && wanted != 0; wanted /= 2) {
            try world.trade(account, id, wanted) {
                done = true;
            } catch {}
        }
    }

    function close(uint256 who) public {
        address account = pick(who);
        vm.prank(account);
        try engine.closeAll(account) {} catch {}
    }

    function deposit(uint256 who, uint256 amount) public {
        world.deposit(pick(who), bound(amount, 1, 2_000e6));
    }

    function withdraw(uint256 who, uint256 amount) public {
        address account = pick(who);
        vm.prank(account);
        try engine.withdrawCash(account, bound(amount, 1, 1_000e6), address(9)) {} catch {}
    }

    function withdrawCollateral(uint256 who, uint256 amount) public {
        address account = pick(who);
        vm.prank(account);
        try engine.withdrawCollateral(account, uint8(who % 4), bound(amount, 1, 1e18), account) {} catch {}
    }

    function credit(uint256 who, uint256 amount) public {
        world.credit(pick(who), uint8(amount % 4), bound(amount, 1, amount % 2 == 0 ? 1e18 : 1e7));
    }

    function moveEth(uint256 price) public {
        world.move(0, uint64(bound(price, 1_300e8, 2_600e8)));
    }

    function moveBtc(uint256 price) public {
        world.moveByQuorum(1, uint64(bound(price, 45_000e8, 75_000e8)));
    }

    function wait(uint256 time) public {
        vm.warp(block.timestamp + bound(time, 1, 20));
        world.push();
    }

    /// @notice The publishers move a price, whoever fails is auctioned and an agent acts at once.
    function squeeze(uint256 price, uint256 fraction, uint256 bidder) external {
        moveEth(price);
        for (uint256 who; who < accounts.length; ++who) {
            start(who);
        }
        wait(price);
        for (uint256 who; who < accounts.length; ++who) {
            bid(who, fraction, bidder);
        }
        for (uint256 who; who < 3; ++who) {
            requireLively(who);
        }
    }

    /// @dev I11: whoever has the money is let in while the prices are fresh.
    function requireLively(uint256 who) private {
        address account = accounts[who];
        if (auction.startedAt(account) == 0) return;
        uint16 most = auction.maxFraction(account);
        if (most == 0) return;
        world.deposit(accounts[3], 200_000e6);
        ILiquidationAuction.Bid memory wanted =
            ILiquidationAuction.Bid(account, most, type(uint256).max, engine.versionOf(account), accounts[3]);
        vm.prank(accounts[3]);
        try auction.bid(wanted) {
            ++rescues;
        } catch {
            wrongs.push("I11: no bid of a solvent bidder succeeds");
        }
        close(3);
    }

    function start(uint256 who) public {
        address account = pick(who);
        bool running = auction.startedAt(account) != 0;
        IMarginEngine.Margin memory margin = engine.margin(account);
        try auction.start(account) {
            if (!running && margin.equity >= int256(margin.maintenance)) {
                wrongs.push("I9: a healthy account was auctioned");
            }
            if (!running) ++starts;
        } catch {
            if (margin.equity < int256(margin.maintenance)) wrongs.push("a failing account was not auctioned");
        }
    }

    function stop(uint256 who) public {
        try auction.stop(pick(who)) {} catch {}
    }

    function bid(uint256 who, uint256 fraction, uint256 bidder) public {
        address account = pick(who);
        address agent = accounts[bound(bidder, 3, 4)];
        uint16 most = auction.maxFraction(account);
        if (most == 0 || account == agent) return;
        IMarginEngine.Margin memory before = engine.margin(account);
        if (before.mark > 0) most = uint16(bound(fraction, 1, most));
        ILiquidationAuction.Bid memory wanted =
            ILiquidationAuction.Bid(account, most, type(uint256).max, engine.versionOf(account), agent);
        vm.prank(agent);
        try auction.bid(wanted) {
            ++bids;
            judge(account, before, wanted, agent);
        } catch {}
    }

    function judge(
        address account,
        IMarginEngine.Margin memory before,
        ILiquidationAuction.Bid memory wanted,
        address agent
    ) private {
        IMarginEngine.Margin memory left = engine.margin(account);
        bool fell = left.equity * int256(before.maintenance) < before.equity * int256(left.maintenance);
        if (fell) wrongs.push("I9: equity per maintenance fell");
        bool running = auction.startedAt(account) != 0;
        if (running != (left.equity < int256(left.maintenance))) wrongs.push("the auction disagrees with the margin");
        IMarginEngine.Margin memory theirs = engine.margin(agent);
        if (theirs.netValue < int256(theirs.initial)) wrongs.push("a bidder lacks initial margin");
        vm.prank(agent);
        try auction.bid(wanted) {
            wrongs.push("I7: two allocations under one version");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ILiquidationAuction.VersionChanged.selector) {
                wrongs.push("refused for another reason");
            }
        }
        close(3);
        close(4);
    }

    function pick(uint256 who) private view returns (address) {
        return accounts[bound(who, 0, accounts.length - 1)];
    }
}
