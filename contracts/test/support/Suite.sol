// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAgentRegistry} from "../../src/interfaces/IAgentRegistry.sol";
import {ICollateralVault} from "../../src/interfaces/ICollateralVault.sol";
import {ICounterSource} from "../../src/interfaces/ICounterSource.sol";
import {IRootOracle} from "../../src/interfaces/IRootOracle.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Fixture} from "./Fixture.sol";

interface IMintable is IERC20 {
    function mint(address to, uint256 amount) external;
}

/// @notice The suite as it stands on a chain whose counterpart is the recorded one: this test is governance, the
/// recorded attestors are bonded, two signatures make a quorum, and WETH has its recorded address.
abstract contract Suite is Fixture {
    uint128 internal constant BOND = 100 ether;
    uint64 internal constant UNBONDING = 7 days;
    /// @dev The recorded blocks are older than any test's clock.
    uint64 internal constant STALE = 3650 days;
    uint64 internal constant EXIT_DELAY = 14 days;
    uint64 internal constant RESET_DELAY = 1 days;
    address internal constant TREASURY = address(0x7EA5);
    address internal constant STRANGER = address(0xBAD);

    address internal authority;
    IMintable internal bondToken;
    IMintable internal weth;
    IAgentRegistry internal registry;
    IRootOracle internal roots;
    ICollateralVault internal vault;
    IVaultMirror internal mirror;

    address internal alice;
    address internal bob;
    address internal liquidator;
    address internal provider;

    function setUp() public virtual {
        alice = known("people.alice");
        bob = known("people.bob");
        liquidator = known("people.liquidator");
        provider = known("people.provider");
        authority = deploy("AccessManager", abi.encode(address(this)));
        bondToken = token("BOND");
        registry = IAgentRegistry(
            deploy("AgentRegistry", abi.encode(authority, bondToken, BOND, UNBONDING, TREASURY))
        );
        bondToken.mint(address(this), 1000 * uint256(BOND));
        bondToken.approve(address(registry), type(uint256).max);
        for (uint256 i; i < 3; ++i) admit(attestor(i));
        roots = oracle(2, 0);
        weth = IMintable(known("contracts.weth"));
        vm.etch(address(weth), address(bondToken).code);
        vault = vaultOver(roots, known("contracts.mirror"));
        mirror = mirrorOver(roots, known("contracts.vault"));
        vault.list(address(weth), 1000 ether);
        mirror.setModule(address(this), true);
        weth.mint(address(this), 1000 ether);
        weth.approve(address(vault), type(uint256).max);
    }

    function token(string memory symbol) internal returns (IMintable) {
        return IMintable(deploy("TestToken", abi.encode(symbol, symbol, uint8(18))));
    }

    function oracle(uint256 threshold, uint64 delay) internal returns (IRootOracle) {
        return IRootOracle(deploy("RootOracle", abi.encode(authority, SOURCE_CHAIN, registry, threshold, delay)));
    }

    function vaultOver(ICounterSource source, address mirror_) internal returns (ICollateralVault) {
        ICollateralVault.Terms memory terms = ICollateralVault.Terms(STALE, EXIT_DELAY, RESET_DELAY);
        return ICollateralVault(deploy("CollateralVault", abi.encode(authority, source, mirror_, terms)));
    }

    function mirrorOver(ICounterSource source, address vault_) internal returns (IVaultMirror) {
        IVaultMirror.Terms memory terms = IVaultMirror.Terms(STALE, RESET_DELAY);
        return IVaultMirror(deploy("VaultMirror", abi.encode(authority, source, vault_, terms)));
    }

    function attestor(uint256 index) internal returns (address) {
        if (index == 0) return known("people.attestors[0]");
        return index == 1 ? known("people.attestors[1]") : known("people.attestors[2]");
    }

    function admit(address agent) internal {
        registry.bond(agent, BOND);
        registry.setAttestor(agent, true);
    }

    /// @notice Submits a recorded block and anchors one recorded contract in it.
    function anchored(string memory blockName, string memory origin) internal {
        roots.submit(header(blockName), signatures(blockName));
        address known_ = known(string.concat("contracts.", origin));
        roots.anchor(number(blockName), known_, accountProof(blockName, origin));
    }
}
