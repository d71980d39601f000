"""From columns to wordings: each distinct one goes once through the suppliers' terms and the dossier's strict reader."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from suppliers import numbers
from suppliers.facts import terms
from tracing.engine import facts as engine
from tracing.engine import fields
from tracing.engine.fields import Reader
from tracing.snapshots.answers import Answers
from tracing.snapshots.columns import EPOCH, NO_DAY, Columns
from tracing.snapshots.keys import Ints, distinct, halves
from tracing.snapshots.wordings import MICRO, Details, Filled, Path

FACE = ("maker", "plant", "hs", "made_in", "from", "until", "fiscal_year_start")
KIND = ("hs", "made_in")
HOW = {"b": "bought", "i": "imported", "m": "made"}
TITLE = {"": "", "i": "importation", "l": "later"}
BASIS = {"": "", "s": "shift", "r": "rvc"}
PLACE = (1 << 48) - (1 << 32)  # the bits of a source's words that hold the country
YES = ("t", "1")  # as PostgreSQL and SQLite write what is true
SOME = "1"  # stands where an amount is filled in
Refused = dict[int, str]
_QUIET = {
    "organisation_code": "", "part_number": "", "part_description": "", "part_hs": "", "hs": "", "made_in": "",
    "plant_code": "", "price": "", "fiscal_year_start": "", "company_fiscal_year_start": "", "costs": {}, "own_values": [],
    "statements": [], "claims": [], "vehicle_facts": {}, "begins": "", "ends": "", "lines": [], "uses": [], "hs_edition": "",
    "currency": "",
}  # fmt: skip


class Words:
    """Single words as the dossier's reader gives them, numbered; ``refused`` says why one is none."""

    def __init__(self, spec: dict[str, Any]):
        self.spec, self.said, self.refused = spec, [], {}
        self._known: dict[tuple[str, str], int] = {}

    def number(self, field: str, text: str) -> int:
        """-1 for what is not said."""
        if not text:
            return -1
        if (field, text) not in self._known:
            number = self._known[field, text] = len(self.said)
            reader = Reader()
            self.said.append(reader.value(text, self.spec[field], field))
            if reader.reasons:
                self.refused[number] = "; ".join(map(str, reader.reasons))
        return self._known[field, text]

    def column(self, field: str, columns: list[np.ndarray], text: Callable[[int], str]) -> Ints:
        """The words of rows whose columns tell them apart; ``text`` answers that of a row."""
        first, number = distinct(columns)
        return np.array([self.number(field, text(row)) for row in first.tolist()], dtype=np.int64)[number]


def faces_of(answers: Answers, details: Details) -> tuple[Filled, Ints, Refused]:
    """The faces of declarations, the face of each, and why a face is refused."""
    columns = answers.columns
    high, low = halves(columns["hs"])
    plain = ("maker", "plant", "core", "made_in", "begins", "ends", "fiscal")
    first, face = distinct([*(columns[name] for name in plain), high, low, details.whole])
    at, codes, words = {name: columns[name][first] for name in plain}, columns["hs"][first], Words(fields.DECLARATION)

    def word(field: str, name: str, text: Callable[[int], str]) -> Ints:
        return words.column(field, [at[name]], lambda row: text(int(at[name][row])))

    rows = np.column_stack([
        word("maker", "maker", lambda code: answers.codes[code]),
        word("plant", "plant", lambda code: answers.codes[code] if code >= 0 else ""),
        words.column("hs", [high[first], low[first]], lambda row: label(codes[row])),
        word("made_in", "made_in", country), word("from", "begins", day), word("until", "ends", day),
        word("fiscal_year_start", "fiscal", day),
    ])  # fmt: skip
    kept, template = distinct([at["core"], details.structure[first]])
    made = [_face(answers.cores[at["core"][row]], details.of(first[row])) for row in kept.tolist()]
    return _filled(FACE, words, made, template, rows, details, first), face, _why(words, made, template, rows)


def kinds_of(lines: Columns, sources: Columns, line: Ints, details: Details) -> tuple[Filled, Ints, Refused]:
    """The kinds of sources, each with its line's, the kind of each, and why one is refused. ``line``: each source's."""
    high, low = (half[line] for half in halves(lines["hs"]))
    flags, said = lines["flags"][line], sources["words"]
    first, kind = distinct([high, low, flags, said, details.whole])
    words, codes, places = Words(fields.SOURCE | {"hs": fields.LINE["hs"]}), lines["hs"][line[first]], said[first]
    word = np.column_stack([
        words.column("hs", [high[first], low[first]], lambda row: label(codes[row])),
        words.column("made_in", [places & PLACE], lambda row: country(int(places[row]) >> 32)),
    ])  # fmt: skip
    kept, template = distinct([flags[first], places & ~np.int64(PLACE), details.structure[first]])
    made = [_kind(int(flags[row]), int(said[row]), details.of(row)) for row in first[kept].tolist()]
    return _filled(KIND, words, made, template, word, details, first), kind, _why(words, made, template, word)


def _filled(
    names: tuple[str, ...], words: Words, made: list[Any], template: Ints, word: Ints, details: Details, first: Ints
) -> Filled:
    amounts, ptr = details.said(first)
    templates, slots = [row[0] for row in made], [row[1] for row in made]
    return Filled(names, words.said, templates, slots, template.astype(np.int32), word.astype(np.int32), ptr, amounts)


def _why(words: Words, made: list[Any], template: Ints, word: Ints) -> Refused:
    """What the reader would not read, by wording: nothing, for whatever was signed through the portal."""
    found: Refused = {}
    for number, (_, _, why) in enumerate(made):
        if why:
            found |= dict.fromkeys(np.flatnonzero(template == number).tolist(), why)
    for number, why in words.refused.items():
        found |= dict.fromkeys(np.flatnonzero((word == number).any(axis=1)).tolist(), why)
    return found


def _face(core: list[str], said: list[list[str]]) -> tuple[dict[str, Any], list[Path], str]:
    """A template of faces: its facts, where amounts are filled in, and why the reader refuses it."""
    currency, edition, uses, vehicle_facts = core
    facts = _QUIET | {"currency": currency, "hs_edition": edition}
    facts |= {"uses": json.loads(uses), "vehicle_facts": json.loads(vehicle_facts)}
    statements, own, claims, slots = [], [], [], []
    for row in said:
        if row[0] == "statement":
            statement, amounts = _statement(row)
            slots += [("statements", len(statements), name) for name in amounts]
            statements.append(statement)
        elif row[0] == "own":
            own.append({"country": row[1], "amount": SOME})
            slots.append(("own_value", row[1]))
        else:
            claims.append({"key": row[1], "value": row[2], "why": ""})
    facts |= {"statements": statements, "own_values": own, "claims": claims}
    read, why = _read(lambda: terms.declaration(facts, lambda _source: None), fields.DECLARATION)
    return engine.split(read)[0], slots, why


def _statement(row: list[str]) -> tuple[dict[str, Any], list[str]]:
    _, law, para, originates, criterion, method, use, averaged, ge70, *rest = row
    (origin, engine, transmission, *percents), given = rest[:6], rest[6:]
    percents = [micro(int(one)) if one != "-1" else "" for one in percents]
    amounts = [name for name, one in zip(("amount", "net_cost", "vnm"), given, strict=True) if one in YES]
    return {
        "law": law, "para": para, "originates": originates in YES if originates else None, "criterion": criterion,
        "method": method, "use": use, "averaged": averaged, "ge70": ge70 in YES if ge70 else None, "origin": origin,
        "engine_origin": engine, "transmission_origin": transmission,
        **dict(zip(("percent", "pct5", "pct"), percents, strict=True)),
        **{name: SOME if name in amounts else "" for name in ("amount", "net_cost", "vnm")},
    }, amounts  # fmt: skip


def _kind(flags: int, words: int, said: list[list[str]]) -> tuple[dict[str, Any], list[Path], str]:
    """A template of kinds, the same way."""
    letter = [chr(words >> shift & 0xFF).strip("\0") for shift in (0, 8, 16)]
    charges = [
        {"kind": row[1], "amount": SOME, "in_price": row[2] in YES, "leg": row[3], "recoverable": row[4] in YES}
        for row in said if row[0] == "charge"
    ]  # fmt: skip
    cannot = next((row for row in said if row[0] == "cannot"), None)
    source = {
        "how": HOW[letter[0]], "title": TITLE[letter[1]], "basis": BASIS[letter[2]], "allied": bool(words >> 24 & 1),
        "designated": bool(words >> 25 & 1), "related": False, "share_exact": "1/1", "price": "", "made_in": "",
        "seller_name": "", "rate": "", "charges": charges,
        "cannot": cannot and {
            "reason": cannot[1], "ge70": cannot[2] in YES if cannot[2] else None, "pct": micro(int(cannot[3])) if cannot[3] != "-1" else "",
            "determination": "", "basis": "", "tried": [{"how": SOME}] if cannot[4] in YES else [],
        },
    }  # fmt: skip
    line = {"item": "", "description": "", "hs": "", "hs_edition": "", "quantity": SOME, "unit": "", "minor": bool(flags & 1),
            "consigned": bool(flags & 2), "sources": [source]}  # fmt: skip
    facts = _QUIET | {"lines": [line]}
    read, why = _read(lambda: terms.declaration(facts, lambda _source: None)["body"][0], fields.LINE)
    slots: list[Path] = [("charges", nth, "amount") for nth in range(len(charges))]
    return ({} if why else engine.source_row(read, read["sources"][0])[0]), slots, why


def _read(write: Callable[[], dict[str, Any]], spec: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """What the reader makes of what is written; what would not even be written is refused as well."""
    reader = Reader()
    try:
        read = reader.record(_without_dates(write()), spec, "")
    except (TypeError, ValueError) as wrong:
        return {}, str(wrong)
    return ({}, "; ".join(map(str, reader.reasons))) if reader.reasons else (read, "")


def _without_dates(written: dict[str, Any]) -> dict[str, Any]:
    """The days of a template are words of its own: empty here, which the reader would not take for a date."""
    return {key: value for key, value in written.items() if not (key in ("from", "until") and value == "")}


def label(key: np.void) -> str:
    return key.tobytes().rstrip(b" ").decode()


def country(letters: int) -> str:
    return bytes((letters & 0xFF, letters >> 8 & 0xFF)).decode("ascii") if letters & 0xFF else ""


def day(since: int) -> str:
    return "" if since == NO_DAY else (dt.date.fromisoformat(EPOCH) + dt.timedelta(since)).isoformat()


def micro(amount: int) -> str:
    return numbers.written(numbers.Decimal(amount) / MICRO)
