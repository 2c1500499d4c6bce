// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Estate, Gap} from "./Estate.sol";
import {HourBook} from "./HourBook.sol";
import {Plot} from "./Plot.sol";
import {Coin, Den, IAccomplice} from "./Underworld.sol";

/// @notice Whoever stole an operator's key, with code behind it: random batches of allowed, forbidden and malformed calls
/// at random times, and calls from inside those calls. Keeps what the owner lost, by the hour.
contract Thief is IAccomplice, Plot {
    using HourBook for HourBook.Book;

    /// @notice What each executor's owner lost.
    HourBook.Book public sold;
    HourBook.Book public bid;
    /// @notice Calls that batches were composed of, and those of the batches that went through.
    uint256 public calls;
    uint256 public performed;
    uint256 public batches;
    uint256 public accepted;
    /// @notice Calls around the batches: from strangers, from an operator to what is the owner's, to tokens.
    uint256 public around;
    /// @notice What the thief did in the middle of somebody's call.
    uint256 public insideCalls;
    /// @notice Whether anything was done that only an owner may do, or inside what was already going on.
    bool public broke;
    /// @notice By kind, 32 bits each: performed calls, and the reasons of refused batches.
    uint256 public kinds;
    uint256 public reasons;

    uint256 private _intents;
    /// @dev The executor whose batch is being worked on.
    ILiquidatorExecutor private _running;

    /// @dev What the seller's owner had at the last look.
    uint256 private _wealth;

    constructor(Gap gap) Plot(gap) {
        _wealth = wealth();
    }

    /// @notice Random calls, drawn from `seed`, until at least `wanted` more were made.
    function steal(uint256 seed, uint256 wanted) external {
        uint256 began = calls;
        while (calls - began < wanted) {
            seed = uint256(keccak256(abi.encode(seed)));
            this.step(seed);
        }
    }

    /// @notice One batch. A call of its own, so that its memory is given back.
    function step(uint256 seed) external {
        if (seed & 0xff < 0x40) vm.warp(block.timestamp + (seed >> 8) % 25 minutes);
        seed >>= 32;
        if (seed & 0x3f == 0) refill();
        seed >>= 8;
        if (seed & 0x1f == 0) return goAround(seed >> 8);
        seed >>= 8;
        if (seed % 5 == 0) bidBatch(seed >> 8);
        else sellBatch(seed >> 8);
    }

    /// @inheritdoc IAccomplice
    /// @dev The key's owner acts in the middle: again as operator, as the carrier of a claim, as a giver, as a spoiler.
    function called(uint256 seed) external {
        ++insideCalls;
        uint256 kind = seed % 8;
        seed >>= 8;
        if (kind < 3) till.claim(address(seller), token(seed));
        else if (kind < 5) again();
        else if (kind == 5) dollar.mint(address(seller), seed % 1e6);
        else if (kind == 6) takeDirectly(seed);
        else if (seed % 64 == 0) _running.pause();
    }

    function sellBatch(uint256 seed) private {
        (ILiquidatorExecutor.Call[] memory batch, uint256 tally) = sales(seed, sold.left(CAP));
        if (send(seller, batch, tally)) bookSales();
    }

    function bidBatch(uint256 seed) private {
        (ILiquidatorExecutor.Call[] memory batch, uint256 tally) = bids(seed, bid.left(CAP));
        int256 before = ledger.cashOf(address(bidder));
        if (!send(bidder, batch, tally)) return;
        int256 found = ledger.cashOf(address(bidder));
        if (found < before) bid.add(uint256(before - found) * 1e18);
        // What was done inside the bidder's calls may have cost the seller something.
        bookSales();
    }

    /// @dev A refused batch changed nothing; what was done around it is found by the next look, at the latest.
    function bookSales() private {
        uint256 found = wealth();
        if (found < _wealth) sold.add(_wealth - found);
        _wealth = found;
    }

    function send(ILiquidatorExecutor executor, ILiquidatorExecutor.Call[] memory batch, uint256 tally)
        private
        returns (bool)
    {
        calls += batch.length;
        ++batches;
        _running = executor;
        try executor.execute(batch, guard(uint256(keccak256(abi.encode(batches))))) {
            ++accepted;
            performed += batch.length;
            kinds += tally;
            return true;
        } catch (bytes memory reason) {
            note(bytes4(reason));
            return false;
        }
    }

    /// @dev Some batches are late, some repeat an intent, some want more than there is.
    function guard(uint256 seed) private returns (ILiquidatorExecutor.Guard memory) {
        if (seed % 61 != 0) ++_intents;
        uint256 deadline = seed % 67 == 0 ? block.timestamp - 1 : block.timestamp;
        int256 floor = seed % 71 == 0 ? int256(0) : type(int256).min;
        return ILiquidatorExecutor.Guard(bytes32(_intents), uint8(_intents), uint48(deadline), floor);
    }

    function note(bytes4 reason) private {
        uint256 lane = 7;
        if (reason == ILiquidatorExecutor.CapExceeded.selector) lane = 0;
        else if (reason == ILiquidatorExecutor.CallFailed.selector) lane = 1;
        else if (reason == ILiquidatorExecutor.CallForbidden.selector) lane = 2;
        else if (reason == ILiquidatorExecutor.ArgumentPinned.selector) lane = 3;
        else if (reason == ILiquidatorExecutor.AlreadyExecuted.selector) lane = 4;
        else if (reason == ILiquidatorExecutor.DeadlinePassed.selector) lane = 5;
        else if (reason == ILiquidatorExecutor.BelowFloor.selector) lane = 6;
        reasons += 1 << (32 * lane);
        if (reason == Pausable.EnforcedPause.selector) estate.unpause(_running);
    }

    /// @dev Inside a call nothing may be executed again, not even by the operator itself.
    function again() private {
        ILiquidatorExecutor.Call[] memory batch = new ILiquidatorExecutor.Call[](1);
        batch[0] = ILiquidatorExecutor.Call(address(den), abi.encodeCall(Den.visit, (this, 7)));
        try _running.execute(batch, guard(1)) {
            broke = true;
        } catch {}
    }

    /// @dev What needs no batch: tokens' own functions, the owner's functions, strangers.
    function goAround(uint256 seed) private {
        ++around;
        ++calls;
        if (seed % 4 == 0) takeDirectly(seed >> 8);
        else meddle(seed >> 8);
        bookSales();
    }

    function refill() private {
        bookSales();
        estate.refill();
        _wealth = wealth();
    }

    /// @dev Everything an allowance may be good for.
    function takeDirectly(uint256 seed) private {
        Coin coin = token(seed);
        uint256 held = coin.balanceOf(address(seller));
        uint256 allowed = coin.allowance(address(seller), address(this));
        uint256 amount = allowed == 0 ? 1 : held < allowed ? held : allowed;
        try coin.transferFrom(address(seller), address(this), amount) {} catch {}
    }

    function meddle(uint256 seed) private {
        ILiquidatorExecutor executor = seller;
        address me = address(this);
        bytes memory call = [
            abi.encodeCall(executor.setOperator, (me, true)),
            abi.encodeCall(executor.setHourlyCap, (type(uint208).max)),
            abi.encodeCall(executor.withdraw, (address(dollar), 1, me)),
            abi.encodeCall(executor.requestWithdraw, (address(dollar), 1, me)),
            abi.encodeCall(executor.ownerCall, (address(dollar), abi.encodeCall(Coin.transfer, (me, 1)))),
            abi.encodeCall(executor.setValue, (address(weth), 0)),
            abi.encodeCall(executor.setMeasure, (address(dollar), "")),
            abi.encodeCall(executor.request, (""))
        ][seed % 8];
        bool done;
        if ((seed >> 8) % 2 == 0) (done,) = address(executor).call(call);
        else done = den.send(address(executor), call);
        if (done) broke = true;
    }
}
