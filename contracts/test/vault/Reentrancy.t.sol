// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {GuardTest} from "../guard/GuardTest.sol";
import {HookToken} from "../support/HookToken.sol";

/// @notice Collateral that calls back from every transfer.
contract VaultReentrancyTest is GuardTest {
    HookToken private token_;

    function setUp() public override {
        super.setUp();
        token_ = new HookToken();
        asset = address(token_);
        vault.list(asset, 1000 ether);
        token_.mint(address(this), 100 ether);
        token_.approve(address(vault), type(uint256).max);
        lock(alice, 10 ether);
        address lot = address(uint160(uint256(keccak256("lot"))));
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(vault.deposit, (alice, asset, 1));
        calls[1] = abi.encodeCall(vault.claim, (liquidator, asset, ""));
        calls[2] = abi.encodeCall(vault.claimLot, (lot, asset, "", ""));
        token_.arm(address(vault), calls);
    }

    function test_nothing_is_done_inside_a_deposit() external {
        vault.deposit(bob, asset, 1 ether);
        requireRefused();
        eq(vault.deposited(bob, asset), 1 ether);
    }

    function test_nothing_is_done_inside_a_claim() external {
        owedIs(liquidator, 3 ether);
        vault.claim(liquidator, asset, "");
        requireRefused();
        eq(token_.balanceOf(liquidator), 3 ether);
    }

    function test_nothing_is_done_inside_an_exit() external {
        vm.warp(block.timestamp + T2 + 1);
        vm.prank(alice);
        vault.requestExit(0, asset);
        vm.warp(block.timestamp + 14 days);
        vm.prank(alice);
        eq(vault.exit(0, asset), 10 ether);
        requireRefused();
    }

    function requireRefused() private view {
        eq(token_.otherCount(), 0);
        eq(token_.refused(), 3);
    }
}
