"""Signing: who may, what is frozen, what is written beside it."""

import threading

import pytest
from django.db import connection

from suppliers.actions import declarations
from suppliers.actions.declarations import (
    AloneWithoutReason,
    AlreadySigned,
    ChangedMeanwhile,
    NotTheTextShown,
    StopsFound,
)
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Ripple, Seal
from tests import make

NAME = {"name": "Ada Lind", "title": "Quality manager"}


@pytest.fixture
def draft(cast):
    return make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])


def sign(draft, by, **changes):
    values = {**NAME, "shown": declarations.shown(draft), **changes}
    return declarations.sign(draft, by=by, **values)


def test_signing_freezes_and_writes_one_ripple_and_one_seal(cast, draft):
    signed = sign(draft, cast.ada)
    assert signed.signed_by == cast.ada and len(signed.digest) == 64
    assert [row.why for row in Ripple.objects.filter(part=cast.bolt)][-1] == "signed"
    seal = Seal.objects.get(act=signed.pk)
    assert seal.digest == signed.digest and seal.kind == "declaration.signed"
    assert declarations.CLAUSE in signed.signed_text
    with pytest.raises(AlreadySigned):
        sign(draft, cast.ada)


@pytest.mark.parametrize("who", ["ben", "cleo", "ivy", "dora", "tom", "ed", "olga"])
def test_only_a_certifier_of_the_company_signs(cast, draft, who):
    with pytest.raises(NotYourRight):
        sign(draft, getattr(cast, who))
    assert not Declaration.objects.get(pk=draft.pk).is_signed
    assert not Seal.objects.exists()


def test_the_signer_signs_what_was_shown(cast, draft):
    seen = declarations.shown(draft)
    facts = stored.of(draft) | {"price": "2.5"}
    declarations.change(draft, facts, by=cast.ben, version=draft.version)
    with pytest.raises(NotTheTextShown):
        sign(draft, cast.ada, shown=seen)


def test_name_and_title_stand_under_it(cast, draft):
    with pytest.raises(Malformed) as wrong:
        sign(draft, cast.ada, name=" ", title="")
    assert set(wrong.value.errors) == {"name", "title"}


def test_one_person_alone_says_why(cast):
    mine = make.draft(cast.bolt, by=cast.ada, to=[cast.talbot])
    with pytest.raises(AloneWithoutReason):
        sign(mine, cast.ada)
    assert sign(mine, cast.ada, alone_why="the only person in the office").alone_why


def test_what_stops_is_found_before_the_signature(cast):
    bad = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], made_in="CN", statements=[{"law": "nafta", "para": "g"}])
    with pytest.raises(StopsFound) as stops:
        sign(bad, cast.ada)
    assert [row.code for row in stops.value.findings] == ["G2"]


def test_an_empty_declaration_says_nothing(cast):
    empty = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot], lines=[])
    with pytest.raises(StopsFound) as stops:
        sign(empty, cast.ada)
    assert "E1" in [row.code for row in stops.value.findings]


def test_the_digest_does_not_depend_on_keys_or_the_clock(cast, draft):
    twin = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    facts, other = stored.of(draft), stored.of(twin)
    from suppliers.facts import terms

    digests = {terms.content_digest(row, signed_text="t", commitment="c") for row in (facts, other)}
    assert len(digests) == 1
    changed = other | {"currency": "CAD"}
    assert terms.content_digest(changed, signed_text="t", commitment="c") not in digests


def test_two_people_in_one_draft(cast, draft):
    facts = stored.of(draft)
    declarations.change(draft, facts | {"made_in": "CA"}, by=cast.ben, version=1)
    with pytest.raises(ChangedMeanwhile) as late:
        declarations.change(draft, facts | {"made_in": "MX"}, by=cast.ada, version=1)
    assert late.value.who == "Ben Ruiz"
    assert Declaration.objects.get(pk=draft.pk).made_in == "CA"


def test_superseding_and_withdrawing_end_it(cast, draft):
    signed = sign(draft, cast.ada)
    in_force = Declaration.objects.in_force(on=make.FROM)
    assert list(in_force) == [signed]
    newer = declarations.supersede(signed, by=cast.ben)
    assert stored.of(newer)["lines"] == stored.of(signed)["lines"]
    assert list(in_force.all()) == [signed], "a draft supersedes nothing"
    newer = sign(newer, cast.ada)
    assert list(in_force.all()) == [newer]
    declarations.withdraw(newer, by=cast.ada, why="the plant has moved")
    assert list(in_force.all()) == []
    with pytest.raises(AlreadySigned):
        declarations.withdraw(newer, by=cast.ada, why="again")


@pytest.mark.django_db(transaction=True)
def test_of_many_hands_one_wins():
    cast = make.cast()
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    seen, outcomes = declarations.shown(draft), []

    def attempt():
        try:
            sign(draft, cast.ada, shown=seen)
            outcomes.append("signed")
        except AlreadySigned:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["late"] * 5 + ["signed"]
    assert Seal.objects.filter(kind="declaration.signed").count() == 1
