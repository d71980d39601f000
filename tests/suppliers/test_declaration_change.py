"""Many hands at once: no save is lost, and what is signed is what was shown."""

import threading

import pytest
from django.db import connection

from suppliers.actions import declarations
from suppliers.actions.declarations import AlreadySigned, ChangedMeanwhile, NotTheTextShown
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored, terms
from suppliers.models import Declaration, MembershipEnd, Seal
from tests import make


def together(*acts):
    """Run the acts at one moment, each in its own thread; their outcomes in order."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(nth, act):
        try:
            gate.wait(5)
            outcomes[nth] = act()
        except (AlreadySigned, ChangedMeanwhile, NotTheTextShown) as refused:
            outcomes[nth] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_one_wins_and_the_other_is_told():
    cast = make.cast()
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    facts = stored.of(draft)
    for turn in range(1, 6):
        acts = [
            lambda by=by, price=price, turn=turn: declarations.change(
                draft, facts | {"price": price}, by=by, version=turn, machine=True
            )
            for by, price in ((cast.ben, "1.5"), (cast.ada, "2.5"))
        ]
        outcomes = together(*acts)
        told = [row for row in outcomes if isinstance(row, ChangedMeanwhile)]
        saved = [row for row in outcomes if isinstance(row, Declaration)]
        assert len(told) == len(saved) == 1, outcomes
        now = Declaration.objects.get(pk=draft.pk)
        assert now.version == turn + 1 and now.price == saved[0].price
        assert told[0].who == now.changed_by.user.display_name


@pytest.mark.django_db(transaction=True)
def test_a_save_beside_a_signature_never_blends():
    cast = make.cast()
    for _ in range(5):
        draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
        facts, seen = stored.of(draft), declarations.shown(draft)
        together(
            lambda draft=draft, facts=facts: declarations.change(
                draft, facts | {"price": "9"}, by=cast.ben, version=1, machine=True
            ),
            lambda draft=draft, seen=seen: declarations.sign(draft, by=cast.ada, name="Ada", title="QM", shown=seen),
        )
        now = Declaration.objects.get(pk=draft.pk)
        if now.is_signed:
            assert now.price is None, "what was signed is what was shown"
            digest = terms.content_digest(
                stored.of(now), signed_text=now.signed_text, commitment=now.signatory.commitment
            )
            assert digest == now.digest == Seal.objects.get(act=now.pk).digest
        else:
            assert now.price == 9 and not Seal.objects.filter(act=now.pk).exists()


@pytest.mark.django_db
def test_a_certifier_who_left_signs_nothing(cast):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    seen = declarations.shown(draft)
    MembershipEnd.objects.create(membership=cast.ada, by=cast.ivy, why="left")
    with pytest.raises(NotYourRight):
        declarations.sign(draft, by=cast.ada, name="Ada", title="QM", shown=seen)
    assert not Declaration.objects.get(pk=draft.pk).is_signed


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["cleo", "ivy", "tom", "dora", "sam_at_dorado", "ed", "fay", "olga"])
def test_only_a_writer_of_the_company_changes_it(cast, who):
    draft = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    with pytest.raises(NotYourRight):
        declarations.change(draft, stored.of(draft), by=getattr(cast, who), version=1, machine=True)
    assert Declaration.objects.get(pk=draft.pk).version == 1
