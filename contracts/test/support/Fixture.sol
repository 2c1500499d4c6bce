// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "./Test.sol";

/// @notice Headers, attestations and EIP-1186 proofs recorded from a real chain (contracts/record-fixtures.ts).
/// Blocks in order: `deposited`, `owed`, `owedLater`, `depositedLater`; `forked` has the height of `owed`.
abstract contract Fixture is Test {
    uint256 internal constant SOURCE_CHAIN = 31337;

    string private _json;

    struct Counter {
        uint256 value;
        bytes evidence;
    }

    /// @dev `path` as in "people.alice" or "contracts.vault".
    function known(string memory path) internal returns (address) {
        return vm.parseJsonAddress(_read(), string.concat(".", path));
    }

    function header(string memory blockName) internal returns (bytes memory) {
        return vm.parseJsonBytes(_read(), string.concat(".", blockName, ".header"));
    }

    function signatures(string memory blockName) internal returns (bytes[] memory) {
        return vm.parseJsonBytesArray(_read(), string.concat(".", blockName, ".signatures"));
    }

    function number(string memory blockName) internal returns (uint256) {
        return vm.parseJsonUint(_read(), string.concat(".", blockName, ".number"));
    }

    function hashOf(string memory blockName) internal returns (bytes32) {
        return vm.parseJsonBytes32(_read(), string.concat(".", blockName, ".hash"));
    }

    function timestamp(string memory blockName) internal returns (uint64) {
        return uint64(vm.parseJsonUint(_read(), string.concat(".", blockName, ".timestamp")));
    }

    function accountProof(string memory blockName, string memory origin) internal returns (bytes[] memory) {
        return vm.parseJsonBytesArray(_read(), string.concat(".", blockName, ".accounts.", origin));
    }

    /// @dev `owner` as in "mirror_liquidator": the contract, then whose counter.
    function counter(string memory blockName, string memory owner) internal returns (Counter memory) {
        string memory path = string.concat(".", blockName, ".counters.", owner);
        bytes32 value = vm.parseJsonBytes32(_read(), string.concat(path, ".value"));
        return Counter(uint256(value), vm.parseJsonBytes(_read(), string.concat(path, ".evidence")));
    }

    /// @notice Where slot 0 of vault and mirror keeps [outer][inner].
    function counterSlot(address outer, address inner) internal pure returns (bytes32) {
        return keccak256(abi.encode(inner, keccak256(abi.encode(outer, uint256(0)))));
    }

    function _read() private returns (string memory) {
        if (bytes(_json).length == 0) _json = vm.readFile("contracts/test/fixtures/proofs.json");
        return _json;
    }
}
