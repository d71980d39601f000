"""Founding, inviting, coming in, other roles, ending: who may, once only, and that an end bites at once."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import close_old_connections, connection

from suppliers.actions import declarations, invitations, memberships, parties
from suppliers.actions.invitations import AnotherAddress, LinkUsed
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Invitation, InvitationUse, Mail, Membership, MembershipEnd, Organisation, User
from tests import make

pytestmark = pytest.mark.django_db
NEW = {"name": "Kestrel Springs", "code": "kestrel", "country": "ca"}


def invited(cast, email="nia@acme.example", **changes):
    said = {"name": "Nia Bell", "organisation": cast.acme, "roles": ["editor"], "by": cast.ivy}
    return invitations.invite(email, **said | changes)


def in_force(company):
    return Membership.objects.in_force().filter(organisation=company)


def test_only_the_operator_founds_a_company(cast):
    assert parties.found(**NEW, by=cast.olga).country.code == "CA"
    for who in (cast.ivy, cast.ed, cast.fay):
        with pytest.raises(NotYourRight):
            parties.found(**NEW | {"code": "other"}, by=who)
    with pytest.raises(Malformed) as twice:
        parties.found(**NEW | {"country": "zzz"}, by=cast.olga)
    assert set(twice.value.errors) == {"code", "country"}
    assert Organisation.objects.filter(name="Kestrel Springs").count() == 1


def test_an_invitation_gives_nothing_until_it_is_used(cast, clock):
    row = invited(cast, "Nia@Acme.example")
    assert row.email == "nia@acme.example" and not User.objects.filter(email=row.email).exists()
    letter = Mail.objects.get()
    assert letter.address == row.email and "Acme Bolts" in letter.text and "/invitations/" in letter.text
    member = invitations.accept(row)
    assert (member.roles, member.organisation, member.begins) == (["editor"], cast.acme, dt.date(2026, 11, 24))
    assert member.user.person.name == "Nia Bell" and not member.user.has_usable_password()
    with pytest.raises(LinkUsed):
        invitations.accept(row, user=member.user)
    assert in_force(cast.acme).filter(user=member.user).count() == 1


def test_who_may_invite_whom_as_what(cast):
    for organisation, roles, by in (
        (cast.dorado, ["editor"], cast.ivy),
        (cast.acme, ["editor"], cast.ada),
        (cast.acme, ["operator"], cast.ivy),
        (cast.acme, ["auditor"], cast.ivy),
        (cast.acme, ["editor"], cast.tom),
    ):
        with pytest.raises(NotYourRight):
            invited(cast, organisation=organisation, roles=roles, by=by)
    for changes, field in (
        ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles"), ({"roles": ["officer"]}, "roles"), ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"), ({"language": "tlh"}, "language"), ({"email": cast.ben.user.email}, "email"),
    ):  # fmt: skip
        with pytest.raises(Malformed) as wrong:
            invited(cast, changes.pop("email", "x@x.example"), **changes)
        assert set(wrong.value.errors) == {field}
    assert not Invitation.objects.exists() and not Mail.objects.exists()


def test_the_answer_to_an_inviter_does_not_tell_who_is_here(cast):
    """The address of a rival's certifier and one of nobody: the same rows, the same words."""
    known, unknown = invited(cast, cast.dora.user.email), invited(cast, "nobody@nowhere.example")
    told = [(row.roles, row.until > row.at, row.mail.subject) for row in (known, unknown)]
    assert told[0] == told[1]


def test_a_newer_invitation_takes_the_place_of_the_older(cast):
    older, newer = invited(cast), invited(cast, roles=["certifier"])
    with pytest.raises(LinkUsed):
        invitations.accept(older)
    assert invitations.accept(newer).roles == ["certifier"]


def test_a_second_invitation_never_makes_a_second_membership(cast):
    row = invited(cast, "ben.ruiz@acme-bolts.example.org", roles=["certifier"])
    User.objects.filter(pk=cast.ben.user_id).update(email=row.email)
    member = invitations.accept(row, user=User.objects.get(pk=cast.ben.user_id))
    assert member.roles == ["editor", "certifier"]
    assert [one.pk for one in in_force(cast.acme).filter(user=cast.ben.user)] == [member.pk]
    assert MembershipEnd.objects.get(membership=cast.ben).heir == member


def test_a_person_serves_several_companies(cast):
    row = invited(cast, cast.tom.user.email)
    for stranger in (None, cast.ben.user):
        with pytest.raises(AnotherAddress):
            invitations.accept(row, user=stranger)
    member = invitations.accept(row, user=cast.tom.user)
    assert member.user == cast.tom.user and in_force(cast.talbot).filter(user=member.user).exists()


def test_a_link_is_taken_back_or_grows_old(cast, clock):
    row = invited(cast)
    with pytest.raises(NotYourRight):
        invitations.take_back(row, by=cast.ben)
    with pytest.raises(NotYourRight):
        invitations.take_back(row, by=cast.dora)
    invitations.take_back(row, by=cast.ivy, why="wrong address")
    with pytest.raises(LinkUsed):
        invitations.take_back(row, by=cast.ivy)
    assert invitations.stale(row) == "taken_back"
    again = invitations.send_anew(row, by=cast.ivy)
    assert invitations.stale(again) == ""
    clock.shift(dt.timedelta(days=15))
    assert invitations.stale(again) == "too_old"
    with pytest.raises(LinkUsed):
        invitations.accept(again)
    assert Mail.objects.count() == 2 and not User.objects.filter(email=row.email).exists()


def test_a_customer_invites_the_first_person_only(cast):
    kestrel = make.organisation("Kestrel Springs")
    spring = make.part(kestrel, "KS-1")
    sale = make.sourcing(spring, make.part(cast.talbot, "17-0077"), by_buyer=cast.tom)
    said = {"name": "Kay Moor", "organisation": kestrel, "roles": memberships.FIRST}
    with pytest.raises(NotYourRight):
        invitations.invite("kay@kestrel.example", **said, by=cast.tom)  # the sale is not confirmed by both
    sale.confirmations.create(side="seller", by=cast.olga)
    with pytest.raises(NotYourRight):
        invitations.invite("kay@kestrel.example", **said, by=cast.dora)  # no customer
    kay = invitations.accept(invitations.invite("kay@kestrel.example", **said, by=cast.tom))
    assert set(kay.roles) == set(memberships.FIRST)
    with pytest.raises(NotYourRight):
        invitations.invite("other@kestrel.example", **said, by=cast.tom)
    assert invitations.invite("other@kestrel.example", **said, by=kay)


def test_an_end_bites_at_once(cast):
    with pytest.raises(NotYourRight):
        memberships.end(cast.ben, by=cast.ada, why="no administrator")
    with pytest.raises(NotYourRight):
        memberships.end(cast.tom, by=cast.ivy, why="another company's")
    with pytest.raises(Malformed):
        memberships.end(cast.ben, by=cast.ivy, why=" ")
    for stranger in (cast.dora, cast.ben):
        with pytest.raises(Malformed) as wrong:
            memberships.end(cast.ben, by=cast.ivy, why="left", heir=stranger)
        assert set(wrong.value.errors) == {"heir"}
    memberships.end(cast.ben, by=cast.ivy, why="left on Friday", heir=cast.ada)
    assert not in_force(cast.acme).filter(pk=cast.ben.pk).exists()
    with pytest.raises(NotYourRight):
        make.draft(cast.bolt, by=cast.ben)
    with pytest.raises(Malformed):
        memberships.end(cast.ben, by=cast.ivy, why="again")
    assert declarations.hands(make.draft(cast.bolt, by=cast.ada)) == {cast.ada.user_id}


def test_the_last_administrator_and_the_last_certifier_stay(cast):
    memberships.end(cast.sam, by=cast.ivy, why="moved")
    for who, role in ((cast.ivy, "administrator"), (cast.ada, "certifier")):
        with pytest.raises(Malformed) as last:
            memberships.end(who, by=cast.ivy, why="left")
        assert role in str(last.value)
        with pytest.raises(Malformed):
            memberships.change(who, roles=["reader"], by=cast.ivy)
    ben = memberships.change(cast.ben, roles=["certifier", "editor"], title="Deputy", by=cast.ivy)
    assert ben.title == "Deputy" and not in_force(cast.acme).filter(pk=cast.ben.pk).exists()
    memberships.end(cast.ada, by=cast.ivy, why="left", heir=ben)


def test_other_roles_are_another_membership(cast):
    assert memberships.change(cast.ben, roles=["editor"], by=cast.ivy) == cast.ben
    fresh = memberships.change(cast.ben, roles=["reader", "editor"], by=cast.ivy)
    assert fresh.roles == ["reader", "editor"] and cast.ben.end.heir == fresh and cast.ben.roles == ["editor"]
    with pytest.raises(NotYourRight):
        memberships.change(fresh, roles=["certifier"], by=cast.ben)
    with pytest.raises(Malformed):
        memberships.change(fresh, roles=["officer"], by=cast.ivy)


def test_what_one_says_of_oneself(cast):
    user = parties.introduce_oneself(cast.ben.user, name="Ben R. Ruiz", phone="+1 216 555 0100", language="es-mx")
    assert (user.person.name, user.person.phone, user.language) == ("Ben R. Ruiz", "+1 216 555 0100", "es-mx")
    with pytest.raises(Malformed) as wrong:
        parties.introduce_oneself(user, name="", phone="1" * 41, language="tlh")
    assert set(wrong.value.errors) == {"name", "phone", "language"}


def at_once(*calls):
    """Run all at the same moment, each on its own connection; what each answered or raised."""
    gate, told = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        gate.wait()
        try:
            told[place] = call()
        except Exception as wrong:
            told[place] = wrong
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.django_db(transaction=True)
def test_two_administrators_ending_each_other_leave_one():
    company = make.organisation("Acme Bolts")
    one, other = (make.person(name, company, "administrator") for name in ("Ivy Moss", "Max Moss"))
    told = at_once(
        lambda: memberships.end(one, by=other, why="a quarrel"), lambda: memberships.end(other, by=one, why="a quarrel")
    )
    assert sum(isinstance(row, MembershipEnd) for row in told) == 1
    assert in_force(company).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_five_times_at_once_works_once():
    company = make.organisation("Acme Bolts")
    ivy = make.person("Ivy Moss", company, "administrator")
    row = invitations.invite("nia@acme.example", name="Nia", organisation=company, roles=["editor"], by=ivy)
    told = at_once(*[lambda: invitations.accept(row)] * 5)
    assert sum(isinstance(one, Membership) for one in told) == 1, told
    assert User.objects.filter(email="nia@acme.example").count() == 1 and InvitationUse.objects.count() == 1


def test_an_unused_invitation_has_no_use(cast):
    with pytest.raises(ObjectDoesNotExist):
        _ = invited(cast).use
