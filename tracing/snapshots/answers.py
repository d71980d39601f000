"""Who answers whom: the declarations that hold on the day, and which of them answer a sale or a part made by its maker."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tracing.snapshots.columns import Columns, Names
from tracing.snapshots.keys import Index, Ints, Keys, distinct, halves, ranges, reached, spoken, starts_of
from tracing.snapshots.tables import MICRO, Reader
from tracing.snapshots.wordings import numbered

MADE = ord("m")


@dataclass(frozen=True)
class Answers:
    """The declarations in force by part and, of a part's, in the order of their names; ``columns`` as read, [D] each.

    ``codes`` are those of their makers and plants, in order; ``cores`` what many say alike. ``parts`` finds a part's number
    [P], ``start`` int64 [P + 1] where its answers begin; ``index`` finds a declaration.
    """

    columns: Columns
    codes: list[str]
    cores: list[list[str]]
    parts: Index
    start: Ints
    index: Index

    def __len__(self) -> int:
        return len(self.columns["declaration"])

    def names(self) -> Names:
        maker, plant = (self.columns[name].astype(np.int32) for name in ("maker", "plant"))
        return Names(self.codes, maker, plant, self.columns["number"])


def answers_of(reader: Reader, parts: Keys | None = None) -> Answers:
    """The last signed of a part and plant is its answer; where plants answer, what is said of no plant does not count."""
    rows = reader.declared(parts)
    codes, cores = _told(reader, rows)
    scope = None if parts is None else rows["declaration"]
    holds = np.ones(len(rows["declaration"]), bool)
    for ended in reader.ended(scope):
        holds &= Index(_unique(ended)).find(rows["declaration"]) < 0
    high, low = halves(rows["part"])
    plant = rows["plant"]
    order = np.lexsort((*halves(rows["declaration"])[::-1], rows["signed"], plant, low, high))
    order = order[holds[order]]
    of = np.cumsum(_new(high[order], low[order])) - 1
    last = np.append(_new(of, plant[order])[1:], True) if len(order) else np.zeros(0, bool)
    several = np.bincount(of, weights=plant[order] >= 0, minlength=1)[of] > 0
    kept = last & ~(several & (plant[order] < 0))
    order, of = order[kept], of[kept]
    columns = {name: column.take(order) if hasattr(column, "run") else column[order] for name, column in rows.items()}
    new = _new(of)
    start = np.append(np.flatnonzero(new), len(of))
    return Answers(columns, codes, cores, Index(columns["part"][new]), start, Index(columns["declaration"]))


def _told(reader: Reader, rows: Columns) -> tuple[list[str], list[list[str]]]:
    """Takes apart what rows say alike: numbers of maker, plant (-1 for none) and core take its place."""
    texts, number = numbered(rows.pop("rest"))
    told = [reader.speech.told(text) for text in texts]
    codes = sorted({code for row in told for code in row[:2] if code})
    place = {code: nth for nth, code in enumerate(codes)} | {"": -1}
    cores: dict[tuple[str, ...], int] = {}
    table = [(place[row[0]], place[row[1]], cores.setdefault(tuple(row[2:]), len(cores))) for row in told]
    found = np.array(table, dtype=np.int64).reshape(-1, 3)[number]
    rows |= {name: found[:, nth] for nth, name in enumerate(("maker", "plant", "core"))}
    return codes, [list(core) for core in cores]


def _new(*columns: np.ndarray) -> np.ndarray:
    """Where sorted rows begin to differ from the one before."""
    new = np.zeros(len(columns[0]), bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def _unique(keys: Keys) -> Keys:
    return keys[distinct(halves(keys))[0]] if len(keys) else keys


@dataclass(frozen=True)
class Offers:
    """What may answer a source: of each sale [K], and after these of each part [P], the answers it gets.

    ``node`` [..] from ``start`` int64 [K + P + 1]; ``factor`` int64 [K, 2] of the sales; ``sales`` finds a sale.
    """

    start: Ints
    node: Ints
    factor: Ints
    sales: Index
    parts: Index

    def of(self, sources: Columns) -> tuple[Ints, Ints]:
        """The offer each source gets and its sale, -1 for none. What its maker makes itself is answered by the part."""
        sale = self.sales.find(sources["sourcing"])
        made = (sources["words"] & 0xFF) == MADE
        part = self.parts.find(sources["made_part"][made])
        offer = sale.copy()
        offer[made] = np.where(part >= 0, part + self.sales.count, -1)
        return offer, sale


def confirmed_sales(reader: Reader, keys: Keys | None = None) -> Columns:
    """The sales that hold on the day and that both sides have confirmed."""
    sales = reader.sourcings(keys)
    index, agreed = Index(sales["sourcing"]), np.zeros((2, len(sales["sourcing"]) + 1), bool)
    for side, keys_ in enumerate(reader.confirmed(keys)):
        agreed[side, index.find(keys_)] = True
    kept = agreed[:, :-1].all(axis=0)
    return {name: column[kept] for name, column in sales.items()}


def offers_of(reader: Reader, answers: Answers, sales: Columns, declarations: Keys | None = None) -> Offers:
    """An answer counts for a buyer only where it is addressed to it."""
    addressed = reader.addressees(declarations)
    buyers = Index(reader.organisations())
    node = answers.index.find(addressed["declaration"])
    known = np.sort((node * buyers.count + buyers.find(addressed["buyer"]))[node >= 0])
    part = answers.parts.find(sales["part"])
    size = (
        np.where(part >= 0, np.diff(answers.start)[part], 0) if answers.parts.count else np.zeros(len(part), np.int64)
    )
    sale = np.repeat(np.arange(len(part)), size)
    offered = ranges(answers.start[part], size)
    wanted = offered * buyers.count + buyers.find(sales["buyer"])[sale]
    begins = np.searchsorted(known, np.arange(len(answers) + 1) * buyers.count)
    known = np.append(known, np.iinfo(np.int64).max)
    told = known[reached(known, begins[offered], wanted)] == wanted
    node = np.concatenate([offered[told], np.arange(len(answers))])
    start = np.concatenate([starts_of(sale[told], len(part)), len(sale[told]) + answers.start[1:]])
    over = np.gcd(sales["factor"], MICRO)
    factor = np.stack([sales["factor"] // over, MICRO // over], axis=1)
    return Offers(start, node, factor, Index(sales["sourcing"]), answers.parts)


def split(offers: Offers, share: Ints, sources: Columns) -> dict[str, Any]:
    """A row for each answer to a source, by the plants' shares of deliveries; what no plant covers stays unanswered.

    ``share`` int64 [D] in millionths. Answers, by row, ``of`` (its source), ``child``, ``share`` and ``factor`` [.., 2].
    """
    offer, sale = offers.of(sources)
    size = np.where(offer >= 0, np.diff(offers.start)[offer] if len(offers.start) > 1 else 0, 0)
    first = np.where(offer >= 0, offers.start[offer], 0)
    run = np.concatenate([[0], np.cumsum(share[offers.node])])
    total = run[first + size] - run[first]
    rows = size + (total < MICRO)
    of = np.repeat(np.arange(len(offer)), rows)
    nth = ranges(np.zeros_like(rows), rows)
    answered = nth < size[of]
    place = np.where(answered, first[of] + nth, 0)
    child = np.where(answered, offers.node[place] if len(offers.node) else -1, -1)
    part = np.where(answered, share[child] if len(share) else 0, MICRO - total[of])
    top = sources["numerator"][of] * part
    bottom = sources["denominator"][of] * np.maximum(total, MICRO)[of]
    odd = np.flatnonzero(top != bottom)
    over = bottom.copy()
    over[odd] = np.gcd(top[odd], bottom[odd])
    factor = np.append(offers.factor, [[1, 1]], axis=0)[sale]
    return {"of": of, "child": child, "share": np.stack([top // over, bottom // over], axis=1), "factor": factor[of]}


def once(keys: Keys) -> Keys:
    """The keys that are one at all, each once."""
    return _unique(keys[spoken(keys)])
