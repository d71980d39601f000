"""The first facts of a draft about a part: the asked period, the customers, the company's own country and money."""

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from suppliers.forms.posted import Facts
from suppliers.models import Part, Request

MONEY = {"CA": "CAD", "MX": "MXN"}


def first(part: Part, asked: Request | None, buyers: Iterable[str]) -> Facts:
    """A draft that says nothing yet beyond what is known without asking."""
    today, country = timezone.now().date(), part.organisation.country.code
    begins, ends = (asked.begins, asked.ends) if asked else (today, today + dt.timedelta(days=365))
    return {"part": part, "begins": begins, "ends": ends, "currency": MONEY.get(country, "USD"), "hs": part.hs,
            "uses": ["light"], "made_in": country, "addressed_to": list(buyers)}  # fmt: skip
