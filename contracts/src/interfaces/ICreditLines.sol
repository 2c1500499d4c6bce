// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Liquidity as a service
/// @notice A provider pays on the engine chain at once and takes the gap, for a fee. Reserves are the provider's own
/// cash in the engine. Here: the purchase of a claim at the bid.
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

    event ClaimBought(
        address indexed provider, address indexed bidder, address indexed account, uint256 collateralValue, uint256 cash
    );
    event SignerSet(address indexed provider, address indexed signer);

    error OfferExpired(uint48 validUntil, uint256 timestamp);
    error OfferUsed(address provider, uint256 nonce);
    error OfferNotForYou(address expectedBidder, address expectedAccount);
    error OfferTooSmall(uint256 cash, uint256 maxCash);
    error SignerUnknown(address provider, address signer);
    error NotAuction(address caller);

    /// @notice The provider's hot key that signs offers; the provider itself is an engine account.
    function setSigner(address signer) external;
    function signerOf(address provider) external view returns (address);
    /// @notice Pays the bidder from the provider's reserves. Only the auction.
    function purchase(Offer calldata offer, bytes calldata signature, address bidder, address account, uint256 value)
        external
        returns (uint256 cash);
    function used(address provider, uint256 nonce) external view returns (bool);
}
