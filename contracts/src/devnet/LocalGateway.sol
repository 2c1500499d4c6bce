// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC7786GatewaySource, IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";

/// @title An ERC-7786 gateway of local chains: it announces what is sent, and its relayer brings what was sent elsewhere
contract LocalGateway is IERC7786GatewaySource {
    address public immutable relayer;
    uint256 private _sent;

    error NotRelayer(address caller);
    error FeeUnexpected(uint256 value);

    constructor(address relayer_) {
        relayer = relayer_;
    }

    /// @inheritdoc IERC7786GatewaySource
    function sendMessage(bytes calldata recipient, bytes calldata payload, bytes[] calldata attributes)
        external
        payable
        returns (bytes32 sendId)
    {
        if (msg.value != 0) revert FeeUnexpected(msg.value);
        if (attributes.length != 0) revert UnsupportedAttribute(bytes4(attributes[0]));
        sendId = bytes32(++_sent);
        bytes memory sender = InteroperableAddress.formatEvmV1(block.chainid, msg.sender);
        emit MessageSent(sendId, sender, recipient, payload, 0, attributes);
    }

    /// @notice Hands a message of another chain to its recipient here.
    function deliver(bytes32 sendId, bytes calldata sender, bytes calldata recipient, bytes calldata payload) external {
        if (msg.sender != relayer) revert NotRelayer(msg.sender);
        (, address to) = InteroperableAddress.parseEvmV1Calldata(recipient);
        IERC7786Recipient(to).receiveMessage(sendId, sender, payload);
    }

    /// @inheritdoc IERC7786GatewaySource
    function supportsAttribute(bytes4) external pure returns (bool) {
        return false;
    }
}
