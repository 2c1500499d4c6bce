// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Evidence as it arrives: `abi.encode(uint256 number, bytes[] nodes)` or `abi.encode(bytes[] parts)`
/// @dev What is cut off or points beyond its end is refused by name; the compiler's decoder would refuse it without a word.
library Evidence {
    error EvidenceMalformed(uint256 length);

    /// @notice A block's number and the nodes of a proof under it.
    function proof(bytes calldata evidence) internal pure returns (uint256 number, bytes[] memory nodes) {
        number = _word(evidence, 0);
        nodes = _list(evidence, 32);
    }

    /// @notice One part for each of several sources.
    function parts(bytes calldata evidence) internal pure returns (bytes[] memory) {
        return _list(evidence, 0);
    }

    /// @dev The list whose offset stands at `at_`. Every place is checked against the end before it is read.
    function _list(bytes calldata evidence, uint256 at_) private pure returns (bytes[] memory list) {
        uint256 end = evidence.length;
        uint256 start = _word(evidence, at_);
        uint256 count = _word(evidence, start);
        unchecked {
            start += 32;
            if (count > (end - start) / 32) revert EvidenceMalformed(end);
            list = new bytes[](count);
            for (uint256 i; i < count; ++i) {
                uint256 from = _load(evidence, start + 32 * i);
                if (from > end || (from += start) > end - 32) revert EvidenceMalformed(end);
                uint256 length = _load(evidence, from);
                from += 32;
                if (length > end - from) revert EvidenceMalformed(end);
                list[i] = _copy(evidence, from, length);
            }
        }
    }

    function _copy(bytes calldata evidence, uint256 from, uint256 length) private pure returns (bytes memory copy) {
        assembly ("memory-safe") {
            copy := mload(64)
            mstore(copy, length)
            calldatacopy(add(copy, 32), add(evidence.offset, from), length)
            mstore(64, and(add(add(copy, length), 63), not(31)))
        }
    }

    function _word(bytes calldata evidence, uint256 at_) private pure returns (uint256) {
        uint256 end = evidence.length;
        if (end < 32 || at_ > end - 32) revert EvidenceMalformed(end);
        return _load(evidence, at_);
    }

    function _load(bytes calldata evidence, uint256 at_) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(add(evidence.offset, at_))
        }
    }
}
