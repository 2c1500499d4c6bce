// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TestToken} from "../src/devnet/TestToken.sol";
import {Test} from "./support/Test.sol";

contract TestTokenTest is Test {
    function test_anyone_mints_in_its_own_decimals() external {
        TestToken token = TestToken(deploy("TestToken", abi.encode("Bitcoin", "WBTC", uint8(8))));
        token.mint(address(this), 5e8);
        vm.snapshotGasLastCall("token", "mint");
        eq(token.balanceOf(address(this)), 5e8);
        eq(token.decimals(), 8);
    }
}
