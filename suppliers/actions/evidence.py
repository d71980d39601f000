"""Attaching papers to a draft and taking them off again; what is signed keeps its papers for good."""

from collections.abc import Iterable
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers import files, kinds, quotas
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Evidence, Membership

LIMIT = 20_000_000  # bytes of one file
MOST = 20  # papers of one declaration
WRITERS = ("editor", "certifier", "officer")


class Signed(ValueError):
    """The declaration is signed: its papers stay as they are."""


def attach(declaration: Declaration, stream: BinaryIO, *, name: str, about: str = "", by: Membership) -> Evidence:
    """Keep a file and attach it to a draft. The stream can be sought. Raises Malformed, Signed, NotYourRight.

    The bytes are looked at and kept before the draft is locked, so that a slow scanner holds up nobody's work.
    """
    demand(by, *WRITERS, of=declaration.organisation)
    _open(declaration)
    if len(about.strip()) > 120:
        raise Malformed({"about": [_("This is longer than 120 characters: shorten it.")]})
    try:
        name = kinds.named(name)
        quotas.demand_room(declaration.organisation, stream)
        kind = kinds.told(name, stream)
        digest, size = files.kept(stream, limit=LIMIT)
    except files.Refused as refused:
        raise Malformed({"file": [str(refused)]}) from None
    with transaction.atomic():
        _demand_share(declaration, size, digest)
        locked = _open(Declaration.objects.select_for_update().get(pk=declaration.pk))
        if locked.evidence.filter(digest=digest).exists():
            raise Malformed({"file": [_("This very file is attached already.")]})
        if locked.evidence.count() >= MOST:
            said = {"most": MOST}
            raise Malformed(
                {"file": [_("An answer holds at most %(most)s papers: join some of them in one file.") % said]}
            )
        return Evidence.objects.create(
            declaration=locked, by=by, name=name, kind=kind.served_as, size=size, digest=digest, about=about.strip()
        )


def _demand_share(declaration: Declaration, size: int, digest: str) -> None:
    try:
        quotas.demand_share(declaration.organisation, size=size, digest=digest)
    except quotas.Full as full:
        raise Malformed({"file": [str(full)]}) from None


@transaction.atomic
def detach(evidence: Evidence, *, by: Membership) -> None:
    """Take a paper off a draft. The file stays while an answer rests on it (``suppliers.actions.leftovers``). Raises Signed,
    NotYourRight."""
    demand(by, *WRITERS, of=evidence.declaration.organisation)
    _open(Declaration.objects.select_for_update().get(pk=evidence.declaration_id))
    evidence.delete()


def carry(drafts: Iterable[Declaration], *, by: Membership) -> None:
    """The papers of an answer stand under the draft that takes its place, too: two queries for one draft or a thousand."""
    newer = {row.supersedes_id: row for row in drafts if row.supersedes_id}
    papers = Evidence.objects.filter(declaration__in=newer).order_by("at") if newer else ()
    rows = [
        Evidence(
            declaration=newer[row.declaration_id], by=by, name=row.name, kind=row.kind, size=row.size, digest=row.digest,
            about=row.about,
        )
        for row in papers
    ]  # fmt: skip
    Evidence.objects.bulk_create(rows)


def _open(declaration: Declaration) -> Declaration:
    if declaration.is_signed:
        raise Signed(_("It is signed: its papers stay as they are. Draft a new version to attach others."))
    return declaration
