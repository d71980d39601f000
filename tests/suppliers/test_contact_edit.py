"""Whom letters reach: chosen by the administrator, and told when an address takes no mail."""

import pytest
from django.urls import reverse

from suppliers.actions import contacts
from suppliers.actions.rights import NotYourRight
from suppliers.models import Bounce, Contact
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("suppliers:contact-edit")


def test_the_administrator_chooses(cast, sign_in):
    client = sign_in(cast.ivy)
    html = client.get(PAGE).content.decode()
    assert f'value="{cast.ben.pk}" selected' in html and "Cleo Hart" not in html and "Dora Pike" not in html
    said = client.post(PAGE, {"first": cast.ada.pk, "second": cast.ben.pk})
    assert said.status_code == 302
    assert [row.pk for row in contacts.contacts(cast.acme)] == [cast.ada.pk, cast.ben.pk]
    client.post(PAGE, {"first": cast.ada.pk, "second": cast.ben.pk})
    assert Contact.objects.count() == 2, "the same again is no act"


def test_one_person_is_not_both(cast, sign_in):
    said = sign_in(cast.ivy).post(PAGE, {"first": cast.ada.pk, "second": cast.ada.pk})
    assert said.status_code == 422 and "another person" in said.content.decode() and not Contact.objects.exists()


@pytest.mark.parametrize("whom", ["cleo", "dora"])
def test_neither_a_reader_nor_a_stranger(cast, sign_in, whom):
    said = sign_in(cast.ivy).post(PAGE, {"first": getattr(cast, whom).pk})
    assert said.status_code == 422 and not Contact.objects.exists()


def test_only_the_administrator(cast, sign_in):
    for who in (cast.ada, cast.ben, cast.ed, cast.olga):
        assert sign_in(who).get(PAGE).status_code == 404
    with pytest.raises(NotYourRight):
        contacts.choose_contact(cast.acme, cast.ada, 1, by=cast.ada)


def test_a_mailbox_that_takes_no_mail(cast, sign_in):
    Bounce.objects.create(address=cast.ben.user.email, detail="550 5.1.1 no such user")
    client = sign_in(cast.ivy)
    inbox = reverse("suppliers:request-list")
    assert cast.ben.user.email in client.get(inbox).content.decode()
    assert "550 5.1.1 no such user" in client.get(PAGE).content.decode()
    assert cast.ben.user.email not in sign_in(cast.ada).get(inbox).content.decode()
    assert sign_in(make.person("Noa Berg", cast.dorado, "administrator")).post(
        reverse("suppliers:contact-reach", args=[cast.ben.pk])).status_code == 404  # fmt: skip
    assert Bounce.objects.exists()
    assert sign_in(cast.ivy).post(reverse("suppliers:contact-reach", args=[cast.ben.pk])).status_code == 302
    assert not Bounce.objects.exists() and "does not arrive" not in client.get(PAGE).content.decode()


def test_a_choice_outlives_new_roles(cast):
    from suppliers.actions import memberships

    contacts.choose_contact(cast.acme, cast.ada, 1, by=cast.ivy)
    fresh = memberships.change(cast.ada, roles=["certifier"], title="Quality manager", by=cast.ivy)
    assert contacts.contacts(cast.acme)[0].pk == fresh.pk
