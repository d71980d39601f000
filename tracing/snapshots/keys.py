"""Sixteen-byte keys as arrays: found among each other, and rows that say the same numbered once."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.void]
Ints = npt.NDArray[np.int64]
KEY = np.dtype("V16")
ROUNDS = 8
_ODD = np.uint64(0x9E37_79B9_7F4A_7C15)
_FOLD = np.uint64(29)
_LAST = np.uint64(2**64 - 1)


def keys_of(uuids: Iterable[UUID]) -> Keys:
    """A key is the sixteen bytes of a UUID."""
    return np.frombuffer(b"".join(one.bytes for one in uuids), KEY)


def uuids_of(keys: Keys) -> list[UUID]:
    return [UUID(bytes=one.tobytes()) for one in keys]


def halves(keys: Keys) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The first and the last eight bytes as numbers that sort as the bytes do."""
    both = np.ascontiguousarray(keys).view(">u8").reshape(-1, 2).astype(np.uint64)
    return both[:, 0], both[:, 1]


def spoken(keys: Keys) -> npt.NDArray[np.bool_]:
    """Which keys are one at all: all zeros stand for none."""
    first, last = halves(keys)
    return (first | last) != 0


class Index:
    """Where keys stand among ``keys``, which differ from each other.

    Sorted, with a table of where each run of leading bits begins: random keys are found in a step or two instead of twenty;
    keys that share their leading bits are searched for as usual.
    """

    def __init__(self, keys: Keys):
        first, last = halves(keys)
        order = np.argsort(first, kind="stable")
        sorted_ = first[order]
        self.twins = bool((sorted_[1:] == sorted_[:-1]).any())
        if self.twins:
            order = np.lexsort((last, first))
        self.order, self.count = order, len(keys)
        self.first, self.last = np.append(first[order], _LAST), np.append(last[order], _LAST)
        bits = min(max(self.count.bit_length() + 1, 1), 22)
        self.shift = np.uint64(64 - bits)
        held = np.bincount((first >> self.shift).astype(np.int64), minlength=2**bits)
        self.starts = np.concatenate([[0], np.cumsum(held)])

    def find(self, keys: Keys) -> Ints:
        """The place of each key, -1 where it is not among them."""
        first, last = halves(keys)
        place = reached(self.first, self.starts[(first >> self.shift).astype(np.int64)], first)
        if self.twins:
            late = np.flatnonzero((self.first[place] == first) & (self.last[place] < last) & (place < self.count))
            while len(late):
                place[late] += 1
                late = late[(self.first[place[late]] == first[late]) & (self.last[place[late]] < last[late])]
                late = late[place[late] < self.count]
        hit = (self.first[place] == first) & (self.last[place] == last) & (place < self.count)
        return np.where(hit, np.append(self.order, -1)[place], -1)


def reached(rising: np.ndarray, start: Ints, wanted: np.ndarray) -> Ints:
    """The first place from ``start`` on where ``rising`` is not below what is wanted; its last value is above all."""
    place = start.astype(np.int64)
    late = np.flatnonzero(rising[place] < wanted)
    for _ in range(ROUNDS):
        if not len(late):
            return place
        place[late] += 1
        late = late[rising[place[late]] < wanted[late]]
    place[late] = np.searchsorted(rising, wanted[late])
    return place


def mixed(columns: Sequence[np.ndarray]) -> npt.NDArray[np.uint64]:
    """One number a row, the same for the same row."""
    found = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        whole = column.astype(np.int64) if column.dtype.kind in "bi" else column
        found = (found ^ whole.astype(np.uint64)) * _ODD
        found ^= found >> _FOLD
    return found


def distinct(columns: Sequence[np.ndarray]) -> tuple[Ints, Ints]:
    """Rows of equal columns numbered once: a row for each number, and the number of each row.

    Rows are told apart by a mixture of their columns; that no two were mixed into one is then proven, column by column.
    """
    _, first, number = np.unique(mixed(columns), return_index=True, return_inverse=True)
    if all((column == column[first][number]).all() for column in columns):
        return first, number
    return _slowly(columns)


def _slowly(columns: Sequence[np.ndarray]) -> tuple[Ints, Ints]:
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[order[1:]] != column[order[:-1]]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(new) - 1
    return order[new], number


def ranges(start: Ints, count: Ints) -> Ints:
    """The places start, start + 1 … of each range, one after the other."""
    ends = np.cumsum(count)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - (ends - count), count)


def starts_of(groups: Ints, count: int) -> Ints:
    """Where each of ``count`` groups begins among sorted numbers of groups, and where the last ends."""
    return np.concatenate([[0], np.cumsum(np.bincount(groups, minlength=count))]).astype(np.int64)
