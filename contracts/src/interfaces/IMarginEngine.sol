// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Margin accounts, positions against a pool, and the margin rule
/// @notice Values are in 1e18 units of the cash token's dollar; prices have 8 decimals; sizes 18; ratios are bps.
/// Cash pays the notional of a position, so netValue = cash + sum of position values, and the pool account takes the
/// other side of every trade.
interface IMarginEngine {
    /// @dev ISOLATED: one instrument, no netting, own collateral. CROSS: netting, cash only (remote collateral counts
    /// nothing and cannot be seized). UNIFIED: netting and all remote collateral.
    enum Mode {
        NONE,
        ISOLATED,
        CROSS,
        UNIFIED
    }

    enum Kind {
        NONE,
        PERPETUAL,
        OPTION
    }

    /// @dev Risk array: a perpetual uses `shocks`, an option the array published with `markFeed`. Shocks are bps of
    /// size x underlying price. `contingency` is bps of the same notional.
    struct Instrument {
        Kind kind;
        uint16 markFeed;
        uint16 underlyingFeed;
        uint16 contingency;
        uint256 shocks;
    }

    /// @dev What a European option pays at expiry: cash, by the fixing of its underlying. `expiry` in seconds.
    struct Series {
        uint64 strike;
        uint40 expiry;
        bool call;
    }

    /// @dev What time did to an instrument. `fundingIndex`: what one unit of a perpetual paid since its listing, in 1e18
    /// units; `accruedAt` its last movement. `fixed_` and `payoff` (8 decimals): an expired series after its fixing.
    struct Progress {
        int128 fundingIndex;
        uint40 accruedAt;
        uint16 maxFunding;
        uint40 expiry;
        bool fixed_;
        uint64 payoff;
    }

    /// @dev One asset of one vault. `gap` is the stored gap haircut of the route, moved by a rate-limited role.
    struct Collateral {
        address mirror;
        address asset;
        uint16 feed;
        uint8 decimals;
        uint16 haircut;
        uint16 gap;
    }

    /// @dev `mark` = netValue + collateral at full price; `equity` uses haircuts; auctions read `mark`.
    struct Margin {
        int256 equity;
        int256 netValue;
        int256 mark;
        uint256 maintenance;
        uint256 initial;
    }

    /// @dev `entryFunding` is the funding index that the position has paid up to.
    struct Position {
        uint8 instrument;
        int128 size;
        int128 entryFunding;
    }

    struct CreditLine {
        uint8 collateral;
        uint256 amount;
    }

    /// @dev Everything needed to rebuild the account off chain. `credit` is filled whatever the mode.
    struct AccountState {
        address owner;
        uint64 version;
        Mode mode;
        int128 cash;
        Position[] positions;
        CreditLine[] credit;
    }

    /// @dev What a slice moved. `pay` went from the bidder to the account; negative, from the insurance to the bidder.
    /// `amounts[i]` of collateral id `collaterals[i]` became owed to the beneficiary.
    struct Slice {
        int256 pay;
        int256 netValue;
        int256 cash;
        uint8[] collaterals;
        uint256[] amounts;
        uint256 collateralValue;
    }

    event AccountOpened(address indexed account, address indexed owner, Mode mode);
    /// @dev The version rises with every change but incoming cash, which can only make a slice better, and premiums, which
    /// the price of a slice follows: nobody else's call voids a bid.
    event AccountUpdated(address indexed account, uint64 version);
    event CashMoved(address indexed account, int256 amount, int256 cash);
    event Traded(address indexed account, uint8 indexed instrument, int256 size, uint64 price, uint256 fee);
    event InstrumentListed(uint8 indexed instrument, Kind kind, uint16 markFeed, uint16 underlyingFeed);
    event CollateralListed(uint8 indexed collateral, address mirror, address asset);
    event MaxFundingSet(uint8 indexed instrument, uint16 maxFunding);
    event FundingAccrued(uint8 indexed instrument, int128 index);
    /// @dev Positive: paid to the pool; negative: received from it.
    event FundingPaid(address indexed account, uint8 indexed instrument, int256 amount);
    event SeriesFixed(uint8 indexed instrument, uint64 price, uint64 payoff);
    event SeriesSettled(address indexed account, uint8 indexed instrument, int256 size, int256 value);
    event GapChanged(uint8 indexed collateral, uint16 gap);
    event ModuleSet(address indexed module, bool allowed);
    event InsuranceFundSet(address indexed fund);
    /// @dev `amount` was paid to whoever took the insolvent account: `covered` by the tranches of its routes and the
    /// insurance, the rest by the pool.
    event BadDebt(address indexed account, uint256 amount, uint256 covered);

    error NotOwner(address account, address caller);
    error NotModule(address caller);
    error AccountExists(address account);
    error AccountUnknown(address account);
    error InstrumentUnknown(uint8 instrument);
    error CollateralUnknown(uint8 collateral);
    error IsolatedHoldsOne(address account, uint8 held, uint8 wanted);
    error TooManyPositions(address account, uint256 limit);
    error InitialMargin(address account, int256 equity, uint256 initial);
    error PriceLimit(uint8 instrument, uint64 price, uint64 limit);
    error PriceDegraded(uint16 feed);
    error CashShort(address account, int256 cash, uint256 wanted);
    error ZeroAmount();
    error ModeMissing();
    error KindMissing();
    error ListFull(uint256 limit);
    error DecimalsTooMany(uint8 decimals);
    error HaircutTooLarge(uint256 haircut, uint256 gap);
    error MaintenanceMargin(address account, int256 equity, uint256 maintenance);
    error NotPerpetual(uint8 instrument);
    error NotSeries(uint8 instrument);
    error SeriesExpired(uint8 instrument, uint256 expiry);
    error SeriesUnfixed(uint8 instrument);
    error SeriesFixedAlready(uint8 instrument, uint64 payoff);
    error ExpiryPassed(uint256 expiry, uint256 timestamp);
    error NothingHeld(address account, uint8 instrument);
    error OwnSlice(address account);

    /// @notice Opens an account. With salt 0 the account is the caller's own address, otherwise a derived one.
    function open(uint96 salt, Mode mode) external returns (address account);
    function accountOf(address owner, uint96 salt) external pure returns (address);
    /// @notice `amount` in the cash token's own decimals; pulled from the caller.
    function depositCash(address account, uint256 amount) external;
    function withdrawCash(address account, uint256 amount, address to) external;
    /// @notice Lets `beneficiary` claim collateral on the vault chain, margin permitting.
    function withdrawCollateral(address account, uint8 collateral, uint256 amount, address beneficiary) external;
    /// @notice Trades against the pool at the mark, plus the trade fee. `limit` is the worst price accepted.
    function trade(address account, uint8 instrument, int128 size, uint64 limit) external;
    /// @notice Closes every position of the account against the pool, but expired ones: they wait for their fixing.
    function closeAll(address account) external;

    /// @notice Moves a perpetual's funding index by the premium of its mark over its underlying, for the time since it
    /// last moved. Anybody; a trade does it first. Degraded prices and time beyond an hour cost nothing.
    function accrueFunding(uint8 instrument) external;
    /// @notice Fixes an expired series at its underlying's fixing in the price book. Anybody.
    function fixSeries(uint8 instrument) external;
    /// @notice Pays an account's position in a fixed series out, in cash. Anybody.
    function settle(address account, uint8 instrument) external;

    /// @notice Moves `fraction` (bps) of everything from `account` to `bidder`, who pays what the calling auction's
    /// `priceOf` answers for the margin found here: prices are read once per bid. Only the auction.
    /// @return slice What moved.
    /// @return left The margin of what remains.
    function takeSlice(address account, address bidder, address beneficiary, uint16 fraction)
        external
        returns (Slice memory slice, Margin memory left);
    /// @notice Moves cash between accounts (claim purchases). Only modules. The payer keeps its initial margin.
    function moveCash(address from, address to, uint256 amount) external;
    /// @notice Books the premium due on the account's routes up to now. Anyone may ask; trades and withdrawals do.
    function chargePremium(address account) external;
    /// @notice Names who splits shortfalls and asks premiums; none if zero (governance).
    function setInsuranceFund(address fund) external;
    /// @notice Changes a gap haircut (risk role, within the gap limit).
    function setGap(uint8 collateral, uint16 gap) external;
    /// @notice How many bps one collateral's gap haircut may move per `window` seconds; zero lifts the limit
    /// (governance).
    function setGapLimit(uint208 capacity, uint48 window) external;
    /// @notice Lists an instrument for good; its id never changes (governance).
    function listInstrument(Instrument calldata instrument) external returns (uint8 id);
    /// @notice Lists a European option that expires (governance).
    function listSeries(Instrument calldata instrument, Series calldata series) external returns (uint8 id);
    /// @notice The most a perpetual's funding may cost in eight hours, in bps of its underlying; zero lets it rest
    /// (governance).
    function setMaxFunding(uint8 instrument, uint16 maxFunding) external;
    /// @notice Lists one asset of one vault (governance).
    function listCollateral(Collateral calldata collateral) external returns (uint8 id);
    /// @notice Admits or dismisses a contract that may move slices and cash (governance).
    function setModule(address module, bool allowed) external;

    function margin(address account) external view returns (Margin memory);
    function accountState(address account) external view returns (AccountState memory);
    function cashOf(address account) external view returns (int256);
    function versionOf(address account) external view returns (uint64);
    function instruments(uint8 id) external view returns (Instrument memory);
    /// @notice Where an instrument's funding, expiry and fixing stand.
    function progressOf(uint8 id) external view returns (Progress memory);
    /// @notice The terms of a series.
    function seriesOf(uint8 id) external view returns (Series memory);
    function collaterals(uint8 id) external view returns (Collateral memory);
    function instrumentCount() external view returns (uint256);
    function collateralCount() external view returns (uint256);
    /// @notice Full value of an amount of collateral at the current price, rounded down.
    function collateralValue(uint8 collateral, uint256 amount) external view returns (uint256);
    function isModule(address module) external view returns (bool);
    function insuranceFund() external view returns (address);
    function owner(address account) external view returns (address);
    /// @notice The token that cash is paid in and out with.
    function cashToken() external view returns (address);
    function pool() external view returns (address);
    function insurance() external view returns (address);
    function priceBook() external view returns (address);
    function initialFactor() external view returns (uint16);
    function tradeFee() external view returns (uint16);
}
