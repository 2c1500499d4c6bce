// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {MarginMath} from "./MarginMath.sol";

/// @dev A position with everything the margin rule needs. The edges equal the price unless it is degraded. `index` is
/// its instrument's funding index; `expired` a series that cannot be traded any more.
struct Leg {
    uint8 instrument;
    int256 size;
    uint256 lower;
    uint256 upper;
    uint256 underlying;
    uint256 shocks;
    uint256 contingency;
    int256 index;
    bool expired;
}

/// @dev Unspent credit that counts as collateral. `halted`: its route's breaker tripped. It stands behind what is held, bears
/// no new risk and cannot be moved; known only where that matters.
struct Stake {
    uint8 collateral;
    address mirror;
    address asset;
    uint256 amount;
    uint256 decimals;
    uint256 price;
    uint256 haircut;
    uint256 gap;
    bool halted;
}

/// @dev One feed's price, as read.
struct Quote {
    uint256 feed;
    uint256 lower;
    uint256 upper;
}

/// @dev An account in memory, its funding paid, every price read once: the first `quoted` of `quotes` are filled. `degradedFeed` means
/// something when `degraded`.
struct Portfolio {
    int256 cash;
    Leg[] legs;
    Stake[] stakes;
    Quote[] quotes;
    uint256 quoted;
    bool degraded;
    uint16 degradedFeed;
}

/// @title The margin of an account in memory
library PortfolioMath {
    /// @notice Equity, mark and requirements, as IMarginEngine.Margin describes them.
    function margin(Portfolio memory self, uint256 initialFactor)
        internal
        pure
        returns (IMarginEngine.Margin memory result)
    {
        result.netValue = netValue(self);
        result.maintenance = _maintenance(self.legs);
        result.initial = MarginMath.initialMargin(result.maintenance, initialFactor);
        (uint256 full, uint256 haircut) = _collateral(self.stakes);
        result.mark = MarginMath.withCollateral(result.netValue, full);
        result.equity = MarginMath.withCollateral(result.netValue, haircut);
    }

    /// @notice Cash and the value of the positions.
    function netValue(Portfolio memory self) internal pure returns (int256 value) {
        Leg[] memory legs = self.legs;
        value = self.cash;
        for (uint256 i; i < legs.length; ++i) {
            Leg memory leg = legs[i];
            value += MarginMath.positionValue(leg.size, markPrice(leg));
        }
    }

    /// @notice The price at which a position of this sign is valued, and at which its opposite would be traded.
    function markPrice(Leg memory leg) internal pure returns (uint256) {
        return leg.size > 0 ? leg.lower : leg.upper;
    }

    /// @notice What the halted part of the collateral adds to mark and equity.
    function halted(Stake[] memory stakes) internal pure returns (uint256 full, uint256 haircut) {
        for (uint256 i; i < stakes.length; ++i) {
            if (!stakes[i].halted) continue;
            (uint256 value, uint256 counted) = _value(stakes[i]);
            full += value;
            haircut += counted;
        }
    }

    function _maintenance(Leg[] memory legs) private pure returns (uint256) {
        int256[16] memory profits;
        uint256 contingencies;
        for (uint256 i; i < legs.length; ++i) {
            Leg memory leg = legs[i];
            int256 notional = MarginMath.notional(leg.size, leg.underlying);
            contingencies += MarginMath.contingency(notional, leg.contingency);
            MarginMath.addScenarios(profits, notional, leg.shocks);
        }
        return MarginMath.maintenanceMargin(MarginMath.scanLoss(profits), contingencies);
    }

    function _collateral(Stake[] memory stakes) private pure returns (uint256 full, uint256 haircut) {
        for (uint256 i; i < stakes.length; ++i) {
            (uint256 value, uint256 counted) = _value(stakes[i]);
            full += value;
            haircut += counted;
        }
    }

    function _value(Stake memory stake) private pure returns (uint256 full, uint256 haircut) {
        full = MarginMath.collateralValueDown(stake.amount, stake.decimals, stake.price);
        haircut = MarginMath.haircutValueDown(full, stake.haircut, stake.gap);
    }
}
