"""What became of a company: entered twice, taken over, closed. Another keeps its records and goes on with its sales.

Nothing that was signed is touched, so no figure of a vehicle changes: sales, parts and answers stay the predecessor's own. The
successor's people read them, withdraw them where they must, and answer for the same parts in the successor's name; such an answer
flows along the same sale, so a buyer has nothing to enter anew.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Invitation, InvitationUse, Membership, MembershipEnd, Organisation, Succession
from suppliers.models.parties import ROLES


@transaction.atomic
def succeed(predecessor: Organisation, *, successor: Organisation, kind: str, why: str, by: Membership) -> Succession:
    """Enter who keeps a company's records from now on; only an operator may. Raises Malformed, NotYourRight.

    MERGED (one company, entered twice): its people act for the successor from now on, with the same roles. TAKEN_OVER and CLOSED:
    its memberships end, and the successor decides whom it invites. Drafts go to the successor; pending invitations end.
    """
    demand(by, "operator")
    pair = sorted((predecessor.pk, successor.pk))
    rows = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=pair).order_by("pk")}
    old, new = rows[predecessor.pk], rows[successor.pk]
    _fitting(old, new, kind, why)
    row = Succession.objects.create(by=by, predecessor=old, successor=new, kind=kind, why=why.strip()[:300])
    with override("en"):  # kept as all reasons of ours are, and said in the language of whoever reads it
        why = str(row.get_kind_display())
    for member in Membership.objects.in_force().filter(organisation=old).select_related("user"):
        heir = _moved(member, new, by) if kind == Succession.Kind.MERGED else None
        MembershipEnd.objects.create(membership=member, by=by, heir=heir, why=why[:300])
    for waiting in Invitation.objects.filter(organisation=old, use__isnull=True):
        InvitationUse.objects.create(invitation=waiting, by=by, why=gettext_noop("The company is kept by another now."))
    Declaration.objects.drafts().filter(organisation=old).update(organisation=new)
    return row


def _fitting(old: Organisation, new: Organisation, kind: str, why: str) -> None:
    errors: dict[str, list[str]] = {}
    if kind not in Succession.Kind.values:
        errors["kind"] = [_("Choose what became of it.")]
    if not why.strip():
        errors["why"] = [_("Say what shows it: a register entry, a letter, whom you spoke to.")]
    if old.kind != Organisation.Kind.SUPPLIER:
        errors["predecessor"] = [_("Only suppliers are merged, taken over or closed here.")]
    elif Succession.objects.filter(predecessor=old).exists():
        errors["predecessor"] = [_("%(name)s is kept by another company already.") % {"name": old.name}]
    if old.pk == new.pk:
        errors["successor"] = [_("Choose another company than itself.")]
    elif Succession.objects.filter(predecessor=new).exists():
        errors["successor"] = [_("%(name)s is kept by another company itself: choose that one.") % {"name": new.name}]
    elif new.kind not in (Organisation.Kind.SUPPLIER, Organisation.Kind.AUTOMAKER):
        errors["successor"] = [_("Only a supplier or an automaker keeps another company's records.")]
    elif kind == Succession.Kind.MERGED and old.kind != new.kind:
        errors["successor"] = [_("One company entered twice is of one kind.")]
    if errors:
        raise Malformed(errors)


def _moved(member: Membership, to: Organisation, by: Membership) -> Membership:
    """The same person at the successor, one membership in force with the roles of both."""
    here = Membership.objects.in_force().filter(organisation=to, user=member.user).first()
    roles = set(member.roles) | set(here.roles if here else [])
    row = Membership.objects.create(
        user=member.user, organisation=to, roles=[role for role in ROLES if role in roles],
        title=member.title or (here.title if here else ""), begins=timezone.now().date(),
    )  # fmt: skip
    if here:
        MembershipEnd.objects.create(
            membership=here, by=by, heir=row, why=gettext_noop("Companies merged: roles were added.")
        )
    return row
