"""Round trips: download, fill in by a program, save with another program, hand in, apply, sign: the facts are what was typed."""

import datetime as dt
import os
import shutil
import subprocess

import pytest

from suppliers.actions import declarations, uploads
from suppliers.facts import stored
from suppliers.models import Declaration
from tests import books, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LOCALES = {"en": "en_US.UTF-8", "es-mx": "es_MX.UTF-8", "fr-ca": "fr_CA.UTF-8"}
ANSWER = {
    "customers": "talbot-axles", "begins": dt.date(2027, 1, 1), "ends": "2028-01-01", "made_in": "MX", "hs": "8708.29", "currency": "CAD",
    "price": 1234.56, "nafta_para": "f", "nafta_percent": 62.5, "eu_agreements": "CA, JP", "claims_why": "Bücher, página 3 – «été»",
}  # fmt: skip
INPUTS = [
    {"item": "00123", "description": "Acier, tôle", "hs": "7209.16", "quantity": 0.8, "unit": "kg", "seller": "Norsk Staal", "price": 1.125,
     "share": 60, "made_in": "NO"},
    {"item": "00123", "description": "Acier, tôle", "hs": "7209.16", "quantity": 0.8, "unit": "kg", "seller": "Aceros", "price": 1.1, "share": 40,
     "made_in": "MX"},
    {"item": "1E5", "quantity": 3, "price": 0.000125, "freight": 0.1, "duty": 0, "made_in": "DE"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def by_words(language, **keys):
    """Choices as the workbook of that language offers them."""
    from django.utils import translation

    from suppliers.workbooks.columns import SHEETS

    columns = {column.key: column for some in SHEETS.values() for column in some}
    with translation.override(language):
        return {key: str(dict(columns[key].choices)[value]) for key, value in keys.items()}


def filled(cast, language):
    answer = ANSWER | by_words(language, state="declare", uses="heavy", claim_shift="met")
    inputs = [
        row
        | by_words(language, how=how)
        | (by_words(language, title="later", leg="receipt") if how == "imported" else {})
        for row, how in zip(INPUTS, ("bought", "bought", "imported"), strict=True)
    ]
    return books.filled(
        books.taken(cast.acme, language),
        "BR-7",
        answer,
        inputs,
        {"own_us": 4.2, "own_other": 0.35, "own_other_country": "DE"},
    )


def judged(cast, part, data, language, name="answers.xlsx"):
    upload = books.handed_in(data, cast.ben, name=name, language=language)
    assert upload.errors == [] and not upload.refused, (upload.errors, upload.refused)
    assert upload.preview["counts"]["new"] == 1
    [draft] = uploads.apply(upload, by=cast.ben)
    signed = declarations.sign(
        draft, by=cast.ada, name="Ada Lind", title="Quality manager", shown=declarations.shown(draft)
    )
    facts = stored.of(signed)
    assert {key: facts[key] for key in ("price", "currency", "begins", "ends", "made_in", "hs", "uses", "addressed_codes")} == {
        "price": "1234.56", "currency": "CAD", "begins": "2027-01-01", "ends": "2028-01-01", "made_in": "MX", "hs": "8708.29", "uses": ["heavy"],
        "addressed_codes": ["talbot-axles"]}  # fmt: skip
    said = {row["law"]: row for row in facts["statements"]}
    assert (said["nafta"]["para"], said["nafta"]["percent"], said["eu-uk"]["agreements"]) == ("f", "62.5", "CA, JP")
    assert facts["claims"] == [{"key": "shift", "value": "met", "why": "Bücher, página 3 – «été»"}]
    assert facts["own_values"] == [{"country": "DE", "amount": "0.35"}, {"country": "US", "amount": "4.2"}]
    steel, odd = facts["lines"]
    assert (steel["item"], steel["description"], steel["quantity"], steel["unit"]) == (
        "00123",
        "Acier, tôle",
        "0.8",
        "kg",
    )
    assert [(row["share"], row["price"], row["seller_name"], row["made_in"]) for row in steel["sources"]] == [
        ("60", "1.125", "Norsk Staal", "NO"), ("40", "1.1", "Aceros", "MX")]  # fmt: skip
    [source] = odd["sources"]
    assert (odd["item"], source["how"], source["price"], source["title"]) == ("1E5", "imported", "0.000125", "later")
    assert [(row["kind"], row["amount"], row["leg"]) for row in source["charges"]] == [
        ("freight", "0.1", "receipt"),
        ("duty", "0", ""),
    ]
    again = books.handed_in(data, cast.ben, name=name, language=language)
    assert again.preview["counts"]["unchanged"] == 1 and again.preview["answers"] == []
    assert Declaration.objects.filter(part=part).count() == 1


@pytest.mark.parametrize("language", LOCALES)
def test_by_openpyxl(cast, language):
    part = books.new_part(cast)
    judged(cast, part, filled(cast, language), language)


@pytest.mark.parametrize(("made", "read"), [("fr-ca", "en"), ("en", "es-mx")])
def test_made_in_one_language_and_handed_in_in_another(cast, made, read):
    part = books.new_part(cast)
    judged(cast, part, filled(cast, made), read)


@pytest.mark.slow
@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("way", ["xlsx", "ods"])
def test_by_libreoffice(cast, tmp_path, language, way):
    """Saved anew by LibreOffice under that locale, straight and by way of its own format."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    part = books.new_part(cast)
    data = filled(cast, language)
    for step in [way, "xlsx"] if way == "ods" else [way]:
        data = resaved(data, "xlsx" if step != "xlsx" or way == "xlsx" else "ods", step, tmp_path, LOCALES[language])
    judged(cast, part, data, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", LOCALES)
def test_the_export_opens_in_libreoffice_without_a_live_formula(cast, tmp_path, language):
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    for number, text in enumerate(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "＝1+1", "=cmd|'/c calc'!A1"]):
        make.draft(make.part(cast.acme, f"{text}{number}", description=text), by=cast.ben, lines=[])
    book = books.opened(resaved(books.taken(cast.acme, language), "xlsx", "xlsx", tmp_path, LOCALES[language]))
    cells = [cell for page in book.worksheets for row in page.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert "=1+10" in {cell.value for cell in cells}


def resaved(data, ending, to, folder, locale):
    """One file converted by a LibreOffice of its own profile."""
    home = folder / "office"
    source = folder / f"in.{ending}"
    source.write_bytes(data)
    out = folder / f"out-{to}"
    out.mkdir(exist_ok=True)
    command = [
        "soffice",
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(source),
    ]
    environment = os.environ | {"LC_ALL": locale, "LANG": locale, "HOME": str(folder)}
    subprocess.run(command, check=True, capture_output=True, timeout=170, env=environment)
    return (out / f"in.{to}").read_bytes()
