// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {Test} from "../support/Test.sol";
import {World} from "../margin/World.sol";
import {LendingMarket} from "./LendingMarket.sol";

contract LendingTest is Test {
    LendingMarket private market;
    World private world;
    IMarginEngine private engine;
    ICreditLines private lines;

    function setUp() external {
        market = new LendingMarket();
        (world, lines) = (market.world(), market.lines());
        engine = world.engine();
        target(address(market));
    }

    function invariant_every_token_is_accounted_for() external view {
        requireAccounted();
    }

    /// @notice One long random month: the campaign above means nothing unless lines end in every way.
    function test_a_long_month_is_eventful_and_every_token_is_accounted_for() external {
        uint256 seed = 7;
        for (uint256 i; i < 80; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            market.open(seed, seed >> 8, seed >> 16);
            market.prove(seed >> 24, seed >> 32);
            if (i % 3 == 0) market.repay(seed >> 40);
            if (i % 2 == 0) market.move(seed >> 48);
            market.enforce(seed >> 56);
            market.settle(seed >> 64);
            market.charge(seed >> 72);
            if (i % 5 == 0) market.back(seed >> 80, seed >> 88);
            if (i % 4 == 0) market.withdraw(seed >> 80);
            if (i % 10 == 0) market.drown(seed >> 96);
            market.wait(seed >> 104);
            requireAccounted();
        }
        yes(market.opened() >= 10, "lines were opened");
        yes(market.repaid() >= 3, "lines were repaid");
        yes(market.enforced() >= 3, "lines were enforced");
        yes(market.premiums() >= 3, "premiums were paid");
        yes(market.fund().debtOf(address(world.fast())) > 0, "a route ran into debt");
    }

    function requireAccounted() private view {
        requireAllCashIsTheTokenHeld();
        requireWhatIsLentIsOpen();
        requireCollateralIsSharedOut();
        if (market.wrongCount() > 0) yes(false, market.wrongs(0));
    }

    function requireAllCashIsTheTokenHeld() private view {
        int256 total = engine.cashOf(engine.pool()) + engine.cashOf(engine.insurance());
        total += engine.cashOf(market.provider());
        total += engine.cashOf(address(market.tranches(0))) + engine.cashOf(address(market.tranches(1)));
        for (uint256 i; i < market.userCount(); ++i) {
            total += engine.cashOf(market.users(i));
        }
        eq(total, int256(world.cash().balanceOf(address(engine)) * 1e12));
    }

    function requireWhatIsLentIsOpen() private view {
        uint256 open;
        for (uint256 i; i < market.count(); ++i) {
            ICreditLines.Line memory line = market.lineAt(i);
            if (lines.stateOf(lines.lineOf(line)).stage == ICreditLines.Stage.OPEN) open += line.principal;
        }
        eq(lines.lent(market.provider()), open);
        eq(lines.lentAgainst(market.provider(), 0), open);
    }

    /// @dev An open line has spent nothing; what all lines spent is owed to the provider and to their users.
    function requireCollateralIsSharedOut() private view {
        address weth = address(world.weth());
        IVaultMirror mirror = world.fast();
        uint256 spent;
        for (uint256 i; i < market.count(); ++i) {
            address id = lines.lineOf(market.lineAt(i));
            bool open = lines.stateOf(id).stage == ICreditLines.Stage.OPEN;
            uint256 out = mirror.spent(id, weth);
            if (open && out != 0) yes(false, "an open line lost collateral");
            spent += out;
        }
        uint256 owed = mirror.owed(market.TREASURY(), weth);
        for (uint256 i; i < 3; ++i) {
            owed += mirror.owed(market.users(i), weth);
        }
        eq(spent, owed);
    }
}
