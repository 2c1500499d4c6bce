// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Leg, Portfolio, PortfolioMath, Quote, Stake} from "./libraries/Portfolio.sol";
import {MarginLedger} from "./MarginLedger.sol";
import {MarginListing} from "./MarginListing.sol";

/// @title Accounts brought into memory at current prices
/// @dev A stale price reverts whatever needs it. A degraded price is taken at its worse edge.
abstract contract MarginPricing is MarginLedger, MarginListing {
    using PortfolioMath for Portfolio;

    IPriceBook internal immutable _book;
    /// @inheritdoc IMarginEngine
    uint16 public immutable initialFactor;

    constructor(address book, uint16 initialFactor_) {
        _book = IPriceBook(book);
        initialFactor = initialFactor_;
    }

    /// @inheritdoc IMarginEngine
    function margin(address account) public view returns (Margin memory) {
        _requireOpen(account);
        return _load(account).margin(initialFactor);
    }

    /// @inheritdoc IMarginEngine
    function collateralValue(uint8 id, uint256 amount) external view returns (uint256) {
        Collateral storage collateral = _collateral(id);
        (uint256 lower,,) = _edges(collateral.feed);
        return MarginMath.collateralValueDown(amount, collateral.decimals, lower);
    }

    /// @inheritdoc IMarginEngine
    function accountState(address account) external view returns (AccountState memory state) {
        Word memory stored = word[account];
        state.owner = owner[account];
        state.version = stored.version;
        state.mode = stored.mode;
        state.cash = stored.cash;
        uint8[] memory ids = _heldBy(account);
        state.positions = new Position[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            Holding memory holding = position[account][ids[i]];
            state.positions[i] = Position(ids[i], holding.size, holding.entryFunding);
        }
        state.credit = _credit(account);
    }

    /// @inheritdoc IMarginEngine
    function priceBook() external view returns (address) {
        return address(_book);
    }

    function _load(address account) internal view returns (Portfolio memory) {
        return _load(account, new Leg[](0));
    }

    /// @param priced Legs of another account at the prices of this call: what is known is not read again.
    function _load(address account, Leg[] memory priced) internal view returns (Portfolio memory portfolio) {
        Word memory stored = word[account];
        portfolio.cash = stored.cash;
        uint8[] memory ids = _heldBy(account);
        bool counts = stored.mode != Mode.CROSS;
        portfolio.quotes = new Quote[](2 * ids.length + (counts ? collateralCount() : 0));
        portfolio.legs = new Leg[](ids.length);
        uint256 next;
        for (uint256 i; i < ids.length; ++i) {
            Leg memory leg = portfolio.legs[i];
            uint8 id = ids[i];
            int256 entry;
            leg.instrument = id;
            (leg.size, entry) = _read(position[account][id]);
            // Both in ascending order.
            while (next < priced.length && priced[next].instrument < id) ++next;
            if (next < priced.length && priced[next].instrument == id) _copy(leg, priced[next]);
            else _price(portfolio, leg);
            if (leg.index != entry) portfolio.cash -= MarginMath.fundingUp(leg.size, leg.index - entry);
        }
        if (counts) portfolio.stakes = _stakes(portfolio, account);
    }

    /// @dev The terms and prices of the same instrument.
    function _copy(Leg memory leg, Leg memory known) private pure {
        (leg.lower, leg.upper, leg.underlying) = (known.lower, known.upper, known.underlying);
        (leg.shocks, leg.contingency) = (known.shocks, known.contingency);
        (leg.index, leg.expired) = (known.index, known.expired);
    }

    /// @dev A fixed series is its payoff: it needs no price and bears no risk.
    function _price(Portfolio memory portfolio, Leg memory leg) private view {
        Listed storage listed = _instrument(leg.instrument);
        Line memory line = listed.line;
        if (line.fixed_) {
            leg.lower = uint128(line.index);
            (leg.upper, leg.expired) = (leg.lower, true);
            return;
        }
        leg.contingency = line.contingency;
        leg.underlying = _quote(portfolio, line.underlyingFeed).upper;
        if (line.kind == Kind.OPTION) {
            leg.expired = _isExpired(line);
            return _markOption(portfolio, leg, line.markFeed);
        }
        (leg.shocks, leg.index) = (listed.array, line.index);
        Quote memory mark = _quote(portfolio, line.markFeed);
        (leg.lower, leg.upper) = (mark.lower, mark.upper);
    }

    /// @dev An option's mark is its own feed, with its risk array: nothing else reads it.
    function _markOption(Portfolio memory portfolio, Leg memory leg, uint16 feed) private view {
        (uint256 price, uint256 confidence, bool degraded, uint256 shocks) = _book.risk(feed);
        leg.shocks = shocks;
        (leg.lower, leg.upper) = _within(price, confidence, degraded);
        if (degraded) (portfolio.degraded, portfolio.degradedFeed) = (true, feed);
    }

    /// @dev Collateral of which the account has unspent credit, ascending.
    function _stakes(Portfolio memory portfolio, address account) private view returns (Stake[] memory stakes) {
        uint256 listed = collateralCount();
        stakes = new Stake[](listed);
        uint256 count;
        for (uint8 id; id < listed; ++id) {
            Collateral storage collateral = _collateral(id);
            Stake memory stake = stakes[count];
            (stake.mirror, stake.asset) = (collateral.mirror, collateral.asset);
            stake.amount = IVaultMirror(stake.mirror).available(account, stake.asset);
            if (stake.amount == 0) continue;
            stake.collateral = id;
            stake.decimals = collateral.decimals;
            (stake.haircut, stake.gap) = (collateral.haircut, collateral.gap);
            stake.price = _quote(portfolio, collateral.feed).lower;
            ++count;
        }
        assembly ("memory-safe") {
            mstore(stakes, count)
        }
    }

    /// @dev Marks the credit of routes whose breaker tripped; answers since when one of them is.
    function _halt(Stake[] memory stakes) internal view returns (uint40 since) {
        address known;
        uint40 tripped;
        for (uint256 i; i < stakes.length; ++i) {
            Stake memory stake = stakes[i];
            if (stake.mirror != known) (known, tripped) = (stake.mirror, IVaultMirror(stake.mirror).trippedAt());
            if (tripped == 0) continue;
            (stake.halted, since) = (true, tripped);
        }
    }

    /// @dev A feed is read once for a portfolio. Marks the portfolio degraded where a price is.
    function _quote(Portfolio memory portfolio, uint16 feed) private view returns (Quote memory quote) {
        uint256 count = portfolio.quoted;
        Quote[] memory quotes = portfolio.quotes;
        for (uint256 i; i < count; ++i) {
            quote = quotes[i];
            if (quote.feed == feed) return quote;
        }
        quote = quotes[count];
        portfolio.quoted = count + 1;
        bool degraded;
        (quote.lower, quote.upper, degraded) = _edges(feed);
        quote.feed = feed;
        if (degraded) (portfolio.degraded, portfolio.degradedFeed) = (true, feed);
    }

    function _edges(uint16 feed) internal view returns (uint256 lower, uint256 upper, bool degraded) {
        uint256 price;
        uint256 confidence;
        (price, confidence, degraded) = _book.current(feed);
        (lower, upper) = _within(price, confidence, degraded);
    }

    function _within(uint256 price, uint256 confidence, bool degraded) private pure returns (uint256, uint256) {
        if (!degraded) return (price, price);
        return (MarginMath.lowerEdgeDown(price, confidence), MarginMath.upperEdgeUp(price, confidence));
    }

    /// @dev As _stakes, for whoever rebuilds the account.
    function _credit(address account) private view returns (CreditLine[] memory lines) {
        uint256 listed = collateralCount();
        lines = new CreditLine[](listed);
        uint256 count;
        for (uint8 id; id < listed; ++id) {
            Collateral storage collateral = _collateral(id);
            uint256 amount = IVaultMirror(collateral.mirror).available(account, collateral.asset);
            if (amount != 0) lines[count++] = CreditLine(id, amount);
        }
        assembly ("memory-safe") {
            mstore(lines, count)
        }
    }
}
