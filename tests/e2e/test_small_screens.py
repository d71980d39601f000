"""On a phone nothing is read sideways: tables are cards, and each card says what its figures are."""

import pytest
from django.urls import reverse

from tests import make
from tests.make import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDER = (
    """[...document.querySelectorAll("body, .scroll")].filter(one => one.scrollWidth > one.clientWidth + 1).length"""
)


@pytest.fixture
def cast():
    people = make.cast()
    people.ada.user.set_password(PASSWORD)
    people.ada.user.save()
    return people


def test_a_signed_answer_its_sales_and_its_grants_fit(cast, visit):
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    page = visit(cast.ada, viewport={"width": 390, "height": 800})
    for url in (
        reverse("suppliers:declaration-detail", args=[row.pk]),
        reverse("suppliers:sale-list"),
        reverse("suppliers:declaration-list"),
        reverse("compliance:grant-list"),
    ):
        page.goto(url)
        assert page.evaluate(WIDER) == 0, url
    page.goto(reverse("suppliers:declaration-detail", args=[row.pk]))
    first = page.locator(".t.cards tbody td[data-l]").first
    assert first.evaluate("one => getComputedStyle(one, '::before').content.length") > 2
