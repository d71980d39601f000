"""Whether a membership may do what it is about to do."""

from django.utils.translation import gettext as _

from suppliers import clock
from suppliers.models import Membership, Organisation
from suppliers.models.parties import ROLE_NAMES


class NotYourRight(PermissionError):
    """The membership does not hold the role, or acts for another organisation, or has ended."""


def demand(by: Membership, *roles: str, of: Organisation | None = None) -> None:
    """Raise NotYourRight unless ``by`` is in force, holds one of the roles and, if given, acts for that organisation.

    A successor acts for its predecessors too: it withdraws, declines and keeps what was theirs.
    """
    if of is not None and by.organisation_id != of.pk and of.pk not in by.keeps:
        raise NotYourRight(_("%(own)s may not act for %(other)s.") % {"own": by.organisation, "other": of})
    if not by.holds(*roles):
        words = {"needed": _named(roles), "person": by.user.display_name, "held": _named(by.roles)}
        raise NotYourRight(_("This needs one of these rights: %(needed)s. %(person)s holds: %(held)s.") % words)
    if not Membership.objects.in_force(on=clock.today()).filter(pk=by.pk).exists():
        raise NotYourRight(_("This membership has ended."))


def _named(roles) -> str:
    return ", ".join(str(ROLE_NAMES.get(role, role)) for role in roles)
