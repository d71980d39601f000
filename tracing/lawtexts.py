"""A rulebook in words: what it says, how two of them differ, what changes when. Generic over what the files hold."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracing.engine.rulebook import Rulebook

NEEDS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "none": "no percentage"}
CONDITIONS = (
    "uses",
    "needs_use",
    "classes",
    "needs_election",
    "persons",
    "off_road",
    "not_drivetrains",
    "from",
    "until",
)
RECORDS = (
    "silence", "disclosure", "consequence", "de_minimis", "transaction_value", "averaging", "label", "labour", "default_share",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Something that a rulebook changes on a day."""

    on: dt.date
    rulebook: str
    what: str
    cite: str


def steps(row: dict[str, Any], key: str = "percent") -> str:
    """ "66 from 2020-07-01, 69 from 2021-07-01"."""
    return ", ".join(f"{step['is']} from {step['from']}" for step in row.get(key) or [])


def limit(test: dict[str, Any]) -> str:
    """What a test asks, over time."""
    if test["operator"] == "none":
        return "a figure, nothing is required"
    said = steps(test) + (f"; by transaction value {steps(test, 'tv')}" if "tv" in test else "")
    return f"{NEEDS[test['operator']]} {said}" if said else f"{NEEDS[test['operator']]} what its table says"


def life(law: Rulebook) -> str:
    """From when to when it holds."""
    begins = f"from {law.from_}" if law.from_ else "never in force"
    return begins + (f" until {law.until}" if law.until else "")


def changes(law: Rulebook) -> Iterator[Change]:
    """Every dated change in a rulebook: its beginning and end, each step of each figure, goods and tables with a life."""
    for on, what in ((law.from_, "takes effect"), (law.until, "ends")):
        if on is not None:
            yield Change(on, law.id, f"{law.title} {what}", law.source)
    rows = [(good["name"], test) for good in law.data["goods"] for test in good["tests"]]
    rows += [(f"table {table['name']}", table) for table in law.data.get("tables", [])]
    for name, row in rows:
        for before, step in zip([None, *row.get("percent", [])], row.get("percent", []), strict=False):
            was = f" (before: {before['is']})" if before else ""
            title = f": {row['title']}" if "title" in row else ""
            yield Change(step["from"], law.id, f"{plain(name)}{title}: {step['is']} percent{was}", row["cite"])
    for row in [*law.data["goods"], *law.data.get("tables", [])]:
        for key, what in (("from", "begins"), ("until", "ends")):
            if row.get(key) is not None:
                yield Change(row[key], law.id, f"{plain(row['name'])}: this rule {what}", row["cite"])


def plain(name: str) -> str:
    """A name of the data as words."""
    return name.replace("_", " ")


# ---- how two differ ----


def differences(one: Rulebook, other: Rulebook) -> list[str]:
    """In sentences, what ``other`` says otherwise than ``one``; nothing where both say the same."""
    return [
        *_heads(one, other),
        *_tests(one, other),
        *_tables(one, other),
        *_records(one, other),
        *_doubts(one, other),
        *_lists(one, other),
    ]


def _heads(one: Rulebook, other: Rulebook) -> Iterator[str]:
    for name, a, b in (
        ("title", one.title, other.title), ("status", one.status, other.status), ("life", life(one), life(other)),
        ("edition", one.edition, other.edition), ("territory", _places(one), _places(other)),
    ):  # fmt: skip
        if a != b:
            yield f"{name.capitalize()}: {b}; before, {a}."


def _places(law: Rulebook) -> str:
    return ", ".join(sorted(law.territory))


def _tests(one: Rulebook, other: Rulebook) -> Iterator[str]:
    ours, theirs = _goods(one), _goods(other)
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield f"No rule any more for {plain(name)} ({ours[name]['cite']})."
        elif name not in ours:
            asked = "; ".join(f"{test['title']}, {limit(test)}" for test in theirs[name]["tests"])
            yield f"New rule for {plain(name)}: {asked} ({theirs[name]['cite']})."
        else:
            yield from _good(plain(name), ours[name], theirs[name])


def _goods(law: Rulebook) -> dict[str, dict[str, Any]]:
    return {good["name"]: good for good in law.data["goods"]}


def _good(name: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    for key in ("method", "border", "value", "bought", "made", "crossing", "base", "hs"):
        if one.get(key) != other.get(key):
            yield f"{name}: {plain(key)} is {_said(other.get(key))}; before, {_said(one.get(key))}."
    ours, theirs = ({test["code"].split(".")[-1]: test for test in good["tests"]} for good in (one, other))
    for code in sorted(ours.keys() | theirs.keys()):
        if code not in theirs:
            yield f"{name}: the test {ours[code]['title']!r} falls away."
        elif code not in ours:
            yield f"{name}: new test {theirs[code]['title']!r}, {limit(theirs[code])} ({theirs[code]['cite']})."
        elif limit(ours[code]) != limit(theirs[code]):
            yield f"{name}, {theirs[code]['title']}: {limit(theirs[code])}; before, {limit(ours[code])} ({theirs[code]['cite']})."


def _said(value: Any) -> str:
    return (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else plain(str(value))
        if value is not None
        else "not said"
    )


def _tables(one: Rulebook, other: Rulebook) -> Iterator[str]:
    ours, theirs = (
        {f"{row['name']} ({row['cite']})": row for row in law.data.get("tables", [])} for law in (one, other)
    )
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield f"Table {name}: gone."
        elif name not in ours:
            yield f"Table {name}: new, {steps(theirs[name])}."
        elif steps(ours[name]) != steps(theirs[name]) or ours[name]["form"] != theirs[name]["form"]:
            yield f"Table {name}: {steps(theirs[name])}, {theirs[name]['form']}; before, {steps(ours[name])}, {ours[name]['form']}."


def _records(one: Rulebook, other: Rulebook) -> Iterator[str]:
    for key in RECORDS:
        ours, theirs = one.data.get(key) or {}, other.data.get(key) or {}
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name) and name != "cite":
                yield f"{plain(key).capitalize()}, {plain(name)}: {_said(theirs.get(name))}; before, {_said(ours.get(name))}."


def _doubts(one: Rulebook, other: Rulebook) -> Iterator[str]:
    ours, theirs = (law.data.get("switches", {}) for law in (one, other))
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            yield f"No doubt any more about {plain(name)}."
        elif name not in ours:
            yield f"A doubt is named, {plain(name)}: {', '.join(theirs[name]['values'])}. {theirs[name]['why']}"
        elif ours[name].get("default") != theirs[name].get("default"):
            yield f"{plain(name).capitalize()}: {theirs[name].get('default')} is taken; before, {ours[name].get('default')}."


def _lists(one: Rulebook, other: Rulebook) -> Iterator[str]:
    for name in sorted(one.lists.keys() ^ other.lists.keys()):
        count, word = len(_entries(other, name) or _entries(one, name)), "new" if name in other.lists else "gone"
        yield f"List {plain(name)}: {word}, {count} entries."
    for name in sorted(one.lists.keys() & other.lists.keys()):
        ours, theirs = (_entries(law, name) for law in (one, other))
        for code in sorted(theirs - ours):
            yield f"List {plain(name)}: {code[0]} comes on, {code[1]}."
        for code in sorted(ours - theirs):
            yield f"List {plain(name)}: {code[0]} comes off, {code[1]}."


def _entries(law: Rulebook, name: str) -> set[tuple[str, str]]:
    rows = law.lists[name].rows.values() if name in law.lists else []
    return {(row["hs"], row.get("description", "")) for found in rows for row in found}


# ---- the whole of one, as a page to check against its source ----


def page(law: Rulebook) -> str:
    """A rulebook as Markdown, in the order of its text: every value with its citation and its dates."""
    told = [
        f"# {law.title}\n",
        f"`{law.id}`, {law.status}, {life(law)}. Edition: {law.edition}.\n",
        f"Source: {law.source}.\n",
    ]
    if law.data.get("reported_by"):
        told.append(f"Reported by: {law.data['reported_by']}.\n")
    told.append(f"{law.data['summary']}\n")
    if law.data.get("territory"):
        told.append(f"Territory: {', '.join(law.data['territory'])}.\n")
    told += [
        *_page_goods(law),
        *_page_tables(law),
        *_page_records(law),
        *_page_doubts(law),
        *_page_not_run(law),
        *_page_lists(law),
    ]
    return "\n".join(told).rstrip() + "\n"


def _page_goods(law: Rulebook) -> Iterator[str]:
    yield "## What is asked of each kind of good\n"
    for good in law.data["goods"]:
        codes = f" HS {', '.join(good['hs'])}." if good.get("hs") else ""
        yield f"### {plain(good['name']).capitalize()}\n\n{good['cite']}.{codes}\n"
        conditions = [f"{plain(key)}: {_said(good[key])}" for key in CONDITIONS if key in good]
        if conditions:
            yield f"Only where {'; '.join(conditions)}.\n"
        yield "| question | answer |\n|---|---|"
        for key in ("method", "border", "value", "bought", "made", "crossing", "base"):
            yield f"| {plain(key)} | {_said(good[key])} |"
        yield "\n| test | region | asks | dated by | source |\n|---|---|---|---|---|"
        for test in good["tests"]:
            yield f"| `{test['code']}` {test['title']} | {_region(test)} | {limit(test)} | {plain(test['by'])} | {test['cite']} |"
        yield ""


def _region(test: dict[str, Any]) -> str:
    return f"{len(test['region'])} countries" if len(test["region"]) > 5 else ", ".join(test["region"])


def _page_tables(law: Rulebook) -> Iterator[str]:
    if law.data.get("tables"):
        yield "## What parts must reach by themselves\n"
        yield "| table | rule | percentage | by transaction value | source |\n|---|---|---|---|---|"
        for row in law.data["tables"]:
            least = "at most foreign: " if row.get("measure") == "non_originating" else ""
            yield f"| {row['name']} | {row['form']} | {least}{steps(row)} | {steps(row, 'tv') or '–'} | {row['cite']} |"
        yield ""
    for row in law.data.get("relief", []):
        yield f"Relief, {row['name']}: {row['percent']} percent for {row['years']} years from the first prototype ({row['cite']}).\n"


def _page_records(law: Rulebook) -> Iterator[str]:
    yield "## Silence, disclosure, consequence and what else it fixes\n"
    for key in RECORDS:
        row = law.data.get(key)
        if row:
            said = "; ".join(f"{plain(name)}: {_said(value)}" for name, value in row.items() if name != "cite")
            yield f"- **{plain(key)}**: {said} ({row['cite']})"
    yield ""


def _page_doubts(law: Rulebook) -> Iterator[str]:
    if law.data.get("switches"):
        yield "## Where the text is silent or doubtful\n"
        for name, row in law.data["switches"].items():
            taken = (
                f"taken unless said otherwise: {row['default']}"
                if "default" in row
                else "none is taken: each is a reading"
            )
            yield f"- `{name}`: {', '.join(row['values'])}; {taken}. {row['why']} ({row['cite']})"
        yield ""
    for reading in law.readings():
        if reading.name:
            yield f"- reading `{reading.name}`: {reading.label}"
    yield ""


def _page_not_run(law: Rulebook) -> Iterator[str]:
    for row in law.data.get("not_run", []):
        yield f"Not computed: {row['title']} ({row['cite']}). {row['why']}\n"


def _page_lists(law: Rulebook) -> Iterator[str]:
    for name, found in sorted(law.lists.items()):
        rows = [row for code in found.rows.values() for row in code]
        columns = [
            key
            for key in rows[0]
            if key in {"hs", "table", "ex", "description", "requirement", "form", "component", "applies_to"}
        ]
        yield f"## List: {plain(name)}\n\n{len(rows)} entries.\n"
        yield "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)
        for row in rows:
            yield "| " + " | ".join(str(row[key]).replace("|", "/") for key in columns) + " |"
        yield ""


def index(laws: list[Rulebook]) -> str:
    """The list of all rulebooks, with what is coming."""
    told = ["# Rulebooks\n", "Written by `manage.py rulebooks --docs docs/rulebooks` from the files in `tracing/rulebooks`.\n",
            "| rulebook | status | life | what it is |\n|---|---|---|---|"]  # fmt: skip
    told += [f"| [`{law.id}`]({law.id}.md) | {law.status} | {life(law)} | {law.title} |" for law in laws]
    return "\n".join(told) + "\n"
