"""The people page: who acts for the company, inviting, roles, endings; for its administrators alone."""

import pytest
from django.urls import reverse

from suppliers.actions import contacts, invitations, memberships, successions
from suppliers.models import Invitation, Membership, MembershipEnd
from tests import make

pytestmark = pytest.mark.django_db
PEOPLE = "suppliers:membership-list"


def test_only_administrators_open_it(cast, sign_in):
    for who in (cast.ada, cast.ben, cast.cleo, cast.tom, cast.fay, cast.olga, cast.ed):
        assert sign_in(who).get(reverse(PEOPLE)).status_code == 404
    said = sign_in(cast.ivy).get(reverse(PEOPLE)).content.decode()
    for name in ("Ada Lind", "Ben Ruiz", "Cleo Hart", "Ivy Moss", "Sam Cole"):
        assert name in said
    assert "Tom Vega" not in said and "Dora" not in said


def test_from_inviting_to_taking_back(cast, sign_in):
    client, new = sign_in(cast.ivy), reverse("suppliers:invitation-new")
    assert client.get(new).status_code == 200
    wrong = client.post(new, {"email": "nia@", "name": "", "roles": [], "language": "en"})
    assert wrong.status_code == 422 and not Invitation.objects.exists()
    said = {"email": "nia@acme.example", "name": "Nia Bell", "roles": ["editor"], "language": "es-mx", "title": "Clerk"}
    assert client.post(new, said).status_code == 302
    row = Invitation.objects.get()
    assert (row.language, row.title) == ("es-mx", "Clerk") and "Nia Bell" in client.get(
        reverse(PEOPLE)
    ).content.decode()
    assert client.post(new, said | {"roles": ["officer"]}).status_code == 422
    again, back = (reverse(f"suppliers:invitation-{act}", args=[row.pk]) for act in ("again", "end"))
    for stranger in (cast.dora, cast.tom, cast.ada):
        assert sign_in(stranger).post(again).status_code == 404 and sign_in(stranger).post(back).status_code == 404
    client = sign_in(cast.ivy)
    assert client.get(again).status_code == 405
    client.post(again)
    newest = Invitation.objects.waiting().get()
    assert newest.pk != row.pk
    client.post(reverse("suppliers:invitation-end", args=[newest.pk]))
    assert not Invitation.objects.waiting().exists()


def test_roles_change_and_the_person_stays_with_the_same_company(cast, sign_in, client):
    """Sam serves two companies: other roles at one of them do not put Sam into the other's place unasked."""
    page = reverse("suppliers:membership-change", args=[cast.sam_at_dorado.pk])
    assert sign_in(cast.ivy).get(page).status_code == 404
    boss = make.person("Max Boss", cast.dorado, "administrator")
    sam = type(client)()
    sam.force_login(cast.sam.user, backend="django.contrib.auth.backends.ModelBackend")
    sam.post(reverse("suppliers:membership-switch"), {"membership": cast.sam_at_dorado.pk})
    assert sign_in(boss).post(page, {"roles": ["reader"], "title": "Clerk"}).status_code == 302
    said = sam.get(reverse("suppliers:request-list")).content.decode()
    assert "<b>Dorado Fasteners</b>" in said


def test_the_last_ones_stay_and_the_page_says_why(cast, sign_in):
    client = sign_in(cast.ivy)
    end = reverse("suppliers:membership-end", args=[cast.ivy.pk])
    answer = client.post(end, {"why": "tired", "heir": ""})
    assert answer.status_code == 422 and "last administrator" in answer.content.decode()
    change = reverse("suppliers:membership-change", args=[cast.ivy.pk])
    answer = client.post(change, {"roles": ["reader"]})
    assert answer.status_code == 422 and "last administrator" in answer.content.decode()
    assert client.post(change, {"roles": ["administrator", "reader"], "title": "Boss"}).status_code == 302
    assert client.get(reverse(PEOPLE)).status_code == 200


def test_whoever_leaves_names_an_heir(cast, sign_in):
    make.draft(cast.bolt, by=cast.ben)
    client, page = sign_in(cast.ivy), reverse("suppliers:membership-end", args=[cast.ben.pk])
    assert "AB-M12" in client.get(page).content.decode()
    assert client.post(page, {"why": ""}).status_code == 422
    assert client.post(page, {"why": "left", "heir": cast.tom.pk}).status_code == 422
    assert client.post(page, {"why": "left on Friday", "heir": cast.ada.pk}).status_code == 302
    assert MembershipEnd.objects.get().heir == cast.ada
    said = client.get(reverse(PEOPLE)).content.decode()
    assert "left on Friday" in said and "Ada Lind took over" in said and "1 draft" in said
    assert client.get(page).status_code == 404


def test_questions_stay_as_many_for_forty_people(cast, sign_in, django_assert_max_num_queries):
    for number in range(40):
        make.person(f"Person {number}", cast.acme, "editor")
        invitations.invite(f"p{number}@new.example", name="P", organisation=cast.acme, roles=["reader"], by=cast.ivy)
    client = sign_in(cast.ivy)
    with django_assert_max_num_queries(18):
        client.get(reverse(PEOPLE))
    assert Membership.objects.filter(organisation=cast.acme).count() == 45


def test_oneself(cast, sign_in):
    page = reverse("suppliers:person-edit")
    client = sign_in(cast.cleo)
    said = client.get(page).content.decode()
    assert "Cleo Hart" in said and "What the portal keeps about you" in said and "Acme Bolts" in said
    assert client.post(page, {"name": " ", "phone": "1", "language": ""}).status_code == 422
    assert client.post(page, {"name": "Cleo B. Hart", "phone": "+1 216", "language": "es-mx"}).status_code == 302
    cast.cleo.user.refresh_from_db()
    assert (cast.cleo.user.person.name, cast.cleo.user.language) == ("Cleo B. Hart", "es-mx")
    assert "+1 216" in sign_in(cast.ivy).get(reverse(PEOPLE)).content.decode()


def test_letters_go_to_whom_the_company_chose_and_to_heirs(cast, sign_in):
    client, choose = sign_in(cast.ivy), reverse("suppliers:contact-edit")
    assert client.post(choose, {"first": cast.ben.pk, "second": cast.ada.pk}).status_code == 302
    assert contacts.contacts(cast.acme) == [cast.ben, cast.ada]
    client.post(choose, {"first": cast.tom.pk})
    client.post(choose, {"first": cast.cleo.pk})
    assert contacts.contacts(cast.acme) == [cast.ben, cast.ada]
    fresh = memberships.change(cast.ben, roles=["editor", "reader"], by=cast.ivy)
    assert contacts.contacts(cast.acme)[0] == fresh
    memberships.end(fresh, by=cast.ivy, why="left", heir=cast.sam)
    assert contacts.contacts(cast.acme)[0] == cast.sam
    assert sign_in(cast.ada).post(choose, {"first": cast.ada.pk}).status_code == 404


def test_letters_of_a_company_that_is_kept_go_to_whoever_keeps_it(cast):
    successions.succeed(cast.acme, successor=cast.dorado, kind="taken_over", why="register entry", by=cast.olga)
    assert contacts.contacts(cast.acme) == contacts.contacts(cast.dorado) != []
