"""One's parts and the sales that wait for a word: buttons only for those who may press them."""

import pytest
from django.urls import reverse

from suppliers.actions import parts
from suppliers.actions.parts import AlreadyConfirmed
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed
from suppliers.models import Ripple
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/parts/"


@pytest.fixture
def offered(cast):
    return parts.propose(make.part(cast.acme, "AB-9"), make.part(cast.talbot, "T-9"), by=cast.tom, factor=100)


def test_both_confirm_and_one_ripple_starts(cast, offered, sign_in):
    assert [row.side for row in offered.confirmations.all()] == ["buyer"] and not Ripple.objects.exists()
    address = reverse("suppliers:sourcing-confirm", args=[offered.pk])
    assert sign_in(cast.cleo).post(address).status_code == 404, "a reader confirms nothing"
    sign_in(cast.ben).post(address)
    assert {row.side for row in offered.confirmations.all()} == {"seller", "buyer"}
    assert [row.why for row in Ripple.objects.all()] == ["sourcing"]
    with pytest.raises(AlreadyConfirmed):
        parts.confirm(offered, by=cast.ada)


def test_strangers_confirm_nothing(cast, offered):
    for who in (cast.dora, cast.gus, cast.cleo, cast.olga):
        with pytest.raises(NotYourRight):
            parts.confirm(offered, by=who)


def test_a_reader_is_offered_no_button(cast, offered, sign_in):
    assert f"/parts/{cast.bolt.pk}/declare/" in sign_in(cast.ben).get(PAGE).content.decode()
    html = sign_in(cast.cleo).get(PAGE).content.decode()
    assert "AB-9" in html and "/declare/" not in html
    assert (
        "Waiting for your word" in html
        and "1 sale" in html
        and "purchase" not in html.split("h-wait")[1].split("</section>")[0]
    )


def test_a_number_stands_once_in_a_company(cast):
    with pytest.raises(Malformed):
        parts.add(number="AB-M12", description="Bolt", by=cast.ben)
    with pytest.raises(NotYourRight):
        parts.add(number="AB-M14", description="Bolt", by=cast.cleo)
    assert parts.add(number="AB-M14", description="Bolt", by=cast.ben).organisation == cast.acme
