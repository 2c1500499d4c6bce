// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Suite} from "../support/Suite.sol";

/// @notice Any counter of the other chain, as the test says it stands.
contract Claimed is ICounterSource {
    struct Fact {
        uint256 value;
        uint64 asOf;
    }

    mapping(address origin => mapping(bytes32 slot => Fact)) private _facts;

    error Unproven(address origin, bytes32 slot);

    function say(address origin, bytes32 slot, uint256 value, uint64 asOf) external {
        _facts[origin][slot] = Fact(value, asOf);
    }

    function read(address origin, bytes32 slot, bytes calldata) external view returns (uint256, uint64) {
        Fact memory fact = _facts[origin][slot];
        if (fact.value == 0) revert Unproven(origin, slot);
        return (fact.value, fact.asOf);
    }
}

/// @notice A vault and a mirror that believe what the test tells them about each other.
abstract contract GuardTest is Suite {
    uint64 internal constant T1 = 1 days;
    uint64 internal constant T2 = 7 days;

    Claimed internal told;
    Claimed internal witness;
    address internal asset;

    function setUp() public virtual override {
        super.setUp();
        told = new Claimed();
        witness = new Claimed();
        asset = address(weth);
        address mirrorAt = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        vault = ICollateralVault(
            deploy("CollateralVault", abi.encode(authority, told, mirrorAt, ICollateralVault.Terms(T2, 14 days, 1 days)))
        );
        mirror = IVaultMirror(
            deploy("VaultMirror", abi.encode(authority, told, vault, IVaultMirror.Terms(T1, RESET_DELAY)))
        );
        eq(address(mirror), mirrorAt);
        vault.list(asset, 1000 ether);
        mirror.setModule(address(this), true);
        weth.approve(address(vault), type(uint256).max);
    }

    function now_() internal view returns (uint64) {
        return uint64(block.timestamp);
    }

    function depositedIs(address account, uint256 value) internal {
        told.say(address(vault), counterSlot(account, asset), value, now_());
    }

    function owedIs(address beneficiary, uint256 value) internal {
        told.say(address(mirror), counterSlot(beneficiary, asset), value, now_());
    }

    function totalSlot(uint256 base) internal view returns (bytes32) {
        return keccak256(abi.encode(asset, base));
    }

    function spentSlot(address account) internal view returns (bytes32) {
        return keccak256(abi.encode(asset, keccak256(abi.encode(account, uint256(3)))));
    }

    /// @notice The vault took `amount` and the mirror credited it.
    function lock(address account, uint256 amount) internal {
        uint256 cumulative = vault.deposit(account, asset, amount);
        depositedIs(account, cumulative);
        mirror.prove(account, asset, "");
    }
}
