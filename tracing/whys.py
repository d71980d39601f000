"""Which panel an address opens: of a test, its margin, a part, a gap, a figure of the label, a duty at stake.

Everything here takes what the page already holds, faces and own entries, and says how one number on it was made.
"""

from decimal import Decimal
from typing import Any

from suppliers.pictures import grouped
from tracing import derivations, disclosure, rulebooks
from tracing.places import in_place
from tracing.stakes import Stake, Step

Panel = dict[str, Any]
LABEL = {
    "us_ca": ("U.S./Canadian parts content", "49 CFR 583.5(a)(1), 583.6"),
    "foreign": ("Major sources of foreign parts content", "49 CFR 583.5(a)(2), 583.7"),
    "assembly": ("Final assembly point", "49 CFR 583.5(a)(3)"),
    "engine": ("Country of origin, engine", "49 CFR 583.5(a)(4), 583.8"),
    "transmission": ("Country of origin, transmission", "49 CFR 583.5(a)(5), 583.8"),
}
POWER = {"engine": ("8407", "8408"), "transmission": ("8708.40", "870840")}
POWERED = (
    "Its maker states it, or it is where most of its value was added; several while an answer that decides is missing."
)


def panel(told: dict[str, Any], key: str) -> Panel | None:
    """The panel that the address names, or nothing; ``told`` is the page's (tracing.profiles)."""
    kind, _, rest = key.partition(".")
    opener = {"part": _part, "gap": _gap, "label": _label, "stake": _stake}.get(kind)
    return opener(told, key, rest) if opener else _test(told, key)


def _test(told: dict[str, Any], key: str) -> Panel | None:
    faces = told["line"]["faces"]
    if key.endswith(".margin"):
        found = derivations.found(faces, f"{key.removesuffix('.margin')}.worst")
        return of_margin(found[0], found[1], rule=told["rules"].get(found[1]["key"], "")) if found else None
    opened = derivations.found(faces, key)
    if opened is None:
        return None
    outcome = next(one for one in told["trace"].outcomes.all() if str(one.pk) == opened[0]["id"])
    parts = disclosure.part_faces(outcome)
    return derivations.of_test(*opened, parts=parts, net=told["net"], vehicle=told["vehicle"].name)


def of_margin(face: dict[str, Any], test: dict[str, Any], *, rule: str) -> Panel | None:
    """What is to spare or short, from the whole points and what the law needs."""
    if not test["margin"]:
        return None
    where = f"?law={derivations.key_of(face)}&why={test['key']}"
    bounds = {"pass": ["worst"], "fail": ["best"]}.get(test["result"], ["worst", "best"])
    steps = [
        {"title": derivations.BOUND_WORDS[bound].capitalize(), "amount": test[bound], "href": f"{where}.{bound}#why"}
        for bound in bounds
    ]
    needs = {"at_least": "at least", "more_than": "more than", "at_most": "at most"}[test["operator"]]
    steps.append({"title": f"Needs {needs}", "amount": test["threshold"], "cite": test["cite"], "href": rule})
    said = "; ".join(f"{test[bound]} beside {test['threshold']} {derivations.BOUND_WORDS[bound]}" for bound in bounds)
    return {
        "title": f"Why {test['margin']}?", "subtitle": f"{face['title']}: {test['title']}", "formula": said, "result": test["margin"],
        "steps": steps, "close": f"#{test['key']}.margin", "source": f"{face['edition']}; {derivations.ROUNDING}",
    }  # fmt: skip


def _part(told: dict[str, Any], key: str, _rest: str) -> Panel | None:
    part = next((one for one in told["parts"] if one["key"] == key), None)
    if part is not None:
        return derivations.of_part(told["face"], part, vehicle=told["vehicle"].name)
    inner = next((row for rows in told["inner"].values() for row in rows if row["key"] == key), None)
    return _own_line(told, inner) if inner else None


def _own_line(told: dict[str, Any], row: dict[str, Any]) -> Panel:
    """A line of a part that the automaker makes itself: its own entry, and the one word on the answer to it."""
    vehicle, name = told["vehicle"].name, row["description"] or row["item"]
    said = {
        "imported": "Your own import: how it counts is inside the part you make of it",
        "unknown": "Nobody answered", "complete": "Its answer is complete", "incomplete": "Its answer is incomplete below this supplier",
    }[row["category"]]  # fmt: skip
    paid = grouped(row["price"] or 0)
    share = "" if row["share"] == "1" else f" × {row['share']} share"
    return {
        "title": f"Why {grouped(row['value'])} for {name}?", "subtitle": f"A line of your own production, HS {row['hs'] or 'not given'}",
        "steps": [
            {"title": "Price you pay for one", "amount": paid, "arithmetic": f"{row['item']}, {row['seller'] or 'seller not named'}"},
            {"title": f"In one {vehicle}", "amount": grouped(row["value"]),
             "arithmetic": f"{paid} × {row['qty']}{share}, for each of the part it goes into"},
            {"title": said, "amount": ""},
        ],
        "close": "#picture-h", "source": "Your own declaration of the part you make.",
    }  # fmt: skip


def _gap(told: dict[str, Any], key: str, rest: str) -> Panel | None:
    gap = next((one for one in told["gaps"] if one["key"] == f"part.{rest}"), None)
    if gap is None:
        return None
    net, name = told["net"], gap["description"] or gap["item"]
    where = f"?law={told['key']}&why={gap['key']}#why"
    steps = [
        {"title": "What you pay for it in one vehicle", "amount": grouped(gap["value"]), "href": where},
        {"title": f"Net cost of one {told['vehicle'].name}, from your own entries", "amount": grouped(net),
         "cite": told["face"]["good_cite"]},
    ]  # fmt: skip
    if gap["direct"]:
        formula = f"{grouped(gap['value'])} × 100 ÷ {grouped(net)}"
    else:
        formula = "at most the price you pay over your net cost, as a band"
        steps.append({"title": "Something below this supplier lacks an answer", "amount": "",
                      "arithmetic": "How much of its price hangs on it is not shown: the band holds all of it."})  # fmt: skip
    return {
        "title": f"Why {gap['points']} points for {name}?", "subtitle": f"{told['face']['title']}: points at stake", "formula": formula,
        "result": gap["points"], "steps": steps, "close": f"#{key}",
        "source": "From your own price and net cost alone: nothing of an answer goes into it.",
    }  # fmt: skip


def _label(told: dict[str, Any], key: str, rest: str) -> Panel | None:
    label = told["label"]
    if not label or rest not in LABEL or not label["label_required"]:
        return None
    word, cite = LABEL[rest]
    steps = {"us_ca": _label_content, "foreign": _label_foreign, "assembly": _label_assembly}.get(rest, _label_power)
    return {
        "title": f"Why {label_text(label, rest)}?", "subtitle": f"The label: {word}", "steps": steps(told, rest), "close": f"#{key}",
        "short": cite, "formula": word, "result": label_text(label, rest),
        "source": "Shares in whole points: U.S. and Canadian rounded down, foreign up.",
    }  # fmt: skip


def label_text(label: dict[str, Any], name: str) -> str:
    """One figure of the label as it is printed."""
    if name == "us_ca":
        return f"{label['us_ca']} %" if label["us_ca"] else "not known"
    if name == "foreign":
        return ", ".join(f"{row['country']} {row['share']} %" for row in label["foreign"]) or "none at 15 % or more"
    if name == "assembly":
        return label["assembly"] or "not stated"
    return " or ".join(label[name]) or "not stated"


def _label_content(told: dict[str, Any], _name: str) -> list[Panel]:
    test = next((row for row in told["face"]["ran"] if row["kind"] == "content"), None)
    where = f"?law={told['key']}&why={test['key']}.declared#why" if test else ""
    return [{"title": "The share as declared, where its steps are", "amount": label_text(told["label"], "us_ca"), "href": where,
             "cite": test["cite"] if test else ""}]  # fmt: skip


def _label_foreign(told: dict[str, Any], _name: str) -> list[Panel]:
    rule = "An item’s country is where most of its value was added, the United States and Canada together. It gives that country its "
    rule += "value less what counts as U.S. or Canadian. The two largest are named where they reach 15 percent."
    steps: list[Panel] = [
        {"title": "How a country gets its share", "amount": "", "arithmetic": rule, "cite": LABEL["foreign"][1]}
    ]
    for row in told["label"]["foreign"]:
        mine = [part for part in told["parts"] if part["how"] == "imported" and part["made_in"] == row["country"]]
        paid = sum((Decimal(part["value"]) for part in mine), Decimal(0))
        said = f"{grouped(paid)} paid for your own imports from there; the rest is in your suppliers’ answers"
        said = said if paid else "all of it in your suppliers’ answers"
        steps.append({"title": row["country"], "amount": f"{row['share']} %", "arithmetic": said})
    return steps


def _label_assembly(told: dict[str, Any], _name: str) -> list[Panel]:
    place = told["vehicle"].assembled_at or told["label"]["assembly"]
    return [
        {"title": "Where you put it together, by your own declaration", "amount": place, "cite": LABEL["assembly"][1]}
    ]


def _label_power(told: dict[str, Any], name: str) -> list[Panel]:
    parts = [part for part in told["parts"] if part["hs"].startswith(POWER[name])]
    rule: Panel = {"title": "Where it comes from", "amount": "", "arithmetic": POWERED, "cite": LABEL[name][1]}
    return [rule] + [
        {"title": part["description"] or part["item"], "amount": grouped(part["value"]), "arithmetic": part["seller"] or "made by you",
         "href": f"?law={told['key']}&why={part['key']}#why"}
        for part in parts
    ]  # fmt: skip


# ---- duty at stake ----


def stake_key(stake: Stake) -> str:
    """What names a stake in addresses: ``stake.usmca.US.2027``, with its reading where the law has several."""
    law = stake.rulebook + (f"~{stake.reading}" if stake.reading else "")
    return f"stake.{law}.{stake.market}.{stake.year}"


def between(amounts: tuple[Decimal, Decimal]) -> str:
    """An amount, or from the least to the most that it may be."""
    low, high = amounts
    return grouped(low) if low == high else f"{grouped(low)} to {grouped(high)}"


def _stake(told: dict[str, Any], key: str, _rest: str) -> Panel | None:
    name, _, which = key.rpartition(".")
    stake = next((one for one in told["stakes"] if stake_key(one) == name), None)
    if stake is None or which not in STAKES:
        return None
    title, formula, result, steps = STAKES[which](stake, f"?law={told['key']}&why={name}")
    law = rulebooks.rulebook(stake.rulebook).title.split(",")[0]
    return {
        "title": title, "subtitle": f"{law}, sold in {in_place(stake.market)}, {stake.year}", "formula": formula, "result": result,
        "steps": steps, "close": f"#{key}", "source": f"Amounts in {stake.currency}, from your own entries and the tariff of that year.",
    }  # fmt: skip


def _steps(rows: list[Step]) -> list[Panel]:
    return [
        {"title": row.words, "amount": between((row.amount if row.least is None else row.least, row.amount)), "cite": row.cite,
         "arithmetic": row.caution}
        for row in rows
    ]  # fmt: skip


def _kept(stake: Stake, _where: str) -> tuple[str, str, str, list[Panel]]:
    return (
        f"Why {between(stake.kept)} where it qualifies?",
        "duty on one that qualifies",
        between(stake.kept),
        _steps(stake.kept_steps),
    )


def _lost(stake: Stake, _where: str) -> tuple[str, str, str, list[Panel]]:
    return (
        f"Why {between(stake.lost)} where it does not?",
        "duty on one that does not qualify",
        between(stake.lost),
        _steps(stake.lost_steps),
    )


def _each(stake: Stake, where: str) -> tuple[str, str, str, list[Panel]]:
    steps = [
        {
            "title": "Where it does not qualify, at the least",
            "amount": grouped(stake.lost[0]),
            "href": f"{where}.lost#why",
        },
        {"title": "Where it qualifies, at the most", "amount": grouped(stake.kept[1]), "href": f"{where}.kept#why"},
    ]
    formula = f"{grouped(stake.lost[0])} − {grouped(stake.kept[1])}"
    return f"Why {grouped(stake.each)} on one vehicle?", formula, grouped(stake.each), steps


def _year(stake: Stake, where: str) -> tuple[str, str, str, list[Panel]]:
    steps = [
        {"title": "On one vehicle", "amount": grouped(stake.each), "href": f"{where}.each#why"},
        {"title": f"Sold in {stake.market} a year, by your own entry", "amount": f"{stake.units:,}"},
    ]
    formula = f"{grouped(stake.each)} × {stake.units:,}"
    return f"Why {grouped(stake.a_year, 0)} a year?", formula, grouped(stake.a_year, 0), steps


STAKES = {"kept": _kept, "lost": _lost, "each": _each, "year": _year}
