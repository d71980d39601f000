"""What declarations say: their faces and amounts, and the sources of their lines, each with the one who answers it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tracing.engine.facts import AMOUNTS, NOT_SAID
from tracing.snapshots.answers import Answers, confirmed_sales, offers_of, once, split
from tracing.snapshots.columns import Columns
from tracing.snapshots.keys import Index, Ints, Keys, distinct, halves, starts_of
from tracing.snapshots.spoken import faces_of, kinds_of
from tracing.snapshots.tables import COSTS, Reader
from tracing.snapshots.wordings import Details, Filled, details


@dataclass(frozen=True)
class Declared:
    """What declarations say beside their lines. ``body``: bool [D], whether costs or own values make one."""

    faces: Filled
    face: np.ndarray
    amounts: dict[str, Ints]
    body: np.ndarray
    refused: dict[int, str]


@dataclass(frozen=True)
class Sources:
    """``rows``: the columns of a fleet's facts by source, sorted by asker; ``lined``: bool, which askers have lines at all.

    ``child`` counts in ``answers``.
    """

    answers: Answers
    kinds: Filled
    rows: dict[str, np.ndarray]
    lined: np.ndarray
    why: dict[int, str]

    def refused(self, asker: np.ndarray) -> dict[int, str]:
        """By declaration, why the engine will not read one of its sources."""
        found: dict[int, str] = {}
        for kind, why in self.why.items():
            found |= dict.fromkeys(asker[self.rows["kind"] == kind].tolist(), why)
        return found


def declared(reader: Reader, answers: Answers, scope: Keys | None = None) -> Declared:
    """What these answers say; ``scope``: only what is said in these declarations is read."""
    columns, index, count = answers.columns, answers.index, len(answers)
    tables = [reader.statements(scope), reader.own_values(scope), reader.claims(scope)]
    owners = [index.find(table["of"]) for table in tables]
    told = details(count, list(zip(owners, tables, strict=True)), reader.speech.told)
    faces, face, why = faces_of(answers, told)
    amounts, costed = _amounts(reader.costs(scope), index)
    amounts["price"] = columns["price"]
    own = np.bincount(owners[1][owners[1] >= 0], minlength=count) > 0
    refused: dict[int, str] = {}
    for number, reason in why.items():
        refused |= dict.fromkeys(np.flatnonzero(face == number).tolist(), reason)
    return Declared(faces, face.astype(np.int32), {name: amounts[name] for name in AMOUNTS}, costed | own, refused)


def _amounts(costs: Columns, index: Index) -> tuple[dict[str, Ints], np.ndarray]:
    """Costs by declaration, and where any are said: what is excluded is then said too, if only as nothing."""
    row = np.full(index.count + 1, -1, dtype=np.int64)
    row[index.find(costs["declaration"])] = np.arange(len(costs["declaration"]))
    row = row[:-1]
    found = {
        name: np.where(row >= 0, np.append(costs[name], NOT_SAID)[row], NOT_SAID) if name in costs
        else np.full(index.count, NOT_SAID, dtype=np.int64)
        for name in AMOUNTS
    }  # fmt: skip
    costed = found["excluded"] >= 0
    for name in COSTS:
        costed |= found[name] >= 0
    found["excluded"] = np.where(costed, np.maximum(found["excluded"], 0), NOT_SAID)
    return found, costed


def sources(reader: Reader, answering: Callable[[Keys], Answers], askers: Index, scope: Keys | None = None) -> Sources:
    """The sources of these askers' lines; ``scope``: only the lines of these declarations are read.

    ``answering`` is asked for the answers of the parts that sources may come from.
    """
    lines, asker, rank = _lines(reader, askers, scope)
    rows, line = _rows(reader, lines, scope)
    kinds, kind, why = kinds_of(lines, rows, line, _told(reader, rows, scope))
    sales = confirmed_sales(reader, None if scope is None else once(rows["sourcing"]))
    answers = answering(np.concatenate([sales["part"], rows["made_part"]]))
    addressed = None if scope is None else answers.columns["declaration"]
    parted = split(offers_of(reader, answers, sales, addressed), answers.columns["share"], rows)
    of = parted["of"]
    at = line[of]
    nth = np.arange(len(of)) - starts_of(at, len(asker))[at]
    narrow = {"kind": kind[of], "asker": asker[at], "child": parted["child"], "line": rank[at], "nth": nth}
    columns = {name: column.astype(np.int32) for name, column in narrow.items()}
    columns |= {"qty": lines["quantity"][at], "price": rows["price"][of]}
    columns |= {"share": parted["share"], "factor": parted["factor"]}
    return Sources(answers, kinds, columns, np.bincount(asker, minlength=askers.count) > 0, why)


def _lines(reader: Reader, askers: Index, scope: Keys | None) -> tuple[Columns, Ints, Ints]:
    """Lines in the order of their askers, each with its asker and its rank among that one's lines."""
    lines = reader.lines(scope)
    asker = askers.find(lines["declaration"])
    order = _in_order(asker, lines["position"])
    lines, asker = {name: column[order] for name, column in lines.items()}, asker[order]
    return lines, asker, np.arange(len(asker)) - starts_of(asker, askers.count)[asker]


def _rows(reader: Reader, lines: Columns, scope: Keys | None) -> tuple[Columns, Ints]:
    """Sources in the order of their lines, each with its line."""
    rows = reader.sources(scope)
    line = Index(lines["line"]).find(rows["line"])
    order = _in_order(line, rows["position"])
    return {name: column[order] for name, column in rows.items()}, line[order]


def _in_order(group: Ints, position: Ints) -> Ints:
    """Rows that belong to a group, by group and position. PostgreSQL and SQLite both allow positions up to 2³¹."""
    order = np.argsort(group << 32 | position, kind="stable")
    return order[np.searchsorted(group[order], 0) :]


def _told(reader: Reader, rows: Columns, scope: Keys | None) -> Details:
    tables = [reader.charges(scope), reader.cannots(scope)]
    owned = [(_owners(table["of"], rows["source"]), table) for table in tables]
    return details(len(rows["source"]), owned, reader.speech.told)


def _owners(wanted: Keys, keys: Keys) -> Ints:
    """Where each wanted key, some of them several times, stands among many keys, -1 where it does not."""
    if not len(wanted):
        return np.zeros(0, dtype=np.int64)
    first, number = distinct(halves(wanted))
    place = Index(wanted[first]).find(keys)
    row = np.full(len(first) + 1, -1, dtype=np.int64)
    row[place] = np.arange(len(keys))
    row[-1] = -1
    return row[:-1][number]
