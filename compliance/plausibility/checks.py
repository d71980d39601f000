"""What makes an answer doubtful, one function a check: from its face and its addressee's own entries alone."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from compliance.plausibility import prices, words
from compliance.plausibility.known import Face, Known
from suppliers import days, hs
from suppliers.positions import Position, positions

STOPS, LOOK, FINE = "stops", "look", "fine"
REGION = frozenset({"CA", "MX", "US"})
INSIDE = {"amount": "an amount", "vnm": "non-originating materials", "net_cost": "a net cost"}


@dataclass(frozen=True)
class Finding:
    """What was found: code, the bold fact, why it matters, how to mend it, the source; stops acceptance or is worth a look."""

    code: str
    severity: str
    fact: str
    why: str
    cure: str
    cite: str


@dataclass(frozen=True)
class Check:
    """One check: what it looks for, why, what to do, where the duty comes from. ``run`` gives the facts it finds."""

    code: str
    severity: str
    title: str
    why: str
    cure: str
    cite: str
    run: Callable[[Known], Iterator[str]]

    def __call__(self, known: Known) -> list[Finding]:
        return [self.finding(fact) for fact in self.run(known)]

    def finding(self, fact: str) -> Finding:
        return Finding(self.code, self.severity, fact, self.why, self.cure, self.cite)


CHECKS: list[Check] = []


def check(code: str, severity: str, title: str, *, why: str, cure: str, cite: str):
    """Enter a check under its code; the function's facts become its findings."""

    def entered(run: Callable[[Known], Iterator[str]]) -> Check:
        CHECKS.append(Check(code, severity, title, why, cure, cite, run))
        return CHECKS[-1]

    return entered


def found(known: Known) -> list[Finding]:
    """Everything the checks find at one face, in the order they stand here."""
    return [one for row in CHECKS for one in row(known)]


def finding(code: str, fact: str) -> Finding:
    """A finding again from the two of it that are kept."""
    return next(row for row in CHECKS if row.code == code).finding(fact)


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among them: stops, look, or fine."""
    kinds = {one.severity for one in findings}
    return next((kind for kind in (STOPS, LOOK) if kind in kinds), FINE)


@check(
    "R2", LOOK, "The HS code does not fit what the part is called",
    why="The code decides which rule of origin is tested, and whether a list names the part.",
    cure="Ask for the classification, or correct the code of your own number.", cite="19 CFR 182.12(a)(4); HS General Rules",
)  # fmt: skip
def code_against_description(known: Known) -> Iterator[str]:
    face = known.face
    called = tuple(dict.fromkeys([face.description, *(sale.buyer_part.description for sale in known.sales)]))
    if places := words.elsewhere(called, face.hs):
        theirs = " and ".join(f"{place[:2]}.{place[2:]}" for place in places)
        yield f"“{face.description}” stands under {face.hs}, {_short(hs.heading(face.hs))}; its words stand under {theirs}"


@check(
    "R3", LOOK, "Another country than before",
    why="Where it is made decides origin under every law; a move changes the label and the duty.",
    cure="Ask when and where production moved, and for which deliveries.", cite="19 CFR 182.12; 49 CFR 583.13",
)  # fmt: skip
def another_country(known: Known) -> Iterator[str]:
    face, before = known.face, known.earlier
    if before is None:
        return
    which = f"the answer for {days.day(before.begins)} to {days.day(before.ends - dt.timedelta(1))}"
    if before.made_in and face.made_in and before.made_in != face.made_in:
        yield f"Made in {face.made_in}; {which} said {before.made_in}"
    now, then = _origins(face), _origins(before)
    for law in sorted(now.keys() & then.keys()):
        if now[law] != then[law]:
            yield f"Its origin under {law.upper()} is {now[law]}; {which} said {then[law]}"


@check(
    "R4", LOOK, "Your price stands out of your own purchases",
    why="The price is the measure of every share: a slip of a unit or of a digit moves the vehicle.",
    cure="Compare price, unit and currency with the invoice; correct your own line, or ask what changed.",
    cite="49 CFR 583.6(b); Regs s.9(3); UR 8",
)  # fmt: skip
def price_stands_out(known: Known) -> Iterator[str]:
    if one := prices.odd(known.newest_purchases, known.purchases):
        times = f"{one.factor:.2g} times" if one.factor >= 1 else f"{100 * one.factor:.2g} percent of"
        other = "purchase" if one.others == 1 else f"{one.others} purchases"
        yield (
            f"You pay {_money(one.purchase.price)} {one.purchase.currency}, {times} the usual {_money(one.usual)} of your other "
            f"{other} within {_days(dt.timedelta(one.days))}"
        )


@check(
    "R5", LOOK, "Days between two answers that nobody speaks for",
    why="Deliveries of those days have no answer: each law counts them by its rule for silence.",
    cure="Ask for an answer that begins where the one before ended.", cite="19 CFR 182.12(a)(4)(viii); 49 CFR 583.13",
)  # fmt: skip
def days_between(known: Known) -> Iterator[str]:
    face, before = known.face, known.earlier
    if before and before.until < face.begins and not _covered(before.until, face.begins, known.around):
        last = days.day(before.until - dt.timedelta(1))
        yield f"Begins {days.day(face.begins)}; the answer before ended {last}: {_days(face.begins - before.until)} without one"


@check(
    "R6", LOOK, "It does not cover the days you asked for",
    why="For the rest of the period the part counts as unanswered.",
    cure="Ask for the days that are missing.", cite="19 CFR 182.12(a)(4)(viii); 49 CFR 583.13",
)  # fmt: skip
def days_asked(known: Known) -> Iterator[str]:
    face = known.face
    meant = [row for row in known.asked if row.at <= face.signed and row.begins < face.ends and row.ends > face.begins]
    if not meant:
        return
    asked = max(meant, key=lambda row: row.at)
    others = [*known.around, *([known.earlier] if known.earlier else [])]
    head = (asked.begins, face.begins)
    tail = (face.ends, asked.ends)
    missing = [(a, b) for a, b in (head, tail) if a < b and not _covered(a, b, others)]
    if missing:
        said = " and ".join(f"{days.day(a)} to {days.day(b - dt.timedelta(1))}" for a, b in missing)
        yield f"You asked for {days.day(asked.begins)} to {days.day(asked.ends - dt.timedelta(1))}; nothing covers {said}"


@check(
    "R7", LOOK, "It states more than you pay",
    why="An amount inside a part is at most the price of the part, save for a sale below cost.",
    cure="Compare units and currency with the invoice; ask which sale the amount is of.", cite="Regs s.9(2), (3); UR 9(2), (3)",
)  # fmt: skip
def more_than_the_price(known: Known) -> Iterator[str]:
    for price, currency in _unit_prices(known)[:1]:
        for row in known.face.statements if currency == known.face.currency else ():
            for name, said in INSIDE.items():
                if row[name] and Decimal(row[name]) > price:
                    law, more = row["law"].upper(), _money(Decimal(row[name]))
                    yield f"It states {said} of {more} under {law} in what you pay {_money(price)} {currency} for"


@check(
    "R8", STOPS, "It is said to originate, and is made outside the region",
    why="Nothing made outside Canada, Mexico and the United States originates under their agreement: both cannot be true.",
    cure="Correct the country on your own line, or ask back.", cite="USMCA Art. 4.2; UR 3; Regs s.9(2)(f), (g)",
)  # fmt: skip
def originates_from_outside(known: Known) -> Iterator[str]:
    laws = sorted({row["law"].upper() for row in known.face.statements if _originates(row)})
    if not laws:
        return
    told = known.face.made_in
    if told and told not in REGION:
        yield f"It originates under {' and '.join(laws)}, and is made in {told}"
    for country in sorted(_marked(known) - REGION - {told}):
        yield f"It originates under {' and '.join(laws)}; your own line says that it is made in {country}"


@check(
    "R9", LOOK, "Two answers of one supplier contradict each other",
    why="Both speak for some of the same days, so one delivery would be of two kinds.",
    cure="Ask which of the two holds for which deliveries, and have the other withdrawn.", cite="19 CFR 182.12; 49 CFR 583.10",
)  # fmt: skip
def two_answers(known: Known) -> Iterator[str]:
    beside = known.beside
    mine = positions(known.face.facts) if beside else []
    for other in beside:
        clashes: dict[tuple, tuple[Position, Position]] = {}
        for one, theirs in ((a, b) for a in mine for b in positions(other.facts) if a.against(b)):
            clashes.setdefault(one.question, (one, theirs))
        for one, theirs in clashes.values():
            yield (
                f"Here {one.words}; its answer signed {days.day(other.signed.date())} for "
                f"{days.day(other.begins)} to {days.day(other.ends - dt.timedelta(1))} says that {theirs.words}"
            )


@check(
    "R10", LOOK, "Your own line names another country",
    why="The country marked on the part and the one its maker names should be the same.",
    cure="Read the marking on a delivered part; correct your line, or ask back.", cite="19 CFR 134.11; 19 CFR 182.12",
)  # fmt: skip
def marked_elsewhere(known: Known) -> Iterator[str]:
    told = known.face.made_in
    if told and (others := sorted(_marked(known) - {told})):
        yield f"It is made in {told}; your own line says {', '.join(others)}"


# ---- what they share ----


def _marked(known: Known) -> set[str]:
    return {row.made_in for row in known.own_purchases if row.made_in}


def _originates(row: dict) -> bool:
    return row["law"] in {"usmca", "nafta"} and (row["originates"] is True or row["para"] in {"f", "g"})


def _origins(face: Face) -> dict[str, str]:
    return {row["law"]: str(row["origin"]) for row in face.statements if row["origin"]}


def _unit_prices(known: Known) -> list[tuple[Decimal, str]]:
    """What one of the seller's units costs by one's own lines, dearest first: the least reason to wonder."""
    factor = {sale.pk: sale.factor for sale in known.sales}
    rows = [(row.price / factor[row.sale], row.currency) for row in known.own_purchases]
    return sorted(rows, reverse=True)


def _covered(begins: dt.date, ends: dt.date, faces: list[Face]) -> bool:
    """Whether these answers speak for every day of a half-open period."""
    for face in sorted(faces, key=lambda one: one.begins):
        if face.begins <= begins < face.until:
            begins = face.until
    return begins >= ends


def _days(span: dt.timedelta) -> str:
    return f"{span.days} day{'' if span.days == 1 else 's'}"


def _money(amount: Decimal) -> str:
    return f"{amount.normalize():,f}"


def _short(text: str) -> str:
    first = text.split(";")[0].split(",")[0].strip()
    return f"“{first[:60]}”"
