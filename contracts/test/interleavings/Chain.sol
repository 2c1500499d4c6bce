// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {Trie} from "../support/Trie.sol";
import {Vm} from "../support/Vm.sol";

/// @notice The blocks of one chain: the counters of one of its contracts, the writes that a reorg takes back, the headers and
/// proofs that any node of it would give. Blocks deeper than three are final.
contract Chain {
    using Trie for Trie.Entry[];

    struct Block {
        bytes32 parent;
        bytes32 stateRoot;
        uint256 height;
        uint256 time;
        uint256[] counters;
    }

    struct Write {
        address account;
        bytes32 slot;
        bytes32 previous;
    }

    uint256 public constant FINALITY = 3;
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice The contract whose counters other chains read.
    address public immutable origin;
    uint256 public finalized;
    bytes32[] private _slots;
    bytes32[] private _canonical;
    mapping(bytes32 hash => Block) private _blocks;
    Write[][] private _writes;

    constructor(address origin_, bytes32[] memory slots) {
        (origin, _slots) = (origin_, slots);
        _canonical.push(0);
        _writes.push();
    }

    function head() public view returns (uint256) {
        return _canonical.length - 1;
    }

    function hashAt(uint256 height) external view returns (bytes32) {
        return _canonical[height];
    }

    /// @notice A block after the transaction whose accesses these are. Writes of `observer`, the test itself, stay.
    function mine(Vm.AccountAccess[] calldata accesses, address observer) external returns (bytes32 hash) {
        Write[] storage writes = _writes.push();
        for (uint256 i; i < accesses.length; ++i) {
            for (uint256 j; j < accesses[i].storageAccesses.length; ++j) {
                Vm.StorageAccess calldata touched = accesses[i].storageAccesses[j];
                if (!touched.isWrite || touched.reverted || touched.account == observer) continue;
                writes.push(Write(touched.account, touched.slot, touched.previousValue));
            }
        }
        uint256[] memory counters = new uint256[](_slots.length);
        for (uint256 i; i < counters.length; ++i) counters[i] = uint256(vm.load(origin, _slots[i]));
        Block memory made = Block(_canonical[head()], stateRoot(counters), head() + 1, block.timestamp, counters);
        hash = keccak256(encode(made));
        _blocks[hash] = made;
        _canonical.push(hash);
        if (head() > finalized + FINALITY) finalized = head() - FINALITY;
    }

    /// @notice Takes the last blocks back, with every write of theirs, as far as they are not final.
    function reorg(uint256 depth) external returns (uint256 gone) {
        for (; gone < depth && head() > finalized; ++gone) {
            Write[] storage writes = _writes[_writes.length - 1];
            for (uint256 j = writes.length; j > 0; --j) {
                vm.store(writes[j - 1].account, writes[j - 1].slot, writes[j - 1].previous);
            }
            _writes.pop();
            _canonical.pop();
        }
    }

    /// @notice What an attestor asks before it signs.
    function isFinal(bytes32 hash) external view returns (bool) {
        uint256 height = _blocks[hash].height;
        return height != 0 && height <= finalized && _canonical[height] == hash;
    }

    function counterAt(bytes32 hash, uint256 index) external view returns (uint256) {
        return _blocks[hash].counters[index];
    }

    function heightOf(bytes32 hash) external view returns (uint256) {
        return _blocks[hash].height;
    }

    function header(bytes32 hash) external view returns (bytes memory) {
        return encode(_blocks[hash]);
    }

    function accountProof(bytes32 hash) external view returns (bytes[] memory) {
        Trie.Entry[] memory account = Trie.account(origin, words(_blocks[hash].counters).root());
        return account.proof(account[0].key);
    }

    function storageProof(bytes32 hash, uint256 index) external view returns (bytes[] memory) {
        return words(_blocks[hash].counters).proof(keccak256(abi.encode(_slots[index])));
    }

    /// @dev Most blocks change nothing.
    function stateRoot(uint256[] memory counters) private view returns (bytes32) {
        Block memory last = _blocks[_canonical[head()]];
        if (keccak256(abi.encode(last.counters)) == keccak256(abi.encode(counters))) return last.stateRoot;
        return Trie.account(origin, words(counters).root()).root();
    }

    function encode(Block memory made) private pure returns (bytes memory) {
        bytes[] memory fields = new bytes[](16);
        for (uint256 i; i < 16; ++i) fields[i] = RLP.encode(uint256(0));
        fields[0] = RLP.encode(made.parent);
        fields[3] = RLP.encode(made.stateRoot);
        fields[8] = RLP.encode(made.height);
        fields[11] = RLP.encode(made.time);
        return RLP.encode(fields);
    }

    /// @dev A counter that is zero is no word of the trie; the code of the contract is no matter of these proofs.
    function words(uint256[] memory counters) private view returns (Trie.Entry[] memory entries) {
        uint256 count;
        for (uint256 i; i < counters.length; ++i) if (counters[i] != 0) ++count;
        entries = new Trie.Entry[](count);
        count = 0;
        for (uint256 i; i < counters.length; ++i) {
            if (counters[i] != 0) entries[count++] = Trie.word(_slots[i], counters[i]);
        }
    }
}
