// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICounterSource} from "./ICounterSource.sol";

/// @title Several sources of truth of which no single one is trusted
/// @notice The value is the `needed`-th largest of what the sources answer: at least `needed` of them say that the counter is
/// this large or larger. Because counters never fall, that is a lower bound while fewer than `needed` sources lie.
/// `asOf` is the oldest time among the answers. Evidence is `abi.encode(bytes[])`, one entry per source in their
/// order; an empty entry leaves a source out.
interface IQuorumSource is ICounterSource {
    error QuorumOutOfRange(uint256 needed, uint256 sources);
    error SourceTwice(ICounterSource source);
    error EvidenceMismatch(uint256 entries, uint256 sources);
    error TooFewAnswers(uint256 answers, uint256 needed);

    function needed() external view returns (uint256);
    function sources() external view returns (ICounterSource[] memory);
}
