"""A declaration read back in words: every fact that a signature covers, in the order of the form, and nothing else."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers import numbers
from suppliers.forms.panels import amount_in_one
from suppliers.forms.posted import Facts
from suppliers.models import Cannot, Charge, Part, Source

UNITS, KINDS, LEGS = dict(Part.Unit.choices), dict(Charge.Kind.choices), dict(Charge.Leg.choices)
HOWS, TITLES, REASONS = dict(Source.How.choices), dict(Source.Title.choices), dict(Cannot.Reason.choices)
BASES = {"shift": "tariff shift", "rvc": "regional value"}
METHODS = {"NC": "net cost", "TV": "transaction value", "TS": "tariff shift"}
USES = {
    "light": "cars and light trucks",
    "heavy": "heavy trucks",
    "other": "other vehicles",
    "aftermarket": "aftermarket",
}
LAWS = {"nafta": "NAFTA", "usmca": "USMCA", "aala": "AALA", "eu-uk": _("EU and United Kingdom")}
COSTS = {
    "product": "product costs", "period": "period costs", "other": "other costs", "excluded_sales": "of these: sales promotion",
    "excluded_royalties": "of these: royalties", "excluded_shipping": "of these: shipping and packing",
    "excluded_interest": "of these: excess interest", "net": "net cost as booked", "total": "total cost as booked",
}  # fmt: skip
CLAIMS = {
    "shift": "The tariff shift of its rule is", "basis": "The basis relied on is", "table": "Its table under USMCA is",
    "requirement": "The percentage its rule requires is",
}  # fmt: skip


def told(facts: Facts) -> Facts:
    """What a page prints: uses, lines with their notes, costs, own value, the vehicle, statements and claims as sentences."""
    return {
        "price": facts["price"],
        "plant_share": facts["plant_share"],
        "uses": ", ".join(USES.get(use, use) for use in facts["uses"]),
        "lines": [_line(line) for line in facts["lines"]],
        "costs": [(COSTS[key], facts["costs"][key]) for key in COSTS if facts["costs"].get(key)],
        "own_values": facts["own_values"],
        "vehicle": [(key.replace("_", " "), value) for key, value in sorted(facts["vehicle_facts"].items())],
        "statements": [statement(row) for row in facts["statements"]],
        "claims": [_claim(row) for row in facts["claims"]],
    }


def _line(line: Facts) -> dict[str, Any]:
    notes = [
        word
        for key, word in (
            ("minor", "a fastener or fluid under 49 CFR 583.6"),
            ("consigned", "supplied free by the customer"),
            ("directed", "directed buy: the customer named the seller"),
        )
        if line.get(key)
    ]
    edition = f", {line['hs_edition']}" if line["hs"] and line["hs_edition"] != "HS 2022" else ""
    return {
        "item": line["item"], "description": line["description"], "hs": line["hs"] + edition, "notes": notes,
        "quantity": line["quantity"], "unit": UNITS.get(line["unit"], line["unit"]),
        "sources": [_source(line, source) for source in line["sources"]],
    }  # fmt: skip


def _source(line: Facts, source: Facts) -> dict[str, Any]:
    share = source["share"]
    return {
        "how": HOWS[source["how"]], "seller": source["seller_name"] or source["made_number"], "made_in": source["made_in"],
        "share": share if "/" in share else f"{share}%", "price": source["price"], "notes": list(_notes(source)),
        "in_one": amount_in_one(line, {"share": share, "price": numbers.typed(source["price"])}),
    }  # fmt: skip


def _notes(source: Facts):
    if source["seller_part"]:
        yield f"under the seller’s number {source['seller_part']}"
    if source["title"]:
        yield f"title passes {TITLES[source['title']]}"
    if source["rate"]:
        yield f"booked at the rate {source['rate']}"
    if source["designated"]:
        yield "designated as an intermediate material"
    if source["basis"]:
        yield f"basis: {BASES[source['basis']]}"
    if source["related"]:
        yield "the seller is a related person"
    if source["allied"]:
        yield "the seller is allied (49 CFR 583.4)"
    yield from map(_charge, source["charges"])
    if source["cannot"]:
        yield from _cannot(source["cannot"])


def _charge(row: Facts) -> str:
    leg = f" {LEGS[row['leg']]}" if row["leg"] else ""
    said = ", already in the price" if row["in_price"] else ""
    return f"{KINDS[row['kind']]} {row['amount']}{leg}{said}{', recovered' if row['recoverable'] else ''}"


def _cannot(row: Facts):
    yield f"their answer cannot be had: {REASONS[row['reason']]}"
    yield from (f"tried on {one['at']}: {one['how']}" for one in row["tried"])
    if row["determination"]:
        yield f"own finding: {row['determination']}"
    if row["basis"]:
        yield f"it rests on: {row['basis']}"


def statement(row: Facts) -> dict[str, str]:
    """One statement as a law and a sentence."""
    para = row["para"]
    words = [
        "contains no import of a listed provision" if para == "nil" else "",
        "originates" if para in {"f", "g"} or row["originates"] is True else "",
        "does not originate" if row["originates"] is False else "",
        f"amount {row['amount']}" if row["amount"] else "",
        f"{row['percent']}%" if row["percent"] else "",
        f"net cost {row['net_cost']}" if row["net_cost"] else "",
        f"value of non-originating materials {row['vnm']}" if row["vnm"] else "",
        f"criterion {row['criterion']}" if row["criterion"] else "",
        f"by {METHODS.get(row['method'], row['method'])}" if row["method"] else "",
        f"for {USES.get(row['use'], row['use'])}" if row["use"] else "",
        f"averaged over {row['averaged']}" if row["averaged"] else "",
        *_label(row),
    ]
    law = LAWS.get(row["law"], row["law"])
    return {"law": f"{law} ({para})" if para and para != "nil" else law, "says": ", ".join(filter(None, words))}


def _label(row: Facts):
    """What the label's law and a preferential agreement let a supplier say."""
    if row.get("ge70") is not None:
        yield (gettext("at least 70 percent U.S. and Canadian value") if row["ge70"]
               else gettext("less than 70 percent U.S. and Canadian value"))  # fmt: skip
    words = {
        "pct5": _("%(said)s%% to the nearest 5"), "pct": _("%(said)s%% exactly"), "origin": _("country of origin %(said)s"),
        "engine_origin": _("engine made in %(said)s"), "transmission_origin": _("transmission made in %(said)s"),
        "agreements": _("for preferential trade with %(said)s"), "cumulation": _("cumulation applied with %(said)s"),
    }  # fmt: skip
    yield from (words[key] % {"said": row[key]} for key in words if row.get(key))


def _claim(row: Facts) -> str:
    value = {"not_met": "not met", "rvc": "regional value"}.get(row["value"], row["value"])
    said = CLAIMS.get(row["key"], f"{row['key'].replace('_', ' ').capitalize()}:")
    return f"{said} {value}" + (f", because: {row['why']}" if row["why"] else "")
