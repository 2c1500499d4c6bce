// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {Accrual} from "../../src/libraries/Accrual.sol";
import {MarginTest} from "../margin/MarginTest.sol";

/// @notice A provider with 100,000 dollars of reserves and a trader who wants 10,000 of them against 10 WETH at 2,000.
abstract contract LineTest is MarginTest {
    uint8 internal constant WETH = 0;
    uint256 internal constant USER_KEY = 88;
    /// @dev The user's address on the vault chain, and the provider's.
    address internal constant HOME = address(0x40E);
    address internal constant TREASURY = address(0x7EA);

    bytes32 private constant LINE = keccak256(
        "Line(address user,address account,address refund,address provider,address beneficiary,uint8 collateral,uint128 amount,uint128 principal,uint128 fee,uint16 penalty,uint16 maxLtv,uint48 openBy,uint48 expiry,uint256 nonce)"
    );

    address internal provider;
    address internal user;
    ICreditLines.Line internal line;

    function setUp() public virtual override {
        super.setUp();
        provider = world.trader(CROSS, 100_000);
        user = vm.addr(USER_KEY);
        vm.prank(user);
        engine.open(0, UNIFIED);
        vm.prank(provider);
        lines.setLimits(limits());
        vm.prank(provider);
        lines.setCap(WETH, 40_000e18);
        line = agreed();
    }

    /// @dev From 4 % to 12 % a year up to 80 % use, to 100 % above.
    function limits() internal pure returns (ICreditLines.Limits memory) {
        Accrual.Curve memory curve = Accrual.Curve({base: 400, slope: 800, steep: 8_800, kink: 8_000});
        return ICreditLines.Limits({reserveRatio: 1_000, perUser: 30_000e18, curve: curve});
    }

    function agreed() internal view returns (ICreditLines.Line memory) {
        return ICreditLines.Line({
            user: user,
            account: user,
            refund: HOME,
            provider: provider,
            beneficiary: TREASURY,
            collateral: WETH,
            amount: 10e18,
            principal: 10_000e18,
            fee: 100e18,
            penalty: 500,
            maxLtv: 8_000,
            openBy: uint48(block.timestamp + 60),
            expiry: uint48(block.timestamp + 7 days),
            nonce: 1
        });
    }

    function signed(ICreditLines.Line memory wanted) internal view returns (bytes memory) {
        return signedBy(USER_KEY, wanted);
    }

    function signedBy(uint256 key, ICreditLines.Line memory wanted) internal view returns (bytes memory) {
        bytes32 message = keccak256(abi.encode(LINE, wanted));
        return signature(key, world.digest("Lienmesh CreditLines", address(lines), message));
    }

    function open(ICreditLines.Line memory wanted) internal returns (address id) {
        bytes memory proof = signed(wanted);
        vm.prank(wanted.provider);
        lines.open(wanted, proof);
        return lines.lineOf(wanted);
    }

    function refuse(ICreditLines.Line memory wanted, bytes memory reason) internal {
        bytes memory proof = signed(wanted);
        vm.expectRevert(reason);
        vm.prank(wanted.provider);
        lines.open(wanted, proof);
    }

    function repay(ICreditLines.Line memory wanted) internal {
        vm.prank(user);
        lines.repay(wanted, user);
    }

    function enforce(ICreditLines.Line memory wanted) internal {
        vm.prank(wanted.provider);
        lines.enforce(wanted);
    }

    /// @dev What each side may claim of WETH in the fast vault.
    function requireOwed(uint256 toProvider, uint256 toUser) internal view {
        eq(world.fast().owed(TREASURY, address(world.weth())), toProvider);
        eq(world.fast().owed(HOME, address(world.weth())), toUser);
    }

    function requireStage(address id, ICreditLines.Stage stage) internal view {
        eq(uint256(lines.stateOf(id).stage), uint256(stage));
    }
}
