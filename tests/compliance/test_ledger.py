"""The chain of seals is re-derived from the rows; whoever changes a row is found, with database rights or without."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from compliance import ledger
from compliance.actions import certificates, grants
from suppliers import guards
from suppliers.models import Seal

CHANGES = {
    "a signed price": ("UPDATE suppliers_source SET price = price + 1", "declaration.signed"),
    "a signed text": ("UPDATE suppliers_declaration SET signed_text = signed_text || '.'", "declaration.signed"),
    "a review": ("UPDATE compliance_review SET why = 'else'", "outcome.reviewed"),
    "a certificate": ("UPDATE compliance_certificate SET payload = replace(payload, 'Alder', 'Elder')", "certificate.issued"),
    "a grant": ("UPDATE compliance_authoritygrant SET purpose = 'else'", "grant.given"),
    "a revocation": ("UPDATE compliance_revocation SET payload = replace(payload, 'wrong', 'right')", "certificate.revoked"),
    "an export": ("UPDATE compliance_export SET digest = 'none'", "dossier.exported"),
    "a seal": ("UPDATE suppliers_seal SET digest = 'none' WHERE number = 2", "seal 2"),
}  # fmt: skip


@pytest.fixture
def whole(cast, certificate, granted):
    certificates.export(certificate, by=cast.fay)
    grants.end(granted, by=cast.eve, why="done")
    certificates.revoke(certificate, by=cast.eve, why="a wrong cost")
    return Seal.objects.count()


def test_whole(whole, capsys):
    assert list(ledger.faults()) == []
    call_command("verify_ledger")
    assert f"whole: {whole} seals" in capsys.readouterr().out


def test_a_changed_row_is_found_and_named(whole):
    for what, (statement, named) in CHANGES.items():
        guards.remove()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                faults = list(ledger.faults())
                transaction.set_rollback(True)
        finally:
            guards.install()
        assert faults and named in faults[0], (what, faults)


def test_the_guards_refuse_it_in_the_first_place(whole):
    for statement, _ in CHANGES.values():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_removed_seal_is_found(whole):
    guards.remove()
    try:
        Seal.objects.filter(number=3).delete()
    finally:
        guards.install()
    assert next(iter(ledger.faults())) == "seal 3 is missing"
