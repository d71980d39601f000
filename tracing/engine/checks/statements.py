"""Statements that contradict the law they are made under, or what else is known of the part."""

import datetime as dt

from tracing.engine.checks.registry import LOOK, STOPS, Found, check, stated
from tracing.engine.methods.column import outside
from tracing.engine.said import said
from tracing.engine.supply import REGION, Node, Supply

US_CA = frozenset({"US", "CA"})


@check("G1", "Regs s.9(2)(f), (g)", STOPS)
def by_percentage_without_basis(node: Node, supply: Supply) -> Found:
    """Paragraphs (f) and (g) are open only to a material that originates by a regional value rule: claim the basis, or choose another paragraph."""  # noqa: E501
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") in {"f", "g"} and node.claim("basis") == "shift":
            yield f"statements[{index}].para", said("The basis claimed is a tariff shift.")


@check("G2", "Regs s.9(2)(f), (g); UR 3", STOPS)
def originates_but_made_outside(node: Node, supply: Supply) -> Found:
    """It cannot originate when it is made outside Canada, Mexico and the United States."""
    for index, row in enumerate(node.facts.get("statements") or []):
        says = row.get("originates") or (row["law"] == "nafta" and row.get("para") in {"f", "g"})
        if says and row["law"] in {"nafta", "usmca"} and outside(node.made_in):
            yield f"statements[{index}]", said("Made in {country}.", country=node.made_in)


@check("G3", "Regs s.9(1)", STOPS)
def nil_but_listed_import(node: Node, supply: Supply) -> Found:
    """You state that it holds no import of a listed provision, but your own inputs show an import: take one of them back."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") == "nil":
            imported = [source.item for source in node.sources if source.how == "imported" and outside(source.made_in)]
            if imported:
                yield (
                    f"statements[{index}].para",
                    said("Imported: {items}. Is it off the list?", items=", ".join(imported[:3])),
                )


@check("G4", "Regs s.9(2)(c) to (h)", STOPS)
def statement_without_amount(node: Node, supply: Supply) -> Found:
    """This paragraph states an amount, and none is given."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row["law"] == "nafta" and row.get("para") in {"c", "d", "e", "h"} and row.get("amount") is None:
            yield f"statements[{index}].amount", said("Paragraph ({para}).", para=row["para"])
        if row["law"] == "nafta" and row.get("para") == "f" and row.get("percent") is None and row.get("rvc") is None:
            yield f"statements[{index}].percent", said("Paragraph (f) states the regional value content.")


@check("D1", "49 CFR 583.13; 19 CFR 182.12(a)(4)(viii)")
def not_in_force(node: Node, supply: Supply) -> Found:
    """The declaration does not cover the day that is computed: a new one is needed."""
    begins, ends = node.facts.get("from"), node.facts.get("until")
    if (begins and supply.on < begins) or (ends and supply.on >= ends):
        yield (
            "until",
            said(
                "It holds from {begins} until {ends}; computed for {day}.",
                begins=begins or "…", ends=ends or "…", day=supply.on,
            ),
        )  # fmt: skip


@check("D2", "19 CFR 182.12(a)(4)(viii)")
def longer_than_a_year(node: Node, supply: Supply) -> Found:
    """A blanket period is at most twelve months where the answer is to carry a certification of origin."""
    begins, ends = node.facts.get("from"), node.facts.get("until")
    laws = {row["law"] for _, row in stated(node)} - {"eu-uk"}
    if begins and ends and laws and ends > _years_after(begins, 1):
        yield "until", said("From {begins} until {ends}.", begins=begins, ends=ends)


@check("D3", "Implementing Regulation (EU) 2015/2447 art. 62")
def longer_than_two_years(node: Node, supply: Supply) -> Found:
    """A long-term supplier's declaration covers at most 24 months."""
    begins, ends = node.facts.get("from"), node.facts.get("until")
    if begins and ends and list(stated(node, "eu-uk")) and ends > _years_after(begins, 2):
        yield "until", said("From {begins} until {ends}.", begins=begins, ends=ends)


@check("D4", "USMCA Annex 5-A, element 2; 19 CFR 182.12(a)(4)")
def signer_without_title(node: Node, supply: Supply) -> Found:
    """A certification names its certifier with a title: who signed has none here."""
    signer = node.facts.get("signed_by")
    if isinstance(signer, dict) and not signer.get("title") and list(stated(node, "usmca")):
        yield "signed_by", _signer(signer.get("name"))


def _signer(name: object) -> str:
    return said("{name}.", name=name) if name else said("The signer.")


@check("D5", "19 CFR 182.12(a)(4); Implementing Regulation (EU) 2015/2447 art. 62")
def relies_on_what_ended(node: Node, supply: Supply) -> Found:
    """The statement rests on a declaration that does not cover the day: ask for its renewal first."""
    for index, row in stated(node):
        named = row.get("relies_on") or []
        for name in [named] if isinstance(named, str) else named:
            older = supply.dossier.declarations.get(name)
            if older is not None and not _covers(older, supply.on):
                yield f"statements[{index}].relies_on", said("{name}.", name=name)


def _covers(facts: dict[str, object], day: dt.date) -> bool:
    begins, ends = facts.get("from"), facts.get("until")
    early = isinstance(begins, dt.date) and day < begins
    return not early and not (isinstance(ends, dt.date) and day >= ends)


def _years_after(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


@check("A1", "49 CFR 583.6(b); 49 USC 32304(a)(9)", STOPS)
def not_a_multiple_of_five(node: Node, supply: Supply) -> Found:
    """Below 70 percent the U.S./Canadian share is stated to the nearest 5 percent."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if row.get("pct5") is not None and row["pct5"] % 5:
            yield f"statements[{index}].pct5", said("{percent:g} is not a multiple of 5.", percent=float(row["pct5"]))


@check("A2", "49 CFR 583.6(c)(1), 583.10(a)", STOPS)
def seventy_and_less(node: Node, supply: Supply) -> Found:
    """At least 70 percent and a figure below 70 cannot both be true of one part."""
    for index, row in stated(node, "aala"):
        low = any(row.get(key) is not None and row[key] < 70 for key in ("pct5", "pct"))
        if row.get("ge70") and low:
            yield f"statements[{index}].ge70", said("Keep one of them.")


@check("A3", "49 CFR 583.6(c)(4)", LOOK)
def seventy_against_own_bill(node: Node, supply: Supply) -> Found:
    """You certify at least 70 percent, but what you declare yourself leaves less: inputs from outside the two countries weigh more."""
    price = node.facts.get("price")
    if price is None or not node.has_body or not any(row.get("ge70") for _, row in stated(node, "aala")):
        return
    away = sum(
        (row.weight * (row.price or 0) for row in node.sources if row.made_in is not None and row.made_in not in US_CA),
        0,
    )
    if price > 0 and 100 * away > 30 * price:
        yield (
            "statements",
            said("{percent:.4g} percent of the price is bought from elsewhere.", percent=float(100 * away / price)),
        )


@check("O1", "USMCA Annex 5-A, element 7; UR 3(1), (3)", STOPS)
def criterion_against_foreign_inputs(node: Node, supply: Supply) -> Found:
    """Criterion A or C says that everything in it originates, but your own inputs show an import from outside."""
    imports = [row.item for row in node.sources if row.how == "imported" and outside(row.made_in)]
    for index, row in stated(node, "usmca"):
        if row.get("criterion") in {"A", "C"} and imports:
            yield (
                f"statements[{index}].criterion",
                said("Imported: {items}. Criterion B is for such goods.", items=", ".join(imports[:3])),
            )


@check("O2", "USMCA Annex 5-A, element 7", LOOK)
def criterion_b_without_a_method(node: Node, supply: Supply) -> Found:
    """Criterion B rests on a product rule: say whether by tariff change, net cost or transaction value."""
    for index, row in stated(node, "usmca"):
        if row.get("criterion") == "B" and row.get("method") == "NO":
            yield f"statements[{index}].method", said("It says none.")


@check("O3", "USMCA Annex 5-A, element 4", STOPS)
def plant_outside_the_parties(node: Node, supply: Supply) -> Found:
    """It cannot originate when the plant that makes it lies outside Canada, Mexico and the United States."""
    plant = supply.dossier.plants.get(node.facts.get("plant") or "") or {}
    place = plant.get("country") if isinstance(plant, dict) else None
    if place and place not in REGION and any(row.get("originates") for _, row in stated(node, "usmca")):
        yield "plant", said("{item}: {country}.", item=node.facts["plant"], country=place)


@check("O4", "19 CFR 182.12", LOOK)
def of_the_region_but_not_originating(node: Node, supply: Supply) -> Found:
    """It is of U.S., Canadian or Mexican origin for marking, yet it is stated not to originate: that may be so, but say why."""
    origin = node.claim("marking_origin")
    for index, row in stated(node, "usmca"):
        if origin in REGION and row.get("originates") is False:
            yield f"statements[{index}].originates", said("Marking origin {country}.", country=origin)
