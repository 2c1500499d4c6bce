// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICreditLines} from "../../src/interfaces/ICreditLines.sol";
import {IInsuranceFund} from "../../src/interfaces/IInsuranceFund.sol";
import {ILiquidationAuction} from "../../src/interfaces/ILiquidationAuction.sol";
import {IMarginEngine} from "../../src/interfaces/IMarginEngine.sol";
import {IRiskParameters} from "../../src/interfaces/IRiskParameters.sol";
import {IVaultMirror} from "../../src/interfaces/IVaultMirror.sol";
import {InsuranceTranche} from "../../src/InsuranceTranche.sol";
import {Accrual} from "../../src/libraries/Accrual.sol";
import {Test} from "../support/Test.sol";
import {World} from "../margin/World.sol";

/// @notice Users, a provider and backers doing whatever they like, with deposits that are proven late, in parts or never.
/// A refusal is part of the game; what must never happen is noted in `wrongs`.
contract LendingMarket is Test {
    address public constant TREASURY = address(0x7EA);
    uint256 private constant USERS = 3;
    bytes32 private constant LINE = keccak256(
        "Line(address user,address account,address refund,address provider,address beneficiary,uint8 collateral,uint128 amount,uint128 principal,uint128 fee,uint16 penalty,uint16 maxLtv,uint48 openBy,uint48 expiry,uint256 nonce)"
    );

    World public immutable world;
    ICreditLines public immutable lines;
    IInsuranceFund public immutable fund;
    InsuranceTranche[2] public tranches;
    address public immutable provider;
    IMarginEngine private immutable engine;
    ILiquidationAuction private immutable auction;

    address[] public users;
    ICreditLines.Line[] private _all;
    string[] public wrongs;
    uint256 public opened;
    uint256 public repaid;
    uint256 public enforced;
    uint256 public premiums;

    constructor() {
        world = new World();
        (engine, lines, auction) = (world.engine(), world.lines(), world.auction());
        IRiskParameters risk = world.risk();
        fund = IInsuranceFund(deploy("InsuranceFund", abi.encode(world.authority(), engine, risk, uint32(1_000))));
        insure(0, world.fast());
        insure(1, world.slow());
        vm.startPrank(address(world));
        engine.setInsuranceFund(address(fund));
        risk.propose(0, IRiskParameters.Levels(300, 2_000, 100));
        vm.warp(block.timestamp + 1 days);
        risk.enact(0);
        vm.stopPrank();
        world.push();
        provider = world.trader(IMarginEngine.Mode.CROSS, 60_000);
        for (uint256 i; i < USERS; ++i) {
            users.push(vm.addr(501 + i));
            vm.prank(users[i]);
            engine.open(0, IMarginEngine.Mode.UNIFIED);
        }
        Accrual.Curve memory curve = Accrual.Curve(100, 500, 2_000, 8_000);
        vm.startPrank(provider);
        lines.setLimits(ICreditLines.Limits(1_000, 40_000e18, curve));
        lines.setCap(0, 50_000e18);
        vm.stopPrank();
    }

    function count() external view returns (uint256) {
        return _all.length;
    }

    function lineAt(uint256 index) external view returns (ICreditLines.Line memory) {
        return _all[index];
    }

    function wrongCount() external view returns (uint256) {
        return wrongs.length;
    }

    function open(uint256 who, uint256 principal, uint256 days_) public {
        uint256 at_ = bound(who, 0, USERS - 1);
        ICreditLines.Line memory line;
        (line.user, line.account, line.refund) = (users[at_], users[at_], users[at_]);
        (line.provider, line.beneficiary, line.amount) = (provider, TREASURY, 5e18);
        line.principal = uint128(bound(principal, 1, 9_000e18));
        line.fee = line.principal / 20;
        (line.penalty, line.maxLtv, line.nonce) = (500, 8_500, _all.length);
        line.openBy = uint48(block.timestamp + 1 hours);
        line.expiry = uint48(block.timestamp + bound(days_, 1, 20) * 1 days);
        bytes32 message = keccak256(abi.encode(LINE, line));
        bytes memory proof = signature(501 + at_, world.digest("Lienmesh CreditLines", address(lines), message));
        _all.push(line);
        vm.prank(provider);
        try lines.open(line, proof) {
            ++opened;
        } catch {}
    }

    function prove(uint256 which, uint256 amount) public {
        if (_all.length == 0) return;
        world.credit(lines.lineOf(pick(which)), 0, bound(amount, 1, 3e18));
    }

    function repay(uint256 which) public {
        if (_all.length == 0) return;
        ICreditLines.Line memory line = pick(which);
        world.deposit(line.user, (uint256(line.principal) + line.fee) / 1e12 + 1);
        vm.prank(line.user);
        try lines.repay(line, line.user) {
            ++repaid;
        } catch {}
    }

    function enforce(uint256 which) public {
        if (_all.length == 0) return;
        ICreditLines.Line memory line = pick(which);
        uint256 due = uint256(line.principal) + line.fee;
        uint256 known = world.fast().available(lines.lineOf(line), address(world.weth()));
        uint256 value = engine.collateralValue(0, known > line.amount ? known : line.amount);
        bool healthy = block.timestamp <= line.expiry && due * 10_000 <= value * line.maxLtv;
        vm.prank(provider);
        try lines.enforce(line) {
            ++enforced;
            if (healthy) wrongs.push("a healthy line was enforced");
        } catch {}
    }

    function settle(uint256 which) public {
        if (_all.length == 0) return;
        try lines.settle(pick(which)) {} catch {}
    }

    function back(uint256 which, uint256 assets) public {
        InsuranceTranche tranche = tranches[which % 2];
        uint256 amount = bound(assets, 1, 5_000e6);
        world.cash().mint(address(this), amount);
        world.cash().approve(address(tranche), amount);
        tranche.deposit(amount, address(this));
        tranche.requestExit(tranche.balanceOf(address(this)));
    }

    function withdraw(uint256 which) public {
        InsuranceTranche tranche = tranches[which % 2];
        uint256 shares = tranche.maxRedeem(address(this));
        if (shares == 0) return;
        uint256 promised = tranche.previewRedeem(shares);
        if (promised == 0) return;
        if (tranche.redeem(shares, address(9), address(this)) != promised) wrongs.push("a backer got something else");
    }

    /// @notice A user takes credit on its own account, so that it owes premiums, and is asked for them.
    function charge(uint256 who) public {
        address user = users[bound(who, 0, USERS - 1)];
        if (who % 3 == 0) world.credit(user, who % 2 == 0 ? 0 : 2, 1e18);
        int256 before = engine.cashOf(user);
        engine.chargePremium(user);
        if (engine.cashOf(user) < before) ++premiums;
        if (engine.cashOf(user) > before) wrongs.push("a premium was paid to an account");
    }

    /// @notice An account goes under on the fast route; an agent takes it.
    function drown(uint256 price) public {
        world.move(0, 2_000e8);
        address account = world.trader(IMarginEngine.Mode.UNIFIED, 2_000);
        users.push(account);
        world.credit(account, 0, 1e18);
        world.trade(account, 0, 7e18);
        world.move(0, uint64(bound(price, 900e8, 1_300e8)));
        auction.start(account);
        address agent = world.agent(50_000);
        users.push(agent);
        int256 slow = engine.cashOf(address(tranches[1]));
        ILiquidationAuction.Bid memory wanted =
            ILiquidationAuction.Bid(account, 10_000, type(uint256).max, engine.versionOf(account), agent);
        vm.prank(agent);
        auction.bid(wanted);
        if (engine.cashOf(address(tranches[1])) != slow) wrongs.push("a tranche bore the loss of another route");
    }

    function move(uint256 price) public {
        world.move(0, uint64(bound(price, 1_000e8, 3_000e8)));
    }

    function wait(uint256 time) public {
        vm.warp(block.timestamp + bound(time, 1, 4 days));
        world.push();
    }

    function userCount() external view returns (uint256) {
        return users.length;
    }

    function insure(uint256 at_, IVaultMirror mirror) private {
        bytes memory arguments = abi.encode(engine, mirror, "First loss", "FL", uint48(3 days), uint48(30 days));
        tranches[at_] = InsuranceTranche(deploy("InsuranceTranche", arguments));
        back(at_, 3_000e6);
        vm.prank(address(world));
        fund.setTranche(address(mirror), address(tranches[at_]));
    }

    function pick(uint256 which) private view returns (ICreditLines.Line memory) {
        return _all[which % _all.length];
    }
}
