// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Evidence} from "../../src/libraries/Evidence.sol";
import {Test} from "../support/Test.sol";

contract Reader {
    function proof(bytes calldata evidence) external pure returns (uint256, bytes[] memory) {
        return Evidence.proof(evidence);
    }

    function parts(bytes calldata evidence) external pure returns (bytes[] memory) {
        return Evidence.parts(evidence);
    }
}

/// @notice The compiler's decoder is the judge of what is well formed.
contract EvidenceTest is Test {
    Reader private reader;

    function setUp() external {
        reader = new Reader();
    }

    function test_fuzz_what_was_encoded_is_read(uint256 number, bytes[] calldata nodes) external view {
        (uint256 found, bytes[] memory read) = reader.proof(abi.encode(number, nodes));
        eq(abi.encode(found, read), abi.encode(number, nodes));
        eq(abi.encode(reader.parts(abi.encode(nodes))), abi.encode(nodes));
    }

    function test_a_list_of_nothing_is_read() external view {
        (uint256 found, bytes[] memory read) = reader.proof(abi.encode(uint256(7), new bytes[](0)));
        eq(found, 7);
        eq(read.length, 0);
    }

    function test_evidence_cut_anywhere_is_refused_with_its_length() external {
        bytes[] memory nodes = new bytes[](2);
        (nodes[0], nodes[1]) = (new bytes(64), new bytes(32));
        bytes memory whole = abi.encode(uint256(7), nodes);
        for (uint256 length; length < whole.length; ++length) {
            bytes memory cut = new bytes(length);
            for (uint256 i; i < length; ++i) cut[i] = whole[i];
            vm.expectRevert(abi.encodeWithSelector(Evidence.EvidenceMalformed.selector, length));
            reader.proof(cut);
        }
        reader.proof(whole);
    }

    function test_fuzz_a_wild_word_is_read_or_refused_by_name(uint256 at_, uint256 wild) external view {
        bytes[] memory nodes = new bytes[](2);
        (nodes[0], nodes[1]) = (new bytes(64), new bytes(32));
        bytes memory evidence = abi.encode(uint256(7), nodes);
        at_ = bound(at_, 1, evidence.length / 32);
        assembly {
            mstore(add(evidence, mul(32, at_)), wild)
        }
        try reader.proof(evidence) {}
        catch (bytes memory reason) {
            eq(reason, abi.encodeWithSelector(Evidence.EvidenceMalformed.selector, evidence.length));
        }
    }
}
