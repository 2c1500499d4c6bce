// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IPriceBook} from "./interfaces/IPriceBook.sol";
import {IRiskParameters} from "./interfaces/IRiskParameters.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {InsuranceTranche} from "./InsuranceTranche.sol";
import {Accrual} from "./libraries/Accrual.sol";
import {MarginMath} from "./libraries/MarginMath.sol";

/// @title The insurance fund
/// @notice See IInsuranceFund.
contract InsuranceFund is IInsuranceFund, AccessManaged {
    using SafeCast for uint256;

    /// @dev What an account had of one collateral when last asked, and the indices then.
    struct Mark {
        uint128 amount;
        uint64 premiumIndex;
        uint64 levyIndex;
    }

    /// @dev A route's risk group: every account with credit on it. `levyIndex` is summed until `since`.
    struct Group {
        address tranche;
        uint48 since;
        uint64 levyIndex;
        uint128 debt;
    }

    /// @dev One listed collateral of a route, as the engine lists it.
    struct Listed {
        uint8 id;
        address mirror;
        address asset;
        uint8 decimals;
        uint256 price;
    }

    IMarginEngine public immutable engine;
    IRiskParameters public immutable risk;
    /// @inheritdoc IInsuranceFund
    uint32 public immutable levy;

    mapping(address mirror => Group) private _groups;
    mapping(address account => mapping(uint8 collateral => Mark)) private _marks;

    modifier onlyEngine() {
        if (msg.sender != address(engine)) revert NotEngine(msg.sender);
        _;
    }

    constructor(address authority_, address engine_, address risk_, uint32 levy_) AccessManaged(authority_) {
        engine = IMarginEngine(engine_);
        risk = IRiskParameters(risk_);
        levy = levy_;
    }

    /// @inheritdoc IInsuranceFund
    function setTranche(address mirror, address tranche) external restricted {
        (, bytes memory answer) = tranche.staticcall(abi.encodeCall(InsuranceTranche(tranche).mirror, ()));
        address found = answer.length == 32 ? address(uint160(uint256(bytes32(answer)))) : address(0);
        if (found != mirror || found == address(0)) revert TrancheMismatch(mirror, tranche, found);
        _groups[mirror].tranche = tranche;
        emit TrancheSet(mirror, tranche);
    }

    /// @inheritdoc IInsuranceFund
    function accrue(address account) external onlyEngine returns (Share[] memory dues) {
        uint256 listed = engine.collateralCount();
        dues = new Share[](2 * listed);
        uint256 count;
        for (uint8 id; id < listed; ++id) {
            Listed memory one = _listed(id);
            Group storage group = _groups[one.mirror];
            if (group.tranche == address(0)) continue;
            (uint256 premium, uint256 levied) = _ask(account, one, group);
            if (premium != 0) dues[count++] = Share(group.tranche, premium);
            if (levied != 0) dues[count++] = Share(engine.pool(), levied);
            if (premium + levied != 0) emit PremiumAccrued(account, one.mirror, premium, levied);
        }
        _cut(dues, count);
    }

    /// @inheritdoc IInsuranceFund
    function cover(address account, uint256 shortfall)
        external
        onlyEngine
        returns (Share[] memory shares, uint256 socialised)
    {
        (address[] memory mirrors, uint256[] memory weights, uint256 total) = _routesOf(account);
        shares = new Share[](mirrors.length);
        uint256 count;
        uint256 left = shortfall;
        for (uint256 i; i < mirrors.length; ++i) {
            // The last route takes what rounding left: the parts sum to the whole.
            uint256 part = i + 1 == mirrors.length ? left : Math.mulDiv(shortfall, weights[i], total);
            left -= part;
            if (part == 0) continue;
            Group storage group = _groups[mirrors[i]];
            if (group.tranche == address(0)) continue;
            uint256 borne = Math.min(part, uint256(SignedMath.max(engine.cashOf(group.tranche), 0)));
            if (borne != 0) shares[count++] = Share(group.tranche, borne);
            emit Covered(account, mirrors[i], borne);
            if (borne < part) socialised += _indebt(account, mirrors[i], part - borne);
        }
        _cut(shares, count);
    }

    /// @inheritdoc IInsuranceFund
    function trancheOf(address mirror) external view returns (address) {
        return _groups[mirror].tranche;
    }

    /// @inheritdoc IInsuranceFund
    function debtOf(address mirror) external view returns (uint256) {
        return _groups[mirror].debt;
    }

    /// @dev What is due on one collateral since the last mark, which is set anew. The levy stops where the debt ends.
    function _ask(address account, Listed memory one, Group storage group)
        private
        returns (uint256 premium, uint256 levied)
    {
        uint256 available = IVaultMirror(one.mirror).available(account, one.asset);
        Mark memory known = _marks[account][one.id];
        uint64 premiumIndex = risk.premiumIndex(one.id).toUint64();
        uint64 levyIndex = _levyIndex(group);
        _marks[account][one.id] = Mark(_clamp(available), premiumIndex, levyIndex);
        uint256 amount = Math.min(known.amount, available);
        if (amount == 0) return (0, 0);
        uint256 value = MarginMath.collateralValueDown(amount, one.decimals, one.price);
        premium = Accrual.dueUp(value, premiumIndex - known.premiumIndex);
        levied = Math.min(Accrual.dueUp(value, levyIndex - known.levyIndex), group.debt);
        if (levied == 0) return (premium, 0);
        (group.levyIndex, group.since) = (levyIndex, uint48(block.timestamp));
        group.debt -= levied.toUint128();
    }

    function _indebt(address account, address mirror, uint256 amount) private returns (uint256) {
        Group storage group = _groups[mirror];
        (group.levyIndex, group.since) = (_levyIndex(group), uint48(block.timestamp));
        group.debt += amount.toUint128();
        emit Socialised(account, mirror, amount, group.debt);
        return amount;
    }

    /// @dev Every mirror on which the account was ever credited, with the value of that credit at the last prices. Credit
    /// spent since counts too: who was sliced before it failed had the route all the same.
    function _routesOf(address account)
        private
        view
        returns (address[] memory mirrors, uint256[] memory weights, uint256 total)
    {
        uint256 listed = engine.collateralCount();
        (mirrors, weights) = (new address[](listed), new uint256[](listed));
        uint256 count;
        for (uint8 id; id < listed; ++id) {
            Listed memory one = _listed(id);
            uint256 credited = IVaultMirror(one.mirror).credited(account, one.asset);
            uint256 value = MarginMath.collateralValueDown(_clamp(credited), one.decimals, one.price);
            if (value == 0) continue;
            uint256 place;
            while (place < count && mirrors[place] != one.mirror) ++place;
            if (place == count) mirrors[count++] = one.mirror;
            weights[place] += value;
            total += value;
        }
        assembly ("memory-safe") {
            mstore(mirrors, count)
            mstore(weights, count)
        }
    }

    /// @dev At the last price however old: who pays must not depend on a publisher's silence.
    function _listed(uint8 id) private view returns (Listed memory one) {
        IMarginEngine.Collateral memory listed = engine.collaterals(id);
        (one.id, one.mirror, one.asset, one.decimals) = (id, listed.mirror, listed.asset, listed.decimals);
        one.price = IPriceBook(engine.priceBook()).peek(listed.feed).price;
    }

    function _levyIndex(Group storage group) private view returns (uint64) {
        if (group.debt == 0) return group.levyIndex;
        return (group.levyIndex + uint256(levy) * (block.timestamp - group.since)).toUint64();
    }

    /// @dev A forged counter may be anything: it weighs no more than the whole world's tokens.
    function _clamp(uint256 amount) private pure returns (uint128) {
        return uint128(Math.min(amount, type(uint96).max));
    }

    function _cut(Share[] memory shares, uint256 count) private pure {
        assembly ("memory-safe") {
            mstore(shares, count)
        }
    }
}
