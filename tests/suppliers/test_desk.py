"""The operator's desk keeps the same rules as the pages: last ones stay, one membership a person, a new name is an act."""

import pytest
from django.urls import reverse

from suppliers.models import Mail, Membership, MembershipEnd, Organisation, Renaming, User

pytestmark = pytest.mark.django_db


def test_the_last_ones_stay(cast, sign_in):
    client, page = sign_in(cast.olga), reverse("admin:suppliers_membershipend_add")
    refused = client.post(page, {"membership": cast.ivy.pk, "why": "left"})
    assert refused.status_code == 200 and "last administrator" in refused.content.decode()
    assert client.post(page, {"membership": cast.ben.pk, "why": "left"}).status_code == 302
    assert MembershipEnd.objects.get().by == cast.olga


def test_one_membership_a_person(cast, sign_in):
    client, page = sign_in(cast.olga), reverse("admin:suppliers_membership_add")
    said = {"user": cast.ben.user_id, "organisation": cast.acme.pk, "roles": '["reader"]', "begins": "2026-11-01"}
    assert "acts for the organisation already" in client.post(page, said).content.decode()
    assert client.post(page, said | {"organisation": cast.dorado.pk}).status_code == 302
    assert Membership.objects.in_force().filter(user=cast.ben.user).count() == 2


def test_a_new_name_is_an_act(cast, sign_in):
    client, page = sign_in(cast.olga), reverse("admin:suppliers_organisation_change", args=[cast.acme.pk])
    said = {"name": "Acme Group", "kind": "supplier", "country": "US", "language": "en", "address": ""}
    assert client.post(page, said).status_code == 302
    row = Renaming.objects.get()
    assert (row.old, row.new, row.by) == ("Acme Bolts", "Acme Group", cast.olga)
    assert Organisation.objects.get(pk=cast.acme.pk).name == "Acme Group"
    client.post(page, said)
    assert Renaming.objects.count() == 1


def test_nobody_is_let_into_a_company_in_silence(cast, sign_in):
    """Staff could enter itself as certifier of any company, or send a person's codes elsewhere, and nobody there was told."""
    client, page = sign_in(cast.olga), reverse("admin:suppliers_membership_add")
    said = {"user": cast.olga.user_id, "organisation": cast.acme.pk, "roles": '["certifier"]', "begins": "2026-11-01"}
    assert client.post(page, said).status_code == 302
    told = {row.address: row.text for row in Mail.objects.all()}
    assert set(told) == {"ivy.moss@acme-bolts.example", "ada.lind@acme-bolts.example", "sam.cole@acme-bolts.example"}
    assert (
        "entered Olga Reyes as acting for Acme Bolts, with these roles: certifier"
        in told["ivy.moss@acme-bolts.example"]
    )
    Mail.objects.all().delete()
    account = reverse("admin:suppliers_user_change", args=[cast.ada.user_id])
    person = {
        "person-TOTAL_FORMS": "1",
        "person-INITIAL_FORMS": "1",
        "person-0-user": cast.ada.user_id,
        "person-0-name": "Ada Lind",
    }
    assert client.post(account, {"email": "elsewhere@portal.example", "is_active": "on"} | person).status_code == 302
    told = {row.address: row.text for row in Mail.objects.all()}
    assert {"ada.lind@acme-bolts.example", "ivy.moss@acme-bolts.example"} <= set(
        told
    ) and "elsewhere@portal.example" not in told
    assert all("from ada.lind@acme-bolts.example to elsewhere@portal.example" in text for text in told.values())
    Mail.objects.all().delete()
    User.objects.filter(pk=cast.ada.user_id).update(is_active=False)
    assert client.post(account, {"email": "elsewhere@portal.example", "is_active": "on"} | person).status_code == 302
    told = {row.address for row in Mail.objects.filter(text__contains="lets Ada Lind sign in again")}
    assert {
        "ivy.moss@acme-bolts.example",
        "sam.cole@acme-bolts.example",
    } <= told and "elsewhere@portal.example" not in told


@pytest.mark.parametrize("roles", ['["operator"]', '["auditor"]', '["officer"]', '["x"]', "[]", '"certifier"', "7"])
def test_roles_are_those_of_the_kind_of_company(cast, sign_in, roles):
    said = {"user": cast.olga.user_id, "organisation": cast.acme.pk, "roles": roles, "begins": "2026-11-01"}
    answer = sign_in(cast.olga).post(reverse("admin:suppliers_membership_add"), said)
    assert (
        answer.status_code == 200
        and not Membership.objects.filter(user=cast.olga.user, organisation=cast.acme).exists()
    )
