// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";

/// @notice Rules of an executor as tests and campaigns write them.
library Rules {
    function free() internal pure returns (ILiquidatorExecutor.Rule memory) {
        return ILiquidatorExecutor.Rule(true, new ILiquidatorExecutor.Pin[](0));
    }

    function forbidden() internal pure returns (ILiquidatorExecutor.Rule memory) {
        return ILiquidatorExecutor.Rule(false, new ILiquidatorExecutor.Pin[](0));
    }

    function pinned(uint16 word, bytes32 value) internal pure returns (ILiquidatorExecutor.Rule memory) {
        return and(free(), word, value);
    }

    function pinned(uint16 word, address value) internal pure returns (ILiquidatorExecutor.Rule memory) {
        return and(free(), word, bytes32(uint256(uint160(value))));
    }

    /// @notice The same rule with one word more that is pinned.
    function and(ILiquidatorExecutor.Rule memory rule, uint16 word, bytes32 value)
        internal
        pure
        returns (ILiquidatorExecutor.Rule memory)
    {
        ILiquidatorExecutor.Pin[] memory pins = new ILiquidatorExecutor.Pin[](rule.pins.length + 1);
        for (uint256 i; i < rule.pins.length; ++i) pins[i] = rule.pins[i];
        pins[rule.pins.length] = ILiquidatorExecutor.Pin(word, value);
        return ILiquidatorExecutor.Rule(rule.allowed, pins);
    }

    /// @notice Uniswap v2's swap of exact tokens, straight into `last` and to nobody but `to`.
    function sale(address last, address to) internal pure returns (ILiquidatorExecutor.Rule memory rule) {
        rule = pinned(3, bytes32(uint256(160)));
        rule = and(rule, 4, bytes32(uint256(uint160(to))));
        rule = and(rule, 6, bytes32(uint256(2)));
        rule = and(rule, 8, bytes32(uint256(uint160(last))));
    }
}
