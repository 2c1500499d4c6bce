// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IMarginLens} from "./interfaces/IMarginLens.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Leg, Portfolio, PortfolioMath, Stake} from "./libraries/Portfolio.sol";

/// @title Questions about margin that no transaction asks
/// @notice See IMarginLens. Trusted by nobody: it only reads.
contract MarginLens is IMarginLens {
    using PortfolioMath for Portfolio;

    uint256 private constant LOWEST = 1;
    uint256 private constant HIGHEST = type(uint64).max;

    /// @notice The engine whose accounts it explains.
    IMarginEngine public immutable engine;
    IPriceBook private immutable _book;

    /// @dev The account at a price of `feed` still to be said; a feed that reads it moves along.
    struct Question {
        Portfolio portfolio;
        bool underlyingMoves;
        bool[] stakeMoves;
    }

    constructor(address engine_) {
        engine = IMarginEngine(engine_);
        _book = IPriceBook(engine.priceBook());
    }

    /// @inheritdoc IMarginLens
    function liquidationPrice(address account, uint8 instrument) external view returns (uint64) {
        IMarginEngine.AccountState memory state = engine.accountState(account);
        if (state.mode != IMarginEngine.Mode.ISOLATED) revert NotIsolated(account);
        if (state.positions.length == 0 || state.positions[0].instrument != instrument) {
            revert PositionMissing(account, instrument);
        }
        if (engine.progressOf(instrument).fixed_) return 0;
        (Question memory question, uint256 price) = _ask(state);
        bool fails = _failsAt(question, price);
        uint256 end = fails == (state.positions[0].size > 0) ? HIGHEST : LOWEST;
        if (_failsAt(question, end) == fails) return 0;
        return uint64(fails ? _between(question, end, price) : _between(question, price, end));
    }

    /// @dev Halves the way from a price that is safe to one that fails until they are neighbours; answers the safe one.
    function _between(Question memory question, uint256 safe, uint256 failing) private pure returns (uint256) {
        while (safe > failing ? safe - failing > 1 : failing - safe > 1) {
            uint256 middle = (safe + failing) / 2;
            if (_failsAt(question, middle)) failing = middle;
            else safe = middle;
        }
        return safe;
    }

    function _failsAt(Question memory question, uint256 price) private pure returns (bool) {
        Leg memory leg = question.portfolio.legs[0];
        (leg.lower, leg.upper) = (price, price);
        if (question.underlyingMoves) leg.underlying = price;
        for (uint256 i; i < question.stakeMoves.length; ++i) {
            if (question.stakeMoves[i]) question.portfolio.stakes[i].price = price;
        }
        IMarginEngine.Margin memory found = question.portfolio.margin(0);
        return MarginMath.isBelowMaintenance(found.equity, found.maintenance);
    }

    function _ask(IMarginEngine.AccountState memory state)
        private
        view
        returns (Question memory question, uint256 price)
    {
        IMarginEngine.Position memory held = state.positions[0];
        IMarginEngine.Instrument memory listed = engine.instruments(held.instrument);
        Leg[] memory legs = new Leg[](1);
        legs[0].size = held.size;
        legs[0].contingency = listed.contingency;
        legs[0].shocks = listed.shocks;
        if (listed.kind == IMarginEngine.Kind.OPTION) legs[0].shocks = _book.shocks(listed.markFeed);
        (, legs[0].underlying) = _edges(listed.underlyingFeed);
        question.underlyingMoves = listed.underlyingFeed == listed.markFeed;
        question.portfolio.legs = legs;
        int256 index = engine.progressOf(held.instrument).fundingIndex;
        question.portfolio.cash = state.cash - MarginMath.fundingUp(held.size, index - held.entryFunding);
        _stake(question, state.credit, listed.markFeed);
        (price,,) = _book.current(listed.markFeed);
    }

    function _stake(Question memory question, IMarginEngine.CreditLine[] memory credit, uint16 feed) private view {
        Stake[] memory stakes = new Stake[](credit.length);
        bool[] memory moves = new bool[](credit.length);
        for (uint256 i; i < credit.length; ++i) {
            IMarginEngine.Collateral memory collateral = engine.collaterals(credit[i].collateral);
            Stake memory stake = stakes[i];
            (stake.amount, stake.decimals) = (credit[i].amount, collateral.decimals);
            (stake.haircut, stake.gap) = (collateral.haircut, collateral.gap);
            (stake.price,) = _edges(collateral.feed);
            moves[i] = collateral.feed == feed;
        }
        (question.portfolio.stakes, question.stakeMoves) = (stakes, moves);
    }

    function _edges(uint16 feed) private view returns (uint256 lower, uint256 upper) {
        (uint256 price, uint256 confidence, bool degraded) = _book.current(feed);
        if (!degraded) return (price, price);
        return (MarginMath.lowerEdgeDown(price, confidence), MarginMath.upperEdgeUp(price, confidence));
    }
}
