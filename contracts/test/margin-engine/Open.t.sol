// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract OpenTest is MarginTest {
    function test_salt_zero_is_the_callers_own_address() external {
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountOpened(address(this), address(this), CROSS);
        vm.expectEmit(address(engine));
        emit IMarginEngine.AccountUpdated(address(this), 1);
        eq(engine.open(0, CROSS), address(this));
        IMarginEngine.AccountState memory state = engine.accountState(address(this));
        eq(state.owner, address(this));
        eq(uint256(state.mode), uint256(CROSS));
        eq(state.version, 1);
    }

    function test_other_salts_make_accounts_nobody_else_can_open(uint96 salt) external {
        if (salt == 0) salt = 1;
        address account = engine.open(salt, UNIFIED);
        eq(account, engine.accountOf(address(this), salt));
        eq(engine.accountState(account).owner, address(this));
        yes(account != engine.accountOf(address(world), salt), "derived from its owner");
    }

    function test_an_account_opens_once() external {
        engine.open(0, CROSS);
        vm.expectRevert(failure(IMarginEngine.AccountExists.selector, abi.encode(address(this))));
        engine.open(0, UNIFIED);
    }

    function test_an_account_needs_a_mode() external {
        vm.expectRevert(failure(IMarginEngine.ModeMissing.selector, ""));
        engine.open(0, IMarginEngine.Mode.NONE);
    }

    function test_one_multicall_opens_and_funds() external {
        world.cash().mint(address(this), 5e6);
        world.cash().approve(address(engine), 5e6);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(engine.open, (0, CROSS));
        calls[1] = abi.encodeCall(engine.depositCash, (address(this), 5e6));
        (bool done,) = address(engine).call(abi.encodeWithSignature("multicall(bytes[])", calls));
        yes(done, "both at once");
        eq(engine.cashOf(address(this)), 5e18);
    }
}
