"""Signed rows and acts cannot be changed in the database, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from suppliers import guards
from suppliers.models import Declaration, Line, Ripple, Seal, Signatory
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(cast):
    draft = Declaration.objects.create(
        organisation=cast.acme, part=cast.bolt, begins=make.FROM, ends=make.UNTIL, currency="USD", drafted_by=cast.ben
    )
    line = Line.objects.create(declaration=draft, position=1, item="WIRE-12")
    Declaration.objects.filter(pk=draft.pk, signed_at=None).update(
        signed_at=timezone.now(),
        signed_by=cast.ada,
        signatory=Signatory.objects.create(name="Ada Lind", title="Quality manager"),
        digest="d" * 64,
    )
    return line


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def test_every_guard_of_the_list_is_laid(db):
    assert guards.missing() == []
    guards.remove()
    assert {guard.name for guard in guards.missing()} == {guard.name for guard in guards.guards()}
    guards.install()


def test_a_signed_declaration_is_not_updated_nor_deleted(signed):
    mine = Declaration.objects.filter(pk=signed.declaration_id)
    refused(lambda: mine.update(currency="CAD"))
    refused(lambda: mine._raw_delete("default"))
    assert mine.get().currency == "USD"


def test_children_of_a_signed_declaration_are_closed(signed):
    refused(lambda: Line.objects.filter(pk=signed.pk).update(item="OTHER"))
    refused(lambda: Line.objects.filter(pk=signed.pk).delete())
    refused(lambda: Line.objects.create(declaration_id=signed.declaration_id, position=2, item="LATE"))


def test_insert_or_replace_does_not_overwrite(signed):
    """SQLite's INSERT OR REPLACE and PostgreSQL's ON CONFLICT DO UPDATE both come in by a side door."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        key = signed.declaration_id.hex if sqlite else signed.declaration_id
        cursor.execute("SELECT * FROM suppliers_declaration WHERE id = %s", [key])
        marks = ", ".join(["%s"] * len(cursor.description))
        names = ", ".join(column.name if not sqlite else column[0] for column in cursor.description)
        if sqlite:
            statement = f"INSERT OR REPLACE INTO suppliers_declaration ({names}) VALUES ({marks})"
        else:
            statement = (
                f"INSERT INTO suppliers_declaration ({names}) SELECT {names} FROM suppliers_declaration WHERE id = %s "
                "ON CONFLICT (id) DO UPDATE SET currency = 'CAD'"
            )
        row = list(cursor.fetchone()) if sqlite else [key]
        refused(lambda: cursor.execute(statement, row))


def test_a_draft_stays_open(cast):
    draft = Declaration.objects.create(
        organisation=cast.acme, part=cast.bolt, begins=make.FROM, ends=make.UNTIL, currency="USD", drafted_by=cast.ben
    )
    line = Line.objects.create(declaration=draft, position=1, item="WIRE-12")
    line.delete()
    draft.delete()


def test_acts_are_kept(cast):
    Seal.objects.create(number=1, kind="test", act=cast.ada.pk, digest="a" * 64, prev="0" * 64, hash="b" * 64)
    refused(lambda: Seal.objects.update(digest="c" * 64))
    refused(lambda: Seal.objects.all()._raw_delete("default"))
    refused(lambda: type(cast.ada).objects.filter(pk=cast.ada.pk).update(roles=["operator"]))
    Ripple.objects.create(part=cast.bolt, why="signed")
    Ripple.objects.update(spread_at=timezone.now())  # the queue is no act
