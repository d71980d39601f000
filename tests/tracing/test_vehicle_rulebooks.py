"""Rulebook pages: every figure with its date and its citation, on the asked day."""

import pytest
from django.urls import reverse

from tracing import rulebooks
from tracing.templatetags.boards import PLAIN


def read(client, name, **query):
    return client.get(reverse("tracing:rulebook-detail", args=[name]), query)


def test_everybody_signed_in_reads_them(cast, clock, sign_in):
    for who in (cast.ada, cast.ed, cast.fay, cast.olga):
        text = sign_in(who).get(reverse("tracing:rulebook-list")).content.decode()
        for name in rulebooks.ids():
            assert reverse("tracing:rulebook-detail", args=[name]) in text


@pytest.mark.parametrize("name", rulebooks.ids())
def test_every_figure_stands_there_with_its_citation(cast, clock, sign_in, name):
    text = read(sign_in(cast.ed), name).content.decode()
    law = rulebooks.rulebook(name)
    for good in law.data["goods"]:
        for test in good["tests"]:
            assert test["cite"] in text
            for step in test.get("percent", []):
                assert str(step["is"]) in text
    for row in [law.silence, law.consequence, law.disclosure, *law.data.get("not_run", [])]:
        assert row["cite"].replace("'", "&#x27;") in text
    assert law.sha256 in text


def test_the_day_decides_the_figure_and_whether_it_is_law(cast, clock, sign_in):
    client = sign_in(cast.ed)
    assert "<b>56</b>" in read(client, "nafta", on="1999-05-01").content.decode()
    assert "Not law on" not in read(client, "nafta", on="1999-05-01").content.decode()
    assert "Not law on 24 Nov 2026" in read(client, "nafta").content.decode()
    assert "Not law on 24 Nov 2026" in read(client, "nafta", on="yesterday").content.decode()
    assert "A proposal, never law" in read(client, "us-2017").content.decode()


def test_there_is_no_other_rulebook(cast, clock, sign_in):
    assert read(sign_in(cast.ed), "kogod").status_code == 404


def test_every_kind_of_good_has_a_name_that_is_translated():
    names = {good["name"] for law in rulebooks.ids() for good in rulebooks.rulebook(law).data["goods"]}
    assert {name for name in names if "_" in name} <= set(PLAIN)
