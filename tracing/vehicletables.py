"""The tables of one vehicle's page as lines of a file: each by its name in the address (``?table=gaps&format=xlsx``)."""

from collections.abc import Iterable, Sequence
from typing import Any

from suppliers.pictures import ORIGINS
from tracing import icicles, whys
from tracing.derivations import key_of

Told = dict[str, Any]
Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


def table(told: Told, name: str) -> Table:
    """Head and lines of one table; an unknown name is the table of parts."""
    return TABLES.get(name, _parts)(told)


def _tests(told: Told) -> Table:
    head = [
        "rulebook",
        "readings",
        "status",
        "hypothetical",
        "test",
        "title",
        "worst",
        "declared",
        "best",
        "needs",
        "result",
        "margin",
        "source",
    ]
    return head, [_test(row) for row in (*told["tests"], *told["figures"])]


def _test(row: Told) -> Sequence[Any]:
    face, test = row["face"], row["test"]
    return [
        face["rulebook"], row["letter"], face["status"], "yes" if face["hypothetical"] else "no", test["code"], test["title"],
        test["worst"], test["declared"], test["best"], test["threshold"], test["result"], test["margin"], test["cite"],
    ]  # fmt: skip


def _not_run(told: Told) -> Table:
    return ["test", "law", "why", "source"], [
        [row["test"]["title"], row["face"]["title"], row["test"]["why"], row["test"]["cite"]] for row in told["not_run"]
    ]


def _gaps(told: Told) -> Table:
    head = [
        "rank",
        "item",
        "description",
        "hs",
        "seller",
        "kind",
        "what happened",
        "points at stake",
        "settles",
        "in one vehicle",
    ]
    return head, [
        [gap["rank"], gap["item"], gap["description"], gap["hs"], gap["seller"], gap["kind"],
         gap["standing"]["note"] if gap["standing"] and gap["direct"] else "", gap["points"], gap["settle"], gap["value"]]
        for gap in told["gaps"]
    ]  # fmt: skip


def _parts(told: Told) -> Table:
    head = ["item", "description", "hs", "seller", "how", "made in", "quantity", "share", "price", "in one vehicle", "answer", "counted",
            "paragraph"]  # fmt: skip
    kept = ("item", "description", "hs", "seller", "how", "made_in", "qty", "share", "price", "value")
    return head, [[*(row[name] for name in kept), *_answer(row)] for row in told["parts"]]


def _answer(row: Told) -> Sequence[str]:
    """The face of the answer, what an own entry counts, and by which paragraph; nothing of a vehicle that was not traced."""
    if "category" not in row:
        return "", "", ""
    if "answered" not in row:  # by the roll: a word on the answer, and no amount
        return {"unknown": "not answered", "entered": "own import"}.get(row["category"], row["category"]), "", ""
    said = row["state"] if row["answered"] else "not answered" if row["category"] == "unknown" else "own import"
    return said, row["counted"]["worst"] if row["counted"] else "", row["para"]


def _picture(told: Told) -> Table:
    if "tree" not in told:
        return ["group", "part"], []
    head = ["group", "part", "hs", "seller", *(str(word) for _, word in ORIGINS), "price"]
    rows = icicles.rows(told["tree"])
    return head, [[row["group"], row["name"], row["hs"], row["seller"], *row["split"], row["price"]] for row in rows]


def _countries(told: Told) -> Table:
    head, found = ["from", "to", "points of net cost"], told.get("flows")
    if not found:
        return head, []
    words = {node.key: node.word for node in (*found.places, *found.adders, *found.counts)}
    pairs = [*found.added.items(), *found.counted.items()]
    return head, [[words[one], words[other], points] for (one, other), points in pairs]


def _history(told: Told) -> Table:
    lines = [
        [row["on"], *([row["test"][bound] for bound in ("worst", "declared", "best")] if row["test"] else ["", "", ""]),
         row["verdict"] or row["error"]]
        for row in told.get("history", [])
    ]  # fmt: skip
    return ["day", "worst", "declared", "best", "verdict"], lines


def _stakes(told: Told) -> Table:
    head = [
        "law",
        "market",
        "year",
        "currency",
        "units",
        "duty if it qualifies",
        "duty if not",
        "at stake on one",
        "at stake a year",
        "verdict",
    ]
    return head, [
        [key_of({"rulebook": one.rulebook, "reading": one.reading}), one.market, one.year, one.currency, one.units,
         whys.between(one.kept), whys.between(one.lost), one.each, one.a_year, one.verdict]
        for one in told["stakes"]
    ]  # fmt: skip


TABLES = {
    "tests": _tests, "not-run": _not_run, "gaps": _gaps, "parts": _parts, "picture": _picture, "countries": _countries,
    "history": _history, "stakes": _stakes,
}  # fmt: skip


def difference(pair: Told) -> Table:
    """The parts that make the difference between two sides, and below them the sums."""
    lines = [
        [row["part"]["item"], row["part"]["description"], row["part"]["seller"], "; ".join(row["words"]),
         *(row["points"][bound] if row["points"] else "" for bound in ("worst", "best"))]
        for row in pair["parts"]
    ]  # fmt: skip
    for word in ("whole", "own", "left") if pair["sums"] else ():
        lines.append([SUMS[word], "", "", "", *(row[word] for row in pair["sums"])])
    return ["item", "description", "seller", "what differs", "points at worst", "points at best"], lines


SUMS = {
    "whole": "whole difference",
    "own": "by your own entries",
    "left": "inside your suppliers' answers, or rounding",
}
