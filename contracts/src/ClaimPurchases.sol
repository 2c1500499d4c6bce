// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {MarginMath} from "./libraries/MarginMath.sol";

/// @title Who signs for whom, and the purchase of a claim at the bid
abstract contract ClaimPurchases is ICreditLines, EIP712 {
    bytes32 private constant OFFER_TYPEHASH = keccak256(
        "Offer(address provider,address beneficiary,address bidder,address account,uint16 rate,uint128 maxCash,uint48 validUntil,uint256 nonce)"
    );

    IMarginEngine public immutable engine;
    address public immutable auction;

    /// @inheritdoc ICreditLines
    mapping(address owner => address) public signerOf;
    /// @inheritdoc ICreditLines
    mapping(address provider => mapping(uint256 nonce => bool)) public used;

    constructor(address engine_, address auction_) EIP712("Lienmesh CreditLines", "1") {
        engine = IMarginEngine(engine_);
        auction = auction_;
    }

    /// @inheritdoc ICreditLines
    function setSigner(address signer) external {
        signerOf[msg.sender] = signer;
        emit SignerSet(msg.sender, signer);
    }

    /// @inheritdoc ICreditLines
    function purchase(Offer calldata offer, bytes calldata signature, address bidder, address account, uint256 value)
        external
        returns (uint256 cash)
    {
        if (msg.sender != auction) revert NotAuction(msg.sender);
        if (block.timestamp > offer.validUntil) revert OfferExpired(offer.validUntil, block.timestamp);
        if (offer.bidder != bidder || offer.account != account) revert OfferNotForYou(offer.bidder, offer.account);
        if (used[offer.provider][offer.nonce]) revert OfferUsed(offer.provider, offer.nonce);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(OFFER_TYPEHASH, offer)));
        _requireSigned(digest, signature, offer.provider, signerOf[offer.provider]);
        cash = MarginMath.shareDown(value, offer.rate);
        if (cash > offer.maxCash) revert OfferTooSmall(cash, offer.maxCash);
        used[offer.provider][offer.nonce] = true;
        emit ClaimBought(offer.provider, bidder, account, value, cash);
        engine.moveCash(offer.provider, bidder, cash);
    }

    function _requireSigned(bytes32 digest, bytes calldata signature, address owner, address expected) internal pure {
        address signer = ECDSA.recoverCalldata(digest, signature);
        if (signer != expected) revert SignerUnknown(owner, signer);
    }
}
