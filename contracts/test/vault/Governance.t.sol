// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {Suite} from "../support/Suite.sol";

contract GovernanceTest is Suite {
    function test_a_stranger_governs_nothing() external {
        bytes memory refusal = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(refusal);
        vault.list(address(weth), 1);
        vm.expectRevert(refusal);
        vault.setRateLimit(address(weth), 1, 1);
        vm.expectRevert(refusal);
        mirror.setModule(STRANGER, true);
        vm.expectRevert(refusal);
        mirror.setRateLimit(address(weth), 1, 1);
        vm.expectRevert(refusal);
        registry.setAttestor(STRANGER, true);
        vm.expectRevert(refusal);
        roots.pause();
        vm.expectRevert(refusal);
        roots.unpause();
        vm.stopPrank();
    }

    function test_listing_and_delisting_is_public() external {
        vm.expectEmit(address(vault));
        emit ICollateralVault.AssetListed(address(weth), 0);
        vault.list(address(weth), 0);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.AssetUnlisted.selector, address(weth)));
        vault.deposit(alice, address(weth), 1);
    }

    function test_a_delisted_asset_is_still_paid_out() external {
        vault.deposit(alice, address(weth), 100 ether);
        vault.list(address(weth), 0);
        anchored("owed", "mirror");
        eq(vault.claim(liquidator, address(weth), counter("owed", "mirror_liquidator").evidence), 2 ether);
    }

    function test_setting_a_rate_limit_is_public() external {
        vm.expectEmit(address(vault));
        emit ICollateralVault.RateLimitSet(address(weth), 5 ether, 1 hours);
        vault.setRateLimit(address(weth), 5 ether, 1 hours);
    }
}
