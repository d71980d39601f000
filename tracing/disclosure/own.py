"""What is the automaker's own of a trace: its entries, its prices, its words, its net cost; never an answer."""

import json
import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from suppliers.models import Part, Source, Sourcing
from tracing.disclosure.goods import base_of
from tracing.models import Gap, Outcome, Trace
from tracing.ownlines import EX_WORKS, PARTS


def dossier_of(trace: Trace) -> dict[str, Any]:
    """What the engine was given. Never shown to anyone but through a certificate's dossier for an authority."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(trace.dossier)))
    return found


def prepare(traces: Iterable[Trace]) -> None:
    """Fetch what the faces of these traces need in three queries for all, instead of three for each."""
    by_top = {trace.declarations[dossier_of(trace)["vehicles"][0]]: trace for trace in traces if not trace.error}
    rows = (
        Outcome.objects.filter(trace__in=list(by_top.values()))
        .exclude(rulebook="usmca")
        .order_by("-rulebook", "-reading")
    )
    amounts = dict(rows.values_list("trace_id", "result__amounts"))
    words: dict[Any, dict[str, str]] = {}
    owners = {trace.vehicle.organisation_id for trace in by_top.values()}
    for owner, number, said in Part.objects.filter(organisation__in=owners).values_list(
        "organisation", "number", "description"
    ):
        words.setdefault(owner, {})[number] = said
    lines: dict[str, dict[int, list[Sourcing | None]]] = {top: {} for top in by_top}
    for row in _bought(by_top):
        lines[str(row.line.declaration_id)].setdefault(row.line.position, []).append(row.sourcing)
    for top, trace in by_top.items():
        trace._own_sales = dict(enumerate(lines[top].values()))
        trace._words = words.get(trace.vehicle.organisation_id, {})
        trace._own_net_cost = _net_cost(trace, amounts.get(trace.pk) or {})


def prepare_new(trace: Trace, found: Mapping[Outcome, list[Gap]]) -> None:
    """The same for a trace whose outcomes and gaps are about to be stored: nothing of them is asked of the database."""
    if not found:
        return
    for outcome, gaps in found.items():
        outcome.trace = trace
        outcome._prefetched_objects_cache = {"open_gaps": gaps}
    others = sorted((row for row in found if row.rulebook != "usmca"), key=lambda row: (row.rulebook, row.reading))
    trace._own_net_cost = _net_cost(trace, (others[0].result.get("amounts") if others else None) or {})


def own_net_cost(trace: Trace) -> Decimal:
    """Net cost of the vehicle from its maker's own entries: stated, or the sum of what it pays and adds.

    Not the engine's base: under accumulation that one holds other companies' costs.
    """
    if not hasattr(trace, "_own_net_cost"):
        # Asked anew: a page that looks at one law alone has fetched that law's outcome only.
        rows = Outcome.objects.filter(trace=trace).exclude(rulebook="usmca")
        amounts = rows.values_list("result__amounts", flat=True).first() or {}
        trace._own_net_cost = _net_cost(trace, amounts)
    found_cost: Decimal = trace._own_net_cost
    return found_cost


def own_base(outcome: Outcome, parts: Iterable[dict[str, Any]]) -> Decimal:
    """What the automaker's own entries say of what this law measures over: the ex-works price, all that is paid for these parts
    (the label) or, of any other law, the net cost."""
    base = base_of(outcome)
    if base == PARTS and (paid := sum((Decimal(part["value"]) for part in parts), Decimal(0))):
        return paid
    if base == EX_WORKS:
        found = dossier_of(outcome.trace)
        top = found["declarations"][found["vehicles"][0]]
        if stated := top.get(EX_WORKS) or top.get("price"):
            return Decimal(stated)
    return own_net_cost(outcome.trace)


def _net_cost(trace: Trace, amounts: dict[str, Any]) -> Decimal:
    found = dossier_of(trace)
    stated = found["declarations"][found["vehicles"][0]].get("costs") or {}
    plain = Decimal(amounts.get("total_cost", 0)) - Decimal(amounts.get("excluded", 0))
    return Decimal(stated["net"]) if stated.get("net") else plain


def _bought(declarations: Iterable[str]) -> Iterable[Source]:
    """The sources of these declarations in the order of their lists of parts, with the sale behind each."""
    rows = Source.objects.filter(line__declaration__in=list(declarations)).select_related(
        "line", "sourcing__seller", "sourcing__seller_part", "sourcing__buyer_part"
    )
    return rows.order_by("line__declaration", "line__position", "position")


def own_sales(trace: Trace) -> dict[int, list[Sourcing | None]]:
    """The sales behind each line of the automaker's own list of parts, in the order of its sources."""
    if not hasattr(trace, "_own_sales"):
        top = dossier_of(trace)["vehicles"][0]
        lines: dict[int, list[Sourcing | None]] = {}
        for row in _bought([trace.declarations[top]]):
            lines.setdefault(row.line.position, []).append(row.sourcing)
        trace._own_sales = dict(enumerate(lines.values()))
    sales: dict[int, list[Sourcing | None]] = trace._own_sales
    return sales


def sale_of(row: dict[str, Any], count: int, sales: list[Sourcing | None]) -> Sourcing | None:
    """The sale behind one source of a result. Where several plants answer one sale, its source was split."""
    if len(sales) == count:
        return sales[row["source"]]
    named = [sale for sale in sales if sale is not None and sale.seller.name == row["seller"]]
    return named[0] if named else None


def words_of(outcome: Outcome) -> dict[str, str]:
    """The automaker's own descriptions of its own numbers."""
    trace = outcome.trace
    if not hasattr(trace, "_words"):
        own = Part.objects.filter(organisation=trace.vehicle.organisation_id)
        trace._words = dict(own.values_list("number", "description"))
    return trace._words


def own_work(trace: Trace) -> dict[str, Decimal]:
    """What the automaker itself adds to one vehicle, by country, as it entered it; the rest stands where it is made.

    Own entries only: net cost less what it pays for its direct parts. Empty where these exceed the net cost.
    """
    found = dossier_of(trace)
    top = found["declarations"][found["vehicles"][0]]
    paid = sum((paid_for(row, source) for row in top.get("body", []) for source in row["sources"]), Decimal(0))
    left, places = own_net_cost(trace) - paid, {}
    for country, amount in (top.get("own_value") or {}).items():
        places[country] = min(Decimal(amount), max(left, Decimal(0)))
        left -= places[country]
    if left > 0:
        home = top.get("made_in") or ""
        places[home] = places.get(home, Decimal(0)) + left
    return {country: amount for country, amount in places.items() if amount > 0}


def paid_for(line: dict[str, Any], source: dict[str, Any]) -> Decimal:
    """What one source of a line costs its buyer in one unit of the whole."""
    units = Fraction(line.get("qty", "1")) * Fraction(source.get("share", "1"))
    amount = units * Fraction(source.get("price") or 0)
    return Decimal(amount.numerator) / Decimal(amount.denominator)
