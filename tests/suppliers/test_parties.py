"""Founding, inviting, ending: who may, and that an end bites at once."""

import pytest

from suppliers.actions import declarations, parties
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, Organisation
from tests import make

pytestmark = pytest.mark.django_db
NEW = {"name": "Kestrel Springs", "code": "kestrel", "country": "ca"}


def test_only_the_operator_founds_a_company(cast):
    assert parties.found(**NEW, by=cast.olga).country.code == "CA"
    for who in (cast.ivy, cast.ed, cast.fay):
        with pytest.raises(NotYourRight):
            parties.found(**NEW | {"code": "other"}, by=who)
    with pytest.raises(Malformed) as twice:
        parties.found(**NEW | {"country": "zzz"}, by=cast.olga)
    assert set(twice.value.errors) == {"code", "country"}
    assert Organisation.objects.filter(name="Kestrel Springs").count() == 1


def test_an_administrator_invites_to_the_own_company_only(cast):
    row = parties.invite("Nia@Acme.example", name="Nia Bell", organisation=cast.acme, roles=["editor"], by=cast.ivy)
    assert row.user.email == "nia@acme.example" and row.user.person.name == "Nia Bell"
    assert not row.user.has_usable_password()
    again = parties.invite("nia@acme.example", name="Nia", organisation=cast.acme, roles=["reader"], by=cast.ivy)
    assert again.user == row.user
    for organisation, roles, by in (
        (cast.dorado, ["editor"], cast.ivy),
        (cast.acme, ["editor"], cast.ada),
        (cast.acme, ["operator"], cast.ivy),
        (cast.acme, ["auditor"], cast.ivy),
    ):
        with pytest.raises(NotYourRight):
            parties.invite("x@x.example", name="X", organisation=organisation, roles=roles, by=by)
    for roles in ([], ["king"]):
        with pytest.raises(Malformed):
            parties.invite("x@x.example", name="X", organisation=cast.acme, roles=roles, by=cast.ivy)


def test_an_end_bites_at_once(cast):
    with pytest.raises(NotYourRight):
        parties.end(cast.ben, by=cast.ada, why="no administrator")
    with pytest.raises(NotYourRight):
        parties.end(cast.tom, by=cast.ivy, why="another company's")
    parties.end(cast.ben, by=cast.ivy, why="left on Friday")
    assert not Membership.objects.in_force().filter(pk=cast.ben.pk).exists()
    with pytest.raises(NotYourRight):
        make.draft(cast.bolt, by=cast.ben)
    assert declarations.hands(make.draft(cast.bolt, by=cast.ada)) == {cast.ada.user_id}
