"""A declaration read back in words: every fact that a signature covers, in the order of the form, and nothing else."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers import days, numbers
from suppliers.facts import words
from suppliers.forms.claims import CORES, ROLES
from suppliers.forms.panels import amount_in_one
from suppliers.forms.posted import Facts

BY_METHOD = {"NC": _("by net cost"), "TV": _("by transaction value"), "TS": _("by tariff shift")}
COSTS = {
    "product": _("product costs"), "period": _("period costs"), "other": _("other costs"),
    "excluded_sales": _("of these: sales promotion"), "excluded_royalties": _("of these: royalties"),
    "excluded_shipping": _("of these: shipping and packing"), "excluded_interest": _("of these: excess interest"),
    "net": _("net cost as booked"), "total": _("total cost as booked"),
}  # fmt: skip
CLAIMS = {
    "shift": _("The tariff shift of its rule: %(value)s"), "basis": _("The basis relied on: %(value)s"),
    "table": _("Its table under USMCA: %(value)s"), "requirement": _("The percentage its rule requires: %(value)s"),
    "core": _("Core part: %(value)s"), "role": _("Role in a heavy truck: %(value)s"),
    "listed": _("Listed component: %(value)s"), "marking_origin": _("Country of origin under the marking rules: %(value)s"),
    "tv_allowed": _("The transaction-value method is open: %(value)s"), "substantial": _("Substantial transformation: %(value)s"),
}  # fmt: skip
BY_FIELD = {
    "how": words.HOWS, "title": words.TITLES, "reason": words.REASONS, "unit": words.UNITS, "kind": words.KINDS, "leg": words.LEGS,
    "basis": words.BASES, "method": words.METHODS, "use": words.USES, "uses": words.USES,
}  # fmt: skip
VALUES = {
    "not_met": _("not met"), "met": _("met"), **words.BASES, "both": _("both"),
    "true": _("yes"), "false": _("no"), **dict(CORES[1:]), **dict(ROLES[1:]),
}  # fmt: skip


def words_of(path: str) -> dict[str, Any]:
    """The words for people of a field's values, by its path; none where its values are words already."""
    return dict(BY_FIELD.get(path.rpartition(".")[2], {}))


def told(facts: Facts) -> Facts:
    """What a page prints: uses, lines with their notes, costs, own value, the vehicle, statements and claims as sentences."""
    return {
        "price": facts["price"],
        "plant_share": facts["plant_share"],
        "uses": ", ".join(str(words.USES.get(use, use)) for use in facts["uses"]),
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
            ("minor", gettext("a fastener or fluid under 49 CFR 583.6")),
            ("consigned", gettext("supplied free by the customer")),
            ("directed", gettext("directed buy: the customer named the seller")),
        )
        if line.get(key)
    ]
    edition = f", {line['hs_edition']}" if line["hs"] and line["hs_edition"] != "HS 2022" else ""
    return {
        "item": line["item"], "description": line["description"], "hs": line["hs"] + edition, "notes": notes,
        "quantity": words.counted(line["quantity"], line["unit"]),
        "sources": [_source(line, source) for source in line["sources"]],
    }  # fmt: skip


def _source(line: Facts, source: Facts) -> dict[str, Any]:
    share = source["share"]
    return {
        "unnamed": source["how"] == "bought" and not source["sourcing"], "how": words.HOWS[source["how"]],
        "seller": source["seller_name"] or source["made_number"], "made_in": source["made_in"],
        "share": share if "/" in share else percent(share), "price": source["price"], "notes": list(_notes(source)),
        "in_one": amount_in_one(line, {"share": share, "price": numbers.typed(source["price"])}),
    }  # fmt: skip


def _notes(source: Facts):
    if source["seller_part"]:
        yield gettext("under the seller’s number %(number)s") % {"number": source["seller_part"]}
    if source["title"]:
        yield gettext("title passes %(when)s") % {"when": words.TITLES[source["title"]]}
    if source["rate"]:
        yield gettext("booked at the rate %(rate)s") % {"rate": numbers.local(source["rate"])}
    if source["designated"]:
        yield gettext("designated as an intermediate material")
    if source["basis"]:
        yield gettext("basis: %(basis)s") % {"basis": words.BASES[source["basis"]]}
    if source["related"]:
        yield gettext("the seller is a related person")
    if source["allied"]:
        yield gettext("the seller is allied (49 CFR 583.4)")
    yield from map(_charge, source["charges"])
    if source["cannot"]:
        yield from _cannot(source["cannot"])


def _charge(row: Facts) -> str:
    leg = f" {words.LEGS[row['leg']]}" if row["leg"] else ""
    said = [f"{words.KINDS[row['kind']]} {numbers.local(row['amount'])}{leg}"]
    said += [gettext("already in the price")] if row["in_price"] else []
    said += [gettext("recovered")] if row["recoverable"] else []
    return ", ".join(said)


def _cannot(row: Facts):
    yield gettext("their answer cannot be had: %(reason)s") % {"reason": words.REASONS[row["reason"]]}
    for one in row["tried"]:
        yield gettext("tried on %(day)s: %(how)s") % {"day": days.day(one["at"]), "how": one["how"]}
    if row["ge70"] is not None:
        yield _share(row)
    if row["determination"]:
        yield gettext("own finding: %(finding)s") % {"finding": row["determination"]}
    if row["basis"]:
        yield gettext("it rests on: %(basis)s") % {"basis": row["basis"]}


def _share(row: Facts) -> str:
    if row["ge70"]:
        return gettext("own determination: at least 70 percent U.S. and Canadian value (49 CFR 583.6(c)(6))")
    said = gettext("own determination: %(percent)s percent U.S. and Canadian value (49 CFR 583.6(c)(6))")
    return said % {"percent": numbers.local(row["pct"])}


def statement(row: Facts) -> dict[str, str]:
    """One statement as a law and a sentence."""
    para = row["para"]
    parts = [
        gettext("contains no import of a listed provision") if para == "nil" else "",
        gettext("originates") if para in {"f", "g"} or row["originates"] is True else "",
        gettext("does not originate") if row["originates"] is False else "",
        *_figures(row),
        gettext("criterion %(said)s") % {"said": row["criterion"]} if row["criterion"] else "",
        str(BY_METHOD.get(row["method"], row["method"])),
        gettext("for %(said)s") % {"said": words.USES.get(row["use"], row["use"])} if row["use"] else "",
        gettext("averaged over %(said)s") % {"said": row["averaged"]} if row["averaged"] else "",
        *_label(row),
    ]
    law = str(words.LAWS.get(row["law"], row["law"]))
    return {"law": f"{law} ({para})" if para and para != "nil" else law, "says": ", ".join(filter(None, parts))}


def _figures(row: Facts):
    if row["amount"]:
        yield gettext("amount %(said)s") % {"said": numbers.local(row["amount"])}
    if row["percent"]:
        yield percent(row["percent"])
    if row["net_cost"]:
        yield gettext("net cost %(said)s") % {"said": numbers.local(row["net_cost"])}
    if row["vnm"]:
        yield gettext("value of non-originating materials %(said)s") % {"said": numbers.local(row["vnm"])}


def percent(number: str) -> str:
    """62.5%; in Spanish and French with a space that does not break."""
    return gettext("%(number)s%%") % {"number": numbers.local(number)}


def _label(row: Facts):
    """What the label's law and a preferential agreement let a supplier say."""
    if row.get("ge70") is not None:
        yield (gettext("at least 70 percent U.S. and Canadian value") if row["ge70"]
               else gettext("less than 70 percent U.S. and Canadian value"))  # fmt: skip
    sentences = {
        "pct5": _("%(said)s%% to the nearest 5"), "pct": _("%(said)s%% exactly"), "origin": _("country of origin %(said)s"),
        "engine_origin": _("engine made in %(said)s"), "transmission_origin": _("transmission made in %(said)s"),
        "agreements": _("for preferential trade with %(said)s"), "cumulation": _("cumulation applied with %(said)s"),
    }  # fmt: skip
    yield from (sentences[key] % {"said": row[key]} for key in sentences if row.get(key))


def _claim(row: Facts) -> str:
    value = str(VALUES.get(row["value"], row["value"]))
    name = row["key"].replace("_", " ").capitalize()
    said = CLAIMS[row["key"]] % {"value": value} if row["key"] in CLAIMS else f"{name}: {value}"
    return gettext("%(claim)s, because: %(why)s") % {"claim": said, "why": row["why"]} if row["why"] else said
