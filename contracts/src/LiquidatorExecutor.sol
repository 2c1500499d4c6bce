// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ILiquidatorExecutor} from "./interfaces/ILiquidatorExecutor.sol";

/// @title An agent's own capital on one chain
contract LiquidatorExecutor is ILiquidatorExecutor, Pausable, ReentrancyGuardTransient {
    using RateLimiter for RateLimiter.SlidingWindow;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev The limiter keeps many entries; this contract needs one.
    bytes32 private constant OUTLAY = 0;
    /// @dev Each is read after every call.
    uint256 private constant MAX_VALUED = 8;

    /// @notice Decides where an operator may act, and moves the capital itself.
    address public immutable owner;
    /// @notice Seconds between the request of a withdrawal and its execution.
    uint64 public immutable withdrawDelay;

    /// @inheritdoc ILiquidatorExecutor
    mapping(bytes32 intent => uint256 legs) public override executed;
    mapping(address operator => bool) public isOperator;
    mapping(address target => mapping(bytes4 selector => Rule)) private _rules;
    address private _measured;
    bytes private _reading;
    RateLimiter.SlidingWindow private _outlays;
    mapping(bytes32 withdrawal => uint256) private _readyAt;
    /// @notice Whether the setting-up is over.
    bool public isSealed;
    address[] private _valued;
    /// @notice Units of the measure per 1e18 of a token's own units.
    mapping(address token => uint256) public valueOf;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    /// @dev Once sealed, the very call must have been requested before.
    modifier afterDelay(bool loosens) {
        if (loosens && isSealed) _consume(keccak256(msg.data));
        _;
    }

    modifier onlyOperator() {
        if (!isOperator[msg.sender]) revert NotOperator(msg.sender);
        _;
    }

    constructor(address owner_, address operator_, uint64 withdrawDelay_) {
        owner = owner_;
        withdrawDelay = withdrawDelay_;
        _setOperator(operator_, true);
    }

    /// @inheritdoc ILiquidatorExecutor
    function execute(Call[] calldata calls, Guard calldata guard)
        external
        onlyOperator
        whenNotPaused
        nonReentrant
        returns (int256 change)
    {
        if (block.timestamp > guard.deadline) revert DeadlinePassed(guard.deadline, block.timestamp);
        _markExecuted(guard.intent, guard.leg);
        uint256 lost;
        (change, lost) = _performAll(calls);
        if (change < guard.floor) revert BelowFloor(change, guard.floor);
        if (lost > 0) _spend(lost);
        emit Executed(guard.intent, guard.leg, change);
    }

    /// @inheritdoc ILiquidatorExecutor
    function setOperator(address operator, bool allowed) external onlyOwner afterDelay(allowed) {
        _setOperator(operator, allowed);
    }

    /// @inheritdoc ILiquidatorExecutor
    function setRule(address target, bytes4 selector, Rule calldata rule)
        external
        onlyOwner
        afterDelay(rule.allowed)
    {
        Rule storage kept = _rules[target][selector];
        delete kept.pins;
        kept.allowed = rule.allowed;
        for (uint256 i; i < rule.pins.length; ++i) kept.pins.push(rule.pins[i]);
        emit RuleSet(target, selector, rule);
    }

    /// @inheritdoc ILiquidatorExecutor
    function setMeasure(address target, bytes calldata reading) external onlyOwner afterDelay(true) {
        _measured = target;
        _reading = reading;
        emit MeasureSet(target, reading);
    }

    /// @inheritdoc ILiquidatorExecutor
    function setValue(address token, uint256 price) external onlyOwner afterDelay(price < valueOf[token]) {
        bool listed = valueOf[token] != 0;
        if (!listed && price != 0) _list(token);
        if (listed && price == 0) _unlist(token);
        valueOf[token] = price;
        emit ValueSet(token, price);
    }

    /// @inheritdoc ILiquidatorExecutor
    function seal() external onlyOwner {
        isSealed = true;
        emit Sealed();
    }

    /// @inheritdoc ILiquidatorExecutor
    function request(bytes calldata call) external onlyOwner {
        bytes32 id = keccak256(call);
        uint256 readyAt = block.timestamp + withdrawDelay;
        _readyAt[id] = readyAt;
        emit Requested(id, call, readyAt);
    }

    /// @inheritdoc ILiquidatorExecutor
    function cancel(bytes32 request_) external onlyOwner {
        delete _readyAt[request_];
        emit Cancelled(request_);
    }

    /// @inheritdoc ILiquidatorExecutor
    /// @dev The first cap takes freedom away, whatever it is.
    function setHourlyCap(uint256 cap)
        external
        onlyOwner
        afterDelay(_outlays._window != 0 && cap > _outlays._limit)
    {
        _outlays.updateSettings(1 hours, cap.toUint208());
        emit HourlyCapSet(cap);
    }

    /// @inheritdoc ILiquidatorExecutor
    /// @dev An operator that sees danger may stop; only the owner goes on.
    function pause() external {
        if (msg.sender != owner && !isOperator[msg.sender]) revert NotOperator(msg.sender);
        _pause();
    }

    /// @inheritdoc ILiquidatorExecutor
    function unpause() external onlyOwner {
        _unpause();
    }

    /// @inheritdoc ILiquidatorExecutor
    function ownerCall(address target, bytes calldata data)
        external
        onlyOwner
        afterDelay(true)
        nonReentrant
        returns (bytes memory)
    {
        (bool done, bytes memory answer) = target.call(data);
        if (!done) revert CallFailed(0, answer);
        return answer;
    }

    /// @inheritdoc ILiquidatorExecutor
    function requestWithdraw(address token, uint256 amount, address to) external onlyOwner {
        uint256 readyAt = block.timestamp + withdrawDelay;
        _readyAt[_withdrawal(token, amount, to)] = readyAt;
        emit WithdrawRequested(token, amount, to, readyAt);
    }

    /// @inheritdoc ILiquidatorExecutor
    function withdraw(address token, uint256 amount, address to) external onlyOwner nonReentrant {
        bytes32 withdrawal = _withdrawal(token, amount, to);
        uint256 readyAt = _readyAt[withdrawal];
        if (readyAt == 0) revert WithdrawUnknown(token, amount, to);
        if (block.timestamp < readyAt) revert TimelockPending(readyAt);
        delete _readyAt[withdrawal];
        emit Withdrawn(token, amount, to);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @notice Where and how an operator may call `target`.
    function ruleOf(address target, bytes4 selector) external view returns (Rule memory) {
        return _rules[target][selector];
    }

    /// @notice What the floor and the hourly cap are measured on.
    function measure() external view returns (address target, bytes memory reading) {
        return (_measured, _reading);
    }

    /// @notice The hourly cap and what is left of it now; without a cap, everything.
    function outlayLeft() external view returns (uint256 cap, uint256 available) {
        if (_outlays._window == 0) return (type(uint256).max, type(uint256).max);
        return (_outlays._limit, _outlays.available(OUTLAY));
    }

    /// @notice When a requested withdrawal may be executed; zero when there is no such request.
    function withdrawableAt(address token, uint256 amount, address to) external view returns (uint256) {
        return _readyAt[_withdrawal(token, amount, to)];
    }

    function _consume(bytes32 id) private {
        uint256 readyAt = _readyAt[id];
        if (readyAt == 0) revert RequestUnknown(id);
        if (block.timestamp < readyAt) revert TimelockPending(readyAt);
        delete _readyAt[id];
    }

    function _list(address token) private {
        if (_valued.length == MAX_VALUED) revert TooManyValued(MAX_VALUED);
        _valued.push(token);
    }

    function _unlist(address token) private {
        uint256 last = _valued.length - 1;
        for (uint256 i; i < last; ++i) {
            if (_valued[i] == token) _valued[i] = _valued[last];
        }
        _valued.pop();
    }

    function _setOperator(address operator, bool allowed) private {
        isOperator[operator] = allowed;
        emit OperatorSet(operator, allowed);
    }

    function _markExecuted(bytes32 intent, uint8 leg) private {
        uint256 legs = executed[intent];
        uint256 mark = uint256(1) << leg;
        if (legs & mark != 0) revert AlreadyExecuted(intent, leg);
        executed[intent] = legs | mark;
    }

    /// @dev `lost`: the fall of the measure over all calls or, where tokens are valued, the sum of the falls of measure
    /// and values over each.
    function _performAll(Call[] calldata calls) private returns (int256 change, uint256 lost) {
        int256 began = _measure();
        bool valued = _valued.length != 0;
        int256 before = valued ? began + _worth() : began;
        for (uint256 i; i < calls.length; ++i) {
            _perform(i, calls[i]);
            if (!valued) continue;
            int256 now_ = _measure() + _worth();
            if (now_ < before) lost += SignedMath.abs(before - now_);
            before = now_;
        }
        change = _measure() - began;
        if (!valued && change < 0) lost = SignedMath.abs(change);
    }

    /// @dev What the valued tokens held count for.
    function _worth() private view returns (int256) {
        uint256 sum;
        for (uint256 i; i < _valued.length; ++i) {
            address token = _valued[i];
            sum += Math.mulDiv(IERC20(token).balanceOf(address(this)), valueOf[token], 1e18);
        }
        return sum.toInt256();
    }

    function _perform(uint256 index, Call calldata call) private {
        bytes4 selector = bytes4(call.data);
        Rule storage rule = _rules[call.target][selector];
        if (!rule.allowed || call.data.length < 4) revert CallForbidden(call.target, selector);
        for (uint256 i; i < rule.pins.length; ++i) _requirePinned(call, selector, rule.pins[i]);
        (bool done, bytes memory reason) = call.target.call(call.data);
        if (!done) revert CallFailed(index, reason);
    }

    /// @dev A word that is missing is not zero.
    function _requirePinned(Call calldata call, bytes4 selector, Pin storage pin) private view {
        (uint256 word, bytes32 value) = (pin.word, pin.value);
        uint256 end = 4 + 32 * word;
        bool present = call.data.length >= end;
        bytes32 found = present ? bytes32(call.data[end - 32:end]) : bytes32(0);
        if (!present || found != value) revert ArgumentPinned(call.target, selector, word, value, found);
    }

    function _measure() private view returns (int256) {
        address measured = _measured;
        (bool done, bytes memory answer) = measured.staticcall(_reading);
        if (!done || answer.length != 32) revert MeasureUnreadable(measured);
        return abi.decode(answer, (int256));
    }

    /// @dev A cap never set caps nothing; a cap of zero forbids every outlay.
    function _spend(uint256 outlay) private {
        if (_outlays._window == 0) return;
        if (!_outlays.tryConsume(OUTLAY, outlay)) revert CapExceeded(outlay, _outlays.available(OUTLAY));
    }

    function _withdrawal(address token, uint256 amount, address to) private pure returns (bytes32) {
        return keccak256(abi.encode(token, amount, to));
    }
}
