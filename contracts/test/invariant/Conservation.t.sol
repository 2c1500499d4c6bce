// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {IMintable} from "../support/Suite.sol";
import {Test} from "../support/Test.sol";
import {Courier} from "./Courier.sol";

/// @notice Depositors, liquidators and a careless courier, doing anything in any order.
contract Crowd is Test {
    ICollateralVault public immutable vault;
    IVaultMirror public immutable mirror;
    IMintable public immutable asset;
    Courier public immutable courier;

    /// @notice The largest value each counter ever had.
    mapping(bytes32 counter => uint256) public highest;
    bool public fell;

    constructor(ICollateralVault vault_, IVaultMirror mirror_, IMintable asset_, Courier courier_) {
        (vault, mirror, asset, courier) = (vault_, mirror_, asset_, courier_);
        asset_.approve(address(vault_), type(uint256).max);
    }

    function deposit(uint256 who, uint256 amount) external {
        uint256 wanted = bound(amount, 1, 1e24);
        asset.mint(address(this), wanted);
        vault.deposit(person(who), address(asset), wanted);
        _watch(who);
    }

    function observe(uint256 who) external {
        courier.see(address(vault), _slot(who));
        courier.see(address(mirror), _slot(who));
    }

    function prove(uint256 who, uint256 which) external {
        uint256 count = courier.count(address(vault), _slot(who));
        if (count == 0) return;
        try mirror.prove(person(who), address(asset), abi.encode(which % count)) {} catch {}
        _watch(who);
    }

    function allocate(uint256 from, uint256 to, uint256 amount) external {
        uint256 available = mirror.available(person(from), address(asset));
        mirror.allocate(person(from), person(to), address(asset), bound(amount, 0, available));
        _watch(from);
        _watch(to);
    }

    function claim(uint256 who, uint256 which) external {
        uint256 count = courier.count(address(mirror), _slot(who));
        if (count == 0) return;
        try vault.claim(person(who), address(asset), abi.encode(which % count)) {} catch {}
        _watch(who);
    }

    function person(uint256 who) public pure returns (address) {
        return address(uint160(0x9000 + who % 3));
    }

    function _watch(uint256 who) private {
        address account = person(who);
        _rises("deposited", who, vault.deposited(account, address(asset)));
        _rises("claimed", who, vault.claimed(account, address(asset)));
        _rises("credited", who, mirror.credited(account, address(asset)));
        _rises("spent", who, mirror.spent(account, address(asset)));
        _rises("owed", who, mirror.owed(account, address(asset)));
    }

    function _rises(string memory name, uint256 who, uint256 value) private {
        bytes32 key = keccak256(abi.encode(name, who % 3));
        if (value < highest[key]) fell = true;
        highest[key] = value;
    }

    function _slot(uint256 who) private view returns (bytes32) {
        return keccak256(abi.encode(address(asset), keccak256(abi.encode(person(who), uint256(0)))));
    }
}

contract ConservationTest is Test {
    Crowd private _crowd;
    ICollateralVault private _vault;
    IVaultMirror private _mirror;
    IMintable private _asset;

    function setUp() external {
        Courier courier = new Courier();
        address authority = deploy("AccessManager", abi.encode(address(this)));
        _asset = IMintable(deploy("TestToken", abi.encode("Ether", "WETH", uint8(18))));
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        _vault = ICollateralVault(deploy("CollateralVault", abi.encode(authority, courier, predicted)));
        _mirror = IVaultMirror(deploy("VaultMirror", abi.encode(authority, courier, _vault)));
        eq(address(_mirror), predicted);
        _crowd = new Crowd(_vault, _mirror, _asset, courier);
        _vault.list(address(_asset), type(uint256).max);
        _mirror.setModule(address(_crowd), true);
        target(address(_crowd));
    }

    function test_the_crowd_can_go_all_the_way_to_a_claim() external {
        _crowd.deposit(0, 1 ether);
        _crowd.observe(0);
        _crowd.prove(0, 0);
        _crowd.allocate(0, 1, 0.5 ether);
        _crowd.observe(1);
        _crowd.claim(1, 0);
        yes(_asset.balanceOf(_crowd.person(1)) > 0, "somebody was paid");
    }

    function invariant_claimed_within_owed_within_credited_within_deposited() external view {
        address asset = address(_asset);
        yes(_vault.totalClaimed(asset) <= _mirror.totalOwed(asset), "claimed <= owed");
        yes(_mirror.totalOwed(asset) <= _mirror.totalCredited(asset), "owed <= credited");
        yes(_mirror.totalCredited(asset) <= _vault.totalDeposited(asset), "credited <= deposited");
    }

    function invariant_the_vault_holds_what_was_not_claimed() external view {
        address asset = address(_asset);
        uint256 held = _vault.totalDeposited(asset) - _vault.totalClaimed(asset);
        eq(_asset.balanceOf(address(_vault)), held);
    }

    function invariant_the_totals_are_the_sums() external view {
        uint256[5] memory sums;
        address asset = address(_asset);
        for (uint256 i; i < 3; ++i) {
            address person = _crowd.person(i);
            sums[0] += _vault.deposited(person, asset);
            sums[1] += _vault.claimed(person, asset);
            sums[2] += _mirror.credited(person, asset);
            sums[3] += _mirror.spent(person, asset);
            sums[4] += _mirror.owed(person, asset);
        }
        eq(sums[0], _vault.totalDeposited(asset));
        eq(sums[1], _vault.totalClaimed(asset));
        eq(sums[2], _mirror.totalCredited(asset));
        eq(sums[3], _mirror.totalOwed(asset));
        eq(sums[4], _mirror.totalOwed(asset));
    }

    function invariant_nobody_is_paid_more_than_owed() external view {
        address asset = address(_asset);
        for (uint256 i; i < 3; ++i) {
            address person = _crowd.person(i);
            eq(_asset.balanceOf(person), _vault.claimed(person, asset));
            yes(_vault.claimed(person, asset) <= _mirror.owed(person, asset), "claimed <= owed");
            yes(_mirror.spent(person, asset) <= _mirror.credited(person, asset), "spent <= credited");
            yes(_mirror.credited(person, asset) <= _vault.deposited(person, asset), "credited <= deposited");
        }
    }

    function invariant_no_counter_ever_falls() external view {
        eq(_crowd.fell(), false);
    }
}
