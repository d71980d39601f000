"""What stands beside a form: does it add up, who sees what of it, how far it is, what one's suppliers have answered."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from suppliers import days, numbers
from suppliers.forms.posted import Facts
from suppliers.models import Addressee, Declaration, Organisation, Request, Sourcing

SECTIONS = (
    (_("Part and period"), "h-part", ("part", "plant", "begins", "ends", "currency", "price", "hs", "made_in", "uses", "addressed_to")),
    (_("What you can say"), "h-said", ("statements", "claims")),
    (_("Inputs"), "h-lines", ("lines",)),
    (_("Own costs and value"), "h-own", ("costs", "own_values")),
)  # fmt: skip


def amount_in_one(line: Facts, source: Facts) -> Decimal | None:
    """Quantity × price × share of one row; None where a figure is missing or cannot be read yet."""
    try:
        quantity = numbers.decimal(str(line.get("quantity") or ""), places=4)
        share = numbers.share(str(source.get("share") or "100"))
        price = numbers.decimal(str(source.get("price") or ""))
    except numbers.NotANumber:
        return None
    return quantity * price * share.numerator / share.denominator


def charges_in_one(line: Facts, source: Facts) -> Decimal:
    """Freight, duty and the like that the price does not hold and nobody gives back; what cannot be read counts nothing."""
    total = Decimal(0)
    for row in source.get("charges") or []:
        if row.get("in_price") not in (True, "true") and row.get("recoverable") not in (True, "true"):
            total += amount_in_one(line, source | {"price": row.get("amount")}) or 0
    return total


def adds_up(facts: Facts) -> dict[str, Any] | None:
    """Inputs, own imports and own value beside the price, in the order of the form; None without a price."""
    try:
        price = numbers.decimal(str(facts.get("price") or ""))
        own = sum((numbers.decimal(str(row.get("amount") or "0")) for row in facts.get("own_values") or []), Decimal(0))
    except numbers.NotANumber:
        return None
    sums = {"imported": Decimal(0), "other": Decimal(0)}
    for line in facts.get("lines") or []:
        for source in line.get("sources") or []:
            kind = "imported" if source.get("how") == "imported" else "other"
            sums[kind] += (amount_in_one(line, source) or 0) + charges_in_one(line, source)
    parts = [
        (gettext("Inputs"), sums["other"]),
        (gettext("Own imports, with charges"), sums["imported"]),
        (gettext("Own value by country"), own),
    ]
    explained = sum((amount for __, amount in parts), Decimal(0))
    return {"parts": parts, "price": price, "explained": explained, "rest": price - explained}


def steps(facts: Facts, problems: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """How far the form is, section by section. ``problems`` are (path, severity)."""
    worst: dict[str, str] = {}
    for path, severity in problems:
        top = path.partition(".")[0]
        worst[top] = "stops" if "stops" in (severity, worst.get(top)) else severity
    found = []
    for word, anchor, tops in SECTIONS:
        told = {worst[top] for top in tops if top in worst}
        kind = "stops" if "stops" in told else "look" if told else "pass" if _said(facts, tops) else "none"
        found.append({"word": word, "kind": kind, "href": "#" + anchor})
    return [*found, {"word": gettext("Review and sign"), "kind": "none"}]


def _said(facts: Facts, tops: tuple[str, ...]) -> bool:
    if "begins" in tops:
        return all(facts.get(key) for key in ("part", "begins", "ends", "currency"))
    return any(
        any(value for value in facts[top].values())
        if isinstance(facts.get(top), dict)
        else any(any(value for key, value in row.items() if key not in {"law", "key"}) for row in facts.get(top) or [])
        for top in tops
    )


def answers(organisation: Organisation, sales: list[Sourcing], on) -> dict[str, tuple[str, str]]:
    """By sourcing: whether its seller's answer to us is in force, as (kind, words). Faces only, in three queries."""
    signed = set(
        Declaration.objects.in_force(on=on)
        .filter(addressees__organisation=organisation, part__in={row.seller_part_id for row in sales})
        .values_list("part_id", flat=True)
    )
    asked = {
        row.sourcing_id: ("none", gettext("declined"))
        if hasattr(row, "decline")
        else ("open", gettext("asked, due %(day)s") % {"day": days.day(row.due, year=False)})
        for row in Request.objects.filter(sourcing__in=sales).select_related("decline").order_by("due")
    }
    confirmed = set(Sourcing.objects.confirmed().filter(pk__in=[row.pk for row in sales]).values_list("pk", flat=True))
    found = {}
    for row in sales:
        if row.pk not in confirmed:
            found[str(row.pk)] = ("open", gettext("sale not confirmed by both"))
        elif row.seller_part_id in signed:
            found[str(row.pk)] = ("pass", gettext("signed to you"))
        else:
            found[str(row.pk)] = asked.get(row.pk, ("none", gettext("not asked")))
    return found


def sees(declaration: Declaration | None) -> list[dict[str, str]]:
    """Who sees what of this, in whole sentences."""
    buyers = Addressee.objects.filter(declaration=declaration).select_related("organisation") if declaration else []
    rows = [
        {"who": row.organisation.name, "note": gettext("your customer"),
         "what": gettext("That you signed, the period, the price it pays, and the statements the law lets you give. "
                         "Never your inputs or costs.")}
        for row in buyers
    ]  # fmt: skip
    return [
        *rows,
        {"who": gettext("Your suppliers"), "what": gettext("Nothing of this. Each sees only what you asked it.")},
        {
            "who": gettext("Other customers of this part"),
            "what": gettext("Nothing, until you address an answer to them."),
        },
        {
            "who": gettext("An authority"),
            "what": gettext("The whole of it, only for a named certificate, under a grant that ends."),
        },
    ]
