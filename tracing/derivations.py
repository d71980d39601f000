"""How a shown number was made, step by step, from faces only: what disclosure has cut away cannot come back here."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from suppliers.pictures import grouped
from tracing import rulebooks

BOUND_WORDS = {"worst": "at worst", "declared": "as declared", "best": "at best"}
LISTED = 8
ROUNDING = "Whole points, rounded toward failing; the verdict is from the exact figure."
KEPT = "How each counts stays with its supplier; an authority can read it under a grant."


def key_of(face: dict[str, Any]) -> str:
    """The law and reading in addresses: ``us-2017~total``."""
    return str(face["rulebook"]) + (f"~{face['reading']}" if face["reading"] else "")


def found(outcomes: list[dict[str, Any]], key: str) -> tuple[dict[str, Any], dict[str, Any], str] | None:
    """The outcome, test and bound that a key such as ``usmca.rvc.worst`` or ``us-2017.us@actual.best`` names."""
    name, _, bound = key.rpartition(".")
    for face in outcomes:
        for test in face["ran"]:
            if test["key"] == name and bound in BOUND_WORDS and test[bound]:
                return face, test, bound
    return None


def of_test(
    face: dict[str, Any], test: dict[str, Any], bound: str, *, parts: list[dict[str, Any]], net: Decimal, vehicle: str
) -> dict[str, Any]:
    """The panel for one bound of one test."""
    law = rulebooks.rulebook(face["rulebook"])
    by_content = test["kind"] in {"share", "activities"} or face["method"] == "content"
    counted = test["kind"] == "rvc" and face["method"] in {"traced", "absorb", "heavy"}
    needs = {"at_least": "at least", "more_than": "more than", "at_most": "at most"}.get(test["operator"], "")
    steps = (_counted_steps if counted else _content_steps if by_content else _stated_steps)(
        face, test, bound, parts, net
    )
    first = [_net_step(face, net, vehicle)] if counted or by_content else []
    limit = (
        f"Needs {needs} {test['threshold']} percent, {test['cite']}."
        if needs
        else f"No percentage is required, {test['cite']}."
    )
    return {
        "title": f"Why {test[bound]} {BOUND_WORDS[bound]}?",
        "subtitle": f"{face['title']}: {test['title']}" + (f", {face['reading_label']}" if face["reading_label"] else ""),
        "formula": _formula(test, by_content, net) if first else MEASURES.get(test["kind"], ""),
        "result": test[bound],
        "short": f"{limit} {_verdict_words(test)}".strip(),
        "steps": [*first, *steps, *_way_steps(test, bound), _silence_step(face, law)],
        "close": f"#{test['key']}.{bound}",
        "source": f"{face['edition']}; facts and rules of {face['on']}. {ROUNDING}",
    }  # fmt: skip


MEASURES = {
    "content": "U.S. and Canadian value × 100 ÷ equipment delivered to final assembly",
    "whole": "parts that count whole × 100 ÷ customs value",
    "non_originating": "non-originating materials × 100 ÷ ex-works price",
    "core_parts": "(net cost − non-originating) × 100 ÷ net cost, of core parts",
    "labour": "(high-wage material and labour) × 100 ÷ net cost or purchases, and credits",
    "labour_minimum": "(high-wage material and labour) × 100 ÷ net cost or purchases",
    "steel": "originating purchases × 100 ÷ all purchases", "aluminum": "originating purchases × 100 ÷ all purchases",
    "claim": "met is 100, not met is 0", "pack": "originates is 100, does not is 0",
}  # fmt: skip
COUNTED = {
    "content": (
        "Imports you bring in yourself: no U.S. or Canadian value unless documented",
        "Direct parts that nobody answered: nothing, or all",
    ),
    "whole": ("Imports you bring in yourself", "Direct parts of which nobody says where they were made or originate"),
}  # fmt: skip


def _stated_steps(face, test, bound, parts, net) -> list[dict[str, Any]]:
    """What is the automaker's own of a figure that is no regional value over net cost; the rest is its suppliers'."""
    if test["kind"] not in COUNTED:
        return [{"title": test["title"], "amount": test[bound], "cite": test["cite"], "arithmetic": test["why"]}]
    imports, silent, answered = split(parts)
    first, second = COUNTED[test["kind"]]
    return [_own_step(first, imports, bound), _own_step(second, silent, bound), _answered_step(answered, None, "")]


def _way_steps(test, bound) -> list[dict[str, Any]]:
    """The lawful ways there were, the one taken first."""
    return [
        {
            "title": f"{'Taken' if way['taken'] else 'Also lawful'}: {way['text']}",
            "amount": way[bound],
            "cite": way["cite"],
        }
        for way in test["options"]
    ]


def split(parts: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], ...]:
    """Own imports, direct parts that nobody answered, and answered ones."""
    imports = [row for row in parts if row["own"] and row["category"] != "unknown"]
    silent = [row for row in parts if row["own"] and row not in imports]
    return imports, silent, [row for row in parts if not row["own"]]


def _verdict_words(test: dict[str, Any]) -> str:
    return {
        "pass": "Passes whatever the answers.",
        "fail": "Fails whatever the answers.",
        "open": "Open: answers decide.",
    }.get(test["result"], "")


def _formula(test: dict[str, Any], by_content: bool, net: Decimal) -> str:
    place = "U.S." if test["region"] == ["US"] else "regional"
    if not by_content:
        return f"({grouped(net)} − what counts as foreign) × 100 ÷ {grouped(net)}"
    over = {"total": grouped(net), "actual": "regional value", "required": "required regional value"}[test["of"]]
    return f"{place} value × 100 ÷ {over}"


def _net_step(face: dict[str, Any], net: Decimal, vehicle: str) -> dict[str, Any]:
    return {
        "title": f"Net cost of one {vehicle}, from your own entries",
        "amount": grouped(net),
        "cite": face["good_cite"],
    }


def _silence_step(face: dict[str, Any], law: Any) -> dict[str, Any]:
    return {"title": "What silence means here", "arithmetic": face["silence"], "cite": law.silence["cite"]}


def _counted_steps(face, test, bound, parts, net) -> list[dict[str, Any]]:
    """Imports and unanswered parts exactly, since they are the automaker's own facts; the rest follows from whole points."""
    imports, silent, answered = split(parts)
    taken = [
        _own_step("Imports you bring in yourself", imports, bound),
        _own_step("Direct parts that nobody answered", silent, bound),
    ]
    own = sum((Decimal(row["counted"][bound] or 0) for row in [*imports, *silent]), Decimal(0))
    low, high = between(test["bar"][bound], bound)
    rest = [max(Decimal(0), net * (100 - points) / 100 - own) for points in (high, low)]
    return [*taken, _answered_step(answered, rest, "counts as foreign")]


def _content_steps(face, test, bound, parts, net) -> list[dict[str, Any]]:
    """The shares of a vehicle by country: the automaker's imports exactly, the rest as far as whole points tell."""
    imports, silent, answered = split(parts)
    steps = [
        _own_step("Imports you bring in yourself, with their charges: not counted", imports, bound),
        _own_step("Direct parts that nobody answered: counted only at best", silent, "worst"),
    ]  # fmt: skip
    if test["of"] != "total":
        return [*steps, _answered_step(answered, None, "")]
    low, high = between(test["bar"][bound], bound)
    return [*steps, _answered_step(answered, [net * low / 100, net * high / 100], "counts, with your own work")]


def between(points: Decimal, bound: str) -> tuple[Decimal, Decimal]:
    """The whole points that a shown figure stands for."""
    if bound == "best":
        return points.quantize(Decimal(1), ROUND_CEILING) - 1, points
    return points, points.quantize(Decimal(1), ROUND_FLOOR) + 1


def _own_step(title: str, rows: list[dict[str, Any]], bound: str) -> dict[str, Any]:
    rows = sorted(rows, key=lambda row: -Decimal(row["counted"][bound] or 0))
    total = sum((Decimal(row["counted"][bound] or 0) for row in rows), Decimal(0))
    children = [_own_child(row, bound) for row in rows[:LISTED]]
    if len(rows) > LISTED:
        more = sum((Decimal(row["counted"][bound] or 0) for row in rows[LISTED:]), Decimal(0))
        children.append({"title": f"{len(rows) - LISTED} more, in the table of parts", "amount": grouped(more)})
    return {"title": title, "amount": grouped(total) if rows else "none", "children": children}


def _own_child(row: dict[str, Any], bound: str) -> dict[str, Any]:
    return {
        "title": row["description"] or row["item"], "amount": grouped(row["counted"][bound] or 0),
        "arithmetic": f"{row['item']}, {row['seller'] or 'seller not named'}", "cite": row["para"],
    }  # fmt: skip


def _answered_step(rows: list[dict[str, Any]], amounts: list[Decimal] | None, what: str) -> dict[str, Any]:
    """One block: what direct suppliers answered. Its range follows from the whole points above, so it adds nothing to them."""
    complete = sum(row["state"] == "complete" for row in rows)
    children = [
        {
            "title": f"{len(rows)} parts, {grouped(sum((Decimal(row['value']) for row in rows), Decimal(0)))} paid",
            "arithmetic": f"{complete} complete, {len(rows) - complete} incomplete below the supplier. {KEPT}",
        },
    ]  # fmt: skip
    amount = f"{grouped(amounts[0], 0)} to {grouped(amounts[1], 0)}" if amounts else "–"
    return {
        "title": "Parts your suppliers answered for" + (f": what {what}" if what else ""),
        "amount": amount,
        "children": children,
    }


def of_part(face: dict[str, Any], part: dict[str, Any], *, vehicle: str) -> dict[str, Any]:
    """The panel for one direct part under one law: what the automaker pays, and the face of the answer."""
    law = rulebooks.rulebook(face["rulebook"])
    share = "" if part["share"] == "1" else f" × {part['share']} share"
    name, paid = part["description"] or part["item"], grouped(part["price"] or 0)
    steps = [
        {"title": "Price you pay for one", "amount": paid, "arithmetic": f"{part['item']}, {part['seller'] or 'seller not named'}"},
        {"title": f"In one {vehicle}", "amount": grouped(part["value"]), "arithmetic": f"{paid} × {part['qty']}{share}"},
    ]  # fmt: skip
    return {
        "title": f"Why {grouped(part['value'])} for {name}?", "subtitle": f"{face['title']}, direct part, HS {part['hs'] or 'not given'}",
        "steps": [*steps, *_face_steps(face, part, law)], "close": f"#{part['key']}",
        "source": "Steps end at the face of the answer: what is below it belongs to your supplier.",
    }  # fmt: skip


def _face_steps(face, part, law) -> list[dict[str, Any]]:
    if part["own"]:
        worst, best = (grouped(part["counted"][bound] or 0) for bound in ("worst", "best"))
        amount = worst if worst == best else f"{best} to {worst}"
        home = face["method"] in {"label", "whole"}
        if part["category"] != "unknown":
            return [{"title": "Counts" if home else "Counts as foreign", "amount": amount, "cite": part["para"]}]
        title = "Nobody answered: counts as foreign at worst, not at all at best"
        title = "Nobody answered: counts nothing at worst, all at best" if home else title
        return [{"title": title, "amount": amount, "cite": part["para"], "arithmetic": face["silence"]}]
    steps = [
        {
            "title": "Stated to you by the seller, for one",
            "amount": grouped(row["amount"]),
            "cite": row["para"],
            "arithmetic": row["text"],
        }
        for row in part["stated"]
    ]
    if part["originates"]:
        said = {"yes": "originates", "no": "does not originate", "open": "not decided: its answer is incomplete"}[
            part["originates"]
        ]
        steps.append({"title": f"Under this law the part {said}", "cite": law.disclosure["cite"]})
    said = "complete" if part["state"] == "complete" else "incomplete below this supplier"
    steps.append({"title": f"Its answer is {said}", "cite": law.disclosure["cite"],
                  "arithmetic": "What is inside is your supplier’s own: no name, price or count below it is shown."})  # fmt: skip
    return steps
