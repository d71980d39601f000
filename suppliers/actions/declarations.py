"""Drafting, changing, checking, signing, superseding and withdrawing declarations."""

import hashlib

from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import clock, contradictions, days
from suppliers.actions import evidence, notices
from suppliers.actions.acts import ripple, seal
from suppliers.actions.rights import NotYourRight, demand
from suppliers.facts import prescribed, stored, terms, typed, unsaved
from suppliers.facts.findings import found_in, where_typed
from suppliers.facts.known import Known
from suppliers.facts.reading import Facts, Form, Malformed
from suppliers.models import Costs, Declaration, Line, Membership, Notice, Part, Plant, Signatory, Statement, Withdrawal
from tracing.engine import dossier

WRITERS = ("editor", "certifier")
SIGNERS = ("certifier", "officer")
CHILDREN = ("addressees", "own_values", "lines", "statements", "claims")


class AlreadySigned(ValueError):
    """A signed declaration is not changed: supersede or withdraw it."""


class ChangedMeanwhile(ValueError):
    """Somebody saved another version of the draft since it was shown. ``who`` and ``at`` say who and when."""

    def __init__(self, declaration: Declaration):
        self.who = (declaration.changed_by or declaration.drafted_by).user.display_name
        self.at = declaration.changed_at or declaration.drafted_at
        super().__init__(_("changed by %(person)s at %(clock)s") % {"person": self.who, "clock": days.clock(self.at)})


class StopsFound(ValueError):
    """Findings that forbid a signature."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__("; ".join(f"{row.code} {row.message}" for row in findings))


class NoLongerSpeaks(NotYourRight):
    """The company was merged into another, taken over or closed: nothing new is signed in its name."""


class NotTheTextShown(ValueError):
    """What is to be signed is not what was shown: look again."""


class AloneWithoutReason(ValueError):
    """Drafter and signer are one person and no reason is recorded."""


@transaction.atomic
def draft(facts: Facts, *, by: Membership, supersedes: Declaration | None = None, machine: bool = False) -> Declaration:
    """A new draft. ``machine``: numbers are written with a point and no groups. Raises Malformed with every error."""
    demand(by, *WRITERS, "officer")
    header, body = _read(facts, by, machine=machine)
    declaration = Declaration(
        organisation=by.organisation, drafted_by=by, drafted_at=clock.now(), supersedes=supersedes, **header
    )
    declaration.save()
    body.save(declaration)
    evidence.carry([declaration], by=by)
    return declaration


@transaction.atomic
def begin(part: Part, facts: Facts, *, by: Membership, last: Declaration | None = None) -> Declaration:
    """The draft that speaks of this part, and of the plant of ``last``, for the same period already, the newest; else a new
    one that takes the place of ``last``. Pressed twice it begins one. Raises Malformed, NotYourRight."""
    demand(by, *WRITERS, "officer")
    Part.objects.select_for_update().get(pk=part.pk)
    begun = Declaration.objects.drafts().filter(
        organisation=by.organisation, part=part, begins=facts["begins"], ends=facts["ends"]
    )
    if last is not None:
        begun = begun.filter(plant=last.plant_id)
    return begun.order_by("-drafted_at").first() or draft(facts, by=by, supersedes=last, machine=True)


@transaction.atomic
def for_plant(declaration: Declaration, *, plant: Plant, by: Membership) -> Declaration:
    """A second draft about the same part, made in another plant: all is copied but the plant, its share and the country."""
    demand(by, *WRITERS, "officer", of=declaration.organisation)
    if plant.organisation_id != declaration.organisation_id:
        raise Malformed({"other_plant": [_("This is not one of yours.")]})
    where = {"plant": plant, "plant_share": "", "made_in": plant.country.code}
    return draft(stored.of(declaration) | where, by=by, machine=True)


@transaction.atomic
def change(
    declaration: Declaration, facts: Facts, *, by: Membership, version: int, machine: bool = False
) -> Declaration:
    """Save a draft anew, whole. Raises Malformed, AlreadySigned, ChangedMeanwhile; then nothing is saved."""
    demand(by, *WRITERS, "officer", of=declaration.organisation)
    locked = _locked(declaration)
    if locked.version != version:
        raise ChangedMeanwhile(locked)
    header, body = _read(facts, by, machine=machine)
    for child in CHILDREN:
        getattr(locked, child).all().delete()
    Costs.objects.filter(declaration=locked).delete()
    for name, value in header.items():
        setattr(locked, name, value)
    locked.changed_by, locked.changed_at, locked.version = by, timezone.now(), version + 1
    locked.save()
    body.save(locked)
    return locked


def _locked(declaration: Declaration) -> Declaration:
    locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if locked.is_signed:
        raise AlreadySigned(_("This declaration is signed: supersede or withdraw it."))
    return locked


def _read(facts: Facts, by: Membership, *, machine: bool):
    form = Form(machine=machine)
    known = Known(facts, by.organisation)
    header, body = typed.header(form, facts, known), typed.Body(form, facts, known)
    if form.errors:
        raise Malformed(form.errors)
    return header, body


def findings(declaration: Declaration, facts: Facts | None = None) -> list:
    """What the engine's checks say of this declaration alone; its suppliers' bodies are not looked at. Then what its owner
    said otherwise elsewhere: for the owner's eyes only. ``facts`` spares reading them."""
    facts = stored.of(declaration) if facts is None else facts
    return [*found_in(facts), *contradictions.of(declaration, facts)]


def weighed(facts: Facts, *, by: Membership, draft: Declaration | None = None, machine: bool = False) -> list:
    """What would be found if this were saved (in place of the draft); nothing is. Raises Malformed, NotYourRight."""
    demand(by, *WRITERS, "officer")
    header, body = _read(facts, by, machine=machine)
    places = {
        "lines": [row.position for row in body.rows if isinstance(row, Line)],
        "statements": [row.position for row in body.rows if isinstance(row, Statement)],
    }
    told = unsaved.of(header, body.rows)
    older = draft.supersedes_id if draft else None
    elsewhere = contradictions.of(Declaration(organisation=by.organisation, supersedes_id=older, **header), told)
    return [where_typed(row, places) for row in [*found_in(told), *elsewhere]]


CLAUSE = (
    "The signer also states to the direct buyer the amounts that the law asks of an immediate seller and that follow from "
    "what is declared here and from what was declared to the signer's company by its own suppliers."
)


def text(declaration: Declaration, facts: Facts) -> str:
    """The statement that is signed, in full, with the words that the laws of its statements prescribe."""
    buyers = ", ".join(row.organisation.name for row in declaration.addressees.all()) or "nobody yet"
    stated = [{"made_in": facts["made_in"], **row} for row in facts["statements"]]
    goods = f"{declaration.part.number}, {declaration.part.description}"
    producer = prescribed.named(declaration.organisation)
    period = {"begins": declaration.begins, "ends": declaration.ends}
    added = prescribed.after(stated, producer=producer, goods=goods, buyers=buyers, **period)
    return (
        f"{prescribed.before(stated)}{declaration.organisation.name} declares to {buyers} what is set out here about part {goods}, "
        f"for deliveries from {declaration.begins:%d %b %Y} until before "
        f"{declaration.ends:%d %b %Y}. It is complete and true to the signer's knowledge, and rests on records that are kept "
        f"and shown to a customs authority on request. A change is told at once. {CLAUSE}{added}"
    )


def shown(declaration: Declaration, facts: Facts | None = None) -> str:
    """The digest of what a signer is shown: text and content. ``sign`` refuses anything else. ``facts`` spares reading them."""
    facts = stored.of(declaration) if facts is None else facts
    papers = stored.evidence(declaration)
    body = terms.content_digest(facts, signed_text=text(declaration, facts), commitment="", evidence=papers)
    return hashlib.sha256(f"{declaration.pk}:{declaration.version}:{body}".encode()).hexdigest()


@transaction.atomic
def sign(
    declaration: Declaration, *, by: Membership, name: str, title: str, shown: str, alone_why: str = ""
) -> Declaration:
    """Sign a draft: check, freeze, digest, one Ripple, one Seal, in one transaction.

    ``shown`` is the digest of what the signer saw. Raises NotYourRight, AlreadySigned, NotTheTextShown, StopsFound,
    AloneWithoutReason, Malformed (name and title).
    """
    demand(by, *SIGNERS, of=declaration.organisation)
    locked = _locked(declaration)
    prefetch_related_objects([locked], "addressees__organisation", "evidence")
    facts = stored.of(locked)
    _signable(locked, facts, by, name, title, shown, alone_why)
    statement = text(locked, facts)
    signatory = Signatory.objects.create(name=name.strip(), title=title.strip())
    digest = terms.content_digest(
        facts, signed_text=statement, commitment=signatory.commitment, evidence=stored.evidence(locked)
    )
    won = Declaration.objects.filter(pk=locked.pk, signed_at=None).update(
        signed_at=clock.now(), signed_by=by, signatory=signatory, signed_text=statement, digest=digest,
        alone_why=alone_why.strip(), version=F("version") + 1,
        # What follows from the company's own page today is signed with it and stays when that page changes.
        fiscal_year_start=locked.fiscal_year_start or locked.part.organisation.fiscal_year_start,
    )  # fmt: skip
    if not won:
        raise AlreadySigned(_("Somebody else signed it a moment ago."))
    notices.replaced(locked)
    ripple(locked.part, why="signed")
    seal("declaration.signed", locked.pk, digest)
    return Declaration.objects.get(pk=locked.pk)


def _signable(
    declaration: Declaration, facts: Facts, by: Membership, name: str, title: str, seen: str, alone_why: str
) -> None:
    errors = {}
    if not name.strip():
        errors["name"] = [_("Your name stands under the signature: type it.")]
    if not title.strip():
        errors["title"] = [_("Your title stands under the signature: type it.")]
    if errors:
        raise Malformed(errors)
    if hasattr(declaration.organisation, "succession"):
        raise NoLongerSpeaks(_gone(declaration))
    if seen != shown(declaration, facts):
        raise NotTheTextShown(_("The draft changed after it was shown to you: read it again."))
    if hands(declaration) == {by.user_id} and not alone_why.strip():
        raise AloneWithoutReason(_("One person drafted it, another signs. If there is no other, say why."))
    # What was told elsewhere is shown to the owner and stops nothing, so it is not looked up again here.
    stops = [row for row in found_in(facts) if row.severity == "stops"]
    if stops:
        raise StopsFound(stops)


def _gone(declaration: Declaration) -> str:
    names = {"old": declaration.organisation.name, "new": declaration.organisation.speaker.name}
    return _("%(old)s is now kept by %(new)s: nothing new is signed in its name. Answer for %(new)s instead.") % names


def hands(declaration: Declaration) -> set:
    """The people whose hands are in a draft: who began it and who saved it last."""
    return {row.user_id for row in (declaration.drafted_by, declaration.changed_by) if row}


@transaction.atomic
def withdraw(declaration: Declaration, *, by: Membership, why: str) -> Withdrawal:
    """Take a signed declaration back; from now on it counts as not given. Raises NotYourRight, Malformed."""
    demand(by, *SIGNERS, of=declaration.organisation)
    if not why.strip():
        raise Malformed({"why": [_("Say why it no longer holds.")]})
    locked = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if not locked.is_signed:
        raise Malformed({"why": [_("It is not signed: change it or leave it.")]})
    if Withdrawal.objects.filter(declaration=locked).exists():
        raise AlreadySigned(_("It was withdrawn before."))
    row = Withdrawal.objects.create(declaration=locked, by=by, at=clock.now(), why=why.strip())
    notices.tell(locked, Notice.Kind.WITHDRAWN)
    ripple(locked.part, why="withdrawn")
    seal("declaration.withdrawn", row.pk, dossier.digest({"declaration": locked.digest, "why": row.why}))
    return row


@transaction.atomic
def supersede(declaration: Declaration, *, by: Membership, **changes) -> Declaration:
    """A new draft with everything copied, to take the place of a signed one once it is signed itself."""
    demand(by, *WRITERS, "officer", of=declaration.organisation)
    return draft(stored.of(declaration) | changes, by=by, supersedes=declaration, machine=True)
