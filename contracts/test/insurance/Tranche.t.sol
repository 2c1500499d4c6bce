// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IEngineVault} from "../../src/interfaces/IEngineVault.sol";
import {InsuranceTranche} from "../../src/InsuranceTranche.sol";
import {FeeToken} from "../support/Tokens.sol";
import {InsuredTest} from "./InsuredTest.sol";

/// @notice Refuses transfers when told to.
contract PausableToken is ERC20("Pausable", "PAU") {
    bool public paused;

    function pause(bool paused_) external {
        paused = paused_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!paused, "paused");
        super._update(from, to, amount);
    }
}

/// @notice Backs the tranche again from inside the transfer that backs it.
contract ReentrantCash is ERC20("Reentrant", "RE") {
    bool private _inside;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (!_inside) {
            _inside = true;
            _mint(address(this), amount);
            _approve(address(this), to, amount);
            ERC4626(to).deposit(amount, from);
        }
        return super.transferFrom(from, to, amount);
    }
}

contract TrancheTest is InsuredTest {
    address private constant OTHER = address(0x07);

    function test_backers_share_what_the_tranche_holds() external {
        uint256 shares = back(fastTranche, OTHER, 30_000e6);
        vm.snapshotGasLastCall("tranche", "deposit");
        eq(fastTranche.totalAssets(), 40_000e6);
        eq(fastTranche.decimals(), 12);
        eq(fastTranche.convertToAssets(shares), 30_000e6);
        world.deposit(address(fastTranche), 4_000e6);
        eq(fastTranche.convertToAssets(shares), 33_000e6 - 1);
    }

    /// @dev Of five units that are left, a sixth is nobody's: rounding never pays more than there is.
    function test_after_a_loss_nobody_takes_more_than_is_left() external {
        uint256 shares = fastTranche.balanceOf(BACKER);
        setCash(address(fastTranche), 5e12);
        vm.prank(BACKER);
        fastTranche.requestExit(shares);
        vm.warp(block.timestamp + COOLDOWN);
        eq(fastTranche.maxRedeem(BACKER), 5 * (shares + 1e6) / 6);
    }

    function test_a_backer_leaves_after_the_cooldown_and_within_the_window() external {
        uint256 shares = fastTranche.balanceOf(BACKER);
        refuseExit(shares, 0);
        uint256 readyAt = block.timestamp + COOLDOWN;
        vm.expectEmit(address(fastTranche));
        emit IEngineVault.ExitRequested(BACKER, shares, readyAt, readyAt + WINDOW);
        vm.prank(BACKER);
        fastTranche.requestExit(shares);
        vm.warp(readyAt - 1);
        refuseExit(shares, 0);
        vm.warp(readyAt + WINDOW + 1);
        refuseExit(shares, 0);
        vm.warp(readyAt);
        vm.prank(BACKER);
        eq(fastTranche.redeem(shares, OTHER, BACKER), 10_000e6);
        eq(world.cash().balanceOf(OTHER), 10_000e6);
        eq(engine.cashOf(address(fastTranche)), 0);
    }

    function test_no_more_leaves_than_was_asked_for() external {
        matured(1e12);
        refuseExit(1e12 + 1, 1e12);
        vm.prank(BACKER);
        fastTranche.redeem(4e11, BACKER, BACKER);
        refuseExit(6e11 + 1, 6e11);
        vm.prank(BACKER);
        fastTranche.withdraw(600_000, BACKER, BACKER);
        refuseExit(1, 0);
    }

    function test_more_than_the_balance_is_not_asked_for() external {
        uint256 shares = fastTranche.balanceOf(BACKER);
        bytes memory reason = abi.encode(BACKER, shares + 1, shares);
        vm.expectRevert(failure(IEngineVault.ExitTooLarge.selector, reason));
        vm.prank(BACKER);
        fastTranche.requestExit(shares + 1);
    }

    function test_a_matured_exit_is_not_lent_with_its_shares() external {
        uint256 shares = fastTranche.balanceOf(BACKER);
        matured(shares);
        vm.prank(BACKER);
        fastTranche.transfer(OTHER, shares);
        back(fastTranche, BACKER, 10_000e6);
        refuseExit(1, 0);
        (uint256 asked,,) = fastTranche.exitOf(OTHER);
        eq(asked, 0);
    }

    function test_a_withdrawn_request_closes_the_exit() external {
        matured(5);
        vm.prank(BACKER);
        fastTranche.requestExit(0);
        refuseExit(1, 0);
    }

    function test_nobody_leaves_for_another_without_allowance() external {
        matured(1e12);
        vm.expectRevert();
        vm.prank(OTHER);
        fastTranche.redeem(1e12, OTHER, BACKER);
        vm.prank(BACKER);
        fastTranche.approve(OTHER, 1e12);
        vm.prank(OTHER);
        fastTranche.redeem(1e12, OTHER, BACKER);
        eq(world.cash().balanceOf(OTHER), 1e6);
    }

    function test_inflating_the_share_robs_the_inflator() external {
        InsuranceTranche fresh = trancheOf(address(1));
        back(fresh, OTHER, 1);
        world.deposit(address(fresh), 10_000e6);
        uint256 shares = back(fresh, BACKER, 10_000e6);
        yes(fresh.convertToAssets(shares) >= 9_999e6, "the next backer keeps what it brought");
        yes(fresh.convertToAssets(fresh.balanceOf(OTHER)) <= 10_000e6, "the inflator gains nothing");
    }

    function test_nothing_in_is_no_share() external {
        vm.expectRevert(failure(IMarginEngine.ZeroAmount.selector, ""));
        vm.prank(OTHER);
        fastTranche.deposit(0, OTHER);
    }

    function test_the_largest_deposit_is_refused_for_want_of_cash() external {
        vm.expectRevert();
        vm.prank(OTHER);
        fastTranche.deposit(type(uint256).max, OTHER);
    }

    function test_a_token_that_keeps_a_part_of_transfers_backs_nothing() external {
        FeeToken token = new FeeToken();
        InsuranceTranche tranche = over(address(token));
        token.mint(address(this), 100e18);
        token.approve(address(tranche), 100e18);
        // One percent is kept on the way to the vault: it cannot pass on what it did not get.
        vm.expectRevert();
        tranche.deposit(100e18, address(this));
        token.mint(address(tranche), 1e18);
        vm.expectRevert(failure(IEngineVault.TransferShort.selector, abi.encode(100e18, 99e18)));
        tranche.deposit(100e18, address(this));
        eq(tranche.totalSupply(), 0);
    }

    function test_a_token_that_calls_back_buys_no_share_twice() external {
        ReentrantCash token = new ReentrantCash();
        InsuranceTranche tranche = over(address(token));
        token.mint(address(this), 1e18);
        token.approve(address(tranche), 1e18);
        vm.expectRevert(failure(IEngineVault.TransferShort.selector, abi.encode(1e18, 2e18)));
        tranche.deposit(1e18, address(this));
        eq(tranche.totalSupply(), 0);
    }

    function test_a_paused_token_stops_only_what_comes_and_goes() external {
        PausableToken token = new PausableToken();
        InsuranceTranche tranche = over(address(token));
        token.pause(true);
        vm.expectRevert();
        tranche.deposit(1e18, address(this));
        eq(tranche.totalAssets(), 0);
        eq(tranche.maxRedeem(address(this)), 0);
    }

    function test_the_account_of_a_tranche_is_nobodys() external {
        vm.expectRevert(failure(IMarginEngine.NotOwner.selector, abi.encode(fastTranche, address(this))));
        engine.withdrawCash(address(fastTranche), 1, address(this));
    }

    function over(address token) private returns (InsuranceTranche) {
        address other = deploy(
            "MarginEngine", abi.encode(world.authority(), token, world.book(), uint16(15_000), uint16(5))
        );
        return InsuranceTranche(deploy("InsuranceTranche", abi.encode(other, address(1), "x", "x", COOLDOWN, WINDOW)));
    }

    function matured(uint256 shares) private {
        vm.prank(BACKER);
        fastTranche.requestExit(shares);
        vm.warp(block.timestamp + COOLDOWN);
    }

    function refuseExit(uint256 shares, uint256 most) private {
        bytes memory reason = abi.encode(BACKER, shares, most);
        vm.expectRevert(failure(ERC4626.ERC4626ExceededMaxRedeem.selector, reason));
        vm.prank(BACKER);
        fastTranche.redeem(shares, BACKER, BACKER);
    }
}
