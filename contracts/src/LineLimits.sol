// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ClaimPurchases} from "./ClaimPurchases.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IRiskParameters} from "./interfaces/IRiskParameters.sol";
import {Accrual} from "./libraries/Accrual.sol";

/// @title How much a provider lends, to whom, against what and at what price
abstract contract LineLimits is ClaimPurchases {
    /// @notice Where the least fee for the gap is published.
    IRiskParameters public immutable risk;

    /// @inheritdoc ICreditLines
    mapping(address provider => uint256) public lent;
    /// @inheritdoc ICreditLines
    mapping(address provider => mapping(address user => uint256)) public lentTo;
    /// @inheritdoc ICreditLines
    mapping(address provider => mapping(uint8 collateral => uint256)) public lentAgainst;
    /// @inheritdoc ICreditLines
    mapping(address provider => mapping(uint8 collateral => uint256)) public capOf;
    mapping(address provider => Limits) private _limits;

    constructor(address risk_) {
        risk = IRiskParameters(risk_);
    }

    /// @inheritdoc ICreditLines
    function setLimits(Limits calldata limits) external {
        if (limits.reserveRatio > Accrual.BPS || limits.curve.kink > Accrual.BPS) {
            revert LimitsInvalid(limits.reserveRatio, limits.curve.kink);
        }
        _limits[msg.sender] = limits;
        emit LimitsSet(msg.sender, limits);
    }

    /// @inheritdoc ICreditLines
    function setCap(uint8 collateral, uint256 cap) external {
        capOf[msg.sender][collateral] = cap;
        emit CapSet(msg.sender, collateral, cap);
    }

    /// @inheritdoc ICreditLines
    function requiredFee(address provider, uint8 collateral, uint256 principal, uint256 duration)
        public
        view
        returns (uint256)
    {
        uint256 free = _free(provider);
        uint256 utilisation = Accrual.utilisationUp(lent[provider] + principal, free - Math.min(free, principal));
        uint256 rate = Accrual.rateUp(_limits[provider].curve, utilisation);
        uint256 forTime = Accrual.dueUp(principal, rate * duration);
        return forTime + Accrual.partUp(principal, risk.levels(collateral).fee);
    }

    /// @inheritdoc ICreditLines
    function limitsOf(address provider) external view returns (Limits memory) {
        return _limits[provider];
    }

    /// @dev Books the principal of a line that opens.
    function _lend(Line calldata line) internal {
        Limits storage limits = _limits[line.provider];
        uint256 required = requiredFee(line.provider, line.collateral, line.principal, line.expiry - block.timestamp);
        if (line.fee < required) revert FeeTooLow(line.fee, required);
        uint256 toUser = lentTo[line.provider][line.user] += line.principal;
        if (toUser > limits.perUser) revert UserLimit(line.user, toUser, limits.perUser);
        uint256 against = lentAgainst[line.provider][line.collateral] += line.principal;
        uint256 cap = capOf[line.provider][line.collateral];
        if (against > cap) revert CollateralCap(line.collateral, against, cap);
        uint256 all = lent[line.provider] += line.principal;
        uint256 free = _free(line.provider);
        uint256 reserve = Accrual.partUp(free + all - line.principal, limits.reserveRatio);
        if (free < line.principal + reserve) revert ReservesShort(line.provider, free, line.principal + reserve);
    }

    /// @dev Takes the principal of a line that closes off the books.
    function _unlend(Line calldata line) internal {
        lent[line.provider] -= line.principal;
        lentTo[line.provider][line.user] -= line.principal;
        lentAgainst[line.provider][line.collateral] -= line.principal;
    }

    function _free(address provider) private view returns (uint256) {
        return uint256(SignedMath.max(engine.cashOf(provider), 0));
    }
}
