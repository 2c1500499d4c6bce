// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";

/// @notice What a proof would say, said without one.
contract SettableCounter is ICounterSource {
    uint256 public value;

    function set(uint256 value_) external {
        value = value_;
    }

    function read(address, bytes32, bytes calldata) external view returns (uint256, uint64) {
        return (value, uint64(block.timestamp));
    }
}
