// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What a thief does when somebody else's code calls back.
interface IAccomplice {
    function called(uint256 seed) external;
}

/// @notice An honest token with nothing to spare: a campaign moves it a hundred million times.
contract Coin {
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }
}

/// @notice The thief's own token: nobody needs any of it, and every movement lets the thief act in the middle.
contract TrickCoin {
    IAccomplice private immutable thief;

    constructor(IAccomplice thief_) {
        thief = thief_;
    }

    function balanceOf(address) external pure returns (uint256) {
        return type(uint128).max;
    }

    function mint(address, uint256 seed) external {
        thief.called(seed);
    }

    function transferFrom(address, address, uint256 seed) external returns (bool) {
        thief.called(seed);
        return true;
    }
}

/// @notice A market as Uniswap v2's router, over pools that the thief owns: they pay what the thief asks to be paid.
contract Market {
    function swapExactTokensForTokens(
        uint256 amount,
        uint256 proceeds,
        address[] calldata path,
        address to,
        uint256
    ) external {
        Coin(path[0]).transferFrom(msg.sender, address(this), amount);
        for (uint256 i = 1; i + 1 < path.length; ++i) TrickCoin(path[i]).mint(address(this), amount);
        Coin(path[path.length - 1]).mint(to, proceeds);
    }
}

/// @notice A vault that owes the executor coins. Anybody may bring the proof, and so may a thief, at any moment.
contract Till {
    mapping(Coin coin => uint256) public owed;

    function owe(Coin coin, uint256 amount) external {
        owed[coin] += amount;
    }

    function claim(address to, Coin coin) external {
        uint256 amount = owed[coin];
        delete owed[coin];
        coin.mint(to, amount);
    }
}

/// @notice A contract that an operator may call and that does what the thief likes; it may spend nothing.
contract Den {
    function visit(IAccomplice thief, uint256 seed) external {
        thief.called(seed);
    }

    /// @notice A call that comes from nobody the executor knows.
    function send(address target, bytes calldata data) external returns (bool done) {
        (done,) = target.call(data);
    }
}

/// @notice Cash on a margin engine: a bid costs what the thief says, for a claim worth nothing.
contract Ledger {
    mapping(address account => int256) public cashOf;

    function pay(address account, int256 amount) external {
        cashOf[account] += amount;
    }

    function bid(uint256 outlay, address) external {
        cashOf[msg.sender] -= int256(outlay);
    }

    /// @notice Closes what the executor holds, at a gain of the executor's.
    function close(address account, uint256 gain) external {
        cashOf[account] += int256(gain);
    }
}
