// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IPriceBook} from "../../src/interfaces/IPriceBook.sol";
import {MarginTest} from "../margin/MarginTest.sol";

contract GetTest is MarginTest {
    function test_a_price_is_good_to_its_last_millisecond() external {
        bytes memory price = abi.encode(book.get(ETH));
        vm.warp(block.timestamp + 60);
        eq(abi.encode(book.get(ETH)), price);
        (uint256 current,,) = book.current(ETH);
        eq(current, 2_000e8);
        vm.warp(block.timestamp + 1);
        bytes memory stale = failure(IPriceBook.PriceStale.selector, abi.encode(ETH, 61_000, 60_000));
        vm.expectRevert(stale);
        book.get(ETH);
        vm.expectRevert(stale);
        book.current(ETH);
        eq(abi.encode(book.peek(ETH)), price);
    }

    function test_a_feed_nobody_published_is_stale() external {
        vm.expectPartialRevert(IPriceBook.PriceStale.selector);
        book.get(99);
    }

    function test_only_governance_admits_publishers() external {
        vm.expectRevert(failure(IAccessManaged.AccessManagedUnauthorized.selector, abi.encode(address(this))));
        book.setPublisher(address(this), true);
        vm.expectEmit(address(book));
        emit IPriceBook.PublisherSet(address(this), true);
        vm.prank(address(world));
        book.setPublisher(address(this), true);
        yes(book.isPublisher(address(this)), "admitted");
    }
}
