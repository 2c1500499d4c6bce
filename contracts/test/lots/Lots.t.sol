// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Courier} from "../invariant/Courier.sol";
import {IMintable} from "../support/Suite.sol";
import {Test} from "../support/Test.sol";

/// @notice Claims sold after the bid. The courier brings every state of the mirror, in any order and as often as wanted.
contract LotsTest is Test {
    bytes32 private constant SALT = "one lot";
    address private constant SELLER = address(0x5E11E4);
    address private constant BUYER = address(0xB0B);

    Courier private courier;
    ICollateralVault private vault;
    IVaultMirror private mirror;
    IMintable private token;
    address private lot;

    function setUp() external {
        courier = new Courier();
        address authority = deploy("AccessManager", abi.encode(address(this)));
        token = IMintable(deploy("TestToken", abi.encode("WETH", "WETH", uint8(18))));
        ICollateralVault.Terms memory vaultTerms = ICollateralVault.Terms(1 days, 7 days, 1 days);
        IVaultMirror.Terms memory mirrorTerms = IVaultMirror.Terms(1 days, 1 days);
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        vault = ICollateralVault(deploy("CollateralVault", abi.encode(authority, courier, predicted, vaultTerms)));
        mirror = IVaultMirror(deploy("VaultMirror", abi.encode(authority, courier, vault, mirrorTerms)));
        vault.list(address(token), 1_000e18);
        mirror.setModule(address(this), true);
        token.mint(address(this), 100e18);
        token.approve(address(vault), 100e18);
        vault.deposit(address(this), address(token), 100e18);
        courier.see(address(vault), entry(address(this), 0));
        mirror.prove(address(this), address(token), abi.encode(0));
        lot = mirror.lotOf(SELLER, SALT);
    }

    function test_a_sold_lot_is_paid_to_its_buyer_once() external {
        owe(10e18);
        assign(SELLER, BUYER);
        vm.expectEmit(address(vault));
        emit ICollateralVault.Claimed(lot, address(token), 10e18, 10e18);
        vault.claimLot(lot, address(token), abi.encode(0), abi.encode(0));
        eq(token.balanceOf(BUYER), 10e18);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NothingOwed.selector, lot, address(token), 10e18, 10e18)
        );
        vault.claimLot(lot, address(token), abi.encode(0), abi.encode(0));
        owe(5e18);
        vault.claimLot(lot, address(token), abi.encode(1), abi.encode(0));
        eq(token.balanceOf(BUYER), 15e18);
    }

    function test_a_lot_is_never_paid_to_itself() external {
        owe(10e18);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.LotNeedsHolder.selector, lot));
        vault.claim(lot, address(token), abi.encode(0));
    }

    function test_a_person_is_no_lot() external {
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotLot.selector, BUYER));
        vault.claimLot(BUYER, address(token), abi.encode(0), abi.encode(0));
    }

    function test_a_lot_is_sold_once() external {
        vm.expectEmit(address(mirror));
        emit IVaultMirror.LotHeld(lot, SELLER, BUYER);
        assign(SELLER, BUYER);
        eq(mirror.holder(key()), BUYER);
        vm.prank(SELLER);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.LotAssigned.selector, lot, BUYER));
        mirror.assignLot(SALT, SELLER);
        eq(mirror.holder(key()), BUYER);
    }

    function test_nobody_sells_the_lot_of_another() external {
        vm.prank(BUYER);
        address other = mirror.assignLot(SALT, BUYER);
        yes(other != lot, "a lot of their own");
        eq(mirror.holder(key()), address(0));
        vm.prank(SELLER);
        vm.expectRevert(IVaultMirror.HolderMissing.selector);
        mirror.assignLot(SALT, address(0));
    }

    function test_fuzz_lots_never_collide_and_are_never_people(address a, address b, bytes32 x, bytes32 y) external view {
        if (a == b && x == y) return;
        yes(mirror.lotOf(a, x) != mirror.lotOf(b, y), "different lots");
        eq(bytes32(bytes6(bytes20(mirror.lotOf(a, x)))), bytes32(bytes6("lotlot")));
    }

    /// @notice Whatever is brought in whatever order, a lot's buyer receives what the lot was owed, and nobody else.
    function test_fuzz_no_order_of_proofs_pays_a_lot_twice(uint8[12] calldata order) external {
        assign(SELLER, BUYER);
        for (uint256 i; i < 4; ++i) owe(1e18 * (i + 1));
        uint256 most;
        for (uint256 i; i < 12; ++i) {
            uint256 index = order[i] % 4;
            (bool done,) = address(vault).call(
                abi.encodeCall(vault.claimLot, (lot, address(token), abi.encode(index), abi.encode(0)))
            );
            yes(done == (index + 1 > most), "only a newer proof pays");
            if (index + 1 > most) most = index + 1;
            eq(token.balanceOf(BUYER), 1e18 * most * (most + 1) / 2);
        }
        eq(token.balanceOf(lot), 0);
        eq(vault.totalClaimed(address(token)), token.balanceOf(BUYER));
    }

    function owe(uint256 amount) private {
        mirror.allocate(address(this), lot, address(token), amount);
        courier.see(address(mirror), entry(lot, 0));
    }

    function assign(address seller, address buyer) private {
        vm.prank(seller);
        mirror.assignLot(SALT, buyer);
        courier.see(address(mirror), keccak256(abi.encode(key(), uint256(1))));
    }

    function key() private view returns (bytes32) {
        return bytes32(uint256(uint160(lot)));
    }

    function entry(address who, uint256 base) private view returns (bytes32) {
        return keccak256(abi.encode(address(token), keccak256(abi.encode(who, base))));
    }
}
