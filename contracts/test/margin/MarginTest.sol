// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {Test} from "../support/Test.sol";
import {World} from "./World.sol";

/// @notice What the tests of the engine, the auction, the prices and the credit lines stand on.
abstract contract MarginTest is Test {
    IMarginEngine.Mode internal constant CROSS = IMarginEngine.Mode.CROSS;
    IMarginEngine.Mode internal constant ISOLATED = IMarginEngine.Mode.ISOLATED;
    IMarginEngine.Mode internal constant UNIFIED = IMarginEngine.Mode.UNIFIED;
    uint8 internal constant ETH = 0;
    uint8 internal constant BTC = 1;

    World internal world;
    IMarginEngine internal engine;
    IPriceBook internal book;
    ILiquidationAuction internal auction;
    ICreditLines internal lines;

    function setUp() public virtual {
        world = new World();
        engine = world.engine();
        book = world.book();
        auction = world.auction();
        lines = world.lines();
    }

    /// @dev Long 7 ETH against 1 WETH and 2000 dollars: healthy at 2000, below maintenance under about 1780.
    function leveraged() internal returns (address account) {
        account = world.trader(UNIFIED, 2_000);
        world.credit(account, 0, 1e18);
        world.trade(account, ETH, 7e18);
    }

    /// @dev The same with ETH fallen: below maintenance, worth something still, its auction running.
    function failing() internal returns (address account) {
        account = leveraged();
        world.move(ETH, 1_700e8);
        auction.start(account);
    }

    /// @dev Eight positions over WETH in both vaults, or over all four collaterals; below maintenance, its auction
    /// running and open to all.
    function failingEight(uint256 collaterals) internal returns (address account) {
        world.move(ETH, 2_000e8);
        account = world.trader(UNIFIED, 5_000);
        world.credit(account, 0, 1e18);
        world.credit(account, 2, 1e18);
        if (collaterals == 4) {
            world.credit(account, 1, 2e6);
            world.credit(account, 3, 2e6);
        }
        world.trade(account, ETH, 5e18);
        world.trade(account, BTC, 1e17);
        for (uint8 id = 2; id < 8; ++id) {
            world.trade(account, id, id % 2 == 0 ? int128(1e18) : int128(1e17));
        }
        world.move(ETH, 800e8);
        auction.start(account);
        vm.warp(block.timestamp + 3);
        world.push();
    }

    function bidFor(address account, address bidder, uint16 fraction)
        internal
        view
        returns (ILiquidationAuction.Bid memory)
    {
        return ILiquidationAuction.Bid(account, fraction, type(uint256).max, engine.versionOf(account), bidder);
    }

    function take(address account, address bidder, uint16 fraction) internal returns (int256 pay) {
        ILiquidationAuction.Bid memory wanted = bidFor(account, bidder, fraction);
        vm.prank(bidder);
        return auction.bid(wanted);
    }

    /// @dev Writes the cash half of an account's word; the ledger's own paths move whole token units only.
    function setCash(address account, int256 cash) internal {
        bytes32 slot = keccak256(abi.encode(account, uint256(0)));
        uint256 mask = uint256(type(uint128).max) << 72;
        uint256 rest = uint256(vm.load(address(engine), slot)) & ~mask;
        vm.store(address(engine), slot, bytes32(rest | (uint256(uint128(int128(cash))) << 72)));
    }

    function failure(bytes4 selector, bytes memory numbers) internal pure returns (bytes memory) {
        return bytes.concat(selector, numbers);
    }
}
