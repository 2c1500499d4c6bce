// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Accrual} from "../libraries/Accrual.sol";

/// @title Liquidity as a service
/// @notice A provider pays on the engine chain at once and takes the gap, for a fee. Reserves are the provider's own cash
/// in the engine. It buys claims at the bid, and fronts cash to traders against collateral locked on a vault chain: before
/// that deposit is proven here, at whatever depth the provider trusts. The engine itself extends no unproven credit.
interface ICreditLines {
    /// @dev `rate` is the cash paid per full value of the seized collateral, in bps. `maxCash` in 1e18 units.
    /// `beneficiary` is the provider's address on the vault chain.
    struct Offer {
        address provider;
        address beneficiary;
        address bidder;
        address account;
        uint16 rate;
        uint128 maxCash;
        uint48 validUntil;
        uint256 nonce;
    }

    /// @dev Signed by the user; opened by the provider. `account` is the engine account that gets the principal. `refund`
    /// and `beneficiary` are the user's and the provider's addresses on the vault chain. `amount` of engine collateral id
    /// `collateral` is to be deposited there for the line's own account (`lineOf`). `principal` and `fee` in 1e18 units;
    /// `penalty` and `maxLtv` in bps of what is due and of the collateral's value; times in seconds.
    struct Line {
        address user;
        address account;
        address refund;
        address provider;
        address beneficiary;
        uint8 collateral;
        uint128 amount;
        uint128 principal;
        uint128 fee;
        uint16 penalty;
        uint16 maxLtv;
        uint48 openBy;
        uint48 expiry;
        uint256 nonce;
    }

    /// @dev After OPEN nothing is lent any more, and what the line's account holds is shared out as it is proven.
    enum Stage {
        NONE,
        OPEN,
        REPAID,
        ENFORCED
    }

    /// @dev `reserved` is what the provider is still to get of the collateral, before anything goes to the user.
    struct State {
        Stage stage;
        uint248 reserved;
    }

    /// @dev What a provider lets be lent. `reserveRatio` is the part of its reserves that stays free, in bps; `perUser` in
    /// 1e18 units of principal; the curve sets the least fee.
    struct Limits {
        uint16 reserveRatio;
        uint128 perUser;
        Accrual.Curve curve;
    }

    event ClaimBought(
        address indexed provider, address indexed bidder, address indexed account, uint256 collateralValue, uint256 cash
    );
    event SignerSet(address indexed owner, address indexed signer);
    event LimitsSet(address indexed provider, Limits limits);
    event CapSet(address indexed provider, uint8 indexed collateral, uint256 cap);
    event LineRequested(address indexed line, address indexed provider, Line terms, bytes signature);
    event LineOpened(address indexed line, address indexed provider, address indexed user, uint256 principal, uint256 fee);
    event LineRepaid(address indexed line, address indexed provider, uint256 due);
    /// @dev `reserved` of the collateral is the provider's, `value` is what the line's collateral was worth.
    event LineEnforced(address indexed line, address indexed provider, uint256 due, uint256 reserved, uint256 value);
    event LineSettled(address indexed line, uint256 toProvider, uint256 toUser);

    error OfferExpired(uint48 validUntil, uint256 timestamp);
    error OfferUsed(address provider, uint256 nonce);
    error OfferNotForYou(address expectedBidder, address expectedAccount);
    error OfferTooSmall(uint256 cash, uint256 maxCash);
    error SignerUnknown(address owner, address signer);
    error NotAuction(address caller);
    error NotProvider(address provider, address caller);
    error NotAccountOwner(address account, address caller);
    error LimitsInvalid(uint16 reserveRatio, uint16 kink);
    error LineUsed(address line, Stage stage);
    error LineNotOpen(address line, Stage stage);
    error LineRunning(address line, uint256 openBy);
    error LineExpired(uint256 openBy, uint256 expiry, uint256 timestamp);
    error LineEmpty(uint256 amount, uint256 principal);
    /// @dev `due` x 1e4 above `value` x `maxLtv`.
    error LtvExceeded(uint256 due, uint256 value, uint16 maxLtv);
    error LineHealthy(address line, uint256 due, uint256 value, uint256 expiry);
    error FeeTooLow(uint256 fee, uint256 required);
    error UserLimit(address user, uint256 lent, uint256 limit);
    error CollateralCap(uint8 collateral, uint256 lent, uint256 cap);
    error ReservesShort(address provider, uint256 free, uint256 required);
    error NothingToSettle(address line);

    /// @notice The hot key that signs for its owner: a provider's offers, a user's lines. A user without one signs itself.
    function setSigner(address signer) external;
    function signerOf(address owner) external view returns (address);
    /// @notice Pays the bidder from the provider's reserves. Only the auction.
    function purchase(Offer calldata offer, bytes calldata signature, address bidder, address account, uint256 value)
        external
        returns (uint256 cash);
    function used(address provider, uint256 nonce) external view returns (bool);

    /// @notice The caller's limits as a provider. Nothing is lent before both these and a collateral's cap are set.
    function setLimits(Limits calldata limits) external;
    /// @notice The most principal the caller lends against one collateral.
    function setCap(uint8 collateral, uint256 cap) external;

    /// @notice Shows a signed line to its provider, who decides. Anyone may carry it.
    function request(Line calldata line, bytes calldata signature) external;
    /// @notice Fronts the principal from the provider's reserves. Only the provider.
    function open(Line calldata line, bytes calldata signature) external;
    /// @notice Pays what is due from an engine account of the caller's. All collateral is the user's from now on: what is
    /// proven at once, what is not when it is (`settle`).
    function repay(Line calldata line, address from) external;
    /// @notice After expiry, or above the agreed LTV: reserves due x (1 + penalty) of the collateral at the current price
    /// for the provider, the rest is the user's. Only the provider.
    function enforce(Line calldata line) external;
    /// @notice Hands out what is proven of a line that is closed, or was not opened in time: the provider's part first.
    /// Anyone, as often as something arrives.
    function settle(Line calldata line) external returns (uint256 toProvider, uint256 toUser);

    /// @notice The account for which the collateral is deposited on the vault chain: the line's EIP-712 digest.
    function lineOf(Line calldata line) external view returns (address);
    function stateOf(address line) external view returns (State memory);
    /// @notice The least fee for lending this much more, this long, against this collateral.
    function requiredFee(address provider, uint8 collateral, uint256 principal, uint256 duration)
        external
        view
        returns (uint256);
    function limitsOf(address provider) external view returns (Limits memory);
    function capOf(address provider, uint8 collateral) external view returns (uint256);
    /// @notice Principal of a provider's open lines: in all, to one user, against one collateral.
    function lent(address provider) external view returns (uint256);
    function lentTo(address provider, address user) external view returns (uint256);
    function lentAgainst(address provider, uint8 collateral) external view returns (uint256);
}
