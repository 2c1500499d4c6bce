// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InteroperableAddress} from "@openzeppelin/contracts/utils/draft-InteroperableAddress.sol";
import {IERC7786Recipient} from "@openzeppelin/contracts/interfaces/draft-IERC7786.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {IOpL1BlockSource} from "../../src/interfaces/IOpL1BlockSource.sol";
import {IOptimisticSource} from "../../src/interfaces/IOptimisticSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {IRouteGuard} from "../../src/interfaces/IRouteGuard.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Headers} from "../support/Headers.sol";

interface IL1BlockWriter {
    function setL1BlockValues(uint64, uint64, uint256, bytes32, uint64, bytes32, uint256, uint256) external;
}

/// @notice Every limit and every level of silence, over a source of one kind: the same tests for all kinds. Each knows
/// that Alice deposited ten WETH in the recorded vault.
abstract contract EveryKindTest is Headers {
    uint64 private constant T2 = 7 days;

    ICounterSource internal source;
    bytes internal evidence;
    uint64 internal asOf;
    IVaultMirror private books;
    uint64 private staleAfter;

    function setUp() public override {
        super.setUp();
        asOf = timestamp("deposited");
        (source, evidence) = build();
        staleAfter = uint64(block.timestamp) - asOf + 1 hours;
        IVaultMirror.Terms memory terms = IVaultMirror.Terms(staleAfter, RESET_DELAY);
        books = IVaultMirror(deploy("VaultMirror", abi.encode(authority, source, known("contracts.vault"), terms)));
    }

    function build() internal virtual returns (ICounterSource, bytes memory);

    /// @dev Makes the source hear two things that cannot both be true.
    function contradict() internal virtual;

    function test_what_was_deposited_is_credited() external {
        eq(prove(), 10 ether);
    }

    function test_no_more_is_credited_than_the_cap() external {
        books.setCreditCap(address(weth), 9 ether);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.CreditCapped.selector, address(weth), 10 ether, 9 ether));
        prove();
    }

    function test_no_faster_than_the_rate() external {
        books.setRateLimit(address(weth), 4 ether, 1 days);
        eq(prove(), 4 ether);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.RateLimited.selector, address(weth), 6 ether));
        prove();
    }

    function test_a_large_change_waits() external {
        books.setLargeDelta(address(weth), 9 ether, 30 minutes);
        eq(prove(), 0);
        vm.warp(block.timestamp + 30 minutes);
        eq(prove(), 10 ether);
    }

    function test_stale_evidence_credits_nothing_new() external {
        vm.warp(block.timestamp + 1 hours + 1);
        vm.expectRevert(abi.encodeWithSelector(IVaultMirror.EvidenceStale.selector, asOf, staleAfter));
        prove();
    }

    function test_a_source_that_contradicts_itself_credits_nothing_and_takes_nothing_back() external {
        books.setRateLimit(address(weth), 4 ether, 1 days);
        prove();
        contradict();
        vm.warp(block.timestamp + 30 minutes);
        vm.expectRevert();
        prove();
        eq(books.available(alice, address(weth)), 4 ether);
        books.setModule(address(this), true);
        books.allocate(alice, liquidator, address(weth), 1 ether);
    }

    /// @dev The vault hears the engine through the same source, which says nothing of it.
    function test_a_source_silent_for_long_lets_depositors_leave() external {
        ICollateralVault.Terms memory terms = ICollateralVault.Terms(T2, EXIT_DELAY, RESET_DELAY);
        ICollateralVault safe =
            ICollateralVault(deploy("CollateralVault", abi.encode(authority, source, address(books), terms)));
        safe.list(address(weth), 100 ether);
        weth.approve(address(safe), 2 ether);
        safe.deposit(alice, address(weth), 2 ether);
        vm.warp(uint256(safe.heard()) + T2);
        vm.expectPartialRevert(ICollateralVault.RouteAlive.selector);
        vm.prank(alice);
        safe.requestExit(0, address(weth));
        vm.warp(block.timestamp + 1);
        vm.prank(alice);
        vm.warp(safe.requestExit(0, address(weth)));
        uint256 before = weth.balanceOf(alice);
        vm.prank(alice);
        safe.exit(0, address(weth));
        eq(weth.balanceOf(alice) - before, 2 ether);
    }

    function prove() private returns (uint256) {
        return books.prove(alice, address(weth), evidence);
    }

    function proof() internal returns (bytes memory) {
        return counter("deposited", "vault_alice").evidence;
    }

    /// @dev Another header of the recorded height.
    function other() internal returns (bytes memory) {
        return headerOf("other", number("deposited"), "other");
    }

    function onlyOne(bytes memory one) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = one;
    }
}

contract AttestedKindTest is EveryKindTest {
    function build() internal override returns (ICounterSource, bytes memory) {
        anchored("deposited", "vault");
        return (roots, proof());
    }

    function contradict() internal override {
        roots.submit(header("owed"), signatures("owed"));
        roots.submit(header("forked"), signatures("forked"));
        eq(roots.frozen(), true);
    }
}

contract OptimisticKindTest is EveryKindTest {
    IRootOracle private arbiter;

    function build() internal override returns (ICounterSource, bytes memory) {
        arbiter = IRootOracle(ownOracle());
        bytes memory given = abi.encode(authority, uint64(1 hours), arbiter, bondToken, uint96(BOND), TREASURY);
        IOptimisticSource made = IOptimisticSource(deploy("OptimisticSource", given));
        bondToken.approve(address(made), BOND);
        uint256 began = block.timestamp;
        vm.warp(timestamp("deposited"));
        made.propose(header("deposited"));
        vm.warp(began + 1 hours);
        made.anchor(number("deposited"), known("contracts.vault"), accountProof("deposited", "vault"));
        return (made, proof());
    }

    function contradict() internal override {
        IOptimisticSource made = IOptimisticSource(address(source));
        (uint256 height, bytes memory header_) = (number("deposited"), other());
        arbiter.submit(header_, attested(height, header_));
        made.challenge(height, onlyOne(header_));
        eq(made.frozen(), true);
    }
}

/// @notice The recorded chain as the base of this one: the real predeploy's bytecode.
abstract contract Derived is EveryKindTest {
    address private predeploy;
    address private depositor;

    function derive() internal returns (IOpL1BlockSource made) {
        string memory json = vm.readFile("contracts/predeploy-l1-block.json");
        predeploy = vm.parseJsonAddress(json, ".predeploy");
        depositor = vm.parseJsonAddress(json, ".depositor");
        vm.etch(predeploy, vm.parseJsonBytes(json, ".deployedBytecode"));
        made = IOpL1BlockSource(deploy("OpL1BlockSource", abi.encode(authority, SOURCE_CHAIN, predeploy)));
        tell(made, header("deposited"));
        made.anchor(number("deposited"), known("contracts.vault"), accountProof("deposited", "vault"));
    }

    function tell(IOpL1BlockSource made, bytes memory header_) internal {
        uint64 height = uint64(number("deposited"));
        vm.prank(depositor);
        IL1BlockWriter(predeploy).setL1BlockValues(height, 0, 1, keccak256(header_), 0, bytes32(0), 0, 0);
        made.submit(onlyOne(header_));
    }
}

contract OpL1BlockKindTest is Derived {
    function build() internal override returns (ICounterSource, bytes memory) {
        return (derive(), proof());
    }

    function contradict() internal override {
        tell(IOpL1BlockSource(address(source)), other());
        eq(IOpL1BlockSource(address(source)).frozen(), true);
    }
}

/// @notice The test is the gateway.
abstract contract Heard is EveryKindTest {
    function listen() internal returns (ICounterSource made) {
        bytes memory given = abi.encode(authority, address(this), courier());
        made = ICounterSource(deploy("Erc7786Source", given));
        say(made, 10 ether, asOf);
    }

    function say(ICounterSource made, uint256 value, uint64 at_) internal {
        bytes memory payload = abi.encode(known("contracts.vault"), counterSlot(alice, address(weth)), value, at_);
        IERC7786Recipient(address(made)).receiveMessage(0, courier(), payload);
    }

    function courier() private view returns (bytes memory) {
        return InteroperableAddress.formatEvmV1(block.chainid, TREASURY);
    }
}

contract MessageKindTest is Heard {
    function build() internal override returns (ICounterSource, bytes memory) {
        return (listen(), "");
    }

    function contradict() internal override {
        say(source, 9 ether, asOf + 1);
    }
}

/// @notice Two of an attested, a derived and a heard source.
contract QuorumKindTest is Derived, Heard {
    IOpL1BlockSource private derived;

    function build() internal override returns (ICounterSource, bytes memory) {
        anchored("deposited", "vault");
        derived = derive();
        ICounterSource[] memory all = new ICounterSource[](3);
        (all[0], all[1], all[2]) = (roots, derived, listen());
        bytes[] memory parts = new bytes[](3);
        (parts[0], parts[1], parts[2]) = (proof(), proof(), abi.encode(uint256(asOf)));
        return (ICounterSource(deploy("QuorumSource", abi.encode(all, uint256(2)))), abi.encode(parts));
    }

    /// @dev It keeps no state of its own: with two members frozen too few answer.
    function contradict() internal override {
        tell(derived, other());
        roots.submit(header("owed"), signatures("owed"));
        roots.submit(header("forked"), signatures("forked"));
    }
}
