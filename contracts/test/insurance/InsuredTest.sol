// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IInsuranceFund} from "../../src/interfaces/IInsuranceFund.sol";
import {IRiskParameters} from "../../src/interfaces/IRiskParameters.sol";
import {InsuranceTranche} from "../../src/InsuranceTranche.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice The market with an insurance fund: a tranche for each of the two vaults, ten thousand dollars in each, and a
/// premium of 10 % a year on the fast route.
abstract contract InsuredTest is MarginTest {
    uint48 internal constant COOLDOWN = 7 days;
    uint48 internal constant WINDOW = 2 days;
    uint32 internal constant LEVY = 2_000;
    uint64 private constant RISK = 3;
    address internal constant BACKER = address(0xBAC);

    IInsuranceFund internal fund;
    InsuranceTranche internal fastTranche;
    InsuranceTranche internal slowTranche;

    function setUp() public virtual override {
        super.setUp();
        fund = IInsuranceFund(deploy("InsuranceFund", abi.encode(world.authority(), engine, world.risk(), LEVY)));
        fastTranche = trancheOf(address(world.fast()));
        slowTranche = trancheOf(address(world.slow()));
        vm.startPrank(address(world));
        engine.setInsuranceFund(address(fund));
        fund.setTranche(address(world.fast()), address(fastTranche));
        fund.setTranche(address(world.slow()), address(slowTranche));
        bytes4[] memory setGap = new bytes4[](1);
        setGap[0] = IMarginEngine.setGap.selector;
        AccessManager(world.authority()).setTargetFunctionRole(address(engine), setGap, RISK);
        AccessManager(world.authority()).grantRole(RISK, address(world.risk()), 0);
        vm.stopPrank();
        back(fastTranche, BACKER, 10_000e6);
        back(slowTranche, BACKER, 10_000e6);
    }

    function trancheOf(address mirror) internal returns (InsuranceTranche) {
        return
            InsuranceTranche(deploy("InsuranceTranche", abi.encode(engine, mirror, "First loss", "FL", COOLDOWN, WINDOW)));
    }

    function back(InsuranceTranche tranche, address backer, uint256 assets) internal returns (uint256 shares) {
        world.cash().mint(backer, assets);
        vm.startPrank(backer);
        world.cash().approve(address(tranche), assets);
        shares = tranche.deposit(assets, backer);
        vm.stopPrank();
    }

    /// @dev Brings a premium into force and leaves the prices fresh.
    function price(uint8 collateral, uint32 premium) internal {
        IRiskParameters risk = world.risk();
        IRiskParameters.Levels memory wanted = risk.levels(collateral);
        wanted.premium = premium;
        vm.prank(address(world));
        risk.propose(collateral, wanted);
        vm.warp(block.timestamp + 1 days);
        risk.enact(collateral);
        world.push();
    }

    /// @dev Long 7 ETH against WETH on the fast route, far below water at 1,000 dollars: nothing is left of it.
    function drowned() internal returns (address account) {
        account = leveraged();
        world.move(ETH, 1_000e8);
        auction.start(account);
    }
}
