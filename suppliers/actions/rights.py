"""Whether a membership may do what it is about to do."""

from django.utils import timezone

from suppliers.models import Membership, Organisation


class NotYourRight(PermissionError):
    """The membership does not hold the role, or acts for another organisation, or has ended."""


def demand(by: Membership, *roles: str, of: Organisation | None = None) -> None:
    """Raise NotYourRight unless ``by`` is in force, holds one of the roles and, if given, acts for that organisation.

    A successor acts for its predecessors too: it withdraws, declines and keeps what was theirs.
    """
    if of is not None and by.organisation_id != of.pk and of.pk not in by.keeps:
        raise NotYourRight(f"{by.organisation} may not act for {of}.")
    if not by.holds(*roles):
        raise NotYourRight(
            f"This needs one of the rights {', '.join(roles)}; {by.user.display_name} holds {', '.join(by.roles)}."
        )
    if not Membership.objects.in_force(on=timezone.now().date()).filter(pk=by.pk).exists():
        raise NotYourRight("This membership has ended.")
