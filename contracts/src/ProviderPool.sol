// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EngineVault} from "./EngineVault.sol";
import {ICreditLines} from "./interfaces/ICreditLines.sol";
import {IProviderPool} from "./interfaces/IProviderPool.sol";
import {Accrual} from "./libraries/Accrual.sol";

/// @title Provider reserves as shares
/// @notice See IProviderPool. The pool is itself the provider of its lines. It signs no offers for claims.
contract ProviderPool is IProviderPool, EngineVault, AccessManaged {

    ICreditLines public immutable lines;
    /// @inheritdoc IProviderPool
    address public immutable operator;
    /// @inheritdoc IProviderPool
    address public immutable beneficiary;

    /// @inheritdoc IProviderPool
    uint256 public recovering;
    mapping(address line => bool) private _isRecovering;

    modifier onlyOperator() {
        if (msg.sender != operator) revert NotOperator(msg.sender);
        _;
    }

    constructor(
        address authority_,
        address engine_,
        address lines_,
        address operator_,
        address beneficiary_,
        uint48 cooldown_,
        uint48 window_
    ) EngineVault(engine_, "Lienmesh provider reserves", "LPR", cooldown_, window_) AccessManaged(authority_) {
        lines = ICreditLines(lines_);
        (operator, beneficiary) = (operator_, beneficiary_);
    }

    /// @inheritdoc IProviderPool
    function open(ICreditLines.Line calldata line, bytes calldata signature) external onlyOperator {
        if (line.beneficiary != beneficiary) revert BeneficiaryMismatch(beneficiary, line.beneficiary);
        lines.open(line, signature);
    }

    /// @inheritdoc IProviderPool
    function enforce(ICreditLines.Line calldata line) external onlyOperator {
        recovering += line.principal;
        _isRecovering[lines.lineOf(line)] = true;
        lines.enforce(line);
    }

    /// @inheritdoc IProviderPool
    function recover(ICreditLines.Line calldata line, uint256 proceeds) external onlyOperator {
        address id = lines.lineOf(line);
        if (!_isRecovering[id]) revert NotRecovering(id);
        delete _isRecovering[id];
        recovering -= line.principal;
        emit Recovered(id, line.principal, proceeds);
        if (proceeds != 0) _transferIn(msg.sender, proceeds);
    }

    /// @inheritdoc IProviderPool
    function setLimits(ICreditLines.Limits calldata limits) external restricted {
        lines.setLimits(limits);
    }

    /// @inheritdoc IProviderPool
    function setCap(uint8 collateral, uint256 cap) external restricted {
        lines.setCap(collateral, cap);
    }

    /// @notice Cash, what is lent and what is being recovered, in the token's units, rounded down.
    function totalAssets() public view override returns (uint256) {
        return (_cash() + lines.lent(address(this)) + recovering) / _scale;
    }

    /// @dev The promised reserve stays for what is lent.
    function _withdrawable() internal view override returns (uint256) {
        uint256 free = _cash();
        uint256 out = lines.lent(address(this)) + recovering;
        uint16 ratio = lines.limitsOf(address(this)).reserveRatio;
        uint256 kept = out == 0 ? 0 : Accrual.partUp(free + out, ratio);
        return (free - Math.min(free, kept)) / _scale;
    }
}
