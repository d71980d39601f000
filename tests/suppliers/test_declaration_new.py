"""Beginning an answer: one draft for a part and a period, however often and by whomever it is begun."""

import datetime as dt

import pytest
from django.urls import reverse

from suppliers.actions import identities, requests
from suppliers.models import Declaration
from tests import make

pytestmark = pytest.mark.django_db


def begin(client, part):
    return client.post(reverse("suppliers:declaration-new", args=[part.pk]))["Location"]


def test_the_draft_of_the_same_period_is_opened_again(cast, clock, sign_in):
    requests.ask(cast.bolt_to_talbot, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=dt.date(2026, 12, 1))
    assert begin(sign_in(cast.ben), cast.bolt) == begin(sign_in(cast.ada), cast.bolt)
    assert Declaration.objects.drafts().filter(part=cast.bolt).count() == 1


def test_another_period_and_another_plant_begin_their_own(cast, clock, sign_in):
    old = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    client = sign_in(cast.ben)
    first = begin(client, cast.bolt)
    draft = Declaration.objects.drafts().get()
    assert draft.supersedes == old and begin(client, cast.bolt) == first
    Declaration.objects.filter(pk=draft.pk).update(ends=draft.ends + dt.timedelta(days=1))
    second = begin(client, cast.bolt)
    assert second != first
    plant = identities.add_plant(cast.acme, code="P2", name="Second", country="US", by=cast.ada)
    Declaration.objects.drafts().exclude(pk=draft.pk).update(plant=plant)
    assert begin(client, cast.bolt) not in {first, second}


def test_a_stranger_opens_nobody_s_draft(cast, clock, sign_in):
    begin(sign_in(cast.ben), cast.bolt)
    url = reverse("suppliers:declaration-new", args=[cast.bolt.pk])
    assert sign_in(cast.tom).post(url).status_code == 404
