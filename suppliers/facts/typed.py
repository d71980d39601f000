"""From what was typed, as plain data, into rows: everything that is not well formed at once, each at its field."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from suppliers import hs, numbers
from suppliers.facts import cannots, words
from suppliers.facts.known import Known, key_of
from suppliers.facts.reading import Facts, Form
from suppliers.models import (
    Addressee,
    Cannot,
    Charge,
    Claim,
    Costs,
    Declaration,
    Line,
    OwnValue,
    Part,
    Source,
    Sourcing,
    Statement,
    Try,
)
from suppliers.models.declarations import CURRENCIES


def header(form: Form, data: Facts, known: Known) -> Facts:
    """The declaration's own columns, checked."""
    part = _own(form, known.parts, data.get("part"), "part", _("Say which of your parts this is about."))
    plant = (
        _own(form, known.plants, data["plant"], "plant", _("This is not one of yours.")) if data.get("plant") else None
    )
    begins, ends = form.day(data, "begins", needed=True), form.day(data, "ends", needed=True)
    if begins and ends and begins >= ends:
        form.complain("ends", _("The period must end after it begins."))
    share = form.amount(data, "plant_share")
    if share is not None and not 0 < share <= 1:
        form.complain("plant_share", _("A share between 0 and 1 is needed: 0.6 for sixty percent."))
    uses = [use for use in data.get("uses") or [] if use in words.USES]
    return {
        "part": part, "plant": plant, "plant_share": share, "made_in": form.country(data, "made_in"),
        "hs": form.code(data, "hs"), "hs_edition": form.text(data, "hs_edition", most=7) or hs.EDITION, "uses": uses,
        "begins": begins, "ends": ends, "fiscal_year_start": form.day(data, "fiscal_year_start"),
        "currency": form.choice(data, "currency", {one: one for one in CURRENCIES}),
        "price": form.amount(data, "price"), "vehicle_facts": data.get("vehicle_facts") or {},
    }  # fmt: skip


def _own(form: Form, rows: dict[UUID | None, Any], named: Any, path: str, missing: str) -> Any:
    found = rows.get(key_of(named))
    if found is None:
        form.complain(path, missing)
    return found


NOTHING = {"": ""}
PER = {one: one for one in ("", "1", "100", "1000")}
ROWS = (Addressee, Costs, OwnValue, Line, Source, Charge, Cannot, Try, Statement, Claim)
BELOW = (Addressee, Costs, OwnValue, Line, Statement, Claim)  # the others hang on one of these


def save_many(pairs: list[tuple[Declaration, "Body"]]) -> None:
    """Write the rows of many bodies below their declarations, one insert a kind."""
    for model in ROWS:
        mine = []
        for declaration, body in pairs:
            rows = [row for row in body.rows if type(row) is model]
            for row in rows if model in BELOW else ():
                row.declaration = declaration
            mine += rows
        model.objects.bulk_create(mine, batch_size=500)


class Body:
    """Every child row of a declaration, checked but not yet saved."""

    def __init__(self, form: Form, data: Facts, known: Known):
        self.form, self.known = form, known
        self.rows: list[Any] = []
        self._addressees(data)
        self._costs(data.get("costs") or {})
        self._own_values(data.get("own_values") or [])
        self._lines(data.get("lines") or [])
        self._statements(data.get("statements") or [])
        self._claims(data.get("claims") or [])

    def save(self, declaration: Declaration) -> None:
        """Write all of them below the declaration, one insert a kind."""
        save_many([(declaration, self)])

    def _addressees(self, data: Facts) -> None:
        for index, key in enumerate(data.get("addressed_to") or []):
            found = self.known.buyers.get(key_of(key))
            if found is None:
                said = _("This company does not buy from you, as far as the portal knows.")
                self.form.complain(f"addressed_to.{index}", said)
            else:
                self.rows.append(Addressee(organisation=found))

    def _costs(self, data: Facts) -> None:
        amounts = {key: self.form.amount(data, key, "costs.") for key in Costs.AMOUNTS}
        if any(value is not None for value in amounts.values()):
            self.rows.append(Costs(**amounts))

    def _own_values(self, data: list[Facts]) -> None:
        seen = set()
        for index, row in enumerate(data):
            at = f"own_values.{index}."
            amount, country = self.form.amount(row, "amount", at), self.form.country(row, "country", at)
            if amount is None and not country:
                continue
            if not country or amount is None:
                self.form.complain(at + ("amount" if country else "country"), _("Country and amount belong together."))
            elif country in seen:
                self.form.complain(at + "country", _("Each country stands once: add the amounts up."))
            else:
                seen.add(country)
                self.rows.append(OwnValue(country=country, amount=amount))

    def _lines(self, data: list[Facts]) -> None:
        for index, row in enumerate(data):
            sources = [source for source in row.get("sources") or [] if _said(source)]
            if not _said(row) and not sources:
                continue
            self._line(f"lines.{index}.", index, row, row.get("sources") or [{}])

    def _line(self, at: str, index: int, data: Facts, sources: list[Facts]) -> None:
        form = self.form
        quantity = form.amount(data, "quantity", at, places=4)
        if quantity is not None and quantity <= 0:
            form.complain(at + "quantity", _("How much goes into one? More than zero."))
        if quantity is None and not form.errors.get(at + "quantity"):
            form.complain(at + "quantity", _("How much of it goes into one?"))
        line = Line(
            position=index, item=form.text(data, "item", at, most=80, needed=_("Which part or material is it?")),
            description=form.text(data, "description", at), hs=form.code(data, "hs", at),
            hs_edition=form.text(data, "hs_edition", at, most=7) or hs.EDITION, quantity=quantity or Decimal(1),
            unit=form.choice(data, "unit", words.UNITS, at, "pc"),
            minor=form.flag(data, "minor"), consigned=form.flag(data, "consigned"), directed=form.flag(data, "directed"),
        )  # fmt: skip
        self.rows.append(line)
        total, factor = 0, form.amount(data, "factor", at)
        for number, source in enumerate(sources):
            share = self._source(f"{at}sources.{number}.", number, line, source, len(sources), factor)
            total += share or 0
        if total and total != 1:
            said = _("The shares of %(item)s add up to %(total)s %%, not to 100: raise one, or add a seller.")
            given = numbers.local(f"{float(total * 100):g}")
            self.form.complain(f"{at}sources.0.share", said % {"item": line.item, "total": given})

    def _source(self, at: str, number: int, line: Line, data: Facts, count: int, factor: Decimal | None) -> Any:
        form = self.form
        share = None
        try:
            typed = str(data.get("share") or ("100" if count == 1 else ""))
            share = numbers.share(typed, machine=form.machine)
        except numbers.NotANumber as wrong:
            form.complain(at + "share", str(wrong) if data.get("share") else _("Which share comes from this seller?"))
        how = form.choice(data, "how", words.HOWS, at, "bought")
        price = _for_one(form, at, data)
        if price is None and how != "made" and not form.errors.get(at + "price"):
            form.complain(at + "price", _("What did you pay for one? Without a price nothing can be computed."))
        sourcing = self.known.sales.get(key_of(data.get("sourcing")))
        if data.get("sourcing") and sourcing is None:
            form.complain(at + "sourcing", _("This is not a sale to you that the portal knows."))
        if sourcing and line.unit != sourcing.buyer_part.unit:
            self._unit(at.partition("sources.")[0], line, sourcing, factor)
        made_part = self.known.own_part(data.get("made_part"))
        if how == "made" and made_part is None:
            form.complain(at + "made_part", _("Which of your own parts is it? It needs a declaration of its own."))
        source = Source(
            line=line, position=number, how=how, price=price, sourcing=sourcing, made_part=made_part,
            share_numerator=share.numerator if share else 1, share_denominator=share.denominator if share else 1,
            seller_name=form.text(data, "seller_name", at, most=160), made_in=form.country(data, "made_in", at),
            allied=form.flag(data, "allied"), related=form.flag(data, "related"),
            title=form.choice(data, "title", NOTHING | words.TITLES, at),
            rate=form.amount(data, "rate", at, places=9), designated=form.flag(data, "designated"),
            basis=form.choice(data, "basis", NOTHING | words.BASES, at),
        )  # fmt: skip
        self.rows.append(source)
        self._charges(at, source, data.get("charges") or [])
        self.rows += cannots.rows(form, at + "cannot.", source, data.get("cannot") or {}, self.known)
        return share

    def _unit(self, at: str, line: Line, sourcing: Sourcing, factor: Decimal | None) -> None:
        """A line counts in the unit of its sale, whose factor leads on to the seller's; a guess would be wrong unseen.

        With an explicit factor (how much of the sale's unit is in one of the line's) the quantity is turned into the sale's unit.
        """
        units = dict(Part.Unit.choices)
        named = {"line": units[line.unit], "sale": units[sourcing.buyer_part.unit], "part": sourcing.buyer_part.number}
        if not factor:
            self.form.complain(
                at + "unit",
                _(
                    "This counts in %(line)s, but you buy %(part)s by %(sale)s: how much of it, in %(sale)s, goes into one? "
                    "Enter that quantity, or how much of it is in one %(line)s."
                )
                % named,
            )
            return
        quantity = line.quantity * factor
        if quantity != round(quantity, 4):
            self.form.complain(at + "factor", _("That makes %(quantity)s %(sale)s, more than four places: enter the quantity in %(sale)s.")
                               % (named | {"quantity": f"{quantity.normalize():f}"}))  # fmt: skip
            return
        line.quantity, line.unit = round(quantity, 4), sourcing.buyer_part.unit

    def _charges(self, at: str, source: Source, data: list[Facts]) -> None:
        for index, row in enumerate(data):
            amount = self.form.amount(row, "amount", f"{at}charges.{index}.")
            if amount is None:
                continue
            kind = self.form.choice(row, "kind", words.KINDS, f"{at}charges.{index}.", "freight")
            leg = self.form.choice(row, "leg", NOTHING | words.LEGS, f"{at}charges.{index}.")
            charge = Charge(source=source, position=index, kind=kind, amount=amount, leg=leg)
            charge.in_price, charge.recoverable = self.form.flag(row, "in_price"), self.form.flag(row, "recoverable")
            self.rows.append(charge)

    def _statements(self, data: list[Facts]) -> None:
        for index, row in enumerate(data):
            at = f"statements.{index}."
            law = self.form.text(row, "law", at, most=20)
            if not law or not _stated(row):
                continue  # the page offers an empty statement for each law that asks; only its law stands in it
            statement = Statement(
                    position=index,
                    law=law,
                    para=self.form.text(row, "para", at, most=12),
                    amount=self.form.amount(row, "amount", at),
                    percent=self.form.amount(row, "percent", at),
                    net_cost=self.form.amount(row, "net_cost", at),
                    vnm=self.form.amount(row, "vnm", at),
                    originates=self.form.answer(row, "originates"),
                    criterion=self.form.text(row, "criterion", at, most=4),
                    method=self.form.choice(row, "method", NOTHING | words.METHODS, at),
                    use=self.form.choice(row, "use", NOTHING | words.USES, at),
                    averaged=self.form.text(row, "averaged", at, most=80),
                    ge70=self.form.answer(row, "ge70"),
                    pct5=self.form.amount(row, "pct5", at),
                    pct=self.form.amount(row, "pct", at),
                    origin=self.form.country(row, "origin", at),
                    engine_origin=self.form.country(row, "engine_origin", at),
                    transmission_origin=self.form.country(row, "transmission_origin", at),
                    agreements=self.form.text(row, "agreements", at, most=200),
                    cumulation=self.form.text(row, "cumulation", at, most=80),
            )  # fmt: skip
            self.rows.append(statement)

    def _claims(self, data: list[Facts]) -> None:
        seen = set()
        for index, row in enumerate(data):
            at = f"claims.{index}."
            key, value = self.form.text(row, "key", at, most=20), self.form.text(row, "value", at, most=40)
            value = numbers.written(self.form.amount(row, "value", at)) if key == "requirement" else value
            if not key or not value:
                continue
            if key in seen:
                self.form.complain(at + "key", _("Each claim stands once."))
            seen.add(key)
            self.rows.append(Claim(key=key, value=value, why=self.form.text(row, "why", at, most=300)))


def _for_one(form: Form, at: str, data: Facts) -> Decimal | None:
    """The price for one, where it was typed for a hundred or a thousand."""
    price, per = form.amount(data, "price", at), form.choice(data, "per", PER, at)
    if price is None or not per:
        return price
    one = price / int(per)
    if one != round(one, 6):
        form.complain(
            at + "price", _("For one this makes more than six places: count the line in hundreds or thousands instead.")
        )
    return round(one, 6)


def _stated(row: Facts) -> bool:
    """Whether a statement says anything beyond the name of its law."""
    return any(value not in (None, "") for key, value in row.items() if key != "law")


def _said(data: Facts) -> bool:
    """Whether a row says anything beyond its defaults."""
    quiet = {"per", "how", "unit", "sources", "charges", "share", "hs_edition", "title", "cannot", "tried"}
    return any(value not in (None, "", False) for key, value in data.items() if key not in quiet)
