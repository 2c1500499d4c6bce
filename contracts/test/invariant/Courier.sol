// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {Vm} from "../support/Vm.sol";

/// @notice A counter source without cryptography: delivers any storage word it ever saw, late, twice and out of order.
contract Courier is ICounterSource {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    mapping(address origin => mapping(bytes32 slot => uint256[])) private _seen;

    function see(address origin, bytes32 slot) external {
        uint256 value = uint256(vm.load(origin, slot));
        if (value != 0) _seen[origin][slot].push(value);
    }

    function read(address origin, bytes32 slot, bytes calldata evidence) external view returns (uint256, uint64) {
        return (_seen[origin][slot][abi.decode(evidence, (uint256))], uint64(block.timestamp));
    }

    function count(address origin, bytes32 slot) external view returns (uint256) {
        return _seen[origin][slot].length;
    }
}
