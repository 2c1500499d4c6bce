// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Leg, Portfolio, PortfolioMath, Stake} from "./libraries/Portfolio.sol";
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
            state.positions[i] = Position(ids[i], position[account][ids[i]].size);
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
        portfolio.legs = new Leg[](ids.length);
        for (uint256 i; i < ids.length; ++i) {
            portfolio.legs[i] = _leg(portfolio, ids[i], priced);
            portfolio.legs[i].size = position[account][ids[i]].size;
        }
        portfolio.stakes = _stakes(portfolio, account, stored.mode);
    }

    /// @dev Without a size. Marks the portfolio degraded where a price is.
    function _leg(Portfolio memory portfolio, uint8 id, Leg[] memory priced) internal view returns (Leg memory leg) {
        leg.instrument = id;
        for (uint256 i; i < priced.length; ++i) {
            if (priced[i].instrument == id) return _copy(priced[i]);
        }
        Instrument memory instrument = _instrument(id);
        leg.contingency = instrument.contingency;
        (leg.lower, leg.upper) = _edges(portfolio, instrument.markFeed);
        leg.underlying = leg.upper;
        leg.shocks = instrument.shocks;
        if (instrument.kind == Kind.OPTION) leg.shocks = _book.shocks(instrument.markFeed);
        if (instrument.underlyingFeed != instrument.markFeed) {
            (, leg.underlying) = _edges(portfolio, instrument.underlyingFeed);
        }
    }

    /// @dev Collateral that counts: none in cross mode.
    function _stakes(Portfolio memory portfolio, address account, Mode mode) private view returns (Stake[] memory) {
        if (mode == Mode.CROSS || mode == Mode.NONE) return new Stake[](0);
        CreditLine[] memory credit = _credit(account);
        Stake[] memory stakes = new Stake[](credit.length);
        for (uint256 i; i < credit.length; ++i) {
            Collateral memory listed = _collateral(credit[i].collateral);
            Stake memory stake = stakes[i];
            (stake.price,) = _edges(portfolio, listed.feed);
            stake.collateral = credit[i].collateral;
            stake.amount = credit[i].amount;
            stake.mirror = listed.mirror;
            stake.asset = listed.asset;
            stake.decimals = listed.decimals;
            stake.haircut = listed.haircut;
            stake.gap = listed.gap;
        }
        return stakes;
    }

    /// @dev Every collateral of which the account has unspent credit, ascending.
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

    function _edges(Portfolio memory portfolio, uint16 feed) private view returns (uint256 lower, uint256 upper) {
        bool degraded;
        (lower, upper, degraded) = _edges(feed);
        if (degraded) (portfolio.degraded, portfolio.degradedFeed) = (true, feed);
    }

    function _edges(uint16 feed) internal view returns (uint256 lower, uint256 upper, bool degraded) {
        IPriceBook.Price memory read = _book.get(feed);
        if (!read.degraded) return (read.price, read.price, false);
        lower = MarginMath.lowerEdgeDown(read.price, read.confidence);
        upper = MarginMath.upperEdgeUp(read.price, read.confidence);
        return (lower, upper, true);
    }

    function _copy(Leg memory leg) private pure returns (Leg memory) {
        return Leg(leg.instrument, 0, leg.lower, leg.upper, leg.underlying, leg.shocks, leg.contingency);
    }
}
