"""Words that a law prescribes for a certificate or declaration: they stand in the signed text as the law has them, in English."""

import datetime as dt
from collections.abc import Iterable, Iterator

from suppliers.facts.reading import Facts
from suppliers.models import Organisation

# 49 CFR 583.13: it immediately precedes the other information.
DOT_PHRASE = "This information is certified in accordance with DOT regulations."

# USMCA Annex 5-A, element 9; 19 CFR 182.12(a)(4). The certifier is the producer: a declaration is its maker's (element 1).
ANNEX_5A = (
    "I certify that the goods described in this document qualify as originating and the information contained in this document is true "
    "and accurate. I assume responsibility for proving such representations and agree to maintain and present upon request or to make "
    "available during a verification visit, documentation necessary to support this certification."
)

# CBP Form 434, field 11; NAFTA Art. 501.
FORM_434 = (
    "I certify that the information on this document is true and accurate and I assume the responsibility for proving such "
    "representations. I agree to maintain, and present upon request, documentation necessary to support this certificate, and to inform, "
    "in writing, all persons to whom the certificate was given of any changes that could affect the accuracy or validity of this "
    "certificate. The goods originated in the territory of one or more of the parties, and comply with the origin requirements specified "
    "for those goods in the North American Free Trade Agreement."
)


def named(company: Organisation) -> str:
    """A company with its address and country on one line."""
    lines = (line.strip() for line in company.address.splitlines())
    return ", ".join([company.name, *(line for line in lines if line), company.country.code])


def before(statements: Iterable[Facts]) -> str:
    """What must stand before everything else; nothing where no law asks for it."""
    return f"{DOT_PHRASE} " if any(row["law"] == "aala" for row in statements) else ""


def after(
    statements: Iterable[Facts], *, producer: str, goods: str, buyers: str, begins: dt.date, ends: dt.date
) -> str:  # fmt: skip
    """What is added to the end, law by law, each once: only where something is stated to originate under that law.

    ``producer`` is the certifier's company with its address (USMCA Annex 5-A, elements 2 and 4).
    """
    found = list(dict.fromkeys(_of(statements, producer, goods, buyers, begins, ends)))
    return "".join(f" {one}" for one in found)


def _of(
    rows: Iterable[Facts], producer: str, goods: str, buyers: str, begins: dt.date, ends: dt.date
) -> Iterator[str]:  # fmt: skip
    for row in rows:
        originates = row.get("originates") is True
        if row["law"] == "usmca" and originates:
            yield f"Under USMCA, certified by the producer, {producer}: {ANNEX_5A}"
        elif row["law"] == "nafta" and (originates or row.get("para") in {"f", "g"}):
            yield f"Under NAFTA, certified by the producer, {producer}: {FORM_434}"
        elif row["law"] == "eu-uk" and originates:
            yield _long_term(row, goods, buyers, begins, ends)


def _long_term(row: Facts, goods: str, buyers: str, begins: dt.date, ends: dt.date) -> str:
    """Implementing Regulation (EU) 2015/2447, Annex 22-16. Its last day is the one before ours, which is not included."""
    partners, cumulation = row.get("agreements") or "the countries named above", row.get("cumulation")
    applied = f"cumulation applied with {cumulation}" if cumulation else "no cumulation applied"
    last, home = ends - dt.timedelta(days=1), row.get("made_in") or "the country named above"
    return (
        f"I, the undersigned, declare that the goods described in this document, {goods}, which are regularly supplied to {buyers}, "
        f"originate in {home} and satisfy the rules of origin governing preferential trade with {partners}. "
        f"I declare that: {applied}. This declaration is valid for all consignments of these products dispatched from "
        f"{begins:%d %b %Y} to {last:%d %b %Y}. I undertake to inform {buyers} immediately if this declaration is no longer valid. "
        "I undertake to make available to the customs authorities any further supporting documents they require."
    )
