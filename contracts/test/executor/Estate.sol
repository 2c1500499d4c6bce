// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Test} from "../support/Test.sol";
import {Rules} from "./Rules.sol";
import {Coin, Den, IAccomplice, Ledger, Market, Till, TrickCoin} from "./Underworld.sol";

/// @notice What an owner can forget: each is one defence less, and a thief should find it.
enum Gap {
    None,
    NoCap,
    NoValues,
    FreeRoute,
    FreeSpender
}

/// @notice An owner with an executor on each side, set up as agents are and sealed, whose one operator is a thief.
contract Estate is Test {
    uint256 public constant CAP = 100e6;
    /// @dev Millionths of a dollar per 1e18 units.
    uint256 public constant WETH_VALUE = 2_000e6;
    uint256 public constant WBTC_VALUE = 60_000e6 * 1e10;

    /// @notice On the vaults' chain: measured on dollars, with two tokens of value.
    ILiquidatorExecutor public immutable seller;
    /// @notice On the engine's chain: measured on its cash there.
    ILiquidatorExecutor public immutable bidder;
    Coin public immutable dollar = new Coin();
    Coin public immutable weth = new Coin();
    Coin public immutable wbtc = new Coin();
    TrickCoin public immutable trick;
    Market public immutable market = new Market();
    Till public immutable till = new Till();
    Den public immutable den = new Den();
    Ledger public immutable ledger = new Ledger();

    constructor(IAccomplice thief, Gap gap) {
        trick = new TrickCoin(thief);
        bytes memory terms = abi.encode(address(this), address(thief), uint64(2 days));
        seller = ILiquidatorExecutor(deploy("LiquidatorExecutor", terms));
        bidder = ILiquidatorExecutor(deploy("LiquidatorExecutor", terms));
        seller.setMeasure(address(dollar), abi.encodeCall(dollar.balanceOf, (address(seller))));
        bidder.setMeasure(address(ledger), abi.encodeCall(ledger.cashOf, (address(bidder))));
        if (gap != Gap.NoCap) seller.setHourlyCap(CAP);
        if (gap != Gap.NoCap) bidder.setHourlyCap(CAP);
        if (gap != Gap.NoValues) seller.setValue(address(weth), WETH_VALUE);
        if (gap != Gap.NoValues) seller.setValue(address(wbtc), WBTC_VALUE);
        setRules(gap);
        seller.seal();
        bidder.seal();
        refill();
    }

    /// @notice Honest business goes on: more capital, more that is owed.
    function refill() public {
        weth.mint(address(seller), 1e18);
        wbtc.mint(address(seller), 1e7);
        till.owe(weth, 5e17);
        till.owe(wbtc, 5e6);
        ledger.pay(address(bidder), 1_000e6);
    }

    function unpause(ILiquidatorExecutor executor) external {
        executor.unpause();
    }

    function setRules(Gap gap) private {
        ILiquidatorExecutor.Rule memory spender = Rules.pinned(1, address(market));
        if (gap == Gap.FreeSpender) spender = Rules.free();
        seller.setRule(address(dollar), Coin.approve.selector, spender);
        seller.setRule(address(weth), Coin.approve.selector, spender);
        seller.setRule(address(wbtc), Coin.approve.selector, spender);
        ILiquidatorExecutor.Rule memory sale = Rules.sale(address(dollar), address(seller));
        if (gap == Gap.FreeRoute) sale = Rules.pinned(4, address(seller));
        seller.setRule(address(market), Market.swapExactTokensForTokens.selector, sale);
        seller.setRule(address(till), Till.claim.selector, Rules.pinned(1, address(seller)));
        seller.setRule(address(den), Den.visit.selector, Rules.free());
        bidder.setRule(address(ledger), Ledger.bid.selector, Rules.pinned(2, address(seller)));
        bidder.setRule(address(ledger), Ledger.close.selector, Rules.pinned(1, address(bidder)));
        bidder.setRule(address(den), Den.visit.selector, Rules.free());
    }
}
