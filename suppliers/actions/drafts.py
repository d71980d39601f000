"""Many drafts saved at once: as many queries for a thousand answers as for one, all in the caller's transaction."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers.actions import evidence
from suppliers.actions.declarations import CHILDREN, WRITERS, AlreadySigned, ChangedMeanwhile
from suppliers.actions.rights import demand
from suppliers.facts import typed
from suppliers.facts.reading import Facts
from suppliers.models import Costs, Declaration, Membership


@dataclass
class Checked:
    """One answer that was found well formed. ``last``: the draft it changes, the signed one it supersedes, or None."""

    header: Facts
    body: typed.Body
    last: Declaration | None = None


def save_many(rows: list[Checked], *, by: Membership) -> list[Declaration]:
    """New drafts, changed drafts, and drafts that supersede a signed answer; a signed one is never touched.

    Raises NotYourRight; ChangedMeanwhile or AlreadySigned where a draft is no longer the one that was read.
    """
    demand(by, *WRITERS, "officer")
    locked = _locked([row.last for row in rows if row.last and not row.last.is_signed])
    fresh, pairs = [], []
    for row in rows:
        if row.last is None or row.last.is_signed:
            draft = Declaration(organisation=by.organisation, drafted_by=by, supersedes=row.last, **row.header)
            fresh.append(draft)
        else:
            draft = locked[row.last.pk]
            for name, value in row.header.items():
                setattr(draft, name, value)
            draft.changed_by, draft.changed_at, draft.version = by, timezone.now(), draft.version + 1
        pairs.append((draft, row.body))
    for child in CHILDREN:
        model = getattr(Declaration, child).rel.related_model
        model.objects.filter(declaration__in=locked).delete()
    Costs.objects.filter(declaration__in=locked).delete()
    Declaration.objects.bulk_create(fresh, batch_size=500)
    for draft in locked.values():
        draft.save()
    typed.save_many(pairs)
    evidence.carry(fresh, by=by)
    return [draft for draft, _body in pairs]


def _locked(lasts: list[Declaration]) -> dict:
    """The drafts under lock, each still as it was read."""
    held = {row.pk: row for row in Declaration.objects.select_for_update().filter(pk__in=[row.pk for row in lasts])}
    for last in lasts:
        now = held.get(last.pk)
        if now is None or now.version != last.version:
            raise ChangedMeanwhile(now or last)
        if now.is_signed:
            raise AlreadySigned(_("A draft of these was signed a moment ago: it is superseded, never changed."))
    return held
