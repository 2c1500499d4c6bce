// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {TestToken} from "../../src/devnet/TestToken.sol";
import {SettableCounter} from "../margin/SettableCounter.sol";
import {InsuredTest} from "./InsuredTest.sol";

/// @notice A quorum of the fast route signs a root that never was: a thief has a thousand WETH on the engine chain and none
/// in the vault. Both vaults hold ten WETH of an honest depositor.
contract ForgedRootTest is InsuredTest {
    address private constant HONEST = address(0x60D);
    uint256 private constant FORGED = 1_000e18;

    TestToken private weth;
    ICollateralVault private fastVault;
    ICollateralVault private slowVault;
    address private thief;

    function setUp() public override {
        super.setUp();
        weth = world.weth();
        fastVault = vaultOf(address(world.fast()));
        slowVault = vaultOf(address(world.slow()));
        world.credit(HONEST, 0, 10e18);
        world.credit(HONEST, 2, 10e18);
        thief = world.trader(UNIFIED, 0);
        world.credit(thief, 0, FORGED);
        world.deposit(engine.pool(), 10_000_000e6);
        back(fastTranche, BACKER, 600_000e6);
        world.trade(thief, ETH, 3_500e18);
    }

    function test_the_loss_stops_at_the_tranche_of_the_forged_route() external {
        bytes32 slowBefore = mirrorHash(world.slow());
        bytes32 vaultsBefore = vaultsHash();
        int256 slowCash = engine.cashOf(address(slowTranche));
        int256 pool = engine.cashOf(engine.pool());
        int256 insurance = engine.cashOf(engine.insurance());
        int256 fastCash = engine.cashOf(address(fastTranche));

        int256 paid = robTheEngine();

        yes(paid < 0, "the taker was paid");
        eq(engine.cashOf(address(fastTranche)), fastCash + paid);
        eq(engine.cashOf(address(slowTranche)), slowCash);
        eq(engine.cashOf(engine.insurance()), insurance);
        eq(engine.cashOf(engine.pool()), pool);
        eq(mirrorHash(world.slow()), slowBefore);
        eq(vaultsHash(), vaultsBefore);
        eq(world.fast().available(HONEST, address(weth)), 10e18);
    }

    function test_beyond_the_tranche_only_the_forged_route_is_in_debt() external {
        setCash(address(fastTranche), 0);
        bytes32 slowBefore = mirrorHash(world.slow());
        bytes32 vaultsBefore = vaultsHash();
        int256 insurance = engine.cashOf(engine.insurance());
        int256 paid = robTheEngine();
        eq(fund.debtOf(address(world.fast())), uint256(-paid));
        eq(fund.debtOf(address(world.slow())), 0);
        eq(engine.cashOf(address(slowTranche)), 10_000e18);
        eq(engine.cashOf(engine.insurance()), insurance);
        eq(mirrorHash(world.slow()), slowBefore);
        eq(vaultsHash(), vaultsBefore);
    }

    function test_a_stopped_route_turns_forged_credit_into_nobodys_claim() external {
        bytes32 slowBefore = mirrorHash(world.slow());
        bytes32 vaultsBefore = vaultsHash();
        // An honest root: ten WETH were ever deposited in the fast vault, and a thousand more are booked.
        SettableCounter witness = world.source();
        witness.set(10e18);
        world.fast().tripTotal(witness, address(weth), "");
        world.move(ETH, 1_490e8);
        auction.start(thief);
        address agent = world.agent(4_000_000);
        ILiquidationAuction.Bid memory wanted = bidFor(thief, agent, 10_000);
        vm.expectPartialRevert(IRouteGuard.RouteTripped.selector);
        vm.prank(agent);
        auction.bid(wanted);
        eq(world.fast().totalOwed(address(weth)), 0);
        eq(mirrorHash(world.slow()), slowBefore);
        eq(vaultsHash(), vaultsBefore);
    }

    /// @dev The thief holds what its forged credit bears; the market turns, and an agent takes the account over.
    function robTheEngine() private returns (int256 pay) {
        world.move(ETH, 1_490e8);
        auction.start(thief);
        yes(engine.margin(thief).mark < 0, "insolvent");
        address agent = world.agent(4_000_000);
        pay = take(thief, agent, 10_000);
    }

    /// @dev A vault whose every deposit is what its mirror honestly credits.
    function vaultOf(address mirror) private returns (ICollateralVault vault) {
        SettableCounter source = new SettableCounter();
        ICollateralVault.Terms memory terms = ICollateralVault.Terms(7 days, 14 days, 1 days);
        vault = ICollateralVault(deploy("CollateralVault", abi.encode(world.authority(), source, mirror, terms)));
        vm.prank(address(world));
        vault.list(address(weth), 1_000e18);
        weth.mint(address(this), 10e18);
        weth.approve(address(vault), 10e18);
        vault.deposit(HONEST, address(weth), 10e18);
    }

    /// @dev Every variable of a mirror that this test can name.
    function mirrorHash(IVaultMirror mirror) private view returns (bytes32) {
        address asset = address(weth);
        return keccak256(
            abi.encode(
                mirror.totalCredited(asset),
                mirror.totalOwed(asset),
                [mirror.credited(HONEST, asset), mirror.spent(HONEST, asset), mirror.owed(HONEST, asset)],
                [mirror.credited(thief, asset), mirror.spent(thief, asset), mirror.owed(thief, asset)],
                vm.load(address(mirror), bytes32(uint256(1))),
                vm.load(address(mirror), bytes32(uint256(4)))
            )
        );
    }

    function vaultsHash() private view returns (bytes32) {
        return keccak256(abi.encode(vaultHash(fastVault), vaultHash(slowVault)));
    }

    function vaultHash(ICollateralVault vault) private view returns (bytes32) {
        address asset = address(weth);
        return keccak256(
            abi.encode(
                weth.balanceOf(address(vault)),
                vault.deposited(HONEST, asset),
                vault.claimed(HONEST, asset),
                vault.totalDeposited(asset),
                vault.totalClaimed(asset)
            )
        );
    }
}
