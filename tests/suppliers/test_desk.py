"""The operator's desk keeps the same rules as the pages: last ones stay, one membership a person, a new name is an act."""

import pytest
from django.urls import reverse

from suppliers.models import Membership, MembershipEnd, Organisation, Renaming

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
