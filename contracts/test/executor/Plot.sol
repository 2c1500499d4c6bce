// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Test} from "../support/Test.sol";
import {Estate, Gap} from "./Estate.sol";
import {Coin, Den, IAccomplice, Ledger, Market, Till, TrickCoin} from "./Underworld.sol";

/// @notice What a thief may think of: mostly calls that are allowed, with amounts around what the cap still leaves.
abstract contract Plot is Test, IAccomplice {
    Estate public immutable estate;
    ILiquidatorExecutor internal immutable seller;
    ILiquidatorExecutor internal immutable bidder;
    Coin internal immutable dollar;
    Coin internal immutable weth;
    Coin internal immutable wbtc;
    TrickCoin internal immutable trick;
    Market internal immutable market;
    Till internal immutable till;
    Den internal immutable den;
    Ledger internal immutable ledger;

    uint256 internal immutable CAP;
    uint256 private immutable WETH_VALUE;
    uint256 private immutable WBTC_VALUE;

    constructor(Gap gap) {
        Estate own = new Estate(this, gap);
        estate = own;
        (seller, bidder) = (own.seller(), own.bidder());
        (dollar, weth, wbtc, trick) = (own.dollar(), own.weth(), own.wbtc(), own.trick());
        (CAP, WETH_VALUE, WBTC_VALUE) = (own.CAP(), own.WETH_VALUE(), own.WBTC_VALUE());
        (market, till, den, ledger) = (own.market(), own.till(), own.den(), own.ledger());
    }

    /// @dev `tally` counts the kinds, 32 bits each: approvals, sales, claims, visits, trick sales, bids, closings.
    function sales(uint256 seed, uint256 left)
        internal
        view
        returns (ILiquidatorExecutor.Call[] memory batch, uint256 tally)
    {
        batch = new ILiquidatorExecutor.Call[](seed % 8 == 0 ? 12 : 1 + (seed >> 3) % 6);
        for (uint256 i; i < batch.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lane;
            (batch[i], lane) = onVaults(seed, left);
            tally += 1 << (32 * lane);
        }
    }

    function bids(uint256 seed, uint256 left)
        internal
        view
        returns (ILiquidatorExecutor.Call[] memory batch, uint256 tally)
    {
        batch = new ILiquidatorExecutor.Call[](1 + seed % 4);
        for (uint256 i; i < batch.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lane;
            (batch[i], lane) = onEngine(seed, left);
            tally += 1 << (32 * lane);
        }
    }

    /// @dev What the seller has and is owed, in dollars with 24 decimals: nothing is rounded.
    function wealth() internal view returns (uint256) {
        address self = address(seller);
        return dollar.balanceOf(self) * 1e18 + (weth.balanceOf(self) + till.owed(weth)) * WETH_VALUE
            + (wbtc.balanceOf(self) + till.owed(wbtc)) * WBTC_VALUE;
    }

    function token(uint256 seed) internal view returns (Coin) {
        uint256 which = seed % 8;
        return which == 0 ? dollar : which < 5 ? weth : wbtc;
    }

    function onVaults(uint256 seed, uint256 left)
        private
        view
        returns (ILiquidatorExecutor.Call memory, uint256 lane)
    {
        uint256 kind = seed % 64;
        seed >>= 8;
        if (kind < 16) {
            uint256 amount = seed % 16 == 0 ? magnitude(seed >> 8) : type(uint128).max;
            return (to(address(token(seed >> 2)), abi.encodeCall(Coin.approve, (address(market), amount))), 0);
        }
        if (kind < 46) return (to(address(market), sale(seed, left)), 1);
        if (kind < 53) return (to(address(till), abi.encodeCall(Till.claim, (address(seller), token(seed)))), 2);
        if (kind < 57) return (to(address(den), abi.encodeCall(Den.visit, (this, seed))), 3);
        if (kind < 62) return (to(address(market), swap(trick, seed % 1e30, 0, dollar)), 4);
        return (foul(seed), 7);
    }

    /// @dev Sold for nothing, for what is fair, or for what leaves a loss of exactly the rest of the cap, give or take.
    function sale(uint256 seed, uint256 left) private view returns (bytes memory) {
        Coin coin = token(seed);
        seed >>= 3;
        uint256 how = seed % 8;
        seed >>= 3;
        uint256 held = coin.balanceOf(address(seller));
        uint256 amount = how == 0 ? magnitude(seed) : how == 1 ? held : held / (1 + seed % 64);
        seed >>= 64;
        uint256 value = valueOf(coin);
        uint256 fair = amount * value / 1e18;
        if (how == 2) return swapOf(coin, amount, 0);
        if (how == 3) return swapOf(coin, left * 1e18 / value, 0);
        if (how == 4) return swapOf(coin, amount, fair);
        uint256 loss = how == 5 ? left + seed % 3 : left / (1 + seed % 7);
        return swapOf(coin, amount, fair > loss ? fair - loss : 0);
    }

    function valueOf(Coin coin) private view returns (uint256) {
        if (address(coin) == address(dollar)) return 1e18;
        return address(coin) == address(weth) ? WETH_VALUE : WBTC_VALUE;
    }

    function swapOf(Coin coin, uint256 amount, uint256 proceeds) private view returns (bytes memory) {
        return swap(TrickCoin(address(coin)), amount, proceeds, dollar);
    }

    function swap(TrickCoin from, uint256 amount, uint256 proceeds, Coin into) private view returns (bytes memory) {
        address[] memory path = new address[](2);
        (path[0], path[1]) = (address(from), address(into));
        return
            abi.encodeCall(Market.swapExactTokensForTokens, (amount, proceeds, path, address(seller), block.timestamp));
    }

    /// @dev What the rules forbid. Where a rule is missing, it goes through.
    function foul(uint256 seed) private view returns (ILiquidatorExecutor.Call memory) {
        uint256 kind = seed % 8;
        Coin coin = token(seed >> 3);
        uint256 amount = coin.balanceOf(address(seller)) / (1 + (seed >> 8) % 64);
        if (kind < 3) return to(address(market), detour(coin, amount, seed >> 16));
        if (kind == 3) return to(address(coin), abi.encodeCall(Coin.transfer, (address(this), amount)));
        if (kind == 4) return to(address(coin), abi.encodeCall(Coin.approve, (address(this), amount)));
        if (kind == 5) return to(address(seller), abi.encodeCall(seller.setHourlyCap, (type(uint208).max)));
        if (kind == 6) {
            bytes memory stray = abi.encodePacked(Market.swapExactTokensForTokens.selector, seed);
            return to(address(market), stray);
        }
        return to(address(till), abi.encodeCall(Till.claim, (address(this), coin)));
    }

    /// @dev By way of a coin that lets the thief bring, in the middle, what the till owes; or with the true path elsewhere
    /// in the calldata than where the pinned words stand.
    function detour(Coin coin, uint256 amount, uint256 seed) private view returns (bytes memory data) {
        address[] memory path = new address[](3);
        (path[0], path[1], path[2]) = (address(coin), address(trick), address(dollar));
        data = abi.encodeCall(Market.swapExactTokensForTokens, (amount, 0, path, address(seller), block.timestamp));
        if (seed % 2 == 0) return data;
        address[] memory decoy = new address[](2);
        (decoy[0], decoy[1]) = (address(coin), address(dollar));
        bytes memory tail = abi.encode(path);
        data = abi.encodeCall(Market.swapExactTokensForTokens, (amount, 0, decoy, address(seller), block.timestamp));
        data = bytes.concat(data, tail);
        assembly ("memory-safe") {
            mstore(add(data, 100), 288)
        }
    }

    function onEngine(uint256 seed, uint256 left)
        private
        view
        returns (ILiquidatorExecutor.Call memory, uint256 lane)
    {
        uint256 kind = seed % 32;
        seed >>= 8;
        if (kind < 18) {
            uint256 outlay = kind < 6 ? magnitude(seed) % 1e12 : kind < 9 ? left + seed % 3 : left / (1 + seed % 9);
            return (to(address(ledger), abi.encodeCall(Ledger.bid, (outlay, address(seller)))), 5);
        }
        if (kind < 25) {
            return (to(address(ledger), abi.encodeCall(Ledger.close, (address(bidder), seed % 20e6))), 6);
        }
        if (kind < 30) return (to(address(den), abi.encodeCall(Den.visit, (this, seed))), 3);
        if (kind == 30) return (to(address(ledger), abi.encodeCall(Ledger.bid, (left, address(this)))), 7);
        return (to(address(ledger), abi.encodeCall(Ledger.pay, (address(this), int256(left)))), 7);
    }

    function to(address target, bytes memory data) private pure returns (ILiquidatorExecutor.Call memory) {
        return ILiquidatorExecutor.Call(target, data);
    }

    /// @dev From one unit to far more than there is, evenly in the number of digits.
    function magnitude(uint256 seed) private pure returns (uint256) {
        return (seed >> 8) % (10 ** (1 + seed % 22));
    }
}
