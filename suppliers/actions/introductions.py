"""Handing on: a buyer names who makes an input; that company accepts by the mailed link, founds itself, or refuses."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import contacts, links
from suppliers.actions import identities, mails, parties, parts
from suppliers.actions.acts import ripple
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts.reading import Malformed
from suppliers.models import (
    Campaign,
    Introduction,
    IntroductionReply,
    Membership,
    Organisation,
    Part,
    Reminder,
    Request,
    Sourcing,
    SourcingConfirmation,
    Unsubscription,
    User,
)
from suppliers.models.parties import LANGUAGES
from tracing import rulebooks as laws

PURPOSE = "introduction"
LINK_DAYS = 60
A_DAY = 200  # introductions that one company may write in 24 hours
REMIND_AFTER = (7, 21)  # days after the letter on which it is written once more to whoever did not answer
TO_ONE_ADDRESS = 3  # mails of this kind that one address gets in 24 hours, whoever asks; later ones wait


class AlreadyReplied(ValueError):
    """It was accepted, refused or taken back before."""


class KnownAddress(ValueError):
    """The address belongs to somebody with a login: sign in to go on. Told to the holder of the link only."""


@transaction.atomic
def introduce(
    buyer_part: Part, *, company: str, contact: str, email: str, language: str, begins: dt.date | None, ends: dt.date | None,
    due: dt.date | None, rulebooks: Iterable[str] = (), seller_number: str = "", message: str = "",
    campaign: Campaign | None = None, by: Membership,
) -> Introduction:  # fmt: skip
    """Name the maker of an input and write to it. Raises Malformed naming the field, NotYourRight.

    Nothing in the answer depends on whether the company or the address is known to the portal.
    """
    demand(by, *parts.TRADERS, of=buyer_part.organisation)
    given = {"company": company.strip(), "contact": contact.strip(), "email": email.strip().lower(), "language": language,
             "begins": begins, "ends": ends, "due": due, "rulebooks": sorted(set(rulebooks)), "message": message.strip(),
             "seller_number": seller_number.strip()}  # fmt: skip
    errors = _complaints(given)
    if errors:
        raise Malformed(errors)
    Organisation.objects.select_for_update().get(pk=by.organisation_id)  # one at a time, so that no limit is passed
    _limits(buyer_part, given["email"], by)
    row = Introduction(by=by, buyer=by.organisation, buyer_part=buyer_part, campaign=campaign, **given)
    row.mail = _written(row)
    row.save(force_insert=True)
    return row


def _complaints(given: dict[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for field, most, said in (
        ("company", 160, _("Which company is it? Its name as on its invoices.")),
        ("contact", 120, _("Whom do you know there? A name.")),
    ):
        if not given[field]:
            errors[field] = [said]
        elif len(given[field]) > most:
            errors[field] = [_("This is longer than %(most)s characters: shorten it.") % {"most": most}]
    try:
        validate_email(given["email"])
    except ValidationError:
        errors["email"] = [_("A mail address is needed, as name@company.example.")]
    if given["language"] not in dict(LANGUAGES):
        errors["language"] = [_("Choose the language to write in.")]
    for field in ("begins", "ends", "due"):
        if given[field] is None:
            errors[field] = [_("A date is needed.")]
    if given["begins"] and given["ends"] and given["begins"] >= given["ends"]:
        errors["ends"] = [_("The period must end after it begins.")]
    if given["due"] and given["due"] < timezone.now().date():
        errors["due"] = [_("This day is past: by when is the answer needed?")]
    if set(given["rulebooks"]) - set(laws.ids()):
        errors["rulebooks"] = [_("Choose among the laws listed.")]
    for field, most in (("message", 2000), ("seller_number", 80)):
        if len(given[field]) > most:
            errors[field] = [_("This is longer than %(most)s characters: shorten it.") % {"most": most}]
    return errors


def _limits(buyer_part: Part, email: str, by: Membership) -> None:
    mine = Introduction.objects.filter(buyer=by.organisation)
    if mine.waiting().filter(buyer_part=buyer_part, email=email).exists():
        said = _("You have written to this address about this part before, and it has not answered yet.")
        raise Malformed({"email": [said]})
    if mine.filter(at__gt=timezone.now() - dt.timedelta(days=1)).count() >= A_DAY:
        said = _("Your company has written %(most)s such letters within a day: go on tomorrow.")
        raise Malformed({"": [said % {"most": A_DAY}]})
    colleagues = Membership.objects.in_force().filter(organisation=by.organisation, user__email__iexact=email)
    if colleagues.exists():
        raise Malformed({"email": [_("This is the address of a colleague: name somebody at the other company.")]})


def _written(row: Introduction, *, again: int = 0):
    """The letter, in the maker's language; it waits a day where the address got several of them just now. ``again`` names
    the day of a reminder, which is the same letter once more."""
    now, once = timezone.now(), f"introduction:{row.pk}:{again}" if again else f"introduction:{row.pk}"
    recent = Introduction.objects.filter(email=row.email, at__gt=now - dt.timedelta(days=1)).count()
    return mails.write(
        "introduction", to=row.email, language=row.language, sender=row.buyer, once=once,
        try_at=now + dt.timedelta(days=recent // TO_ONE_ADDRESS),
        context={
            "contact": row.contact, "buyer": row.buyer.name, "due": row.due, "days": LINK_DAYS,
            "link": links.absolute(path(row)),
        },
    )  # fmt: skip


def path(row: Introduction) -> str:
    """The address that the letter leads to; whoever holds it may answer for the invited company."""
    return reverse("suppliers:introduction", args=[links.made(PURPOSE, row.pk, days=LINK_DAYS)])


def opened(token: str) -> Introduction:
    """The introduction behind a mailed link. Raises links.Stale, links.Unknown."""
    rows = Introduction.objects.select_related("buyer", "buyer_part", "reply__by", "reply__sourcing", "by")
    row = rows.filter(pk=links.read(PURPOSE, token)).first()
    if row is None:
        raise links.Unknown
    return row


def waiting(*, on: dt.date) -> QuerySet[Introduction]:
    """Those that nobody has answered and whose link still works: whom letters may remind."""
    oldest = timezone.now() - dt.timedelta(days=LINK_DAYS)
    return Introduction.objects.waiting().filter(at__gt=oldest, ends__gt=on).select_related("buyer", "mail")


def remind_due() -> int:
    """Write once more to whoever has not answered, on the days of REMIND_AFTER; answers how many. One a day to an address,
    none to those that want no reminders or take no mail."""
    today, written = timezone.localdate(), 0
    rows = [row for row in waiting(on=today).order_by("at") if (today - row.at.date()).days >= REMIND_AFTER[0]]
    passed = contacts.dead(row.email for row in rows) | set(
        Unsubscription.objects.filter(address__in={row.email.lower() for row in rows}).values_list("address", flat=True)
    )
    for row in rows:
        step = max(days for days in REMIND_AFTER if days <= (today - row.at.date()).days)
        if row.email.lower() not in passed and _written(row, again=step):
            passed.add(row.email.lower())
            written += 1
    return written


@transaction.atomic
def withdraw(introduction: Introduction, *, why: str, by: Membership) -> IntroductionReply:
    """The buyer takes it back: the link no longer works. Raises AlreadyReplied, NotYourRight."""
    demand(by, *parts.TRADERS, of=introduction.buyer)
    _lock(introduction)
    return IntroductionReply.objects.create(introduction=introduction, by=by, why=why.strip()[:300])


def _lock(introduction: Introduction) -> None:
    """One reply at a time. Raises AlreadyReplied."""
    Introduction.objects.select_for_update().get(pk=introduction.pk)
    if IntroductionReply.objects.filter(introduction=introduction).exists():
        raise AlreadyReplied(_("This was answered before."))


@transaction.atomic
def refuse(introduction: Introduction, *, why: str, by: Membership | None = None) -> IntroductionReply:
    """The invited company says no; the buyer reads why. Raises Malformed, AlreadyReplied.

    Whether somebody was signed in is kept for the record and shown to nobody.
    """
    if not why.strip():
        raise Malformed({"why": [_("Say in a sentence why not: not ours, wrong company, wrong address …")]})
    if len(why.strip()) > 300:
        raise Malformed({"why": [_("This is longer than %(most)s characters: shorten it.") % {"most": 300}]})
    _lock(introduction)
    mine = by if by is not None and introduction.buyer_id not in by.keeps else None
    return IntroductionReply.objects.create(introduction=introduction, by=mine, why=why.strip())


@transaction.atomic
def accept(
    introduction: Introduction, *, by: Membership, number: str, description: str = "", unit: str = "", hs: str = "",
    factor: str = "", price_basis: str = "ex_works",
) -> Sourcing:  # fmt: skip
    """Say: yes, we make it, under this number of ours. Makes the sale, confirmed by both, and the request.

    The buyer's word is the introduction itself. Raises Malformed naming the field, AlreadyReplied, NotYourRight.
    """
    demand(by, "editor", "certifier")
    if introduction.buyer_id in by.keeps:
        raise NotYourRight(_("Your company is the one that asks: act for the company that makes the part."))
    errors: dict[str, list[str]] = {}
    if not number.strip():
        errors["number"] = [_("Which number does the part bear with you?")]
    if price_basis not in Sourcing.Basis.values:
        errors["price_basis"] = [_("Choose what the price holds.")]
    if errors:
        raise Malformed(errors)
    _lock(introduction)
    mine = parts.own(
        number=number, description=description.strip() or introduction.buyer_part.description, unit=unit or "", hs=hs, by=by
    )  # fmt: skip
    sale = _sale(introduction, mine, factor, price_basis)
    for side, who in (("seller", by), ("buyer", introduction.by)):
        SourcingConfirmation.objects.get_or_create(sourcing=sale, side=side, defaults={"by": who})
    IntroductionReply.objects.create(introduction=introduction, by=by, sourcing=sale)
    _asked(introduction, sale)
    ripple(mine, why="sourcing")
    return sale


def _sale(introduction: Introduction, mine: Part, factor: str, price_basis: str) -> Sourcing:
    """The sale both mean: the one that waits for a word, if there is one, else a new one."""
    theirs = introduction.buyer_part
    agreed = parts.factor_between(mine.unit, theirs.unit, factor)
    known = Sourcing.objects.filter(seller_part=mine, buyer_part=theirs, ends__isnull=True).first()
    if known is not None:
        if IntroductionReply.objects.filter(sourcing=known).exists() or known.factor != agreed:
            raise Malformed({"number": [_("You sell this part to them already: see your sales.")]})
        return known
    taken = Sourcing.objects.filter(seller_part=mine, buyer_part=theirs)
    begins = introduction.begins
    while taken.filter(begins=begins).exists():
        begins += dt.timedelta(days=1)
    return Sourcing.objects.create(
        seller=mine.organisation, seller_part=mine, buyer=introduction.buyer, buyer_part=theirs, factor=agreed,
        price_basis=price_basis, begins=begins,
    )  # fmt: skip


def _asked(introduction: Introduction, sale: Sourcing) -> Request:
    """What the buyer asked when it wrote the introduction, now as a request; its letter is the proof of the first try."""
    row = Request.objects.create(
        by=introduction.by, at=introduction.at, sourcing=sale, campaign=introduction.campaign, begins=introduction.begins,
        ends=introduction.ends, due=introduction.due, rulebooks=introduction.rulebooks, message=introduction.message,
    )  # fmt: skip
    if introduction.mail is not None:
        Reminder.objects.create(request=row, mail=introduction.mail, kind=Reminder.Kind.ASKED, at=introduction.at)
    return row


@transaction.atomic
def found(
    introduction: Introduction, *, name: str, title: str, company: str, country: str, kind: str = "", value: str = "",
    **answer: str,
) -> Sourcing:  # fmt: skip
    """Somebody without a login enters the company, becomes its administrator, editor and certifier, and accepts for it.

    The link proves the address, so the login is made for it; an address that has one must sign in instead (KnownAddress).
    Raises Malformed naming the field, AlreadyReplied.
    """
    _lock(introduction)
    if User.objects.filter(email__iexact=introduction.email).exists():
        raise KnownAddress(_("This address has a login: sign in, then accept for your company."))
    first = parties.enter(
        email=introduction.email, name=name, title=title, company=company, country=country, language=introduction.language
    )  # fmt: skip
    if value.strip():
        identities.identify(first.organisation, kind=kind, value=value, by=first)
    return accept(introduction, by=first, **answer)
