// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILiquidatorExecutor} from "../../src/interfaces/ILiquidatorExecutor.sol";
import {IMintable} from "../support/Suite.sol";
import {Test} from "../support/Test.sol";

/// @notice A market that fills at whatever price the thief who runs it likes.
contract Den {
    function swap(IERC20 sold, uint256 amount, IMintable bought, uint256 proceeds, address to) external {
        sold.transferFrom(msg.sender, address(this), amount);
        if (proceeds > 0) bought.mint(to, proceeds);
    }
}

/// @notice A vault that owes the executor collateral, now and then.
contract Till {
    mapping(IMintable token => uint256) public paid;

    function claim(address to, IMintable token, uint256 amount) external {
        paid[token] += amount;
        token.mint(to, amount);
    }
}

/// @notice Whoever stole an operator's key: random batches of allowed, forbidden and malformed calls, at random times,
/// against an executor that holds dollars and two valued tokens. Keeps what was lost by the hour.
contract Thief is Test {
    uint256 public constant CAP = 100e6;
    uint256 private constant WETH_VALUE = 2_000e6;
    uint256 private constant WBTC_VALUE = 60_000e6 * 1e10;
    int256 private constant NO_FLOOR = type(int256).min;

    ILiquidatorExecutor public immutable executor;
    IMintable public immutable dollar;
    IMintable public immutable weth;
    IMintable public immutable wbtc;
    Den private immutable den;
    Till private immutable till;

    uint256 public calls;
    uint256 public batches;
    uint256 public refused;
    uint256 public loot;
    uint256 public worstHour;
    uint256 private _intents;
    uint256[] private _lost;
    uint256[] private _lostAt;
    uint256 private _oldest;
    uint256 private _hour;

    constructor() {
        executor = ILiquidatorExecutor(
            deploy("LiquidatorExecutor", abi.encode(address(this), address(this), uint64(2 days)))
        );
        dollar = token(6);
        weth = token(18);
        wbtc = token(8);
        den = new Den();
        till = new Till();
        executor.setMeasure(address(dollar), abi.encodeCall(IERC20.balanceOf, (address(executor))));
        executor.setHourlyCap(CAP);
        executor.setValue(address(weth), WETH_VALUE);
        executor.setValue(address(wbtc), WBTC_VALUE);
        bytes32 self = bytes32(uint256(uint160(address(executor))));
        bytes32 market = bytes32(uint256(uint160(address(den))));
        allow(address(den), Den.swap.selector, 5, self);
        allow(address(till), Till.claim.selector, 1, self);
        for (uint256 i; i < 3; ++i) allow(address(tokenAt(i)), IERC20.approve.selector, 1, market);
        executor.seal();
        refill();
    }

    /// @notice Random calls, drawn from `seed`, until at least `wanted` more were made.
    function steal(uint256 seed, uint256 wanted) external {
        for (uint256 until = calls + wanted; calls < until;) {
            seed = uint256(keccak256(abi.encode(seed)));
            this.step(seed);
        }
    }

    /// @notice One batch. A call of its own, so that its memory is given back.
    function step(uint256 seed) external {
        if (seed & 0xff < 0x40) vm.warp(block.timestamp + (seed >> 8) % 25 minutes);
        if ((seed >> 16) & 0x3f == 0) refill();
        if ((seed >> 24) & 0x3f == 0) return around(seed >> 32);
        uint256 before = wealth();
        uint256 given = claimed();
        ILiquidatorExecutor.Call[] memory batch = draw(seed >> 40);
        ++batches;
        calls += batch.length;
        try executor.execute(batch, guard(seed)) {}
        catch {
            ++refused;
            return;
        }
        book(before + claimed() - given, wealth());
    }

    /// @notice What was lost in the hour up to now.
    function hour() public view returns (uint256) {
        return _hour;
    }

    /// @dev Wealth that should be there against wealth that is: what was claimed was the executor's already.
    function book(uint256 expected, uint256 found) private {
        if (found >= expected) return;
        uint256 lost = expected - found;
        loot += lost;
        _hour += lost;
        _lost.push(lost);
        _lostAt.push(block.timestamp);
        while (_lostAt[_oldest] + 1 hours <= block.timestamp) _hour -= _lost[_oldest++];
        if (_hour > worstHour) worstHour = _hour;
    }

    /// @dev The ways around: none of them is an operator's.
    function around(uint256 seed) private {
        ++calls;
        uint256 amount = seed >> 8;
        address nobody = vm.addr(1 + amount % 1000);
        vm.prank(nobody);
        bytes memory call = [
            abi.encodeCall(executor.execute, (draw(amount), guard(seed))),
            abi.encodeCall(executor.setOperator, (nobody, true)),
            abi.encodeCall(executor.setHourlyCap, (type(uint208).max)),
            abi.encodeCall(executor.withdraw, (address(dollar), 1, nobody)),
            abi.encodeCall(executor.ownerCall, (address(dollar), abi.encodeCall(IERC20.transfer, (nobody, 1)))),
            abi.encodeCall(executor.setValue, (address(weth), 0))
        ][seed % 6];
        (bool done,) = address(executor).call(call);
        yes(!done, "a stranger did something");
    }

    function draw(uint256 seed) private view returns (ILiquidatorExecutor.Call[] memory batch) {
        batch = new ILiquidatorExecutor.Call[](1 + seed % 4);
        for (uint256 i; i < batch.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            batch[i] = one(seed);
        }
    }

    function one(uint256 seed) private view returns (ILiquidatorExecutor.Call memory) {
        uint256 kind = seed % 32;
        IMintable sold = tokenAt((seed >> 8) % 3);
        IMintable bought = tokenAt((seed >> 16) % 3);
        uint256 amount = magnitude(seed >> 24);
        address self = address(executor);
        if (kind < 10) {
            return ILiquidatorExecutor.Call(address(sold), abi.encodeCall(IERC20.approve, (address(den), amount)));
        }
        if (kind < 22) {
            uint256 proceeds = (seed >> 200) % 4 == 0 ? magnitude(seed >> 64) : 0;
            bytes memory swap = abi.encodeCall(Den.swap, (sold, amount, bought, proceeds, self));
            return ILiquidatorExecutor.Call(address(den), swap);
        }
        if (kind < 27) return ILiquidatorExecutor.Call(address(till), abi.encodeCall(Till.claim, (self, sold, amount)));
        if (kind == 27) {
            bytes memory away = abi.encodeCall(Den.swap, (sold, amount, bought, 1, address(den)));
            return ILiquidatorExecutor.Call(address(den), away);
        }
        if (kind == 28) {
            return ILiquidatorExecutor.Call(address(sold), abi.encodeCall(IERC20.transfer, (address(den), amount)));
        }
        if (kind == 29) {
            return ILiquidatorExecutor.Call(address(sold), abi.encodeCall(IERC20.approve, (address(till), amount)));
        }
        if (kind == 30) {
            return ILiquidatorExecutor.Call(self, abi.encodeCall(executor.setHourlyCap, (type(uint208).max)));
        }
        return ILiquidatorExecutor.Call(address(den), abi.encodePacked(Den.swap.selector, seed));
    }

    /// @dev From one unit to far more than there is, evenly in the number of digits.
    function magnitude(uint256 seed) private pure returns (uint256) {
        return (seed >> 8) % (10 ** (1 + seed % 22));
    }

    function guard(uint256 seed) private returns (ILiquidatorExecutor.Guard memory) {
        if (seed % 61 != 0) ++_intents;
        return ILiquidatorExecutor.Guard(bytes32(_intents), 0, uint48(block.timestamp), NO_FLOOR);
    }

    /// @dev Honest business goes on: whatever is gone comes back.
    function refill() private {
        dollar.mint(address(executor), 1_000e6);
        weth.mint(address(executor), 1e18);
        wbtc.mint(address(executor), 1e7);
    }

    function wealth() private view returns (uint256) {
        return worth(
            dollar.balanceOf(address(executor)), weth.balanceOf(address(executor)), wbtc.balanceOf(address(executor))
        );
    }

    function claimed() private view returns (uint256) {
        return worth(till.paid(dollar), till.paid(weth), till.paid(wbtc));
    }

    function worth(uint256 dollars, uint256 ether_, uint256 bitcoin) private pure returns (uint256) {
        return dollars + ether_ * WETH_VALUE / 1e18 + bitcoin * WBTC_VALUE / 1e18;
    }

    function tokenAt(uint256 index) private view returns (IMintable) {
        return index == 0 ? dollar : index == 1 ? weth : wbtc;
    }

    function token(uint8 decimals) private returns (IMintable) {
        return IMintable(deploy("TestToken", abi.encode("Token", "TKN", decimals)));
    }

    function allow(address target_, bytes4 selector, uint16 pin, bytes32 value) private {
        executor.setRule(target_, selector, ILiquidatorExecutor.Rule(true, pin, value));
    }
}
