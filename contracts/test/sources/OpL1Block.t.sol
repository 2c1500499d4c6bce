// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IHeaderSource} from "../../src/interfaces/IHeaderSource.sol";
import {IL1Block, IOpL1BlockSource} from "../../src/interfaces/IOpL1BlockSource.sol";
import {Headers} from "../support/Headers.sol";

interface IL1BlockSetter {
    function setL1BlockValues(uint64, uint64, uint256, bytes32, uint64, bytes32, uint256, uint256) external;
}

/// @notice Against the real predeploy: its published bytecode stands at its address.
contract OpL1BlockTest is Headers {
    address private predeploy;
    address private depositor;
    IOpL1BlockSource private source;
    bytes[] private chain;

    function setUp() public override {
        super.setUp();
        string memory json = vm.readFile("contracts/predeploy-l1-block.json");
        predeploy = vm.parseJsonAddress(json, ".predeploy");
        depositor = vm.parseJsonAddress(json, ".depositor");
        vm.etch(predeploy, vm.parseJsonBytes(json, ".deployedBytecode"));
        source = IOpL1BlockSource(deploy("OpL1BlockSource", abi.encode(authority, SOURCE_CHAIN, predeploy)));
        chain = chainOf(100, 4, "l1");
    }

    function test_the_current_l1_block_is_believed_and_read() external {
        build(header("owed"), number("owed"));
        source.submit(one(header("owed")));
        vm.snapshotGasLastCall("op", "submit, one header");
        source.anchor(number("owed"), known("contracts.mirror"), accountProof("owed", "mirror"));
        Counter memory owed = counter("owed", "mirror_liquidator");
        (uint256 value, uint64 asOf) =
            source.read(known("contracts.mirror"), counterSlot(liquidator, address(weth)), owed.evidence);
        eq(value, owed.value);
        eq(asOf, timestamp("owed"));
    }

    function test_its_ancestors_are_believed_with_it_and_later_from_where_they_ended() external {
        build(chain[3], 103);
        bytes[] memory two = new bytes[](2);
        (two[0], two[1]) = (chain[3], chain[2]);
        source.submit(two);
        eq(source.roots(102).blockHash, keccak256(chain[2]));
        build(headerOf(keccak256(chain[3]), 104, "next"), 104);
        (two[0], two[1]) = (chain[2], chain[1]);
        source.submit(two);
        eq(source.roots(101).blockHash, keccak256(chain[1]));
        eq(source.latest(), 103);
    }

    function test_any_other_header_is_refused() external {
        build(chain[3], 103);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpL1BlockSource.NotTheL1Block.selector, 102, keccak256(chain[2]), keccak256(chain[3])
            )
        );
        source.submit(one(chain[2]));
        bytes[] memory gap = new bytes[](2);
        (gap[0], gap[1]) = (chain[3], chain[1]);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOpL1BlockSource.NotTheL1Block.selector, 101, keccak256(chain[1]), keccak256(chain[2])
            )
        );
        source.submit(gap);
        vm.expectRevert(IOpL1BlockSource.NoHeader.selector);
        source.submit(new bytes[](0));
    }

    function test_every_byte_of_the_header_matters() external {
        build(chain[3], 103);
        bytes memory header_ = chain[3];
        for (uint256 i; i < header_.length; ++i) {
            header_[i] ^= 0x01;
            try source.submit(one(header_)) {
                revert NotTrue("a changed header was accepted");
            } catch {}
            header_[i] ^= 0x01;
        }
        source.submit(one(header_));
    }

    function test_a_second_l1_block_at_one_height_freezes_the_source() external {
        build(chain[3], 103);
        source.submit(one(chain[3]));
        bytes memory other = headerOf("other", 103, "other");
        build(other, 103);
        source.submit(one(other));
        eq(source.frozen(), true);
        vm.expectRevert(IHeaderSource.Frozen.selector);
        source.submit(one(other));
    }

    function test_only_the_derivation_writes_the_predeploy() external {
        vm.expectRevert();
        IL1BlockSetter(predeploy).setL1BlockValues(1, 1, 1, bytes32(0), 0, bytes32(0), 0, 0);
        eq(uint256(IL1Block(predeploy).number()), 0);
    }

    function build(bytes memory header_, uint256 height) private {
        vm.prank(depositor);
        IL1BlockSetter(predeploy).setL1BlockValues(
            uint64(height), uint64(block.timestamp), 1, keccak256(header_), 0, bytes32(0), 0, 0
        );
        eq(IL1Block(predeploy).hash(), keccak256(header_));
    }

    function one(bytes memory header_) private pure returns (bytes[] memory headers) {
        headers = new bytes[](1);
        headers[0] = header_;
    }
}
