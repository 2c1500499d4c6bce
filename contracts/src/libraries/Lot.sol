// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Beneficiaries that nobody is, so that what they are owed can be sold
/// @dev Six known bytes mark a lot on both chains, fourteen name its creator and salt: finding another creator for a lot
/// takes 2^112 tries, and a person's address is taken for a lot once in 2^48.
library Lot {
    bytes6 internal constant MARK = "lotlot";

    /// @notice The lot of a creator.
    function named(address creator, bytes32 salt) internal pure returns (address) {
        uint256 name = uint256(keccak256(abi.encode(creator, salt))) & type(uint112).max;
        return address(uint160((uint256(uint48(MARK)) << 112) | name));
    }

    function isLot(address beneficiary) internal pure returns (bool) {
        return bytes6(bytes20(beneficiary)) == MARK;
    }

    /// @notice Its key in `holder`.
    function key(address lot) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(lot)));
    }
}
