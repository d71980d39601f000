"""How much of a trace each party may see. Pages, API and certificates ask here and never read a result themselves.

Whatever is shown of another company's answers is either on the face that its rulebook lets the buyer see, a verdict, or
derived from figures in whole points. docs/disclosure.md says why each line is as it is.
"""

import datetime as dt
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from suppliers.models import Declaration, Membership, Part, Source, Sourcing
from tracing import rulebooks
from tracing.engine.result import FAIL, MEASURED, OPEN, PASS
from tracing.models import Outcome, Said, Trace, Vehicle, Verdict

BOUNDS = ("worst", "declared", "best")
REGION = ("CA", "MX", "US")
RAN = {PASS, FAIL, OPEN, MEASURED}
STATED = {f"9(2)({letter})": f"statement.{letter}" for letter in "cdefgh"}
SAID = ("status", "hypothetical", "verdict", "reading_label", "switches", "tests")
ROLLED = Decimal("0.000001")
"""Points within which a roll's integers may lie beside the exact percentage, with room to spare."""
HOLDS = {
    "at_least": lambda value, needed: value >= needed,
    "more_than": lambda value, needed: value > needed,
    "at_most": lambda value, needed: value <= needed,
}


def may_see_outcomes(vehicle: Vehicle, membership: Membership) -> bool:
    """Outcomes of a vehicle are its automaker's."""
    return vehicle.organisation_id == membership.organisation_id


# ---- tests: whole points ----


def rounded(test: dict[str, Any], bound: str) -> tuple[str, Decimal] | None:
    """One bound in whole points, as text and as the number to draw: worst and declared rounded down, best up.

    Where rounding would contradict the threshold, the threshold itself stands there: that adds nothing to the verdict.
    """
    if not test[bound]:
        return None
    exact, operator = Decimal(test[bound]), test["operator"]
    up = (bound == "best") != (operator == "at_most")
    whole = exact.quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR)
    if not test["threshold"]:
        return str(whole), whole
    needed, holds = Decimal(test["threshold"]), HOLDS[operator]
    if holds(exact, needed) == holds(whole, needed):
        return str(whole), whole
    beyond = {("at_least", False): "under ", ("more_than", True): "over ", ("at_most", False): "over "}
    return beyond.get((operator, holds(exact, needed)), "") + test["threshold"], needed


def whole_points(test: dict[str, Any]) -> dict[str, str]:
    """Worst, declared and best of a test as they may be read. Exact totals would give every direct supplier's share away."""
    return {bound: (rounded(test, bound) or ("", None))[0] for bound in BOUNDS}


def margin(test: dict[str, Any]) -> str:
    """Points to spare at worst, or short at best; from the whole points, so it says no more than they do."""
    if not test["threshold"] or not test["worst"]:
        return ""
    needed = Decimal(test["threshold"])
    worst, best = (abs((rounded(test, bound) or ("", needed))[1] - needed) for bound in ("worst", "best"))
    if test["result"] == PASS:
        return f"+{worst:f} to spare" if worst else "less than 1 to spare"
    if test["result"] == FAIL:
        return f"−{best:f} at best" if best else "less than 1 short at best"
    return f"−{worst:f} … +{best:f}"


def spare(tests: Iterable[dict[str, Any]]) -> Decimal | None:
    """Points to spare at worst over all tests that ran, below zero where it is short; from whole points, as ``margin``."""
    found = []
    for test in map(_steadied, tests):
        worst = rounded(test, "worst") if test["result"] in RAN and test["threshold"] else None
        if worst is not None:
            over = worst[1] - Decimal(test["threshold"])
            found.append(-over if test["operator"] == "at_most" else over)
    return min(found, default=None)


def test_face(test: dict[str, Any], reading: str) -> dict[str, Any]:
    """One test as its automaker sees it. ``key`` names it in addresses; ``bar`` are the numbers a picture may draw."""
    kept = ("code", "kind", "note", "title", "cite", "operator", "threshold", "of", "result", "why", "region")
    numbers = {bound: (rounded(test, bound) or ("", None))[1] for bound in BOUNDS}
    key = test["code"] + (f"@{reading}" if reading else "")
    said = {
        "margin": margin(test),
        "bar": numbers,
        "key": key,
        "options": [_way_face(row, test) for row in test["options"]],
    }
    return {name: test[name] for name in kept} | whole_points(test) | said


def _way_face(way: dict[str, Any], test: dict[str, Any]) -> dict[str, Any]:
    """One lawful way to a test, in whole points as the test itself."""
    shown = whole_points(way | {"operator": test["operator"], "threshold": test["threshold"]})
    return {name: way[name] for name in ("name", "text", "cite", "taken")} | shown


def label_face(outcome: Outcome) -> dict[str, Any] | None:
    """The label as its maker may print it: shares in whole points, U.S. and Canadian rounded down and foreign up; countries.

    What the label law makes public anyway is finer than a supplier's answer would need: a carline's shares are published.
    Whole points still keep one supplier's share from being taken out of two days' labels. Sums of money stay away.
    """
    label = outcome.result.get("label") or {}
    if not label:
        return None
    found = {
        key: label[key] for key in ("engine", "transmission", "assembly", "required", "not_required", "label_required")
    }
    found["us_ca"] = _floor(label["us_ca"])
    found["foreign"] = [{"country": row["country"], "share": _ceiling(row["share"])} for row in label["foreign"]]
    return found


def _floor(text: str) -> str:
    return str(Decimal(text).quantize(Decimal(1), ROUND_FLOOR)) if text else ""


def _ceiling(text: str) -> str:
    return str(Decimal(text).quantize(Decimal(1), ROUND_CEILING)) if text else ""


def outcome_face(outcome: Outcome) -> dict[str, Any]:
    """What an automaker sees of one outcome of its own vehicle: verdict, whole points, tests; gaps counted as it sees them."""
    return _face(outcome, outcome.result["tests"]) | {
        "id": str(outcome.pk),
        "gaps": len(gap_faces(outcome)),
        "rolled_at": None,
    }


def verdict_face(verdict: Verdict) -> dict[str, Any]:
    """What an automaker sees of what the fleet's roll says of its own vehicle: as an outcome's face, by the same rules.

    ``rolled_at`` is since when it says so. A roll knows no gaps (None), and nothing opens into steps (no id).
    """
    tests = [_steadied(row) for row in verdict.result["tests"]]
    return _face(verdict, tests) | {"id": None, "gaps": None, "rolled_at": verdict.at}


def said_face(said: Said, on: dt.date) -> dict[str, Any]:
    """What an automaker sees of what is said of its own vehicle on another day: by the same rules, without gaps and steps."""
    return _face(said, [_steadied(row) for row in said.result["tests"]]) | {
        "id": None, "gaps": None, "rolled_at": None, "on": on.isoformat()
    }  # fmt: skip


def _face(found: Outcome | Verdict | Said, tests: list[dict[str, Any]]) -> dict[str, Any]:
    """What outcomes and verdicts have in common: the law and its reading, the verdict, each test in whole points."""
    result = found.result
    faces = [test_face(row, found.reading) for row in tests]
    return {
        "rulebook": found.rulebook, "title": result["title"], "status": found.status,
        "edition": found.edition, "reading": found.reading, "reading_label": result["reading_label"],
        "hypothetical": found.hypothetical, "verdict": found.verdict, "tests": faces,
        "ran": [row for row in faces if row["result"] in RAN],
        "not_run": [row for row in faces if row["result"] not in RAN],
        "silence": result["silence"], "on": result["on"], "switches": result["switches"],
        "method": method_of(found), "good_cite": good_of(found)["cite"],
    }  # fmt: skip


def tests_of(found: Outcome | Verdict) -> list[dict[str, Any]]:
    """The exact tests of an outcome, and of what a roll says as a trace would round them."""
    rows: list[dict[str, Any]] = found.result["tests"]
    return [_steadied(row) for row in rows] if isinstance(found, Verdict) else rows


def _steadied(test: dict[str, Any]) -> dict[str, Any]:
    """A roll's test in which a percentage that all but is a whole point is that point, so that a trace rounds to the same.

    Not where that would stand on the other side of what is needed: so near to it the exact run has decided.
    """
    return test | {bound: _steady(test, test[bound]) for bound in BOUNDS} | {
        "options": [way | {bound: _steady(test, way[bound]) for bound in BOUNDS} for way in test["options"]]
    }  # fmt: skip


def _steady(test: dict[str, Any], text: str) -> str:
    if not text:
        return text
    exact = Decimal(text)
    whole = exact.quantize(Decimal(1), ROUND_HALF_EVEN)
    if whole == exact or abs(whole - exact) > ROLLED:
        return text
    if test["threshold"]:
        needed, holds = Decimal(test["threshold"]), HOLDS[test["operator"]]
        if holds(exact, needed) != holds(whole, needed):
            return text
    return f"{whole:f}"


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two faces say the same to their reader. What moved inside a whole point is nobody's to see, nor that it did."""
    return all(one[name] == other[name] for name in SAID)


def good_of(outcome: Outcome | Verdict | Said) -> dict[str, Any]:
    """The kind of good under which the vehicle was computed, in the rulebook's own words."""
    goods: list[dict[str, Any]] = rulebooks.rulebook(outcome.rulebook).data["goods"]
    return next((good for good in goods if good["name"] == outcome.result["kind_of_good"]), goods[0])


def method_of(outcome: Outcome | Verdict | Said) -> str:
    """How this law counts such a good: its method, by the reading's switch where it hangs on one."""
    good = good_of(outcome)
    chosen = outcome.result["switches"].get(good.get("method_switch", ""), "")
    method: str = good.get("methods", {}).get(chosen, good["method"])
    return method


def error_face(trace: Trace) -> str:
    """Why a vehicle cannot be traced, as its automaker may read it: errors about another company's answer are its owner's.

    The engine names the parts of a loop and the fields of what it refuses; they are shown when all of them are the
    automaker's own.
    """
    named = [key for name, key in trace.declarations.items() if name in trace.error]
    others = Declaration.objects.filter(pk__in=named).exclude(organisation=trace.vehicle.organisation_id)
    if foreign := set(re.findall(r"no rate from (\w{3}) ", trace.error)):
        own = Declaration.objects.filter(pk__in=trace.declarations.values(), organisation=trace.vehicle.organisation_id)
        if foreign - set(
            own.values_list("currency", flat=True)
        ):  # in which currency somebody below counts is its own affair
            return "It cannot be traced: an exchange rate is missing that an answer needs. The portal’s operator enters it."
    if not trace.error or not others.exists():
        return trace.error
    return (
        "It cannot be traced: an answer below your direct suppliers contradicts itself or leads back to a part above it. "
        "Ask your direct suppliers to check theirs; whoever signed it must supersede it."
    )


# ---- what is the automaker's own ----


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


def _own_sales(trace: Trace) -> dict[int, list[Sourcing | None]]:
    """The sales behind each line of the automaker's own list of parts, in the order of its sources."""
    if not hasattr(trace, "_own_sales"):
        top = dossier_of(trace)["vehicles"][0]
        lines: dict[int, list[Sourcing | None]] = {}
        for row in _bought([trace.declarations[top]]):
            lines.setdefault(row.line.position, []).append(row.sourcing)
        trace._own_sales = dict(enumerate(lines.values()))
    sales: dict[int, list[Sourcing | None]] = trace._own_sales
    return sales


def _sale(row: dict[str, Any], count: int, sales: list[Sourcing | None]) -> Sourcing | None:
    """The sale behind one source of a result. Where several plants answer one sale, its source was split."""
    if len(sales) == count:
        return sales[row["source"]]
    named = [sale for sale in sales if sale is not None and sale.seller.name == row["seller"]]
    return named[0] if named else None


def _words(outcome: Outcome) -> dict[str, str]:
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
    paid = sum((_paid(row, source) for row in top.get("body", []) for source in row["sources"]), Decimal(0))
    left, places = own_net_cost(trace) - paid, {}
    for country, amount in (top.get("own_value") or {}).items():
        places[country] = min(Decimal(amount), max(left, Decimal(0)))
        left -= places[country]
    if left > 0:
        home = top.get("made_in") or ""
        places[home] = places.get(home, Decimal(0)) + left
    return {country: amount for country, amount in places.items() if amount > 0}


def _paid(line: dict[str, Any], source: dict[str, Any]) -> Decimal:
    """What one source of a line costs its buyer in one unit of the whole."""
    units = Fraction(line.get("qty", "1")) * Fraction(source.get("share", "1"))
    amount = units * Fraction(source.get("price") or 0)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


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
        paid = units * Fraction(_paid(line, source))
        child, imported = source["declaration"], source["how"] == "imported"
        foreign = imported and source.get("made_in", "") not in REGION
        state = "incomplete" if child is None or self.is_open(child) else "complete"
        return {
            "line": nth, "source": index, "item": line["item"], "hs": line.get("hs", ""), "qty": line.get("qty", "1"),
            "share": source.get("share", "1"), "price": source.get("price", ""), "how": source["how"],
            "value": f"{(Decimal(paid.numerator) / Decimal(paid.denominator)):f}", "seller": source.get("seller", ""),
            "made_in": source.get("made_in", ""), "key": f"{above}.{nth}.{index}", "state": state, "answered": child is not None,
            "description": _words(self.outcome).get(line["item"], "") or line.get("description", ""),
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


# ---- direct parts: the price paid and the face ----


def part_faces(outcome: Outcome | Verdict) -> list[dict[str, Any]]:
    """The vehicle's direct parts: what the automaker pays, and of the answer only its face.

    A supplier's counted amount and country split are its own. Shown exactly are the automaker's own imports, the price of
    what nobody answered, and amounts that the law makes the seller state; else one block, complete or incomplete. Of what a
    roll says: ``verdict_part_faces``.
    """
    if isinstance(outcome, Verdict):
        return verdict_part_faces(outcome)
    if not hasattr(outcome, "_parts"):
        schedule = set(rulebooks.rulebook(outcome.rulebook).disclosure["buyer_automaker"])
        words, sales, rows = _words(outcome), _own_sales(outcome.trace), outcome.result["parts"]
        counts = Counter(row["line"] for row in rows)
        outcome._parts = _merged(
            _part_face(row, schedule, outcome.rulebook)
            | {
                "description": words.get(row["item"], ""),
                "sourcing": _sale(row, counts[row["line"]], sales.get(row["line"], [])),
                "sources": [(row["line"], row["source"])],
            }
            for row in rows
        )
    parts: list[dict[str, Any]] = outcome._parts
    return parts


def _merged(faces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One face for each sale of a line: from how many plants its seller answers, and in what shares, is the seller's own."""
    found: dict[Any, dict[str, Any]] = {}
    for face in faces:
        key = (face["line"], face["sourcing"].pk if face["sourcing"] else face["source"])
        if key not in found:
            found[key] = face
            continue
        whole = found[key]
        whole["value"] = f"{Decimal(whole['value']) + Decimal(face['value']):f}"
        whole["share"] = str(Fraction(whole["share"]) + Fraction(face["share"]))
        whole["sources"] += face["sources"]
        states, answers = {whole["state"], face["state"]}, {whole["originates"], face["originates"]}
        whole["state"] = "complete" if states == {"complete"} else "incomplete"
        whole["originates"] = whole["originates"] if len(answers) == 1 else "open"
        whole["answered"] = whole["answered"] or face["answered"]
        if whole["own"] and face["own"]:
            whole["counted"] = {
                bound: f"{Decimal(whole['counted'][bound]) + Decimal(face['counted'][bound]):f}" for bound in BOUNDS
            }
        else:
            whole |= {"own": False, "counted": None, "para": "", "stated": []}
        whole["category"] = _category(whole)
    return list(found.values())


def _part_face(row: dict[str, Any], schedule: set[str], law: str) -> dict[str, Any]:
    kept = ("line", "source", "item", "hs", "qty", "share", "price", "value", "seller", "how", "made_in")
    answered = row["declaration"] is not None
    own = not answered or (row["how"] == "imported" and row["made_in"] not in REGION)
    face = {name: row[name] for name in kept} | {
        "own": own,
        "answered": answered,
        "key": f"part.{row['line']}.{row['source']}",
    }
    face["state"] = "complete" if row["state"] == "complete" else "incomplete"
    face["counted"] = dict(row["counted"]) if own else None
    face["para"] = row["para"] if own else ""
    face["stated"] = _stated(row, schedule) if answered and not own else []
    face["originates"] = _originates(row, schedule, law) if answered and not own else ""
    face["category"] = _category(face)
    return face


def _stated(row: dict[str, Any], schedule: set[str]) -> list[dict[str, str]]:
    """The amounts the seller stated to its buyer under the law, whichever was taken: which was lowest may tell of a body."""
    found = []
    for option in row["options"]:
        is_nil = option["para"] == "9(1)" and option["text"].startswith("stated")
        named = STATED.get(option["para"]) or ("statement.nil" if is_nil else "")
        if named in schedule:
            found.append({"para": option["para"], "amount": option["amount"], "text": option["text"]})
    return sorted(found, key=lambda one: one["para"])


def _originates(row: dict[str, Any], schedule: set[str], law: str) -> str:
    """Whether the part originates, where its law lets the buyer know: yes, no, or open."""
    if "originates" not in schedule or law != "usmca" or row["how"] == "made":
        return ""
    worst, best = (Decimal(row["counted"][bound]) for bound in ("worst", "best"))
    if worst != best:
        return "open"
    return "yes" if worst == 0 else "no" if worst == Decimal(row["value"]) else ""


def _category(face: dict[str, Any]) -> str:
    """What a picture may paint the part as: an own import, unknown because nobody answered, or one neutral block."""
    if not face["own"]:
        return face["state"]
    if face["how"] == "imported" and face["made_in"] not in REGION:
        return "counted" if Decimal(face["counted"]["worst"] or 0) else "not_counted"
    return "unknown"


from tracing.disclosure.gaps import ceiling as ceiling  # noqa: E402
from tracing.disclosure.gaps import gap_faces as gap_faces  # noqa: E402
from tracing.disclosure.gaps import open_lines as open_lines  # noqa: E402
from tracing.disclosure.gaps import verdict_part_faces  # noqa: E402
