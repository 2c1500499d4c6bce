// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {Chain} from "./Chain.sol";
import {TwoChains} from "./TwoChains.sol";

/// @notice Messages are delayed, dropped, repeated and reordered, chains reorganise up to three blocks deep and sources go
/// down, in random order. `npm run contracts:fuzz interleavings` plays a thousand of these days.
contract InterleavingsTest is TwoChains {
    /// @dev News of a counter of `who`, in the block where it changed.
    struct Message {
        bool toB;
        uint256 who;
        bytes32 hash;
    }

    Message[] private queue;
    uint256[2] private finalDeposited;
    uint256[2] private finalOwed;
    uint256 private credits;
    uint256 private claims;
    uint256 private refusals;
    uint256 private reorgs;
    uint256 private outages;

    /// @notice I1 to I8 after every step; at last, when all is quiet, everything owed is paid, once.
    function test_fuzz_no_interleaving_breaks_a_book(uint256 seed) external {
        interleave(seed, vm.envOr("CAMPAIGN_STEPS", uint256(12)));
        settle();
    }

    /// @notice The campaign means nothing unless money crosses, is refused, is liquidated and is reorganised away.
    function test_interleavings_are_eventful() external {
        interleave(3, 120);
        yes(credits >= 2, "credited");
        yes(claims >= 2, "claimed");
        yes(refusals >= 2, "refused");
        yes(bids >= 2, "liquidated");
        yes(reorgs >= 2, "reorganised");
        yes(outages >= 2, "a source was down");
    }

    function setUp() public override {
        super.setUp();
        quiet(5);
        for (uint256 i; i < 2; ++i) {
            mine(b, abi.encodeCall(this.credit, (i, a.hashAt(1))));
            mine(b, abi.encodeCall(this.trade, (i, 7e18)));
        }
        quiet(5);
    }

    function interleave(uint256 seed, uint256 steps) private {
        for (uint256 i; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256[4] memory before = counters();
            bool reorganised = step(seed % 20, seed >> 8);
            requireBooks();
            if (!reorganised) requireGrown(before);
        }
    }

    function step(uint256 act, uint256 dice) private returns (bool reorganised) {
        uint256 who = dice % 2;
        uint256 size = 1 + (dice >> 8) % 2 ether;
        if (act < 3) news(true, who, mine(a, abi.encodeCall(this.deposit, (who, size))));
        else if (act < 8) deliver(dice >> 16, false);
        else if (act == 8) deliver(dice >> 16, true);
        else if (act == 9) drop(dice >> 16);
        else if (act == 10 || act == 18) return reorg(who == 0 ? a : b, 1 + (dice >> 16) % 3);
        else if (act == 11) outage(who == 0 ? rootsOfA : rootsOfB);
        else if (act == 12) recover();
        else if (act == 13) mine(b, abi.encodeCall(this.trade, (who, int128(int256(4 * size)))));
        else if (act < 17) squeeze(who, dice >> 16);
        else if (act == 17) news(false, who, mine(b, abi.encodeCall(this.withdraw, (1 - who, size / 4, who))));
        else quiet(1 + size % 4);
    }

    function quiet(uint256 length) private {
        for (uint256 i; i < length; ++i) {
            mine(a, "");
            mine(b, "");
        }
    }

    function mine(Chain chain, bytes memory call) private returns (bytes32 hash) {
        (hash,) = mined(chain, call);
    }

    function news(bool toB, uint256 who, bytes32 hash) private {
        queue.push(Message(toB, who, hash));
    }

    function drop(uint256 dice) private {
        if (queue.length == 0) return;
        queue[dice % queue.length] = queue[queue.length - 1];
        queue.pop();
    }

    /// @dev Any message there is, or a fresh one about the newest final block. What it does is known before.
    function deliver(uint256 dice, bool again) private {
        Message memory one;
        if (queue.length > 0 && dice % 3 != 0) {
            uint256 at_ = dice % 3 == 1 ? queue.length - 1 : (dice >> 8) % queue.length;
            one = queue[at_];
            if (!again) drop(at_);
        } else {
            one.toB = (dice >> 8) % 2 == 0;
            one.who = (dice >> 9) % 2;
            Chain told = one.toB ? a : b;
            one.hash = told.hashAt(told.finalized());
            if (one.hash == 0) return;
        }
        Chain from = one.toB ? a : b;
        uint256 value = from.counterAt(one.hash, one.who);
        if (value == 0) return;
        uint256 known = knownOf(one);
        bool counts = from.isFinal(one.hash) && !isDown(one.toB ? rootsOfA : rootsOfB) && value > known;
        if (one.toB) mine(b, abi.encodeCall(this.credit, (one.who, one.hash)));
        else mine(a, abi.encodeCall(this.claim, (one.who, one.hash)));
        // I6: in whatever order, however often, it is the largest proven counter.
        eq(knownOf(one), counts ? value : known);
        if (!counts) ++refusals;
        else if (one.toB) ++credits;
        else ++claims;
    }

    function knownOf(Message memory one) private view returns (uint256) {
        return one.toB
            ? mirror.credited(users[one.who], address(weth))
            : vault.claimed(agents[one.who], address(weth));
    }

    function reorg(Chain chain, uint256 depth) private returns (bool) {
        reorgs += chain.reorg(depth);
        return true;
    }

    function outage(IRootOracle roots) private {
        if (isDown(roots)) return;
        mine(address(roots) == address(rootsOfA) ? b : a, abi.encodeCall(this.pause, (roots, true)));
        ++outages;
    }

    function recover() private {
        if (isDown(rootsOfA)) mine(b, abi.encodeCall(this.pause, (rootsOfA, false)));
        if (isDown(rootsOfB)) mine(a, abi.encodeCall(this.pause, (rootsOfB, false)));
    }

    /// @dev A user takes all its margin bears, the price falls, whoever fails is auctioned, and an agent takes what it may.
    function squeeze(uint256 who, uint256 dice) private {
        mine(b, abi.encodeCall(this.trade, (who, 8e18)));
        mine(b, abi.encodeCall(this.move, (uint64(1_100e8 + dice % 600e8))));
        mine(b, abi.encodeCall(this.start, (who)));
        news(false, dice % 2, mine(b, abi.encodeCall(this.take, (who, dice % 2, dice >> 8))));
        mine(b, abi.encodeCall(this.move, (2_000e8)));
    }

    function requireBooks() private {
        address asset = address(weth);
        uint256 held = vault.totalDeposited(asset) - vault.totalClaimed(asset);
        yes(weth.balanceOf(address(vault)) >= held, "I1: the vault holds what was not claimed");
        yes(vault.totalClaimed(asset) <= mirror.totalOwed(asset), "I2: claimed is owed");
        yes(mirror.totalOwed(asset) <= mirror.totalCredited(asset), "I2: owed was credited");
        yes(mirror.totalCredited(asset) <= vault.totalDeposited(asset), "I2: credited is deposited");
        uint256 spent = mirror.spent(users[0], asset) + mirror.spent(users[1], asset);
        uint256 owed = mirror.owed(agents[0], asset) + mirror.owed(agents[1], asset);
        yes(spent == owed && owed == mirror.totalOwed(asset), "I5: what is owed was spent");
        for (uint256 i; i < 2; ++i) {
            yes(mirror.spent(users[i], asset) <= mirror.credited(users[i], asset), "I3: spent was credited");
            yes(weth.balanceOf(agents[i]) == vault.claimed(agents[i], asset), "I6: paid is claimed");
            finalDeposited[i] = grown(a, i, finalDeposited[i]);
            finalOwed[i] = grown(b, i, finalOwed[i]);
        }
        requireCash();
    }

    function requireCash() private view {
        int256 cash = engine.cashOf(engine.pool()) + engine.cashOf(engine.insurance());
        for (uint256 i; i < 2; ++i) cash += engine.cashOf(users[i]) + engine.cashOf(agents[i]);
        yes(cash == int256(world.cash().balanceOf(address(engine)) * 1e12), "I8: cash is conserved");
    }

    function counters() private view returns (uint256[4] memory) {
        address asset = address(weth);
        return [
            vault.totalDeposited(asset), vault.totalClaimed(asset), mirror.totalCredited(asset), mirror.totalOwed(asset)
        ];
    }

    function requireGrown(uint256[4] memory before) private view {
        uint256[4] memory now_ = counters();
        for (uint256 i; i < 4; ++i) yes(now_[i] >= before[i], "I4: no counter falls");
    }

    /// @dev Even through reorgs.
    function grown(Chain chain, uint256 who, uint256 before) private view returns (uint256 value) {
        uint256 height = chain.finalized();
        value = height == 0 ? 0 : chain.counterAt(chain.hashAt(height), who);
        yes(value >= before, "I4: no final counter falls");
    }

    function settle() private {
        recover();
        for (uint256 i; i < 4; ++i) mine(b, "");
        bytes32 newest = b.hashAt(b.finalized());
        for (uint256 round; round < 2; ++round) {
            for (uint256 i; i < 2; ++i) {
                bool left = mirror.owed(agents[i], address(weth)) > vault.claimed(agents[i], address(weth));
                if (mirror.owed(agents[i], address(weth)) == 0) continue;
                (, bool paid) = mined(a, abi.encodeCall(this.claim, (i, newest)));
                eq(paid, left);
            }
        }
        eq(vault.totalClaimed(address(weth)), mirror.totalOwed(address(weth)));
        requireBooks();
    }
}
