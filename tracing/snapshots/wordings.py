"""Every distinct wording once: what is said, its words, and amounts that differ from one to the next."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tracing.snapshots.keys import Ints, distinct, mixed, ranges, starts_of

MICRO = 1_000_000
Path = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Filled(Sequence[dict[str, Any]]):
    """Wordings, each made when it is asked for: a template, words in ``fields`` and amounts at the template's ``slots``.

    ``template`` int32 [K]; ``word`` int32 [K, fields], -1 where the template stays as it is; ``ptr`` int64 [K + 1] into
    ``amounts`` (millionths). The distinct makers, codes and countries of a fleet are few, what they make together is not.
    """

    fields: tuple[str, ...]
    words: list[Any]
    templates: list[dict[str, Any]]
    slots: list[list[Path]]
    template: np.ndarray
    word: np.ndarray
    ptr: np.ndarray
    amounts: np.ndarray

    def __len__(self) -> int:
        return len(self.template)

    def __getitem__(self, nth: Any) -> Any:
        if isinstance(nth, slice):
            return [self[one] for one in range(*nth.indices(len(self)))]
        at = nth + len(self) if nth < 0 else nth
        if not 0 <= at < len(self):
            raise IndexError(nth)
        start, end = self.ptr[at : at + 2].tolist()
        return self._made(int(self.template[at]), self.word[at].tolist(), self.amounts[start:end].tolist())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        ends, amounts = self.ptr.tolist(), self.amounts.tolist()
        for nth, (template, word) in enumerate(zip(self.template.tolist(), self.word.tolist(), strict=True)):
            yield self._made(template, word, amounts[ends[nth] : ends[nth + 1]])

    @classmethod
    def silent(cls, fields: tuple[str, ...]) -> "Filled":
        """One wording that says nothing."""
        none = np.full((1, len(fields)), -1, dtype=np.int32)
        return cls(fields, [], [{}], [[]], np.zeros(1, np.int32), none, np.zeros(2, np.int64), np.zeros(0, np.int64))

    def joined(self, other: "Filled") -> tuple["Filled", Ints]:
        """These wordings and, behind them, those of the other that are not among them; and the number of each of the other's."""
        words, word_of = _merged(self.words, other.words, lambda one: (type(one), one))
        templates, of = _merged(list(zip(self.templates, self.slots, strict=True)),
                                list(zip(other.templates, other.slots, strict=True)), repr)  # fmt: skip
        template = of[other.template].astype(np.int32)
        word = np.append(word_of, -1)[other.word].astype(np.int32)
        moved = replace(other, words=words, template=template, word=word)
        number = _same(self, moved)
        new = np.flatnonzero(number < 0)
        number[new] = len(self) + np.arange(len(new))
        size = np.diff(other.ptr)[new]
        amounts = other.amounts[ranges(other.ptr[new], size)]
        return Filled(
            self.fields, words, [one for one, _ in templates], [slots for _, slots in templates],
            np.concatenate([self.template, template[new]]), np.concatenate([self.word, word[new]]),
            np.concatenate([self.ptr, self.ptr[-1] + np.cumsum(size)]), np.concatenate([self.amounts, amounts]),
        ), number  # fmt: skip

    def grouped(
        self,
        heard: Callable[[dict[str, Any]], Any],
        silent: frozenset[str],
        hears: Callable[[dict[str, Any], Path], bool],
    ) -> Ints:
        """A number for each wording that is the same for those alike in what is ``heard`` of them: of the template, of the
        words that are not ``silent``, and of the amounts at the places that ``hears`` names."""
        known: dict[str, int] = {}
        plain = np.array([known.setdefault(repr(heard(one)), len(known)) for one in self.templates], dtype=np.int64)
        counted = [
            [at for at, path in enumerate(slots) if hears(template, path)]
            for template, slots in zip(self.templates, self.slots, strict=True)
        ]
        columns = [plain[self.template]]
        columns += [self.word[:, nth].astype(np.int64) for nth, name in enumerate(self.fields) if name not in silent]
        for rank in range(max(map(len, counted), default=0)):
            place = np.array([row[rank] if rank < len(row) else -1 for row in counted])[self.template]
            columns.append(np.where(place >= 0, np.append(self.amounts, 0)[self.ptr[:-1] + place], -1))
        return distinct(columns)[1]

    def column(self, name: str) -> dict[str, Ints]:
        """The amounts at each place below a name, int64 [K] by the place: 0 where a wording has none there."""
        found: dict[str, Ints] = {}
        for nth, slots in enumerate(self.slots):
            for at, path in enumerate(slots):
                if path[0] == name:
                    rows = np.flatnonzero(self.template == nth)
                    column = found.setdefault(str(path[1]), np.zeros(len(self), dtype=np.int64))
                    column[rows] = self.amounts[self.ptr[rows] + at]
        return found

    def marks(self) -> npt.NDArray[np.uint64]:
        """A number for each wording that is the same for the same, and seldom for another."""
        nth = np.arange(len(self.amounts)) - np.repeat(self.ptr[:-1], np.diff(self.ptr))
        run = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed([self.amounts, nth]), dtype=np.uint64)])
        return mixed([self.template, *self.word.T, run[self.ptr[1:]] - run[self.ptr[:-1]]])

    def _made(self, template: int, word: list[int], amounts: list[int]) -> dict[str, Any]:
        made = dict(self.templates[template])
        for name, number in zip(self.fields, word, strict=True):
            if number >= 0:
                made[name] = self.words[number]
        if amounts:
            self._fill(made, self.slots[template], amounts)
        return made

    @staticmethod
    def _fill(made: dict[str, Any], slots: list[Path], amounts: list[int]) -> None:
        copied: set[str | int] = set()
        for path, amount in zip(slots, amounts, strict=True):
            first, value = path[0], Fraction(amount, MICRO)
            if first not in copied:
                copied.add(first)
                old = made[first]
                made[first] = dict(old) if isinstance(old, dict) else [dict(row) for row in old]
            inside = made[first]
            for step in path[1:-1]:
                inside = inside[step]
            inside[path[-1]] = value


def _merged(one: list[Any], other: list[Any], key: Callable[[Any], Hashable]) -> tuple[list[Any], Ints]:
    """Both lists in one, the same said once, and where each of the other's stands."""
    place = {key(value): nth for nth, value in enumerate(one)}
    both = list(one)
    found = []
    for value in other:
        nth = place.setdefault(key(value), len(both))
        if nth == len(both):
            both.append(value)
        found.append(nth)
    return both, np.array(found, dtype=np.int64)


def _same(one: Filled, other: Filled) -> Ints:
    """For each wording of the other, over the same words and templates, the number of the one that is equal, or -1."""
    wanted = other.marks()
    order = np.argsort(wanted)
    held = one.marks()
    place = np.searchsorted(wanted[order], held)
    near = np.flatnonzero(np.append(wanted[order], 0)[place] == held)
    found = np.full(len(other), -1, dtype=np.int64)
    for old, new in zip(near.tolist(), order[place[near]].tolist(), strict=True):
        start, end, first, last = *one.ptr[old : old + 2].tolist(), *other.ptr[new : new + 2].tolist()
        same = one.template[old] == other.template[new] and (one.word[old] == other.word[new]).all()
        if same and np.array_equal(one.amounts[start:end], other.amounts[first:last]):
            found[new] = old
    return found


@dataclass(frozen=True)
class Details:
    """What is said in rows of their own of each of ``count`` owners: R rows sorted by owner.

    ``text`` int64 [R] numbers one of ``texts``, taken apart; ``amounts`` int64 [R, 3], -1 where there is none. ``structure`` and
    ``whole`` int64 [count] number what all rows of an owner say together, without and with amounts.
    """

    count: int
    texts: list[list[str]]
    text: Ints
    amounts: Ints
    start: Ints
    structure: Ints
    whole: Ints

    def of(self, owner: int) -> list[list[str]]:
        return [self.texts[one] for one in self.text[self.start[owner] : self.start[owner + 1]].tolist()]

    def said(self, owners: Ints) -> tuple[Ints, Ints]:
        """The amounts of these owners one after the other, and where each one's begin."""
        size = np.diff(self.start)[owners]
        amounts = self.amounts[ranges(self.start[owners], size)].ravel()
        there = amounts >= 0
        before = np.concatenate([[0], np.cumsum(there)])
        return amounts[there], before[np.concatenate([[0], np.cumsum(3 * size)])].astype(np.int64)


def numbered(texts: Any) -> tuple[list[str], Ints]:
    """Distinct texts, and the number of each."""
    known: dict[bytes, int] = defaultdict(count().__next__)
    run, ends = bytes(texts.run), texts.ends.tolist()
    numbers = [known[run[start:end]] for start, end in pairwise(ends)]
    return [text.decode() for text in known], np.array(numbers, dtype=np.int64)


def details(owners: int, tables: Sequence[tuple[Ints, dict[str, Any]]], told: Callable[[str], list[str]]) -> Details:
    """Rows of several tables, each with its rows' owners (-1: of nobody here), by owner; ``told`` takes a text apart."""
    texts: list[list[str]] = []
    columns: list[tuple[np.ndarray, ...]] = []
    for rank, (owner, table) in enumerate(tables):
        said, number = numbered(table["text"])
        none = np.full(len(owner), -1, dtype=np.int64)
        order = table.get("position", number)
        columns.append((owner, np.full(len(owner), rank), order, number + len(texts),
                        *(table.get(f"amount{nth}", none) for nth in range(3))))  # fmt: skip
        texts += map(told, said)
    owner, rank, order, text, *amounts = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    rows = np.lexsort((order, rank, owner))
    rows = rows[owner[rows] >= 0]
    text, table = text[rows], np.stack(amounts, axis=1)[rows]
    start = starts_of(owner[rows], owners)
    return Details(owners, texts, text, table, start, _folded(start, [text]), _folded(start, [text, *table.T]))


def _folded(start: Ints, columns: Sequence[Ints]) -> Ints:
    """A number for each owner that is the same exactly where all rows are: row by row, with what was before."""
    size = np.diff(start)
    fold = np.zeros(len(size), dtype=np.int64)
    owners, level, last = np.flatnonzero(size > 0), 0, 0
    while len(owners):
        rows = start[owners] + level
        _, number = distinct([fold[owners], *(column[rows] for column in columns)])
        fold[owners] = number + last + 1
        last += int(number.max()) + 1
        level += 1
        owners = owners[size[owners] > level]
    return fold
