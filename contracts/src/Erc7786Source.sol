// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC7786Recipient} from "@openzeppelin/contracts/crosschain/ERC7786Recipient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {IErc7786Source} from "./interfaces/IErc7786Source.sol";

/// @title Counters that arrive as ERC-7786 messages
contract Erc7786Source is IErc7786Source, ERC7786Recipient, AccessManaged, Pausable {
    using SafeCast for uint256;

    /// @dev How far the clocks of two chains may differ.
    uint256 private constant SKEW = 10 minutes;

    /// @inheritdoc IErc7786Source
    address public immutable override gateway;
    /// @inheritdoc IErc7786Source
    bytes public override courier;
    /// @inheritdoc IErc7786Source
    bool public override frozen;
    mapping(address origin => mapping(bytes32 slot => Counter)) private _counters;

    constructor(address authority_, address gateway_, bytes memory courier_) AccessManaged(authority_) {
        gateway = gateway_;
        courier = courier_;
    }

    /// @inheritdoc ICounterSource
    function read(address origin, bytes32 slot, bytes calldata evidence)
        external
        view
        whenNotPaused
        returns (uint256 value, uint64 asOf)
    {
        if (frozen) revert Frozen();
        if (evidence.length != 0 && evidence.length != 32) revert EvidenceUnexpected(evidence.length);
        Counter memory counter = _counters[origin][slot];
        if (counter.value == 0) revert CounterUnknown(origin, slot);
        uint256 since = evidence.length == 0 ? 0 : abi.decode(evidence, (uint256));
        if (counter.asOf < since) revert CounterOlder(counter.asOf, since);
        return (counter.value, counter.asOf);
    }

    /// @inheritdoc IErc7786Source
    function pause() external restricted {
        _pause();
    }

    /// @inheritdoc IErc7786Source
    function unpause() external restricted {
        _unpause();
    }

    /// @inheritdoc IErc7786Source
    function counters(address origin, bytes32 slot) external view returns (Counter memory) {
        return _counters[origin][slot];
    }

    function _isAuthorizedGateway(address gateway_, bytes calldata sender) internal view override returns (bool) {
        return gateway_ == gateway && keccak256(sender) == keccak256(courier);
    }

    /// @dev Counters never fall: of two messages the later one has the larger value, or one of them is false.
    function _processMessage(address, bytes32, bytes calldata, bytes calldata payload) internal override {
        (address origin, bytes32 slot, uint256 value, uint64 asOf) =
            abi.decode(payload, (address, bytes32, uint256, uint64));
        if (asOf > block.timestamp + SKEW) revert MessageFromFuture(asOf, block.timestamp + SKEW);
        Counter memory known = _counters[origin][slot];
        Counter memory told = Counter(value.toUint192(), asOf);
        bool later = asOf > known.asOf;
        if (later ? value < known.value : asOf < known.asOf ? value > known.value : value != known.value) {
            if (known.asOf != 0) return _freeze(origin, slot, known, told);
        }
        if (!later) return;
        _counters[origin][slot] = told;
        emit Heard(origin, slot, value, asOf);
    }

    function _freeze(address origin, bytes32 slot, Counter memory known, Counter memory told) private {
        frozen = true;
        emit Equivocation(origin, slot, known, told);
    }
}
