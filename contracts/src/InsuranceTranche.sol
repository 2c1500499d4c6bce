// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EngineVault} from "./EngineVault.sol";

/// @title The first loss of one route
/// @notice Backers earn the premium of the accounts on the route and bear its shortfall, and no other route's: the fund
/// names this vault for one mirror only, and the engine debits nothing but what the fund names.
contract InsuranceTranche is EngineVault {
    /// @notice The mirror whose shortfall is borne here.
    address public immutable mirror;

    constructor(
        address engine_,
        address mirror_,
        string memory name_,
        string memory symbol_,
        uint48 cooldown_,
        uint48 window_
    ) EngineVault(engine_, name_, symbol_, cooldown_, window_) {
        mirror = mirror_;
    }
}
