// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ILiquidationAuction} from "./interfaces/ILiquidationAuction.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IRouteGuard} from "./interfaces/IRouteGuard.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {MarginMath} from "./libraries/MarginMath.sol";
import {Leg, Portfolio, PortfolioMath, Stake} from "./libraries/Portfolio.sol";
import {MarginLifetime} from "./MarginLifetime.sol";
import {MarginPricing} from "./MarginPricing.sol";

/// @title The margin engine
/// @notice See IMarginEngine. Accounts and storage: MarginLedger. Listings: MarginListing. Prices: MarginPricing.
/// Funding and expiry: MarginLifetime.
contract MarginEngine is MarginLifetime, Multicall, ReentrancyGuardTransient {
    using PortfolioMath for Portfolio;
    using PortfolioMath for Leg;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @inheritdoc IMarginEngine
    address public immutable cashToken;
    /// @inheritdoc IMarginEngine
    uint16 public immutable tradeFee;
    /// @dev One unit of the cash token in 1e18 units.
    uint256 private immutable _scale;

    constructor(address authority, address cashToken_, address book, uint16 initialFactor_, uint16 tradeFee_)
        AccessManaged(authority)
        MarginPricing(book, initialFactor_)
    {
        cashToken = cashToken_;
        tradeFee = tradeFee_;
        _scale = 10 ** (18 - IERC20Metadata(cashToken_).decimals());
    }

    /// @inheritdoc IMarginEngine
    function depositCash(address account, uint256 amount) external nonReentrant {
        if (account != POOL && account != INSURANCE) _requireOpen(account);
        uint256 before = IERC20(cashToken).balanceOf(address(this));
        IERC20(cashToken).safeTransferFrom(msg.sender, address(this), amount);
        int256 received = ((IERC20(cashToken).balanceOf(address(this)) - before) * _scale).toInt256();
        if (received == 0) revert ZeroAmount();
        emit CashMoved(account, received, _addCash(account, received));
        // A deposit by a stranger must not void a bid: the version stands.
        emit AccountUpdated(account, word[account].version);
    }

    /// @inheritdoc IMarginEngine
    function withdrawCash(address account, uint256 amount, address to) external nonReentrant onlyOwner(account) {
        _chargePremium(account);
        _takeCash(account, Math.saturatingMul(amount, _scale));
        IERC20(cashToken).safeTransfer(to, amount);
    }

    /// @inheritdoc IMarginEngine
    function withdrawCollateral(address account, uint8 id, uint256 amount, address beneficiary)
        external
        nonReentrant
        onlyOwner(account)
    {
        if (amount == 0) revert ZeroAmount();
        Collateral storage collateral = _collateral(id);
        _chargePremium(account);
        _touch(account);
        IVaultMirror(collateral.mirror).allocate(account, beneficiary, collateral.asset, amount);
        _requireInitial(account, _load(account));
    }

    /// @inheritdoc IMarginEngine
    function trade(address account, uint8 instrument, int128 size, uint64 limit)
        external
        nonReentrant
        onlyOwner(account)
    {
        if (size == 0) revert ZeroAmount();
        _chargePremium(account);
        int256 index = _accrue(instrument);
        uint256 initialBefore = margin(account).initial;
        _fill(account, instrument, size, _priceFor(instrument, size, limit), index);
        _touch(account);
        _requireTradeable(account, initialBefore);
    }

    /// @inheritdoc IMarginEngine
    function closeAll(address account) external nonReentrant onlyOwner(account) {
        Portfolio memory portfolio = _load(account);
        if (portfolio.legs.length == 0) return;
        for (uint256 i; i < portfolio.legs.length; ++i) {
            Leg memory leg = portfolio.legs[i];
            if (!leg.expired) _fill(account, leg.instrument, -leg.size, leg.markPrice(), leg.index);
        }
        _touch(account);
    }

    /// @inheritdoc IMarginEngine
    function settle(address account, uint8 instrument) external nonReentrant {
        Line storage line = _series(instrument);
        if (!line.fixed_) revert SeriesUnfixed(instrument);
        int256 size = position[account][instrument].size;
        if (size == 0 || account == POOL) revert NothingHeld(account, instrument);
        int256 value = MarginMath.positionValue(size, uint128(line.index));
        _addSize(account, instrument, -size, 0);
        _addSize(POOL, instrument, size, 0);
        _addCash(account, value);
        _addCash(POOL, -value);
        emit SeriesSettled(account, instrument, size, value);
        _touch(account);
    }

    /// @inheritdoc IMarginEngine
    function takeSlice(address account, address bidder, address beneficiary, uint16 fraction)
        external
        nonReentrant
        onlyModule
        returns (Slice memory slice, Margin memory left)
    {
        if (account == bidder) revert OwnSlice(account);
        _requireOpen(account);
        _requireOpen(bidder);
        Portfolio memory portfolio = _load(account);
        Margin memory margin_ = portfolio.margin(initialFactor);
        _leaveHalted(portfolio.stakes, margin_);
        slice.pay = ILiquidationAuction(msg.sender).priceOf(account, fraction, margin_);
        slice.netValue = MarginMath.share(margin_.netValue, fraction);
        slice.cash = MarginMath.share(portfolio.cash, fraction);
        portfolio.cash += _settle(account, bidder, slice);
        _moveSizes(portfolio.legs, account, bidder, fraction);
        _touch(account);
        _touch(bidder);
        _moveCollateral(portfolio.stakes, account, beneficiary, fraction, slice);
        _requireFunded(bidder, portfolio.legs);
        left = portfolio.margin(initialFactor);
    }

    /// @inheritdoc IMarginEngine
    function moveCash(address from, address to, uint256 amount) external nonReentrant onlyModule {
        _requireOpen(from);
        _requireOpen(to);
        _takeCash(from, amount);
        int256 received = amount.toInt256();
        emit CashMoved(to, received, _addCash(to, received));
        emit AccountUpdated(to, word[to].version);
    }

    /// @inheritdoc IMarginEngine
    function chargePremium(address account) external nonReentrant {
        _requireOpen(account);
        _chargePremium(account);
        emit AccountUpdated(account, word[account].version);
    }

    /// @dev Only what is not owed: cash against collateral would be a loan.
    function _takeCash(address account, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        int256 taken = amount.toInt256();
        Portfolio memory portfolio = _load(account);
        portfolio.cash -= taken;
        if (portfolio.netValue() < 0) revert CashShort(account, word[account].cash, amount);
        _requireInitial(account, portfolio);
        emit CashMoved(account, -taken, _addCash(account, -taken));
        _touch(account);
    }

    /// @dev The pool takes the other side; the fee goes to the insurance account.
    function _fill(address account, uint8 instrument, int256 size, uint256 price, int256 index) private {
        int256 value = MarginMath.positionValue(size, price);
        uint256 fee = MarginMath.tradeFeeUp(value, tradeFee);
        _addSize(account, instrument, size, index);
        _addSize(POOL, instrument, -size, 0);
        _addCash(account, -value - int256(fee));
        _addCash(POOL, value);
        _addCash(INSURANCE, int256(fee));
        emit Traded(account, instrument, size, uint64(price), fee);
    }

    /// @dev The worse edge of the mark for this side, within the trader's limit.
    function _priceFor(uint8 instrument, int256 size, uint64 limit) private view returns (uint256 price) {
        Line memory line = _instrument(instrument).line;
        if (_isExpired(line)) revert SeriesExpired(instrument, line.moment);
        (uint256 lower, uint256 upper,) = _edges(line.markFeed);
        price = size > 0 ? upper : lower;
        if (size > 0 ? price > limit : price < limit) revert PriceLimit(instrument, uint64(price), limit);
    }

    /// @dev The cash of a slice against its price; answers what it changed for the account.
    function _settle(address account, address bidder, Slice memory slice) private returns (int256 change) {
        change = SignedMath.max(slice.pay, 0) - slice.cash;
        _addCash(account, change);
        _addCash(bidder, slice.cash - slice.pay);
        if (slice.pay < 0) _cover(account, uint256(-slice.pay));
    }

    function _moveCollateral(
        Stake[] memory stakes,
        address account,
        address beneficiary,
        uint256 fraction,
        Slice memory slice
    ) private {
        slice.collaterals = new uint8[](stakes.length);
        slice.amounts = new uint256[](stakes.length);
        for (uint256 i; i < stakes.length; ++i) {
            Stake memory stake = stakes[i];
            uint256 amount = MarginMath.shareDown(stake.amount, fraction);
            slice.collaterals[i] = stake.collateral;
            if (amount == 0 || stake.halted) continue;
            slice.amounts[i] = amount;
            stake.amount -= amount;
            slice.collateralValue += MarginMath.collateralValueDown(amount, stake.decimals, stake.price);
            IVaultMirror(stake.mirror).allocate(account, beneficiary, stake.asset, amount);
        }
    }

    /// @dev Nobody is owed what a tripped route holds: a slice is of all the rest. Where nothing of worth is the rest, the
    /// account waits for its route.
    function _leaveHalted(Stake[] memory stakes, Margin memory margin_) private view {
        uint40 since = _halt(stakes);
        if (since == 0) return;
        (uint256 full,) = PortfolioMath.halted(stakes);
        margin_.mark -= full.toInt256();
        if (margin_.mark <= 0) revert IRouteGuard.RouteTripped(since);
    }

    /// @dev The account's routes bear what is theirs; of the rest the insurance account pays as far as it goes, and the
    /// pool bears what remains.
    function _cover(address account, uint256 amount) private {
        uint256 rest = amount;
        uint256 socialised;
        if (_isInsured(account)) {
            IInsuranceFund.Share[] memory shares;
            (shares, socialised) = IInsuranceFund(insuranceFund).cover(account, amount);
            for (uint256 i; i < shares.length; ++i) {
                rest -= shares[i].amount;
                _bookCash(shares[i].account, -shares[i].amount.toInt256());
            }
            rest -= socialised;
        }
        uint256 covered = Math.min(rest, uint256(SignedMath.max(word[INSURANCE].cash, 0)));
        uint256 borne = rest - covered + socialised;
        _addCash(INSURANCE, -int256(covered));
        _addCash(POOL, -int256(borne));
        emit BadDebt(account, amount, amount - borne);
    }

    /// @dev A premium may leave cash below zero: it is a loss like any other, and margin is judged after it.
    function _chargePremium(address account) private {
        if (!_isInsured(account)) return;
        IInsuranceFund.Share[] memory dues = IInsuranceFund(insuranceFund).accrue(account);
        for (uint256 i; i < dues.length; ++i) {
            _bookCash(account, -dues[i].amount.toInt256());
            _bookCash(dues[i].account, dues[i].amount.toInt256());
        }
    }

    function _bookCash(address account, int256 change) private {
        emit CashMoved(account, change, _addCash(account, change));
    }

    /// @dev Remote collateral of a cross account counts nothing, so that it puts no route at risk.
    function _isInsured(address account) private view returns (bool) {
        return insuranceFund != address(0) && word[account].mode != Mode.CROSS;
    }

    /// @dev More risk needs sound prices and initial margin; less risk needs maintenance, so that an account in auction
    /// cannot dodge bids by trifling trades.
    function _requireTradeable(address account, uint256 initialBefore) private view {
        Portfolio memory portfolio = _load(account);
        Margin memory now_ = portfolio.margin(initialFactor);
        if (now_.initial > initialBefore) return _requireInitial(account, portfolio);
        if (MarginMath.isBelowMaintenance(now_.equity, now_.maintenance)) {
            revert MaintenanceMargin(account, now_.equity, now_.maintenance);
        }
    }

    /// @dev Credit of a tripped route bears no new risk.
    function _requireInitial(address account, Portfolio memory portfolio) private view {
        if (portfolio.degraded) revert PriceDegraded(portfolio.degradedFeed);
        Margin memory required = portfolio.margin(initialFactor);
        int256 equity = required.equity;
        if (_halt(portfolio.stakes) != 0) {
            (, uint256 counted) = PortfolioMath.halted(portfolio.stakes);
            equity -= counted.toInt256();
        }
        if (equity < int256(required.initial)) revert InitialMargin(account, equity, required.initial);
    }

    /// @dev A bidder stands on its cash and positions alone, whatever its mode.
    function _requireFunded(address bidder, Leg[] memory priced) private view {
        Margin memory required = _load(bidder, priced).margin(initialFactor);
        if (required.netValue < int256(required.initial)) {
            revert InitialMargin(bidder, required.netValue, required.initial);
        }
    }
}
