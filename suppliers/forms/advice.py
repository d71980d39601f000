"""Whom to ask about a finding: the person in the house or outside who usually knows."""

from django.utils.translation import gettext_lazy as _

BROKER = _("Your customs broker knows, or whoever files your entries.")
BOOKS = _("Ask your cost accounting.")
ORIGIN = _("Ask whoever decides on origin in your house, or your customs broker.")
BUYING = _("Ask your purchasing department or the seller.")
CUSTOMER = _("Ask the contact at your customer who sent the request.")
WHOM = {
    "A1": BOOKS, "A2": CUSTOMER, "A3": BOOKS, "C1": BUYING, "C2": BUYING, "C3": BROKER, "C4": BROKER, "C5": ORIGIN,
    "C6": ORIGIN, "C7": ORIGIN, "D1": CUSTOMER, "D2": CUSTOMER, "D3": CUSTOMER, "D4": CUSTOMER, "D5": BUYING, "G1": ORIGIN,
    "G2": ORIGIN, "G3": ORIGIN, "G4": BROKER, "I1": BOOKS, "M1": BOOKS, "N1": BOOKS, "N2": BOOKS, "O1": ORIGIN, "O2": ORIGIN,
    "O3": ORIGIN, "O4": ORIGIN, "T1": ORIGIN, "T2": ORIGIN, "V1": BOOKS, "V2": BOOKS, "V3": BOOKS, "V4": BOOKS,
}  # fmt: skip


def whom(code: str):
    """A sentence that names who usually knows; empty where the page itself says all."""
    return WHOM.get(code, "")
