"""What an automaker makes itself, opened into its own lists of parts at any depth; nobody else's declaration is entered."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from suppliers.models import Declaration
from tracing.disclosure.own import dossier_of, paid_for, words_of
from tracing.disclosure.parts import REGION, part_faces
from tracing.models import Outcome


def inner_faces(outcome: Outcome) -> dict[str, list[dict[str, Any]]]:
    """By the key of a part that the automaker makes itself: what goes into it, as faces, in amounts of one vehicle.

    Its own lists of parts are its own entries at any depth, so items, prices and sellers stand as entered. Of what a
    direct supplier answered it is the same one word as above: complete, or incomplete below this supplier. A part that
    was declared in another currency stays closed: its amounts would have to be turned over.
    """
    if not hasattr(outcome, "_inner"):
        outcome._inner = {}
        made = [part for part in part_faces(outcome) if part["how"] == "made" and part["answered"]]
        if made:
            opened = _Opened(outcome)
            for part in made:
                opened.into(part, (part["line"], part["source"]), opened.good, Fraction(1))
    inner: dict[str, list[dict[str, Any]]] = outcome._inner
    return inner


class _Opened:
    """The automaker's own production in one dossier, opened line by line; nobody else's declaration is entered."""

    def __init__(self, outcome: Outcome):
        found, self.outcome = dossier_of(outcome.trace), outcome
        self.all, self.good, self.currency = found["declarations"], found["vehicles"][0], found["currency"]
        keys, owner = outcome.trace.declarations, outcome.trace.vehicle.organisation_id
        names = {
            source["declaration"] for row in self.all.values() for source in _sources(row) if source["how"] == "made"
        }
        wanted = {keys[name]: name for name in names if name in keys}
        own = Declaration.objects.filter(pk__in=wanted, organisation=owner).values_list("pk", flat=True)
        self.own = {wanted[str(key)] for key in own}
        self.askers = {gap["asker"] for gap in outcome.result["gaps"]}
        self.open: dict[str, bool] = {}

    def into(self, part: dict[str, Any], at: tuple[int, int], holder: str, units: Fraction) -> None:
        """Opens the part that stands at a line and source of the holder's list; ``units`` of the holder go into one vehicle."""
        line = self.all[holder]["body"][at[0]]
        source = line["sources"][at[1]]
        name = source["declaration"]
        if name not in self.own or self.all[name].get("currency", self.currency) != self.currency:
            return
        units *= Fraction(line.get("qty", "1")) * Fraction(source.get("share", "1"))
        rows = []
        for nth, inner in enumerate(self.all[name].get("body", [])):
            for index, one in enumerate(inner["sources"]):
                face = self._face(part["key"], nth, index, inner, one, units)
                rows.append(face)
                if one["how"] == "made" and one["declaration"] and name != one["declaration"]:
                    self.into(face, (nth, index), name, units)
        self.outcome._inner[part["key"]] = rows

    def _face(self, above: str, nth: int, index: int, line: dict, source: dict, units: Fraction) -> dict[str, Any]:
        paid = units * Fraction(paid_for(line, source))
        child, imported = source["declaration"], source["how"] == "imported"
        foreign = imported and source.get("made_in", "") not in REGION
        state = "incomplete" if child is None or self.is_open(child) else "complete"
        return {
            "line": nth, "source": index, "item": line["item"], "hs": line.get("hs", ""), "qty": line.get("qty", "1"),
            "share": source.get("share", "1"), "price": source.get("price", ""), "how": source["how"],
            "value": f"{(Decimal(paid.numerator) / Decimal(paid.denominator)):f}", "seller": source.get("seller", ""),
            "made_in": source.get("made_in", ""), "key": f"{above}.{nth}.{index}", "state": state, "answered": child is not None,
            "description": words_of(self.outcome).get(line["item"], "") or line.get("description", ""),
            "own": child is None or foreign, "category": "imported" if foreign else state if child is not None else "unknown",
        }  # fmt: skip

    def is_open(self, name: str) -> bool:
        """Whether an answer is missing at a declaration or anywhere below it."""
        waiting, seen = [name], set()
        while waiting:
            one = waiting.pop()
            if one in self.askers or self.open.get(one):
                self.open[name] = True
                return True
            seen.add(one)
            waiting += [
                row["declaration"]
                for row in _sources(self.all[one])
                if row["declaration"] and row["declaration"] not in seen
            ]
        self.open[name] = False
        return False


def _sources(declaration: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return (source for line in declaration.get("body", []) for source in line["sources"])
