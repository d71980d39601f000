"""How a campaign stands, for the one who asks: by supplier, by price paid, by day, and every try with what became of it.

Only what the asker knows anyway: its own questions, the faces of answers, its own prices. A supplier never gets here.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from suppliers.actions import contacts
from suppliers.models import Bounce, Campaign, Decline, Organisation, Postponement, Reminder, Request
from tracing import purchases

STANDS = ("answered", "postponed", "waiting", "late", "declined")
COLUMNS = {
    "pk": "pk", "sale": "sourcing", "seller": "sourcing__seller", "name": "sourcing__seller__name",
    "item": "sourcing__buyer_part__number", "description": "sourcing__buyer_part__description", "due": "due",
    "answered_at": "answered_at", "reason": "decline__reason", "why": "decline__why", "declined_at": "decline__at",
}  # fmt: skip


def listed(campaigns: Iterable[Campaign]) -> list[dict[str, Any]]:
    """One line a campaign: how many it asked and how many have answered; two queries for any number of them."""
    campaigns = list(campaigns)
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    rows = (
        Request.objects.filter(campaign__in=campaigns)
        .with_answer()
        .values_list("campaign", "answered_at", "decline__at")
    )
    for key, answered, declined in rows:
        found[key]["asked"] += 1
        found[key]["answered"] += answered is not None
        found[key]["declined"] += answered is None and declined is not None
    return [
        {"campaign": one} | {word: found[one.pk][word] for word in ("asked", "answered", "declined")}
        for one in campaigns
    ]


def rows(campaign: Campaign, *, on: dt.date) -> list[dict[str, Any]]:
    """Each question of a campaign with how it ``stands``: answered, postponed, waiting, late or declined."""
    later: dict[Any, tuple[dt.date, str]] = {}
    for key, until, why in (
        Postponement.objects.filter(request__campaign=campaign).order_by("at").values_list("request", "until", "why")
    ):
        later[key] = until, why
    told = campaign.requests.with_answer().order_by("sourcing__seller__name", "sourcing__buyer_part__number", "pk")
    found = [dict(zip(COLUMNS, row, strict=True)) for row in told.values_list(*COLUMNS.values())]
    for row in found:
        row["until"], row["until_why"] = later.get(row["pk"], (None, ""))
        row["stands"] = _stands(row, on)
        row["reason"] = Decline.Reason(row["reason"]).label if row["reason"] else ""
    return found


def _stands(row: dict[str, Any], on: dt.date) -> str:
    if row["answered_at"]:
        return "answered"
    if row["declined_at"]:
        return "declined"
    if row["until"] and row["until"] > on:
        return "postponed"
    return "late" if row["due"] < on else "waiting"


def told(campaign: Campaign, *, on: dt.date) -> dict[str, Any]:
    """Everything the campaign's page shows, in a constant number of queries."""
    found = rows(campaign, on=on)
    bought = purchases.of(campaign.goods.all(), begins=campaign.begins, ends=campaign.ends)
    tried = tries(campaign)
    dead = contacts.unreachable(Organisation.objects.filter(pk__in={row["seller"] for row in found}))
    counts = Counter(row["stands"] for row in found)
    return {
        "rows": found, "counts": counts, "asked": len(found), "answered": counts["answered"],
        "value": _by_value(found, bought), "days": by_day(campaign, found, on), "suppliers": by_supplier(found, bought, tried, dead),
        "tries": tried, "postponed": [row for row in found if row["stands"] == "postponed"],
        "declined": [row for row in found if row["stands"] == "declined"], "bounces": bounces(tried),
    }  # fmt: skip


def _by_value(found: list[dict[str, Any]], bought: purchases.Purchases) -> list[dict[str, Any]]:
    """By currency: what is paid in one of each good for what was asked, and for what of it is answered."""
    asked = bought.paid(row["sale"] for row in found)
    answered = bought.paid(row["sale"] for row in found if row["answered_at"])
    return [
        {"currency": currency, "asked": total, "answered": answered.get(currency, Decimal(0)),
         "percent": 100 * answered.get(currency, Decimal(0)) / total if total else Decimal(0)}
        for currency, total in sorted(asked.items())
    ]  # fmt: skip


def by_supplier(
    found: list[dict[str, Any]], bought: purchases.Purchases, tried: list[dict], dead: set
) -> list[dict[str, Any]]:
    """One line a supplier: counts by how they stand, points at stake that are not answered, the last try, whether mail arrives."""
    last: dict[Any, dt.datetime] = {}
    for one in tried:
        last[one["seller"]] = max(one["at"], last.get(one["seller"], one["at"]))
    lines: dict[Any, dict[str, Any]] = {}
    for row in found:
        line = lines.setdefault(
            row["seller"],
            {"seller": row["seller"], "name": row["name"], "asked": 0, "stake": Decimal(0)} | dict.fromkeys(STANDS, 0),
        )
        line["asked"] += 1
        line[row["stands"]] += 1
        if row["stands"] != "answered":
            line["stake"] = max(
                line["stake"], bought.points(row["sale"]) if row["sale"] in bought.worth else Decimal(0)
            )
    for line in lines.values():
        line |= {
            "last": last.get(line["seller"]),
            "dead": line["seller"] in dead,
            "open": line["asked"] - line["answered"],
        }
    return sorted(
        lines.values(),
        key=lambda line: (line["answered"] + line["declined"] == line["asked"], -line["stake"], line["name"]),
    )


def by_day(campaign: Campaign, found: list[dict[str, Any]], on: dt.date) -> list[dict[str, Any]]:
    """From the day it started: on each day how many were answered and declined, and how many answers there are by then."""
    local = timezone.localdate
    answered = Counter(local(row["answered_at"]) for row in found if row["answered_at"])
    declined = Counter(local(row["declined_at"]) for row in found if row["stands"] == "declined")
    first, days, total = local(campaign.at), [], 0
    for nth in range((max(on, first) - first).days + 1):
        day = first + dt.timedelta(days=nth)
        total += answered[day]
        days.append({"day": day, "answered": answered[day], "declined": declined[day], "total": total})
    return days


def tries(campaign: Campaign) -> list[dict[str, Any]]:
    """Every try to get an answer, oldest first: which supplier, to which house, how, for how many parts, what became of it.

    Of an address only its domain: that one person serves two of one's suppliers is not the asker's business.

    The proof of a timely request in good faith: 49 USC 32304(d); 49 CFR 583.6(c)(6).
    """
    kinds = dict(Reminder.Kind.choices)
    sums = (
        Reminder.objects.filter(request__campaign=campaign)
        .values(
            "mail", "kind", "mail__address", "mail__written_at", "mail__sent_at", "mail__dropped_at", "mail__bounced_at",
            "mail__trouble", "request__sourcing__seller", "request__sourcing__seller__name",
        )
        .annotate(parts=Count("pk"))
        .order_by("mail__written_at", "request__sourcing__seller__name", "kind")
    )  # fmt: skip
    return [
        {
            "at": row["mail__written_at"], "seller": row["request__sourcing__seller"], "name": row["request__sourcing__seller__name"],
            "domain": row["mail__address"].rpartition("@")[2], "address": row["mail__address"], "kind": row["kind"],
            "word": kinds[row["kind"]], "parts": row["parts"],
            "sent": row["mail__sent_at"], "back": row["mail__bounced_at"] or row["mail__dropped_at"],
            "trouble": row["mail__trouble"].replace(row["mail__address"], "…"),
        }
        for row in sums
    ]  # fmt: skip


def bounces(tried: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whose letters of this campaign do not arrive, and since when."""
    owners = {one["address"].lower(): one["name"] for one in tried}
    dead = Bounce.objects.filter(Q(address__in=owners)).order_by("address")
    return [
        {"domain": row.address.rpartition("@")[2], "name": owners[row.address.lower()], "at": row.at} for row in dead
    ]
