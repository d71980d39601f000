"""What the company has bought before: its items to choose from, and a row filled with what is known of one of them."""

from collections.abc import Iterable
from typing import Any

from suppliers import numbers
from suppliers.forms.posted import Facts
from suppliers.models import Line, Organisation, Source, Sourcing

MOST = 500


def items(organisation: Organisation, sales: Iterable[Sourcing]) -> list[tuple[str, str]]:
    """(number, description) of what it buys by a known sale, and of what it entered before."""
    found = {row.buyer_part.number: row.buyer_part.description for row in sales}
    before = Line.objects.filter(declaration__organisation=organisation).order_by("-declaration__drafted_at")
    for number, words in before.values_list("item", "description")[:MOST]:
        found.setdefault(number, words)
    return sorted(found.items())[:MOST]


def filled_in(facts: Facts, act: str, organisation: Organisation) -> bool:
    """Do what the button "fill in what is known" of a row says (``fill.lines.2``); False if the act is another."""
    verb, _dot, number = act.partition("fill.lines.")
    at = numbers.position(number)
    if verb or at is None:
        return False
    filled(facts, at, organisation)
    return True


def filled(facts: Facts, index: int, organisation: Organisation) -> bool:
    """Fill the empty fields of one row from the sale of its item and the last time it was declared; False if neither is known."""
    rows = facts.get("lines") or []
    number = str(rows[index].get("item") or "").strip() if index < len(rows) else ""
    if not number:
        return False
    sales = list(
        Sourcing.objects.filter(buyer=organisation, buyer_part__number=number)
        .select_related("buyer_part")
        .order_by("-begins")
    )
    last = _last(organisation, number)
    if not sales and last is None:
        return False
    line, source = rows[index], (rows[index].setdefault("sources", [{}]) or [{}])[0]
    _fill(line, _of_line(sales, last))
    _fill(source, _of_source(sales, last))
    return True


def _last(organisation: Organisation, number: str) -> Source | None:
    rows = Source.objects.filter(line__declaration__organisation=organisation, line__item=number).select_related(
        "line__declaration"
    )
    return rows.order_by("-line__declaration__signed_at", "-line__declaration__drafted_at", "position").first()


def _of_line(sales: list[Sourcing], last: Source | None) -> Facts:
    part, line = (sales[0].buyer_part if sales else None), (last.line if last else None)
    first: Any = part or line
    return {
        "description": first.description, "hs": first.hs or (line.hs if line else ""), "unit": first.unit,
        "minor": "true" if line and line.minor else "",
    }  # fmt: skip


def _of_source(sales: list[Sourcing], last: Source | None) -> Facts:
    """The seller where there is but one, and the last price; which of two sellers it was is asked, not guessed."""
    known: Facts = {"sourcing": str(sales[0].pk)} if len(sales) == 1 else {}
    if last and (not known or str(last.sourcing_id or "") == known["sourcing"]):
        known |= {
            "price": numbers.typed(numbers.written(last.price)),
            "made_in": str(last.made_in or ""),
            "how": last.how,
        }
        known |= {} if sales else {"seller_name": last.seller_name}
    return known


def _fill(row: Facts, known: Facts) -> None:
    """Only what is empty; a unit of pieces counts as not yet chosen where the sale says another."""
    for key, value in known.items():
        if value and (
            not row.get(key) or (key == "unit" and row[key] == "pc") or (key == "how" and row[key] == "bought")
        ):
            row[key] = value
