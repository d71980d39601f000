"""Which columns of which tables a fleet is read from. ``scope``: only what these parts or declarations need."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from tracing.snapshots.columns import Columns, Packed, Plain, Table
from tracing.snapshots.keys import Keys

MICRO = 1_000_000
QUANTITY = 10_000
COSTS = ("product", "period", "other", "net", "total")
EXCLUDED = ("excluded_sales", "excluded_royalties", "excluded_shipping", "excluded_interest")
Speech = Packed | Plain


class Reader:
    """One moment's rows as columns. Everything a caller needs of a table is read in one go.

    ``known``: only what was signed, withdrawn, superseded, confirmed or ended before that moment counts; None: all there is.
    """

    def __init__(self, speech: Speech, on: dt.date, watch: Callable[[str], Any], known: dt.datetime | None = None):
        self.speech, self.day, self.watch, self.known = speech, on.isoformat(), watch, known

    def _by_then(self, sql: str) -> str:
        """The condition that something happened before what is known ends; whatever there is where all is known."""
        return self.speech.true if self.known is None else f"{sql} < {self.speech.moment(self.known)}"

    def _read(self, name: str, columns: dict[str, tuple[str, str]], *, joins: str = "", where: str = "",
              among: str = "", scope: Keys | None = None) -> Columns:  # fmt: skip
        conditions = [where or self.speech.true] + ([self.speech.among(among)] if scope is not None else [])
        given = () if scope is None else (self.speech.given(scope),)
        with self.watch(f"database: {name.removeprefix('suppliers_')}"):
            return self.speech.read(Table(name, columns, joins, " AND ".join(conditions), given))

    def declared(self, parts: Keys | None = None) -> Columns:
        """Signed declarations whose period holds the day; some of them were withdrawn or superseded."""
        say = self.speech
        columns = {
            "declaration": ("key", "t.id"), "part": ("key", "t.part_id"),
            "share": ("int", say.scaled("t.plant_share", MICRO, MICRO)), "signed": ("moment", "t.signed_at"),
            "price": ("int", say.scaled("t.price", MICRO)), "hs": ("label", "coalesce(nullif(t.hs, ''), p.hs)"),
            "made_in": ("int", f"{say.letter('t.made_in')} + ({say.last_letter('t.made_in')} << 8)"),
            "begins": ("small", say.day("t.begins")), "ends": ("small", say.day("t.ends")),
            "fiscal": ("small", say.day("coalesce(t.fiscal_year_start, o.fiscal_year_start)")),
            "rest": ("text", say.row("o.code", "l.code", "t.currency", "t.hs_edition", "t.uses", "t.vehicle_facts")),
            "number": ("text", "p.number"),
        }  # fmt: skip
        joins = (
            "JOIN suppliers_part p ON p.id = t.part_id JOIN suppliers_organisation o ON o.id = p.organisation_id"
            " LEFT JOIN suppliers_plant l ON l.id = t.plant_id"
        )
        where = f"t.signed_at IS NOT NULL AND t.begins <= '{self.day}' AND t.ends > '{self.day}'"
        where += f" AND {self._by_then('t.signed_at')}"
        return self._read("suppliers_declaration", columns, joins=joins, where=where, among="t.part_id", scope=parts)

    def ended(self, declarations: Keys | None = None) -> list[Keys]:
        """Those that were withdrawn, and those that a signed version which has begun supersedes."""
        newer = f"t.supersedes_id IS NOT NULL AND t.signed_at IS NOT NULL AND t.begins <= '{self.day}'"
        newer += f" AND {self._by_then('t.signed_at')}"
        return [
            self._read("suppliers_withdrawal", {"of": ("key", "t.declaration_id")}, where=self._by_then("t.at"),
                       among="t.declaration_id", scope=declarations)["of"],
            self._read("suppliers_declaration", {"of": ("key", "t.supersedes_id")}, where=newer,
                       among="t.supersedes_id", scope=declarations)["of"],
        ]  # fmt: skip

    def addressees(self, declarations: Keys | None = None) -> Columns:
        columns = {"declaration": ("key", "t.declaration_id"), "buyer": ("key", "t.organisation_id")}
        return self._read("suppliers_addressee", columns, among="t.declaration_id", scope=declarations)

    def organisations(self) -> Keys:
        return self._read("suppliers_organisation", {"id": ("key", "t.id")})["id"]

    def costs(self, declarations: Keys | None = None) -> Columns:
        """``excluded`` is the sum of what is said, -1 where none is."""
        say = self.speech
        columns = {name: ("int", say.scaled(f"t.{name}", MICRO)) for name in COSTS}
        total = " + ".join(say.scaled(f"t.{name}", MICRO, 0) for name in EXCLUDED)
        said = " AND ".join(f"t.{name} IS NULL" for name in EXCLUDED)
        columns["excluded"] = ("int", f"CASE WHEN {said} THEN -1 ELSE {total} END")
        columns["declaration"] = ("key", "t.declaration_id")
        return self._read("suppliers_costs", columns, among="t.declaration_id", scope=declarations)

    def lines(self, declarations: Keys | None = None) -> Columns:
        columns = {
            "line": ("key", "t.id"), "declaration": ("key", "t.declaration_id"), "position": ("small", "t.position"),
            "quantity": ("int", self.speech.scaled("t.quantity", QUANTITY)), "hs": ("label", "t.hs"),
            "flags": ("small", "CAST(t.minor AS integer) + 2 * CAST(t.consigned AS integer)"),
        }  # fmt: skip
        return self._read("suppliers_line", columns, among="t.declaration_id", scope=declarations)

    def sources(self, declarations: Keys | None = None) -> Columns:
        say = self.speech
        words = " | ".join(
            [say.letter("t.how"), f"({say.letter('t.title')} << 8)", f"({say.letter('t.basis')} << 16)",
             "(CAST(t.allied AS integer) << 24)", "(CAST(t.designated AS integer) << 25)",
             f"({say.letter('t.made_in')} << 32)", f"({say.last_letter('t.made_in')} << 40)"]
        )  # fmt: skip
        columns = {
            "source": ("key", "t.id"), "line": ("key", "t.line_id"), "position": ("small", "t.position"),
            "numerator": ("small", "t.share_numerator"), "denominator": ("small", "t.share_denominator"),
            "price": ("int", say.scaled("t.price", MICRO)), "sourcing": ("key", "t.sourcing_id"),
            "made_part": ("key", "t.made_part_id"), "words": ("int", words),
        }  # fmt: skip
        joins = "" if declarations is None else "JOIN suppliers_line l ON l.id = t.line_id"
        return self._read("suppliers_source", columns, joins=joins, among="l.declaration_id", scope=declarations)

    def sourcings(self, keys: Keys | None = None) -> Columns:
        """Those that hold on the day; not all are confirmed."""
        columns = {
            "sourcing": ("key", "t.id"), "part": ("key", "t.seller_part_id"), "buyer": ("key", "t.buyer_id"),
            "factor": ("int", self.speech.scaled("t.factor", MICRO)),
        }  # fmt: skip
        holds = f"t.ends IS NULL OR t.ends > '{self.day}'"
        if self.known is not None:  # a sale that was ended afterwards still held
            ended = "SELECT 1 FROM suppliers_sourcingend e WHERE e.sourcing_id = t.id"
            holds += f" OR EXISTS ({ended} AND e.at >= {self.speech.moment(self.known)})"
        where = f"t.begins <= '{self.day}' AND ({holds})"
        return self._read("suppliers_sourcing", columns, where=where, among="t.id", scope=keys)

    def confirmed(self, keys: Keys | None = None) -> list[Keys]:
        """The sourcings that the seller, and those that the buyer has confirmed."""
        columns = {"sourcing": ("key", "t.sourcing_id")}
        return [
            self._read("suppliers_sourcingconfirmation", columns, where=f"t.side = '{side}' AND {self._by_then('t.at')}",
                       among="t.sourcing_id", scope=keys)["sourcing"]
            for side in ("seller", "buyer")
        ]  # fmt: skip

    def holders(self, parts: Keys) -> list[Keys]:
        """The signed declarations with a source that these parts may answer."""
        wanted = {"of": ("key", "l.declaration_id")}
        joins = "JOIN suppliers_line l ON l.id = t.line_id"
        bought = joins + " JOIN suppliers_sourcing s ON s.id = t.sourcing_id"
        return [
            self._read("suppliers_source", wanted, joins=bought, among="s.seller_part_id", scope=parts)["of"],
            self._read("suppliers_source", wanted, joins=joins, among="t.made_part_id", scope=parts)["of"],
        ]  # fmt: skip

    # What is said beside the amounts: a text that tells it apart, and amounts that vary.

    def statements(self, declarations: Keys | None = None) -> Columns:
        say = self.speech
        amounts = ("amount", "net_cost", "vnm")
        said = [f"t.{name} IS NOT NULL" for name in amounts]
        names = ("law", "para", "originates", "criterion", "method", "use", "averaged")
        names += ("ge70", "origin", "engine_origin", "transmission_origin")
        percents = [say.scaled(f"t.{name}", MICRO) for name in ("percent", "pct5", "pct")]
        columns = {
            "of": ("key", "t.declaration_id"), "position": ("small", "t.position"),
            "text": ("text", say.row("'statement'", *(f"t.{name}" for name in names), *percents, *said)),
            **{f"amount{nth}": ("int", say.scaled(f"t.{name}", MICRO)) for nth, name in enumerate(amounts)},
        }  # fmt: skip
        return self._read("suppliers_statement", columns, among="t.declaration_id", scope=declarations)

    def own_values(self, declarations: Keys | None = None) -> Columns:
        columns = {
            "of": ("key", "t.declaration_id"), "text": ("text", self.speech.row("'own'", "t.country")),
            "amount0": ("int", self.speech.scaled("t.amount", MICRO)),
        }  # fmt: skip
        return self._read("suppliers_ownvalue", columns, among="t.declaration_id", scope=declarations)

    def claims(self, declarations: Keys | None = None) -> Columns:
        columns = {"of": ("key", "t.declaration_id"), "text": ("text", self.speech.row("'claim'", "t.key", "t.value"))}
        return self._read("suppliers_claim", columns, among="t.declaration_id", scope=declarations)

    def charges(self, declarations: Keys | None = None) -> Columns:
        text = self.speech.row("'charge'", "t.kind", "t.in_price", "t.leg", "t.recoverable")
        columns = {
            "of": ("key", "t.source_id"), "position": ("small", "t.position"), "text": ("text", text),
            "amount0": ("int", self.speech.scaled("t.amount", MICRO)),
        }  # fmt: skip
        return self._read("suppliers_charge", columns, **self._below(declarations))

    def cannots(self, declarations: Keys | None = None) -> Columns:
        """A determination counts where something was tried; what was tried, and words alone, are not part of the wording."""
        tried = "EXISTS (SELECT 1 FROM suppliers_try y WHERE y.cannot_id = t.source_id)"
        share = self.speech.scaled("t.pct", MICRO)
        text = self.speech.row("'cannot'", "t.reason", "t.ge70", share, f"CASE WHEN {tried} THEN 't' ELSE '' END")
        columns = {"of": ("key", "t.source_id"), "text": ("text", text)}
        return self._read("suppliers_cannot", columns, **self._below(declarations))

    def _below(self, declarations: Keys | None) -> dict:
        if declarations is None:
            return {}
        joins = "JOIN suppliers_source s ON s.id = t.source_id JOIN suppliers_line l ON l.id = s.line_id"
        return {"joins": joins, "among": "l.declaration_id", "scope": declarations}
