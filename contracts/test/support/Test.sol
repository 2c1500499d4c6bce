// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @notice What every test contract stands on: cheat codes, whole-value assertions, bounded fuzz inputs and contracts
/// deployed from the committed artefacts.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotEqual(bytes left, bytes right);
    error NotTrue(string claim);

    /// @notice forge recognises test contracts by this.
    bool public constant IS_TEST = true;

    address[] private _targets;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @notice The contracts an invariant campaign calls.
    function targetContracts() external view returns (address[] memory) {
        return _targets;
    }

    function target(address handler) internal {
        _targets.push(handler);
    }

    /// @notice Deploys `contracts/artifacts/<name>.json`: the bytecode that ships, not a copy compiled for the test.
    function deploy(string memory name, bytes memory arguments) internal returns (address at_) {
        string memory artifact = vm.readFile(string.concat("contracts/artifacts/", name, ".json"));
        bytes memory code = bytes.concat(vm.parseJsonBytes(artifact, ".bytecode"), arguments);
        assembly ("memory-safe") {
            at_ := create(0, add(code, 32), mload(code))
            if iszero(at_) {
                returndatacopy(mload(64), 0, returndatasize())
                revert(mload(64), returndatasize())
            }
        }
        vm.label(at_, name);
    }

    function eq(uint256 left, uint256 right) internal pure {
        if (left != right) revert NotEqual(abi.encode(left), abi.encode(right));
    }

    function eq(int256 left, int256 right) internal pure {
        if (left != right) revert NotEqual(abi.encode(left), abi.encode(right));
    }

    function eq(bytes32 left, bytes32 right) internal pure {
        if (left != right) revert NotEqual(abi.encode(left), abi.encode(right));
    }

    function eq(address left, address right) internal pure {
        if (left != right) revert NotEqual(abi.encode(left), abi.encode(right));
    }

    function eq(bool left, bool right) internal pure {
        if (left != right) revert NotEqual(abi.encode(left), abi.encode(right));
    }

    function eq(bytes memory left, bytes memory right) internal pure {
        if (keccak256(left) != keccak256(right)) revert NotEqual(left, right);
    }

    function yes(bool claim, string memory sentence) internal pure {
        if (!claim) revert NotTrue(sentence);
    }

    /// @notice A fuzz input folded into [low, high].
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }

    function signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
