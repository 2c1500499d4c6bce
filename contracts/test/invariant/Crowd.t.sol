// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {Test} from "../support/Test.sol";
import {Counterparty, ExecutorTest} from "../executor/ExecutorTest.sol";
import {Rules} from "../executor/Rules.sol";

/// @notice Everybody but owner and operator, with every call the executor has and any bytes besides, over days.
contract Crowd is Test {
    ILiquidatorExecutor private immutable executor;
    address private immutable dollar;
    address private immutable counterparty;
    uint256 public accepted;

    constructor(ILiquidatorExecutor executor_, address dollar_, address counterparty_) {
        (executor, dollar, counterparty) = (executor_, dollar_, counterparty_);
    }

    function ask(uint256 who, uint256 which, uint256 amount, uint256 time) external {
        vm.warp(block.timestamp + bound(time, 0, 3 days));
        bytes[9] memory calls = callsOf(stranger(who), amount);
        vm.prank(stranger(who));
        (bool done,) = address(executor).call(calls[which % 9]);
        if (done) ++accepted;
    }

    function shout(uint256 who, bytes4 selector, bytes calldata words) external {
        vm.prank(stranger(who));
        (bool done,) = address(executor).call(bytes.concat(selector, words));
        done;
    }

    function stranger(uint256 who) public view returns (address) {
        return who % 5 == 0 ? counterparty : vm.addr(801 + who % 5);
    }

    function callsOf(address caller, uint256 amount) private view returns (bytes[9] memory calls) {
        ILiquidatorExecutor.Call[] memory takes = new ILiquidatorExecutor.Call[](1);
        takes[0] = ILiquidatorExecutor.Call(
            counterparty, abi.encodeCall(Counterparty.take, (IERC20(dollar), amount, counterparty))
        );
        ILiquidatorExecutor.Guard memory guard =
            ILiquidatorExecutor.Guard(bytes32(amount), 0, type(uint48).max, type(int256).min);
        bytes memory transfer = abi.encodeCall(IERC20.transfer, (caller, amount));
        calls[0] = abi.encodeCall(executor.execute, (takes, guard));
        calls[1] = abi.encodeCall(executor.setOperator, (caller, true));
        calls[2] = abi.encodeCall(executor.setRule, (dollar, IERC20.transfer.selector, Rules.free()));
        calls[3] = abi.encodeCall(executor.ownerCall, (dollar, transfer));
        calls[4] = abi.encodeCall(executor.requestWithdraw, (dollar, amount, caller));
        calls[5] = abi.encodeCall(executor.withdraw, (dollar, amount, caller));
        calls[6] = abi.encodeCall(executor.setHourlyCap, (uint128(amount)));
        calls[7] = abi.encodeCall(executor.request, (abi.encodeCall(executor.ownerCall, (dollar, transfer))));
        calls[8] = abi.encodeCall(executor.seal, ());
    }
}

contract CrowdTest is ExecutorTest {
    Crowd private crowd;

    function setUp() public override {
        super.setUp();
        crowd = new Crowd(executor, address(dollar), address(counterparty));
        target(address(crowd));
    }

    function invariant_I13_no_stranger_moves_anything() external view {
        eq(dollar.balanceOf(address(executor)), 1000e6);
        eq(crowd.accepted(), 0);
        eq(dollar.allowance(address(executor), address(counterparty)), type(uint256).max);
        for (uint256 i; i < 5; ++i) {
            if (i != 0) eq(dollar.allowance(address(executor), crowd.stranger(i)), 0);
        }
    }
}
