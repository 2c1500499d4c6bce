// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What was lost, by the second, and the worst sum of any hour: an account of its own, kept apart from the
/// contract whose cap it judges. Amounts have 18 decimals more than the cap.
library HourBook {
    struct Book {
        uint256[] amounts;
        uint256[] times;
        uint256 oldest;
        uint256 hour;
        uint256 worst;
        uint256 total;
    }

    function add(Book storage book, uint256 lost) internal {
        forget(book);
        book.amounts.push(lost);
        book.times.push(block.timestamp);
        book.total += lost;
        uint256 hour = book.hour + lost;
        book.hour = hour;
        if (hour > book.worst) book.worst = hour;
    }

    /// @notice What a cap still leaves of this hour.
    function left(Book storage book, uint256 cap) internal returns (uint256) {
        forget(book);
        uint256 used = book.hour / 1e18;
        return used < cap ? cap - used : 0;
    }

    /// @dev An hour old is out of the hour.
    function forget(Book storage book) private {
        uint256 oldest = book.oldest;
        uint256 length = book.times.length;
        if (oldest == length || book.times[oldest] + 1 hours > block.timestamp) return;
        uint256 gone;
        for (; oldest < length && book.times[oldest] + 1 hours <= block.timestamp; ++oldest) gone += book.amounts[oldest];
        book.hour -= gone;
        book.oldest = oldest;
    }
}
