"""Many answers in one go: each is a declaration of its own, signed or refused by itself, and nothing is left half done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suppliers.actions import declarations
from suppliers.actions.declarations import AloneWithoutReason, AlreadySigned, NotTheTextShown, StopsFound
from suppliers.actions.rights import demand
from suppliers.facts import stored
from suppliers.facts.reading import Facts, Malformed
from suppliers.models import Declaration, Membership

BODY = ("lines", "costs", "own_values")


@dataclass
class Signed:
    """What one act of signing many did: the signed declarations, and why each of the others was refused."""

    signed: list[Declaration] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


def sign_many(
    rows: Iterable[tuple[Declaration, str]], *, by: Membership, name: str, title: str, alone_why: str = ""
) -> Signed:
    """Sign drafts one by one, each in its own transaction, each only as it was shown (its digest).

    Raises NotYourRight, Malformed (name, title) and AloneWithoutReason before the first is signed; what then stops a
    single one (changed meanwhile, signed already, a finding) refuses that one alone.
    """
    demand(by, *declarations.SIGNERS)
    chosen, told = list(rows), Signed()
    errors = {}
    if not name.strip():
        errors["name"] = [_("Your name stands under the signatures: type it.")]
    if not title.strip():
        errors["title"] = [_("Your title stands under the signatures: type it.")]
    if errors:
        raise Malformed(errors)
    if not alone_why.strip() and any(declarations.hands(row) == {by.user_id} for row, _digest in chosen):
        raise AloneWithoutReason(
            _("Some of these were drafted by you too. If there is no other to sign, say why, once for all.")
        )
    for row, digest in chosen:
        why = alone_why if declarations.hands(row) == {by.user_id} else ""
        try:
            told.signed.append(declarations.sign(row, by=by, name=name, title=title, shown=digest, alone_why=why))
        except (NotTheTextShown, AlreadySigned, StopsFound, AloneWithoutReason) as refused:
            told.refused[row.pk] = str(refused)
    return told


@dataclass(frozen=True)
class Answer:
    """What one row of many says: the facts of a draft, and which draft (as seen in that version) or last answer it goes on from."""

    key: UUID
    facts: Facts
    draft: Declaration | None = None
    last: Declaration | None = None
    version: int = 0


def answer_many(
    rows: Iterable[Answer], *, by: Membership
) -> tuple[list[Declaration], dict[UUID, dict[str, list[str]]]]:
    """Save a draft for each row; those that are not well formed or changed meanwhile come back with their errors, by key."""
    demand(by, *declarations.WRITERS, "officer")
    saved: list[Declaration] = []
    wrong: dict[UUID, dict[str, list[str]]] = {}
    for row in rows:
        try:
            saved.append(_answered(row, by))
        except Malformed as malformed:
            wrong[row.key] = malformed.errors
        except (declarations.ChangedMeanwhile, AlreadySigned) as late:
            wrong[row.key] = {"": [str(late)]}
    return saved, wrong


@transaction.atomic
def _answered(row: Answer, by: Membership) -> Declaration:
    if row.draft is None:
        return declarations.draft(row.facts, by=by, supersedes=row.last, machine=True)
    return declarations.change(row.draft, row.facts, by=by, version=row.version, machine=True)


def copy_body(source: Declaration, rows: Iterable[Answer], *, by: Membership) -> list[Declaration]:
    """Give what goes into one part, its costs and own value to others, as drafts to be changed. Raises NotYourRight."""
    demand(by, *declarations.WRITERS, "officer", of=source.organisation)
    body = {key: value for key, value in stored.of(source).items() if key in BODY}
    with transaction.atomic():
        return [_copied(row, body, by) for row in rows]


def _copied(row: Answer, body: Facts, by: Membership) -> Declaration:
    if row.draft is None:
        return declarations.draft(row.facts | body, by=by, supersedes=row.last, machine=True)
    return declarations.change(row.draft, row.facts | body, by=by, version=row.draft.version, machine=True)
