// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7786GatewaySource} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {ICollateralVault} from "./interfaces/ICollateralVault.sol";
import {IVaultMirror} from "./interfaces/IVaultMirror.sol";
import {StateProof} from "./libraries/StateProof.sol";

/// @title Sends the counters of one vault or mirror as ERC-7786 messages
/// @notice Anybody may send any counter at any time and pays the gateway. The message names the storage slot that a state
/// proof would prove, so that sources of either kind answer the same question.
/// @dev A function of the other kind of origin reverts (CounterAbsent): a vault has no `owed` and a mirror no `deposited`.
contract CounterCourier {
    IERC7786GatewaySource public immutable gateway;
    /// @notice The vault or the mirror whose counters are sent.
    address public immutable origin;
    /// @notice The source on the other chain, as ERC-7930 interoperable address.
    bytes public recipient;

    error CounterZero(bytes32 slot);
    error CounterAbsent(address origin, bytes32 slot);

    constructor(IERC7786GatewaySource gateway_, address origin_, bytes memory recipient_) {
        gateway = gateway_;
        origin = origin_;
        recipient = recipient_;
    }

    function sendDeposited(address account, address asset) external payable {
        _send(StateProof.counterSlot(0, account, asset), abi.encodeCall(ICollateralVault.deposited, (account, asset)));
    }

    function sendTotalDeposited(address asset) external payable {
        _send(StateProof.totalSlot(2, asset), abi.encodeCall(ICollateralVault.totalDeposited, (asset)));
    }

    function sendFinalRootAt() external payable {
        _send(bytes32(uint256(3)), abi.encodeCall(ICollateralVault.finalRootAt, ()));
    }

    function sendOwed(address beneficiary, address asset) external payable {
        _send(StateProof.counterSlot(0, beneficiary, asset), abi.encodeCall(IVaultMirror.owed, (beneficiary, asset)));
    }

    function sendSpent(address account, address asset) external payable {
        _send(StateProof.counterSlot(3, account, asset), abi.encodeCall(IVaultMirror.spent, (account, asset)));
    }

    function sendTotalOwed(address asset) external payable {
        _send(StateProof.totalSlot(4, asset), abi.encodeCall(IVaultMirror.totalOwed, (asset)));
    }

    function sendPulse() external payable {
        _send(bytes32(uint256(5)), abi.encodeCall(IVaultMirror.pulse, ()));
    }

    function _send(bytes32 slot, bytes memory counter) private {
        (bool known, bytes memory answer) = origin.staticcall(counter);
        if (!known || answer.length != 32) revert CounterAbsent(origin, slot);
        uint256 value = abi.decode(answer, (uint256));
        if (value == 0) revert CounterZero(slot);
        bytes memory payload = abi.encode(origin, slot, value, uint64(block.timestamp));
        gateway.sendMessage{value: msg.value}(recipient, payload, new bytes[](0));
    }
}
