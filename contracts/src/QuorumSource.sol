// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {ICounterSource} from "./interfaces/ICounterSource.sol";
import {Evidence} from "./libraries/Evidence.sol";
import {IQuorumSource} from "./interfaces/IQuorumSource.sol";

/// @title Several sources of truth of which no single one is trusted
/// @dev It holds nothing that changes and nobody governs it: another set of sources is another contract.
contract QuorumSource is IQuorumSource {
    /// @inheritdoc IQuorumSource
    uint256 public immutable override needed;
    ICounterSource[] private _sources;

    constructor(ICounterSource[] memory sources_, uint256 needed_) {
        if (needed_ == 0 || needed_ > sources_.length) revert QuorumOutOfRange(needed_, sources_.length);
        for (uint256 i; i < sources_.length; ++i) {
            for (uint256 j; j < i; ++j) {
                if (address(sources_[i]) == address(sources_[j])) revert SourceTwice(sources_[i]);
            }
            _sources.push(sources_[i]);
        }
        needed = needed_;
    }

    /// @inheritdoc ICounterSource
    function read(address origin, bytes32 slot, bytes calldata evidence)
        external
        view
        returns (uint256 value, uint64 asOf)
    {
        bytes[] memory parts = Evidence.parts(evidence);
        if (parts.length != _sources.length) revert EvidenceMismatch(parts.length, _sources.length);
        uint256[] memory values = new uint256[](parts.length);
        uint256 answers;
        asOf = type(uint64).max;
        for (uint256 i; i < parts.length; ++i) {
            if (parts[i].length == 0) continue;
            // A source that refuses is a source that does not answer: one of them being down stops nothing.
            try _sources[i].read(origin, slot, parts[i]) returns (uint256 answer, uint64 at_) {
                values[answers++] = answer;
                if (at_ < asOf) asOf = at_;
            } catch {}
        }
        if (answers < needed) revert TooFewAnswers(answers, needed);
        value = _largest(values);
    }

    /// @inheritdoc IQuorumSource
    function sources() external view returns (ICounterSource[] memory) {
        return _sources;
    }

    /// @dev The `needed`-th largest; sources without an answer count as zero and stand last.
    function _largest(uint256[] memory values) private view returns (uint256) {
        Arrays.sort(values);
        return values[values.length - needed];
    }
}
