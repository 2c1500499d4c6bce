// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";
import {TestToken} from "../../src/devnet/TestToken.sol";
import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Test} from "../support/Test.sol";
import {Vm} from "../support/Vm.sol";
import {World} from "../margin/World.sol";
import {Chain} from "./Chain.sol";

/// @notice A vault chain A and an engine chain B in one machine: every transaction is a block of its chain, and what crosses
/// is a real header, signed by an attestor once it is final, with real proofs under it. Two users, two agents.
abstract contract TwoChains is Test {
    uint256 private constant ATTESTOR_KEY = 0xA77E57;
    uint8 internal constant LOCKED = 4;

    World internal world;
    IMarginEngine internal engine;
    ILiquidationAuction internal auction;
    TestToken internal weth;
    ICollateralVault internal vault;
    IVaultMirror internal mirror;
    /// @dev Of each chain, as it stands on the other one.
    IRootOracle internal rootsOfA;
    IRootOracle internal rootsOfB;
    Chain internal a;
    Chain internal b;
    address[2] internal users;
    address[2] internal agents;
    uint256 internal bids;

    function setUp() public virtual {
        world = new World();
        (engine, auction, weth) = (world.engine(), world.auction(), world.weth());
        admitAttestor();
        rootsOfA = oracle(1);
        rootsOfB = oracle(2);
        address mirrorAt = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        ICollateralVault.Terms memory terms = ICollateralVault.Terms(3650 days, 14 days, 1 days);
        vault = ICollateralVault(deploy("CollateralVault", abi.encode(world.authority(), rootsOfB, mirrorAt, terms)));
        mirror = IVaultMirror(
            deploy("VaultMirror", abi.encode(world.authority(), rootsOfA, vault, IVaultMirror.Terms(1 days, 1 days)))
        );
        vm.startPrank(address(world));
        vault.list(address(weth), type(uint128).max);
        mirror.setModule(address(engine), true);
        engine.listCollateral(IMarginEngine.Collateral(address(mirror), address(weth), 0, 18, 1000, 300));
        vm.stopPrank();
        weth.mint(address(this), type(uint128).max);
        weth.approve(address(vault), type(uint256).max);
        for (uint256 i; i < 2; ++i) {
            users[i] = world.trader(IMarginEngine.Mode.UNIFIED, 2_000);
            agents[i] = world.agent(200_000);
            vault.deposit(users[i], address(weth), 1 ether);
        }
        a = new Chain(address(vault), slotsOf(0, 2, users));
        b = new Chain(address(mirror), slotsOf(0, 4, agents));
    }

    /// @dev Two counters and their total; the mirror's pulse makes its trie never empty.
    function slotsOf(uint256 base, uint256 totals, address[2] memory people) private view returns (bytes32[] memory) {
        bytes32[] memory slots = new bytes32[](4);
        for (uint256 i; i < 2; ++i) {
            slots[i] = keccak256(abi.encode(weth, keccak256(abi.encode(people[i], base))));
        }
        slots[2] = keccak256(abi.encode(weth, totals));
        slots[3] = bytes32(uint256(5));
        return slots;
    }

    /// @notice One block of a chain: what was asked of it, or nothing where it refused. The record of its accesses is forgotten.
    function mined(Chain chain, bytes memory call) internal returns (bytes32 hash, bool done) {
        Memory.Pointer free = Memory.getFreeMemoryPointer();
        vm.warp(block.timestamp + 1);
        vm.startStateDiffRecording();
        if (call.length != 0) (done,) = address(this).call(call);
        hash = chain.mine(vm.stopAndReturnStateDiff(), address(this));
        Memory.unsafeSetFreeMemoryPointer(free);
    }

    /// @notice A deposit's proof, as anybody brings it to B.
    function credit(uint256 who, bytes32 hash) external {
        bring(rootsOfA, a, hash);
        bytes memory evidence = abi.encode(a.heightOf(hash), a.storageProof(hash, who));
        mirror.prove(users[who], address(weth), evidence);
    }

    /// @notice A debt's proof, as anybody brings it to A.
    function claim(uint256 who, bytes32 hash) external {
        bring(rootsOfB, b, hash);
        bytes memory evidence = abi.encode(b.heightOf(hash), b.storageProof(hash, who));
        vault.claim(agents[who], address(weth), evidence);
    }

    /// @dev The attestor signs what is final where it looks.
    function bring(IRootOracle roots, Chain chain, bytes32 hash) private {
        uint256 height = chain.heightOf(hash);
        bytes[] memory signed = new bytes[](chain.isFinal(hash) ? 1 : 0);
        if (signed.length == 1) signed[0] = signature(ATTESTOR_KEY, roots.attestationDigest(height, hash));
        roots.submit(chain.header(hash), signed);
        roots.anchor(height, chain.origin(), chain.accountProof(hash));
    }

    function deposit(uint256 who, uint256 amount) external {
        vault.deposit(users[who], address(weth), amount);
    }

    /// @notice A user takes what its margin bears; one who lost everything comes back with fresh money.
    function trade(uint256 who, int128 size) external {
        world.push();
        if (engine.margin(users[who]).equity < 1_000e18) world.deposit(users[who], 2_500e6);
        for (bool done; !done && size != 0; size /= 2) {
            try world.trade(users[who], 0, size) {
                done = true;
            } catch {}
        }
    }

    function withdraw(uint256 who, uint256 amount, uint256 to) external {
        world.push();
        vm.prank(users[who]);
        engine.withdrawCollateral(users[who], LOCKED, amount, agents[to]);
    }

    function move(uint64 price) external {
        world.move(0, price);
    }

    function start(uint256 who) external {
        auction.start(users[who]);
    }

    /// @notice An agent takes what it may, and no second time under the same version (I7).
    function take(uint256 who, uint256 by, uint256 dice) external {
        address account = users[who];
        uint16 most = auction.maxFraction(account);
        uint16 fraction = engine.margin(account).mark > 0 && most > 0 ? uint16(bound(dice, 1, most)) : most;
        ILiquidationAuction.Bid memory wanted =
            ILiquidationAuction.Bid(account, fraction, type(uint256).max, engine.versionOf(account), agents[by]);
        vm.prank(agents[by]);
        auction.bid(wanted);
        vm.prank(agents[by]);
        try auction.bid(wanted) {
            revert NotTrue("I7: two allocations under one version");
        } catch (bytes memory reason) {
            if (bytes4(reason) != ILiquidationAuction.VersionChanged.selector) revert NotTrue("I7: another reason");
        }
        vm.prank(agents[by]);
        engine.closeAll(agents[by]);
        ++bids;
    }

    function pause(IRootOracle roots, bool down) external {
        vm.prank(address(world));
        if (down) roots.pause();
        else roots.unpause();
    }

    function isDown(IRootOracle roots) internal view returns (bool) {
        (, bytes memory answer) = address(roots).staticcall(abi.encodeWithSignature("paused()"));
        return abi.decode(answer, (bool));
    }

    function oracle(uint256 chainId) private returns (IRootOracle) {
        return IRootOracle(
            deploy("RootOracle", abi.encode(world.authority(), chainId, world.registry(), uint256(1), uint64(0)))
        );
    }

    function admitAttestor() private {
        address attestor = vm.addr(ATTESTOR_KEY);
        IAgentRegistry registry = world.registry();
        world.bondToken().mint(address(this), 1e18);
        world.bondToken().approve(address(registry), 1e18);
        registry.bond(attestor, 1e18);
        vm.prank(address(world));
        registry.setAttestor(attestor, true);
    }
}
