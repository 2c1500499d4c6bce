// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ERC7786Recipient} from "@openzeppelin/contracts/crosschain/ERC7786Recipient.sol";
import {IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {CounterCourier} from "../../src/CounterCourier.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {IErc7786Source} from "../../src/interfaces/IErc7786Source.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Suite} from "../support/Suite.sol";

/// @notice A gateway that keeps its messages: the test delivers them late, twice, in any order or never.
contract Gateway {
    bytes[] public payloads;
    bytes[] public senders;
    address public immutable recipient;

    constructor(address recipient_) {
        recipient = recipient_;
    }

    function sendMessage(bytes calldata, bytes calldata payload, bytes[] calldata) external payable returns (bytes32) {
        payloads.push(payload);
        senders.push(InteroperableAddress.formatEvmV1(block.chainid, msg.sender));
        return 0;
    }

    function deliver(uint256 index) external {
        IERC7786Recipient(recipient).receiveMessage(bytes32(index), senders[index], payloads[index]);
    }
}

/// @notice Says one thing, always.
contract Certain is ICounterSource {
    uint256 private immutable _value;
    uint64 private immutable _asOf;

    constructor(uint256 value, uint64 asOf) {
        (_value, _asOf) = (value, asOf);
    }

    function read(address, bytes32, bytes calldata) external view returns (uint256, uint64) {
        return (_value, _asOf);
    }
}

contract Erc7786Test is Suite {
    Gateway private gateway;
    CounterCourier private courier;
    IErc7786Source private source;
    IVaultMirror private ledger;

    function setUp() public override {
        super.setUp();
        // Gateway, source and courier name one another.
        uint256 nonce = vm.getNonce(address(this));
        address courierAt = vm.computeCreateAddress(address(this), nonce + 2);
        gateway = new Gateway(vm.computeCreateAddress(address(this), nonce + 1));
        bytes memory sender = InteroperableAddress.formatEvmV1(block.chainid, courierAt);
        source = IErc7786Source(deploy("Erc7786Source", abi.encode(authority, gateway, sender)));
        courier = CounterCourier(deploy("CounterCourier", abi.encode(gateway, vault, bytes("the source"))));
        eq(address(courier), courierAt);
        ledger = mirrorOver(source, address(vault));
    }

    function test_a_deposit_becomes_credit_by_message() external {
        send(10 ether);
        gateway.deliver(0);
        eq(ledger.prove(alice, address(weth), ""), 10 ether);
    }

    function test_a_paused_source_answers_nothing_until_it_goes_on() external {
        send(10 ether);
        gateway.deliver(0);
        source.pause();
        vm.expectRevert(Pausable.EnforcedPause.selector);
        ledger.prove(alice, address(weth), "");
        source.unpause();
        eq(ledger.prove(alice, address(weth), ""), 10 ether);
    }

    function test_the_courier_names_who_its_messages_are_for() external view {
        eq(courier.recipient(), bytes("the source"));
        eq(courier.origin(), address(vault));
        eq(address(courier.gateway()), address(gateway));
    }

    function test_delay_repetition_and_disorder_are_harmless() external {
        send(10 ether);
        vm.warp(block.timestamp + 1);
        send(2 ether);
        gateway.deliver(1);
        gateway.deliver(0);
        gateway.deliver(1);
        gateway.deliver(0);
        eq(ledger.prove(alice, address(weth), ""), 12 ether);
        eq(source.frozen(), false);
    }

    function test_an_earlier_message_with_as_much_contradicts_nothing() external {
        send(10 ether);
        vm.warp(block.timestamp + 1);
        courier.sendDeposited(alice, address(weth));
        gateway.deliver(1);
        gateway.deliver(0);
        eq(source.frozen(), false);
    }

    function test_a_lost_message_is_made_up_for_by_the_next() external {
        send(10 ether);
        vm.warp(block.timestamp + 1);
        send(2 ether);
        gateway.deliver(1);
        eq(ledger.prove(alice, address(weth), ""), 12 ether);
    }

    function test_a_later_message_with_less_freezes_the_source() external {
        send(10 ether);
        gateway.deliver(0);
        forge(5 ether, uint64(block.timestamp + 1));
        eq(source.frozen(), true);
        vm.expectRevert(IErc7786Source.Frozen.selector);
        ledger.prove(alice, address(weth), "");
    }

    function test_an_earlier_message_with_more_and_a_second_value_at_one_time_freeze_it_too() external {
        send(10 ether);
        gateway.deliver(0);
        uint256 clean = vm.snapshotState();
        forge(11 ether, uint64(block.timestamp - 1));
        eq(source.frozen(), true);
        vm.revertToState(clean);
        forge(11 ether, uint64(block.timestamp));
        eq(source.frozen(), true);
    }

    function test_only_the_gateway_and_only_the_courier_are_heard() external {
        send(10 ether);
        (bytes memory sender, bytes memory payload) = (gateway.senders(0), gateway.payloads(0));
        vm.expectRevert(
            abi.encodeWithSelector(ERC7786Recipient.ERC7786RecipientUnauthorizedGateway.selector, address(this), sender)
        );
        IERC7786Recipient(address(source)).receiveMessage(0, sender, payload);
        bytes memory stranger = InteroperableAddress.formatEvmV1(block.chainid, STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC7786Recipient.ERC7786RecipientUnauthorizedGateway.selector, address(gateway), stranger
            )
        );
        vm.prank(address(gateway));
        IERC7786Recipient(address(source)).receiveMessage(0, stranger, payload);
    }

    function test_a_message_from_the_future_is_not_taken() external {
        bytes memory sender = source.courier();
        uint256 limit = block.timestamp + 10 minutes;
        bytes memory payload = abi.encode(address(vault), counterSlot(alice, address(weth)), 1 ether, uint64(limit + 1));
        vm.expectRevert(abi.encodeWithSelector(IErc7786Source.MessageFromFuture.selector, limit + 1, limit));
        vm.prank(address(gateway));
        IERC7786Recipient(address(source)).receiveMessage(0, sender, payload);
    }

    function test_evidence_beside_the_message_and_unknown_counters_are_refused() external {
        bytes32 slot = counterSlot(alice, address(weth));
        vm.expectRevert(abi.encodeWithSelector(IErc7786Source.CounterUnknown.selector, address(vault), slot));
        ledger.prove(alice, address(weth), "");
        vm.expectRevert(abi.encodeWithSelector(IErc7786Source.EvidenceUnexpected.selector, 1));
        ledger.prove(alice, address(weth), hex"00");
    }

    function test_a_counter_told_too_long_ago_is_refused_where_a_later_one_is_asked_for() external {
        send(10 ether);
        gateway.deliver(0);
        uint256 told = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IErc7786Source.CounterOlder.selector, told, told + 1));
        ledger.prove(alice, address(weth), abi.encode(told + 1));
        eq(ledger.prove(alice, address(weth), abi.encode(told)), 10 ether);
    }

    function test_a_quorum_counts_messages_and_can_do_without_one_that_lags() external {
        send(10 ether);
        gateway.deliver(0);
        uint256 told = block.timestamp;
        ICounterSource[] memory all = new ICounterSource[](2);
        (all[0], all[1]) = (source, new Certain(10 ether, uint64(told + 60)));
        IVaultMirror quorate = mirrorOver(ICounterSource(deploy("QuorumSource", abi.encode(all, uint256(1)))), address(vault));
        vm.warp(told + 60);
        bytes32 slot = counterSlot(alice, address(weth));
        bytes[] memory parts = new bytes[](2);
        (parts[0], parts[1]) = (abi.encode(told), hex"01");
        (, uint64 asOf) = quorate.source().read(address(vault), slot, abi.encode(parts));
        eq(asOf, told);
        parts[0] = abi.encode(told + 1);
        (, asOf) = quorate.source().read(address(vault), slot, abi.encode(parts));
        eq(asOf, told + 60);
        eq(quorate.prove(alice, address(weth), abi.encode(parts)), 10 ether);
    }

    function test_the_courier_sends_every_counter_that_a_proof_would_show() external {
        send(10 ether);
        courier.sendTotalDeposited(address(weth));
        (, bytes32 slot, uint256 value,) =
            abi.decode(gateway.payloads(1), (address, bytes32, uint256, uint64));
        eq(uint256(vm.load(address(vault), slot)), 10 ether);
        eq(value, 10 ether);
        gateway.deliver(0);
        ledger.setModule(address(this), true);
        ledger.prove(alice, address(weth), "");
        ledger.allocate(alice, liquidator, address(weth), 3 ether);
        CounterCourier back = CounterCourier(deploy("CounterCourier", abi.encode(gateway, ledger, bytes("the vault's"))));
        back.sendOwed(liquidator, address(weth));
        back.sendSpent(alice, address(weth));
        back.sendTotalOwed(address(weth));
        back.sendPulse();
        for (uint256 i = 2; i < 6; ++i) {
            (, slot, value,) = abi.decode(gateway.payloads(i), (address, bytes32, uint256, uint64));
            eq(uint256(vm.load(address(ledger), slot)), value);
            eq(value, i == 5 ? 1 : 3 ether);
        }
    }

    function test_a_counter_of_zero_and_a_counter_of_the_other_kind_are_not_sent() external {
        vm.expectRevert(
            abi.encodeWithSelector(CounterCourier.CounterZero.selector, counterSlot(bob, address(weth)))
        );
        courier.sendDeposited(bob, address(weth));
        vm.expectRevert();
        courier.sendOwed(bob, address(weth));
        vm.expectRevert(abi.encodeWithSelector(CounterCourier.CounterZero.selector, bytes32(uint256(3))));
        courier.sendFinalRootAt();
    }

    function send(uint256 amount) private {
        vault.deposit(alice, address(weth), amount);
        courier.sendDeposited(alice, address(weth));
    }

    function forge(uint256 value, uint64 asOf) private {
        bytes memory payload = abi.encode(address(vault), counterSlot(alice, address(weth)), value, asOf);
        bytes memory sender = source.courier();
        vm.prank(address(gateway));
        IERC7786Recipient(address(source)).receiveMessage(0, sender, payload);
    }
}
