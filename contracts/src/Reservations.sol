// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAgentRegistry} from "./interfaces/IAgentRegistry.sol";
import {ILiquidationAuction} from "./interfaces/ILiquidationAuction.sol";
import {AuctionClock} from "./AuctionClock.sol";

/// @title Who may bid now: bonded agents first, and whoever promised to
abstract contract Reservations is AuctionClock {
    IAgentRegistry public immutable registry;

    mapping(address account => Reservation) private _reservations;

    constructor(address registry_) {
        registry = IAgentRegistry(registry_);
    }

    /// @inheritdoc ILiquidationAuction
    function reportDefault(address account) external {
        if (_reservations[account].bidder == address(0)) revert ReservationMissing(account);
        if (!_dropBroken(account)) {
            Reservation memory promised = _reservations[account];
            revert ReservedFor(account, promised.bidder, promised.until);
        }
    }

    /// @inheritdoc ILiquidationAuction
    function reservationOf(address account) public view returns (Reservation memory) {
        return _reservations[account];
    }

    function _promise(address account, uint16 fraction, uint16 discount_) internal {
        if (_terms.reserveSeconds == 0) revert ReservationsOff();
        if (_clocks[account].open) revert ReservationBroken(account);
        Reservation memory standing = _reservations[account];
        if (standing.bidder != address(0)) revert ReservedFor(account, standing.bidder, standing.until);
        uint64 until = uint64(_elapsed(account) + _terms.reserveSeconds);
        _reservations[account] = Reservation(msg.sender, fraction, discount_, until);
        emit Reserved(account, msg.sender, fraction, discount_, until);
        registry.hold(msg.sender, _terms.reserveBond);
    }

    /// @dev Whether the caller may bid; answers the slice it promised, if it did.
    function _admit(address account) internal view returns (uint16 promised) {
        Reservation memory standing = _reservations[account];
        if (standing.bidder == msg.sender) return standing.fraction;
        if (standing.bidder != address(0)) revert ReservedFor(account, standing.bidder, standing.until);
        if (_clocks[account].open) return 0;
        uint256 openAt = startedAt(account) + _terms.bondedSeconds;
        if (block.timestamp < openAt && !registry.isBonded(msg.sender)) revert BondedOnly(msg.sender, openAt);
    }

    /// @dev Less than promised is enough only where it heals the account.
    function _keep(address account, uint16 fraction, uint16 promised) internal {
        if (fraction < promised) revert ReservationShort(fraction, promised);
        _release(account);
    }

    /// @dev The auction ends: a promise still in time is given back, a broken one is not.
    function _fallAway(address account) internal {
        if (_reservations[account].bidder == address(0) || _dropBroken(account)) return;
        _release(account);
    }

    /// @dev Makes the maker of a promise that ran out pay for it. Whether there was one.
    function _dropBroken(address account) internal returns (bool) {
        Reservation memory promised = _reservations[account];
        if (promised.bidder == address(0) || _stands(promised, _elapsed(account))) return false;
        delete _reservations[account];
        _clocks[account].open = true;
        emit ReservationDefaulted(account, promised.bidder, msg.sender);
        registry.forfeit(promised.bidder, _terms.reserveBond, msg.sender);
        return true;
    }

    function _stands(Reservation memory promised, uint256 elapsed) internal pure returns (bool) {
        return promised.bidder != address(0) && elapsed < promised.until;
    }

    function _release(address account) private {
        address bidder = _reservations[account].bidder;
        delete _reservations[account];
        emit ReservationReleased(account, bidder);
        registry.release(bidder, _terms.reserveBond);
    }
}
