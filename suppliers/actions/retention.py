"""Erasing the name under an answer once no law asks for it any more; the answer, its digest and its seal stay."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import days, retention
from suppliers.actions.rights import demand
from suppliers.models import Declaration, Membership, Signatory


class TooEarly(ValueError):
    """A law still asks for the name. ``until`` is the first day on which none does."""

    def __init__(self, until):
        self.until = until
        said = {"day": days.day(until)}
        super().__init__(_("The law asks you to keep this until %(day)s: nothing of it is erased before.") % said)


class AlreadyErased(ValueError):
    """The name was erased before."""


@transaction.atomic
def erase(declaration: Declaration, *, by: Membership) -> Signatory:
    """Empty name, title and salt under one answer; its commitment stays, so every digest still verifies.

    Raises NotYourRight, TooEarly, AlreadyErased.
    """
    demand(by, "administrator", of=declaration.organisation)
    if not declaration.is_signed:
        raise AlreadyErased(_("Nobody has signed it: there is no name under it."))
    until = retention.kept_until(declaration, retention.laws_of([declaration])[declaration.pk])
    if timezone.localdate() < until:
        raise TooEarly(until)
    row = Signatory.objects.select_for_update().get(pk=declaration.signatory_id)
    if row.kept:
        raise AlreadyErased(_("The name was erased before."))
    row.kept, row.name, row.title, row.salt = row.commitment, "", "", ""
    row.erased_at, row.erased_by = timezone.now(), by
    row.save()
    return row
