// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title An agent's own capital on one chain
/// @notice The owner (cold) decides where an operator (hot) may act; a stolen operator key takes at most one hourly cap.
/// Nothing is callable by strangers.
interface ILiquidatorExecutor {
    struct Call {
        address target;
        bytes data;
    }

    /// @dev The executor reads its one measure (set by the owner: engine cash or a token balance) before and after the
    /// calls: the change must be at least `floor`. A negative change counts against the hourly cap. Where tokens are
    /// valued, their worth is added to the measure and every single call that lowers the sum counts, whatever others
    /// raise it: a claim does not hide what the sale after it gave away. `intent` and `leg` execute once.
    struct Guard {
        bytes32 intent;
        uint8 leg;
        uint48 deadline;
        int256 floor;
    }

    /// @dev The `word`-th 32-byte argument word, counted from one, must equal `value`.
    struct Pin {
        uint16 word;
        bytes32 value;
    }

    /// @dev Pins keep recipients, and routes through a market: a call that runs a stranger's code in its middle could let
    /// the stranger bring what others owe this executor and so hide what the call gave away.
    struct Rule {
        bool allowed;
        Pin[] pins;
    }

    event Executed(bytes32 indexed intent, uint8 indexed leg, int256 change);
    event OperatorSet(address indexed operator, bool allowed);
    event RuleSet(address indexed target, bytes4 indexed selector, Rule rule);
    event MeasureSet(address indexed target, bytes reading);
    /// @dev `price`: units of the measure per 1e18 of the token's own units.
    event ValueSet(address indexed token, uint256 price);
    /// @dev From here on the owner loosens nothing without delay.
    event Sealed();
    event Requested(bytes32 indexed request, bytes call, uint256 readyAt);
    event Cancelled(bytes32 indexed request);
    event HourlyCapSet(uint256 cap);
    event WithdrawRequested(address indexed token, uint256 amount, address indexed to, uint256 readyAt);
    event Withdrawn(address indexed token, uint256 amount, address indexed to);

    error NotOwner(address caller);
    error NotOperator(address caller);
    error CallForbidden(address target, bytes4 selector);
    error ArgumentPinned(address target, bytes4 selector, uint256 word, bytes32 expected, bytes32 found);
    error AlreadyExecuted(bytes32 intent, uint8 leg);
    error DeadlinePassed(uint48 deadline, uint256 timestamp);
    error BelowFloor(int256 change, int256 floor);
    error CapExceeded(uint256 outlay, uint256 available);
    error CallFailed(uint256 index, bytes reason);
    error RequestUnknown(bytes32 request);
    error TooManyValued(uint256 limit);
    error TimelockPending(uint256 readyAt);
    error WithdrawUnknown(address token, uint256 amount, address to);
    /// @dev The measure is unset, or does not answer one word.
    error MeasureUnreadable(address target);

    function execute(Call[] calldata calls, Guard calldata guard) external returns (int256 change);
    function executed(bytes32 intent) external view returns (uint256 legs);
    function setOperator(address operator, bool allowed) external;
    function setRule(address target, bytes4 selector, Rule calldata rule) external;
    /// @notice What a token counts for in the hourly cap: an operator that sells it below this price spends the
    /// difference. Zero takes it off the list.
    function setValue(address token, uint256 price) external;
    /// @notice Ends the setting-up: from here on whatever gives an operator or the owner more freedom (a rule, an operator,
    /// a measure, a lower value, a higher cap, a call) is requested first and done `withdrawDelay` later. Taking freedom
    /// away never waits.
    function seal() external;
    /// @notice Announces one call of the owner to this executor, by its whole calldata.
    function request(bytes calldata call) external;
    function cancel(bytes32 request_) external;
    /// @notice What the floor and the hourly cap are measured on, as a view returning one 256-bit word.
    function setMeasure(address target, bytes calldata reading) external;
    function setHourlyCap(uint256 cap) external;
    function pause() external;
    function unpause() external;
    /// @notice The owner may call anything (deposit, trade, withdraw), with delay once sealed; never delegatecall.
    function ownerCall(address target, bytes calldata data) external returns (bytes memory);
    function requestWithdraw(address token, uint256 amount, address to) external;
    function withdraw(address token, uint256 amount, address to) external;
}
