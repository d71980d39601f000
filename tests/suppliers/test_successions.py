"""A company entered twice, taken over or closed: records stay, sales go on, no figure changes, nobody signs in its name."""

import datetime as dt

import pytest
from django.urls import reverse

from compliance import ledger
from suppliers.actions import declarations, invitations, requests, successions
from suppliers.actions.declarations import NoLongerSpeaks
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Membership, Organisation, Request, Sourcing, Succession
from tests import make, worlds
from tests.conftest import TODAY
from tracing.actions.traces import digest_of
from tracing.snapshots import take

pytestmark = pytest.mark.django_db


def succeed(cast, kind="merged", *, old=None, new=None, by=None, why="one EIN, spoke to both"):
    return successions.succeed(old or cast.acme, successor=new or cast.dorado, kind=kind, why=why, by=by or cast.olga)


def anew(row):
    return type(row).objects.get(pk=row.pk)


def now(membership, company):
    return Membership.objects.in_force().get(user=membership.user, organisation=company)


@pytest.fixture
def river(cast, clock, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    return worlds.river(cast)


def given(vehicle):
    """Everything the engine is given for a vehicle: the same digest gives the same figures, bit for bit."""
    return digest_of(take([vehicle], TODAY)[0])


def test_a_merge_changes_no_figure(cast, river, clock):
    before = given(river.vehicle)
    draft = make.draft(cast.bolt, by=cast.ben)
    succeed(cast)
    assert given(river.vehicle) == before
    assert "acme-bolts/AB-M12" in take([river.vehicle], TODAY)[0].dossier["declarations"]
    assert list(ledger.faults()) == []
    assert Declaration.objects.get(pk=draft.pk).organisation == cast.dorado
    signed = Declaration.objects.get(pk=river.bolt.pk)
    assert signed.organisation == cast.acme and "Acme Bolts declares" in signed.signed_text


def test_its_people_act_for_the_other_company_with_one_membership(cast, river):
    succeed(cast)
    assert not Membership.objects.in_force().filter(organisation=cast.acme).exists()
    assert now(cast.ben, cast.dorado).roles == ["editor"]
    sam = Membership.objects.in_force().filter(user=cast.sam.user)
    assert [set(row.roles) for row in sam] == [{"editor", "certifier"}]
    assert anew(cast.ben).end.heir == now(cast.ben, cast.dorado)
    with pytest.raises(NotYourRight):
        invitations.invite("x@x.example", name="X", organisation=anew(cast.acme), roles=["editor"], by=cast.olga)


def test_the_successor_reads_withdraws_and_answers_along_the_same_sale(cast, river, clock):
    """A buyer enters nothing anew: the new answer flows to Talbot's line that names the old sale."""
    succeed(cast)
    ada = now(cast.ada, cast.dorado)
    assert Declaration.objects.owned_by(ada).filter(pk=river.bolt.pk).exists()
    assert Sourcing.objects.visible_to(ada).filter(pk=river.bolt_sale.pk).exists()
    fresh = declarations.supersede(anew(river.bolt), by=ada)
    assert fresh.organisation == cast.dorado and fresh.part == cast.bolt
    fresh = declarations.sign(
        fresh, by=ada, name="Ada Lind", title="QM", shown=declarations.shown(fresh), alone_why="alone"
    )
    assert fresh.signed_text.startswith("Dorado Fasteners declares to Talbot Axles")
    assert str(fresh.pk) in take([river.vehicle], TODAY)[0].declarations.values()
    old = make.draft(cast.bolt, by=ada)
    declarations.withdraw(fresh, by=ada, why="the mill was wrong")
    assert old.organisation == cast.dorado


def test_two_parts_of_one_number_are_not_taken_for_one(cast, river, clock):
    """The successor's own AB-M12 and the one it answers for are two nodes, each with its own answer."""
    succeed(cast)
    ada = now(cast.ada, cast.dorado)
    own = make.part(cast.dorado, "AB-M12", hs="7318.15")
    sale = make.sourcing(own, cast.talbot_bolt, by_seller=cast.dora, by_buyer=cast.tom)
    clock.shift(dt.timedelta(minutes=1))
    two = [make.signed(part, by=ada, to=[cast.talbot]) for part in (own, cast.bolt)]
    bolts = [{"item": "17-0012", "hs": "7318.15", "quantity": "4", "sources": [{"price": "1.25", "sourcing": one.pk}]}
             for one in (sale, river.bolt_sale)]  # fmt: skip
    make.signed(cast.axle, by=cast.tom, to=[cast.meridian, cast.acme], made_in="MX", lines=bolts)
    found = take([river.vehicle], TODAY)[0].declarations
    assert {str(row.pk) for row in two} <= set(found.values())
    assert {"dorado-fasteners/AB-M12", "acme-bolts/AB-M12"} <= set(found)


def test_a_request_reaches_whoever_keeps_the_sale(cast, river, sign_in):
    succeed(cast)
    said = {"begins": make.UNTIL, "ends": make.UNTIL.replace(year=2028), "due": make.UNTIL}
    row = requests.ask(anew(river.bolt_sale), by=cast.tom, **said)
    ada = now(cast.ada, cast.dorado)
    assert list(Request.objects.visible_to(ada)) == [row]
    inbox = sign_in(ada).get(reverse("suppliers:request-list")).content.decode()
    assert "AB-M12" in inbox and "Talbot Axles" in inbox
    requests.decline(row, by=ada, reason="obsolete", why="no longer made")


def test_nothing_is_signed_in_the_old_name(cast, river):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    succeed(cast)
    Declaration.objects.filter(pk=draft.pk).update(organisation=cast.acme)  # a draft that was left behind
    left, ada = anew(draft), now(cast.ada, cast.dorado)
    with pytest.raises(NoLongerSpeaks):
        declarations.sign(left, by=ada, name="Ada", title="QM", shown=declarations.shown(left), alone_why="alone")
    with pytest.raises(NotYourRight):
        make.draft(cast.bolt, by=anew(cast.ada))


def test_taken_over_the_people_lose_access_and_the_other_company_decides(cast, river):
    succeed(cast, "taken_over")
    assert not Membership.objects.in_force().filter(user=cast.ben.user).exists()
    assert Declaration.objects.owned_by(anew(cast.dora)).filter(pk=river.bolt.pk).exists()


def test_a_closed_companys_records_are_read_by_whoever_keeps_them_alone(cast, river):
    succeed(cast, "closed")
    dora, tom, gus = (anew(row) for row in (cast.dora, cast.tom, cast.gus))
    assert Declaration.objects.owned_by(dora).count() == 1
    for stranger in (tom, gus):
        assert not Declaration.objects.owned_by(stranger).filter(organisation=cast.acme).exists()


def test_a_chain_of_successors_is_followed(cast, river):
    other = make.organisation("Kestrel Springs")
    kay = make.person("Kay Moor", other, "certifier")
    succeed(cast)
    succeed(cast, "taken_over", old=anew(cast.dorado), new=other)
    assert anew(cast.acme).speaker == other and anew(other).speaker == other
    assert set(anew(other).keeps) == {other.pk, cast.dorado.pk, cast.acme.pk}
    assert Declaration.objects.owned_by(anew(kay)).filter(pk=river.bolt.pk).exists()


def test_what_cannot_be(cast):
    succeed(cast)
    for changes, field in (
        ({"old": cast.dorado, "new": cast.dorado}, "successor"), ({"old": cast.dorado, "new": cast.acme}, "successor"),
        ({"old": cast.acme, "new": cast.talbot}, "predecessor"), ({"old": cast.meridian, "new": cast.talbot}, "predecessor"),
        ({"old": cast.talbot, "new": cast.customs}, "successor"), ({"old": cast.talbot, "new": cast.meridian}, "successor"),
        ({"old": cast.talbot, "why": " "}, "why"), ({"old": cast.talbot, "kind": "gone"}, "kind"),
    ):  # fmt: skip
        with pytest.raises(Malformed) as wrong:
            succeed(cast, **changes)
        assert field in wrong.value.errors, changes
    for who in (cast.ivy, cast.tom, cast.eve):
        with pytest.raises(NotYourRight):
            succeed(cast, old=cast.talbot, by=who)
    assert Succession.objects.count() == 1


def test_pending_invitations_end_with_the_company(cast):
    row = invitations.invite("nia@acme.example", name="Nia", organisation=cast.acme, roles=["editor"], by=cast.ivy)
    succeed(cast)
    assert invitations.stale(anew(row)) == "taken_back"


def test_the_operators_desk(cast, river, sign_in, django_assert_max_num_queries):
    page = reverse("suppliers:succession-list")
    for who in (cast.ivy, cast.ada, cast.eve, cast.fay):
        assert sign_in(who).get(page).status_code == 404
    make.organisation("Acme Bolts LLC", code="acme-2")
    client = sign_in(cast.olga)
    shown = client.get(page).content.decode()
    assert "Acme Bolts LLC" in shown and "similar name" in shown
    for canary in ("AB-M12", "17-0012", "Hexagon", "1.25"):
        assert canary not in shown
    assert "Talbot" in client.get(page, {"q": "talb"}).content.decode()
    new = reverse("suppliers:succession-new", args=[Organisation.objects.get(code="acme-2").pk])
    assert client.get(new, {"successor": "acme-bolts"}).status_code == 200
    assert client.post(new, {"kind": "merged", "successor": "acme-bolts", "why": ""}).status_code == 422
    assert (
        client.post(new, {"kind": "merged", "successor": "acme-bolts", "why": "one register entry"}).status_code == 302
    )
    assert client.get(new).status_code == 404
    for number in range(40):
        make.organisation(f"Quite Another {number}", code=f"other-{number}")
    with django_assert_max_num_queries(12):
        client.get(page)
