"""Official numbers with their check digits, a new name that leaves what was signed alone, plants, and the company's own page."""

import datetime as dt

import pytest
from django.urls import reverse

from compliance import ledger
from suppliers import duplicates
from suppliers.actions import declarations, identities
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Identifier, Organisation, Plant, Renaming
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("ein", "91-1144442", "911144442"), ("bn", "12302 6635", "123026635"), ("rfc", "GODE 561231 GR8", "GODE561231GR8"),
        ("vat", "DE 136,695 976", "DE136695976"), ("lei", "2138 00KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15"),
        ("duns", "15-048-3782", "150483782"),
    ],
)  # fmt: skip
def test_a_number_is_kept_without_marks(cast, kind, typed, kept):
    row = identities.identify(cast.acme, kind=kind, value=typed, by=cast.ivy)
    assert row.value == kept and str(row).endswith(kept)


@pytest.mark.parametrize(
    ("kind", "typed", "word"),
    [
        ("bn", "123026636", "check digit"), ("vat", "DE136695978", "check digit"),
        ("lei", "213800KUD8LAJWSQ9D16", "check digit"), ("ein", "07-1144442", "not such"), ("duns", "15-048-378", "too short"), ("rfc", "GODE561331GR8", "not such"),
        ("rfc", "GODE561231GRB", "not such"),
        ("duns", "１50483782", "not such"), ("bn", "", "too short"), ("vat", "XX1", "not such"),
    ],
)  # fmt: skip
def test_a_mistyped_number_is_refused_in_words(cast, kind, typed, word):
    with pytest.raises(Malformed) as wrong:
        identities.identify(cast.acme, kind=kind, value=typed, by=cast.ivy)
    assert word in wrong.value.errors["value"][0] and not Identifier.objects.exists()


def test_a_genuine_rfc_that_breaks_the_published_rule_is_kept_and_looked_at(cast, sign_in):
    """The tax authority confirms ACE900319JT9, whose last sign should be another by the rule it publishes."""
    row = identities.identify(cast.acme, kind="rfc", value="ACE-900319-JT9", by=cast.ivy)
    assert row.value == "ACE900319JT9" and "published rule" in identities.doubt("rfc", row.value)
    page = reverse("suppliers:organisation-edit")
    assert "does not fit the published rule" in sign_in(cast.ivy).get(page).content.decode()
    identities.identify(cast.acme, kind="rfc", value="GODE561231GR8", by=cast.ivy)
    assert "does not fit the published rule" not in sign_in(cast.ivy).get(page).content.decode()


def test_only_its_administrator_speaks_for_a_company(cast):
    for who in (cast.ada, cast.ben, cast.tom, cast.olga):
        with pytest.raises(NotYourRight):
            identities.identify(cast.acme, kind="ein", value="91-1144442", by=who)
    row = identities.identify(cast.acme, kind="ein", value="91-1144442", by=cast.ivy)
    identities.identify(cast.acme, kind="ein", value="94-2404110", by=cast.ivy)
    assert Identifier.objects.get().value == "942404110"
    with pytest.raises(NotYourRight):
        identities.forget(row, by=cast.ada)
    identities.forget(row, by=cast.ivy)
    assert not Identifier.objects.exists()


def test_what_was_signed_keeps_the_old_name(cast, settings, tmp_path):
    """Acme's own answers, and Talbot's that name Acme as the seller: digests and ledger hold after two new names."""
    settings.FILES_DIR = tmp_path
    river = make.river(cast)
    before = {row.pk: stored.of(row) for row in (river.bolt, river.axle)}
    for name in ("Acme Fasteners", "Acme Group"):
        identities.rename(Organisation.objects.get(pk=cast.acme.pk), name=name, by=cast.ivy)
    assert {row.pk: stored.of(row) for row in (river.bolt, river.axle)} == before
    assert list(ledger.faults()) == []
    assert "Acme Bolts declares" in Declaration.objects.get(pk=river.bolt.pk).signed_text
    fresh = declarations.supersede(Declaration.objects.get(pk=river.axle.pk), by=cast.tom)
    assert stored.of(fresh)["lines"][0]["sources"][0]["seller_name"] == "Acme Group"
    assert [row.old for row in Renaming.objects.order_by("at")] == ["Acme Bolts", "Acme Fasteners"]


def test_a_name_is_typed_and_new(cast):
    for name in ("", "Acme Bolts", "x" * 161):
        with pytest.raises(Malformed):
            identities.rename(cast.acme, name=name, by=cast.ivy)
    with pytest.raises(NotYourRight):
        identities.rename(cast.acme, name="Acme Nuts", by=cast.dora)
    assert identities.rename(cast.acme, name="  Acme   Nuts ", by=cast.olga).new == "Acme Nuts"


def test_the_fiscal_year_is_signed_with_the_answer(cast, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    said = {"country": "CA", "address": "1 Bolt Way\nToledo", "language": "fr-ca", "by": cast.ivy}
    identities.describe(cast.acme, **said, fiscal_year_start=dt.date(2026, 4, 1))
    signed = make.signed(make.part(Organisation.objects.get(pk=cast.acme.pk)), by=cast.ada, drafted_by=cast.ben)
    assert signed.fiscal_year_start == dt.date(2026, 4, 1)
    changed = identities.describe(cast.acme, **said, fiscal_year_start=dt.date(2027, 4, 1))
    assert (changed.address, changed.language, changed.country.code) == ("1 Bolt Way\nToledo", "fr-ca", "CA")
    assert list(ledger.faults()) == []


def test_a_year_that_signed_answers_rest_on_stays(cast):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben)
    said = {"country": "US", "address": "", "language": "en", "by": cast.ivy}
    with pytest.raises(Malformed) as wrong:
        identities.describe(cast.acme, **said, fiscal_year_start=dt.date(2026, 4, 1))
    assert set(wrong.value.errors) == {"fiscal_year_start"}
    assert identities.describe(cast.acme, **said | {"address": "Toledo"}, fiscal_year_start=None).address == "Toledo"
    for changes, field in (
        ({"country": "ZZZ"}, "country"),
        ({"language": "tlh"}, "language"),
        ({"address": "x" * 401}, "address"),
    ):
        with pytest.raises(Malformed) as wrong:
            identities.describe(cast.acme, **said | changes, fiscal_year_start=None)
        assert set(wrong.value.errors) == {field}


def test_plants_are_added_and_renamed(cast):
    row = identities.add_plant(cast.acme, code="toledo", name="Toledo, Ohio", country="us", by=cast.ben)
    with pytest.raises(Malformed) as wrong:
        identities.add_plant(cast.acme, code="toledo", name="Toledo II", country="US", by=cast.ben)
    assert "code" in wrong.value.errors
    assert identities.change_plant(row, name="Toledo, OH", by=cast.ada).name == "Toledo, OH"
    for who in (cast.cleo, cast.tom):
        with pytest.raises(NotYourRight):
            identities.change_plant(row, name="Elsewhere", by=who)
    assert Plant.objects.get().code == "toledo"


def test_the_company_page(cast, sign_in):
    page = reverse("suppliers:organisation-edit")
    for who in (cast.fay, cast.olga):
        assert sign_in(who).get(page).status_code == 404
    plain = sign_in(cast.cleo).get(page).content.decode()
    assert "Acme Bolts" in plain and '<form method="post" class="stack"' not in plain
    refused = sign_in(cast.cleo).post(page, {"act": "rename", "rename-name": "Mine"})
    assert refused.status_code == 422 and Organisation.objects.get(pk=cast.acme.pk).name == "Acme Bolts"
    client = sign_in(cast.ivy)
    wrong = client.post(page, {"act": "identify", "identify-kind": "bn", "identify-value": "123026636"})
    assert (
        wrong.status_code == 422 and "check digit" in wrong.content.decode() and "123026636" in wrong.content.decode()
    )
    assert (
        client.post(page, {"act": "identify", "identify-kind": "bn", "identify-value": "123026635"}).status_code == 302
    )
    assert (
        client.post(
            page, {"act": "plant", "plant-name": "Toledo", "plant-code": "toledo", "plant-country": "US"}
        ).status_code
        == 302
    )
    assert client.post(page, {"act": "rename", "rename-name": "Acme Group"}).status_code == 302
    said = {"act": "describe", "describe-country": "US", "describe-address": "Toledo", "describe-language": "en"}
    assert client.post(page, said).status_code == 302
    shown = client.get(page).content.decode()
    for word in ("Acme Group", "Acme Bolts", "123026635", "toledo"):
        assert word in shown
    plant, number = Plant.objects.get(), Identifier.objects.get()
    edit, off = reverse("suppliers:plant-edit", args=[plant.pk]), reverse("suppliers:identifier-end", args=[number.pk])
    assert client.post(edit, {"name": "Toledo, Ohio"}).status_code == 302 and Plant.objects.get().name == "Toledo, Ohio"
    stranger = sign_in(cast.dora)
    assert stranger.get(edit).status_code == 404 and stranger.post(off).status_code == 404
    assert sign_in(cast.ada).post(off).status_code == 404 and Identifier.objects.exists()
    assert sign_in(cast.ivy).post(off).status_code == 302 and not Identifier.objects.exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Bolts Inc.", "ACME BOLTS, LLC"), ("Tornillos Peña S.A. de C.V.", "Tornillos Pena SA de CV"),
        ("Kestrel Springs", "Kestrell Springs"), ("Dorado Fasteners", "Dorado Fastener"), ("Müller & Söhne GmbH", "Muller Sohne"),
        ("Bolts Acme", "Acme Bolts"),
    ],
)  # fmt: skip
def test_names_that_may_be_one(db, one, other):
    make.organisation(one, code="one"), make.organisation(other, code="other")
    assert [pair.sure for pair in duplicates.proposed()] == [False]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme Bolts", "Talbot Axles"), ("Ajax", "Apex"), ("Acme Bolts", "Acme Nuts"), ("Rio Steel", "Rio Seals")],
)
def test_names_that_are_two(db, one, other):
    make.organisation(one, code="one"), make.organisation(other, code="other")
    assert duplicates.proposed() == []


def test_one_number_is_one_company(cast):
    identities.identify(cast.acme, kind="duns", value="150483782", by=cast.ivy)
    Identifier.objects.create(organisation=cast.dorado, kind="duns", value="150483782")
    pair = duplicates.proposed()[0]
    assert pair.sure and {pair.one, pair.other} == {cast.acme, cast.dorado} and "150483782" in pair.why
