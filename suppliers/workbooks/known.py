"""What one company's workbook may name, loaded once: its parts, plants, customers, purchases and last answers."""

import unicodedata
from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from suppliers.facts import known, letters, stored
from suppliers.models import Declaration, Organisation, Part, Plant, Request, Sourcing
from suppliers.workbooks.cells import NUMBER, Cell
from suppliers.workbooks.values import Unclear

# Letters of other scripts that look like Latin ones: enough to say "this looks like", never enough to join.
ALIKE = str.maketrans("АВЕЅЈКМНОРСТУХаеорсухіЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABESJKMHOPCTYXaeopcyxiSABEZHIKMNOPTYX")


def look(number: str) -> str:
    """How a number looks, whatever its case, width, script and leading zeros."""
    shown = "".join(
        char for char in unicodedata.normalize("NFKC", number) if unicodedata.category(char) not in {"Cf", "Zs"}
    )
    return shown.translate(ALIKE).casefold().lstrip("0")


class Known(known.Known):
    """Everything that answers of a company may name, in six queries; and what a cell means by a name."""

    def __init__(self, organisation: Organisation):
        own = {"organisation": organisation}
        self.organisation = organisation
        self.parts = {row.pk: row for row in Part.objects.filter(**own).order_by("number")}
        self.numbers = {row.number: row for row in self.parts.values()}
        self.looks: dict[str, list[str]] = defaultdict(list)
        for number in self.numbers:
            self.looks[look(number)].append(number)
        self.plants = {row.pk: row for row in Plant.objects.filter(**own)}
        self.plant_by_code = {row.code: row for row in self.plants.values()}
        self.buyers = {row.pk: row for row in Organisation.objects.filter(buys__seller=organisation).distinct()}
        self.buyers_by_text = {str(key): row for key, row in self.buyers.items()}
        self.buyer_names: dict[str, set[UUID]] = defaultdict(set)
        for row in self.buyers.values():
            for name in (row.code, row.name):
                self.buyer_names[name.casefold()].add(row.pk)
        self.sold: dict[UUID, list[Organisation]] = defaultdict(list)
        for part, buyer in Sourcing.objects.filter(seller=organisation).values_list("seller_part", "buyer").distinct():
            self.sold[part].append(self.buyers[buyer])
        bought = Sourcing.objects.filter(buyer=organisation).select_related("seller", "seller_part", "buyer_part")
        self.sales = {row.pk: row for row in bought.order_by("begins")}
        self.sellers: dict[str, list[Sourcing]] = defaultdict(list)
        for row in self.sales.values():
            self.sellers[row.seller.code].append(row)
        self.letters = letters.of(self.sales, organisation) if self.sales else {}

    def named_part(self, cell: Cell, number: str) -> Part:
        """One's own part of exactly that number. Raises Unclear, with what it may have meant."""
        found, like = self.numbers.get(number), self.looks.get(look(number), [])
        if found and (cell.kind != NUMBER or len(like) == 1):
            return found
        if like:
            reason = (
                _("As a number it may be %(numbers)s.")
                if cell.kind == NUMBER
                else _("It looks like %(numbers)s, but is not it.")
            )
            raise Unclear(
                reason % {"numbers": ", ".join(sorted(like)[:5])}, _("Format the cell as text and copy the number.")
            )
        raise Unclear(
            _("%(number)s is not one of your parts.") % {"number": number},
            _("Copy the number from your parts, or enter the part first."),
        )

    def named_plant(self, code: str) -> Plant:
        found = self.plant_by_code.get(code)
        if found is None:
            codes = ", ".join(sorted(self.plant_by_code)) or _("none")
            raise Unclear(
                _("%(code)s is not one of your plants.") % {"code": code},
                _("Your plants: %(codes)s.") % {"codes": codes},
            )
        return found

    def customer(self, name: str) -> str:
        """The key of the one customer of that code or name."""
        found = self.buyer_names.get(name.casefold(), set())
        if len(found) != 1:
            codes = ", ".join(sorted(row.code for row in self.buyers.values())[:20]) or _("none")
            raise Unclear(
                _("%(name)s does not buy from you, as far as the portal knows.") % {"name": name},
                _("Your customers: %(codes)s.") % {"codes": codes},
            )
        return str(next(iter(found)))

    def purchase(self, seller: str, item: str, seller_part: str) -> Sourcing:
        """The one sale of that company to this one under that number; of a renewed sale the newest. Raises Unclear."""
        mine = self.sellers.get(seller, [])
        if not mine:
            codes = ", ".join(sorted(self.sellers)[:20]) or _("none")
            raise Unclear(
                _("%(code)s is not the code of a company that sells to you.") % {"code": seller},
                _("Leave it empty and name the seller, or use one of: %(codes)s.") % {"codes": codes},
            )
        fits = [row for row in mine if row.buyer_part.number == item]
        if seller_part:
            named = [row for row in mine if row.seller_part.number == seller_part]
            fits = [row for row in named if row in fits] or named
        pairs = {(row.seller_part_id, row.buyer_part_id): row for row in fits}
        if len(pairs) != 1:
            raise Unclear(
                _("%(code)s sells you no %(item)s, or several under it.") % {"code": seller, "item": item},
                _("Check the number, or add the seller’s part number."),
            )
        return next(iter(pairs.values()))


class Last:
    """The answer that stands for each part and plant: the newest draft, else the newest signed and not withdrawn."""

    def __init__(self, organisation: Organisation):
        rows = Declaration.objects.filter(organisation=organisation, withdrawal__isnull=True)
        rows = rows.select_related("changed_by__user__person", "drafted_by__user__person")
        self.rows: dict[tuple[UUID, UUID | None], Declaration] = {}
        for row in rows.order_by("begins", "drafted_at"):
            key = (row.part_id, row.plant_id)
            before = self.rows.get(key)
            if before is None or before.is_signed or not row.is_signed:
                self.rows[key] = row
        self.facts = stored.of_many([row.pk for row in self.rows.values()])

    def of(self, part: UUID, plant: UUID | None) -> tuple[Declaration | None, dict[str, Any] | None]:
        row = self.rows.get((part, plant))
        return (row, self.facts[row.pk]) if row else (None, None)


def base(row: Declaration | None) -> str:
    """Which version of which answer a row was made from: read back when the workbook comes home."""
    return f"{row.pk}/{row.version}" if row else ""


def asked(organisation: Organisation) -> dict[UUID, list[Request]]:
    """Requests to the company that wait, by its part, the most urgent first."""
    rows = Request.objects.filter(sourcing__seller=organisation).unanswered().order_by("due", "id")
    found: dict[UUID, list[Request]] = defaultdict(list)
    for row in rows.select_related("sourcing__buyer", "sourcing__seller").prefetch_related("postponements"):
        found[row.sourcing.seller_part_id].append(row)
    return found


def concerned(organisation: Organisation) -> Any:
    """The company's parts that a workbook is about: sold, asked or answered before."""
    of_it = Q(sold_as__isnull=False) | Q(declarations__isnull=False)
    return Part.objects.filter(of_it, organisation=organisation).distinct().order_by("number")
