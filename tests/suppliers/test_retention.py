"""Answers are kept as long as the longest law asks, never deleted, and the name under one is erased without breaking a proof."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from compliance import ledger
from suppliers import retention
from suppliers.actions import retention as acts
from suppliers.actions.rights import NotYourRight
from suppliers.models import Declaration, Membership, Signatory
from tests import make

LATE = dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


def clocks(row):
    laws = retention.laws_of([row])[row.pk]
    return {
        (clock.rule.law, clock.rule.years, clock.rule.counted): clock.until for clock in retention.clocks(row, laws)
    }


def test_each_law_by_its_own_clock(cast, clock):
    """Signed 24 November 2026 for deliveries until before 1 July 2027."""
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben)
    assert clocks(row) == {
        ("nafta", 5, "signed"): dt.date(2031, 11, 25), ("nafta", 6, "signed"): dt.date(2032, 11, 25),
        ("usmca", 5, "signed"): dt.date(2031, 11, 25), ("usmca", 6, "signed"): dt.date(2032, 11, 25),
        ("usmca", 5, "period_end"): dt.date(2032, 7, 1), ("aala", 6, "year_end"): dt.date(2033, 1, 1),
        ("eu-uk", 3, "year_end"): dt.date(2030, 1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("law", "until"),
    [
        ("nafta", dt.date(2032, 11, 25)),
        ("usmca", dt.date(2032, 11, 25)),
        ("aala", dt.date(2033, 1, 1)),
        ("eu-uk", dt.date(2030, 1, 1)),
    ],
)
def test_a_statement_alone_is_kept_under_its_own_law(cast, clock, law, until):
    said = {"law": law, "originates": "true"} if law != "aala" else {"law": law, "ge70": "true"}
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, lines=[], statements=[said])
    laws = retention.laws_of([row])[row.pk]
    assert laws == {law} and retention.kept_until(row, laws) == until


def test_a_leap_day_ends_on_the_twenty_eighth(cast, clock):
    clock.move_to(dt.datetime(2028, 2, 29, 9, tzinfo=dt.UTC))
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben)
    assert clocks(row)["nafta", 5, "signed"] == dt.date(2033, 3, 1)


@pytest.fixture
def later(cast, clock):
    """An answer of 2026, and years later the administrator of the company."""
    row = make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    return clock, row


def test_nothing_is_erased_a_day_too_early(cast, later):
    clock, row = later
    clock.move_to(dt.datetime(2032, 12, 31, 23, 59, tzinfo=dt.UTC))
    with pytest.raises(acts.TooEarly) as wrong:
        acts.erase(row, by=cast.ivy)
    assert wrong.value.until == dt.date(2033, 1, 1) and "1 Jan 2033" in str(wrong.value)
    clock.move_to(dt.datetime(2033, 1, 1, tzinfo=dt.UTC))
    acts.erase(row, by=cast.ivy)


def test_the_digest_verifies_after_the_name_is_gone(cast, later):
    clock, row = later
    before, digest = row.signatory.commitment, row.digest
    clock.move_to(LATE)
    erased = acts.erase(row, by=cast.ivy)
    assert (erased.name, erased.title, erased.salt) == ("", "", "") and erased.commitment == before
    assert erased.erased_by == cast.ivy and erased.erased_at == LATE
    assert Declaration.objects.get(pk=row.pk).digest == digest and list(ledger.faults()) == []
    with pytest.raises(acts.AlreadyErased):
        acts.erase(row, by=cast.ivy)


def test_a_forged_commitment_is_found(cast, later):
    clock, row = later
    clock.move_to(LATE)
    acts.erase(row, by=cast.ivy)
    Signatory.objects.filter(pk=row.signatory_id).update(kept="0" * 64)
    assert any("declaration.signed it seals was changed" in fault for fault in ledger.faults())


def test_erased_is_whole_or_not_at_all(cast, later):
    _, row = later
    with pytest.raises(IntegrityError), transaction.atomic():
        Signatory.objects.filter(pk=row.signatory_id).update(name="")
        Signatory.objects.filter(pk=row.signatory_id).update(kept="1" * 64)


@pytest.mark.parametrize("who", ["ada", "ben", "cleo", "tom", "ed", "fay", "olga", "dora"])
def test_only_the_company_s_administrator_erases(cast, later, who):
    clock, row = later
    clock.move_to(LATE)
    with pytest.raises(NotYourRight):
        acts.erase(row, by=getattr(cast, who))


def test_the_database_deletes_nothing_however_old(cast, later):
    clock, row = later
    clock.move_to(LATE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.filter(pk=row.pk).delete()


def test_the_pages_show_the_clocks_and_erase(cast, later, sign_in):
    clock, row = later
    receipt = sign_in(cast.cleo).get(reverse("suppliers:declaration-detail", args=[row.pk])).content.decode()
    assert "1 Jan 2033" in receipt and "49 CFR 583.16" in receipt and "SOR/97-71" in receipt
    page = reverse("suppliers:retention-list")
    assert "Erase the name" not in sign_in(cast.ivy).get(page).content.decode()
    early = sign_in(cast.ivy).post(reverse("suppliers:signatory-erase", args=[row.pk]), follow=True).content.decode()
    assert "until 1 Jan 2033" in early and Signatory.objects.get(pk=row.signatory_id).name == "Ada Lind"
    clock.move_to(LATE)
    assert "Erase the name" not in sign_in(cast.cleo).get(page).content.decode()
    client = sign_in(cast.ivy)
    assert "Erase the name" in client.get(page).content.decode()
    client.post(reverse("suppliers:signatory-erase", args=[row.pk]))
    for where in (page, reverse("suppliers:declaration-detail", args=[row.pk])):
        seen = client.get(where).content.decode()
        assert "a person whose name was erased" in seen
    other = make.signed(make.part(cast.dorado, "DF"), by=cast.dora)
    assert client.post(reverse("suppliers:signatory-erase", args=[other.pk])).status_code == 404
    assert Membership.objects.filter(pk=cast.ada.pk).exists()
