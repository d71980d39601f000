"""docs/forms.md names fields that exist, and each form can be answered wholly on the page and reaches the engine."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from suppliers import models
from suppliers.actions import declarations, requests, uploads
from suppliers.facts import stored, terms
from suppliers.forms.claims import QUESTIONS
from suppliers.forms.statements import FIELDS
from suppliers.models import Declaration
from suppliers.workbooks.columns import SHEETS as columns_of
from tests import books, make
from tests.suppliers.test_declaration_edit import everything, fields_of
from tests.suppliers.test_declaration_review import shown_on
from tracing.engine import dossier
from tracing.engine.supply import supply_of

pytestmark = pytest.mark.django_db
PAGE = (Path(__file__).parents[2] / "docs" / "forms.md").read_text()
RECORDS = {"organisation": models.Organisation, "part": models.Part, "signatory": models.Signatory, "user": models.User,
           "declaration": Declaration}  # fmt: skip


def rows():
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.splitlines()
        if re.match(r"\| [^-n]", line)
    ]


def named(kind):
    return {name for row in rows() for name in re.findall(rf"{kind} `([^`]+)`", row[2])}


def test_every_field_is_mapped_or_left_out_for_a_reason():
    assert len(rows()) > 60
    for number, field, where in rows():
        plain = re.sub(r"(fact|statement|claim|record) `[^`]+`", "", where).strip(", ")
        assert plain == "" or re.fullmatch(r"not asked: .{20,}", where), (number, field, where)


def test_every_fact_named_is_a_field_of_the_form(cast, sign_in):
    html = sign_in(cast.ben).get(reverse("suppliers:declaration-edit", args=[everything(cast).pk])).content.decode()
    missing = {name for name in named("fact") if f'name="{name}"' not in html}
    assert missing == set()


def test_every_statement_and_claim_named_is_asked_and_every_one_asked_is_named():
    asked = {f"{law}.{name}" for law, names in FIELDS.items() for name in names}
    assert named("statement") == asked
    assert named("claim") == set(QUESTIONS) - {"marking_origin"}, "that one is no field of these four forms"


def test_every_record_named_is_a_column():
    for name in named("record"):
        noun, _dot, column = name.partition(".")
        assert column in {field.name for field in RECORDS[noun]._meta.get_fields()}, name


ANSWERS = {
    "nafta": [
        {"para": "c", "amount": "1.25", "averaged": "light vehicles, 2026"}, {"para": "d", "amount": "1.5"}, {"para": "e", "amount": "2"},
        {"para": "f", "percent": "62.5"}, {"para": "g"}, {"para": "h", "amount": "0.9"}, {"para": "nil"}, {"para": "10b", "amount": "1"},
        {"para": "10d", "amount": "1"}, {"para": "10e", "amount": "1"}, {"para": "14a", "net_cost": "2", "vnm": "0.5"},
        {"para": "14b", "amount": "1.1"},
    ],
    "usmca": [
        {"originates": "true", "criterion": "B", "method": "NC", "use": "light"}, {"originates": "false"},
        {"para": "9a", "net_cost": "2", "vnm": "0.5", "averaged": "light vehicles, 2026"}, {"para": "9b", "amount": "1.1"},
        {"para": "9-3", "vnm": "0.4"},
    ],
    "aala": [
        {"ge70": "true", "origin": "US"}, {"ge70": "false", "pct5": "45", "origin": "MX", "engine_origin": "MX", "transmission_origin": "MX"},
        {"pct": "44.4", "origin": "CA"},
    ],
    "eu-uk": [{"originates": "true", "agreements": "CA, JP, MX", "cumulation": "EU"}],
}  # fmt: skip
CASES = [(law, answer) for law, answers in ANSWERS.items() for answer in answers]
CLAIMED = {"f": ("basis", "rvc"), "g": ("basis", "rvc")}


@pytest.mark.parametrize(("law", "answer"), CASES, ids=[f"{law} {'-'.join(answer.values())}" for law, answer in CASES])
def test_each_form_is_answered_on_the_page_signed_and_read_by_the_engine(cast, sign_in, law, answer):
    """As a clerk does it: the request opens a draft, the questions of its law are answered, it is signed, the engine reads it."""
    book = {"eu-uk": "eu-uk-ev"}.get(law, law)
    sale, client = cast.bolt_to_talbot, sign_in(cast.ada)
    requests.ask(sale, by=cast.tom, begins=make.FROM, ends=make.UNTIL, due=make.UNTIL, rulebooks=[book])
    page = client.post(reverse("suppliers:declaration-new", args=[cast.bolt.pk]))["Location"]
    typed = fields_of(client.get(page).content.decode())
    assert typed["statements.0.law"] == law
    for name in answer:
        assert f"statements.0.{name}" in typed, name
    typed |= {f"statements.0.{name}": value for name, value in answer.items()}
    if answer.get("para") in CLAIMED:
        key, value = CLAIMED[answer["para"]]
        index = next(name.split(".")[1] for name, said in typed.items() if name.endswith(".key") and said == key)
        typed |= {f"claims.{index}.value": value}
    review = client.post(page, typed | {"do": "review"})
    assert review.status_code == 302, re.findall(r"find err.*?</b>", review.content.decode())
    html = client.get(review["Location"]).content.decode()
    signed = client.post(
        review["Location"],
        {"shown": shown_on(html), "name": "Ada", "title": "QM", "right": "true", "alone_why": "alone"},
    )
    row = Declaration.objects.get()
    assert signed.status_code == 302 and row.is_signed
    assert [one.code for one in declarations.findings(row) if one.severity == "stops"] == []
    written = terms.declaration(stored.of(row), lambda source: None)
    read = supply_of(
        dossier.read({"dossier": 1, "on": "2026-08-01", "currency": "USD", "declarations": {"this": written}}), "this"
    )
    heard = read.nodes["this"].statements(law)[0]
    for name, value in answer.items():
        if name in terms.BESIDE:
            assert stored.of(row)["statements"][0][name] == value, "no engine reads it; the customer and the digest do"
        else:
            assert str(heard[name]).lower() in {value.lower(), str(_number(value))}, name
    if answer.get("para") in CLAIMED:
        assert read.nodes["this"].claim("basis") == "rvc"


def _number(text):
    from fractions import Fraction

    try:
        return Fraction(text)
    except ValueError:
        return text


def test_every_field_of_a_statement_is_a_column_of_the_workbook():
    columns = {column.path for column in columns_of["answers"]}
    asked = {f"statements.{law}.{name}" for law, names in FIELDS.items() for name in names}
    assert asked <= columns, asked - columns


@pytest.mark.parametrize(("law", "answer"), CASES, ids=[f"{law} {'-'.join(answer.values())}" for law, answer in CASES])
def test_each_form_is_answered_in_the_workbook_too(cast, settings, tmp_path, law, answer):
    """The same answers typed into their cells are the same statement, and the file made from it says them again."""
    settings.FILES_DIR = tmp_path
    part = books.new_part(cast)
    keys = {column.path: column.key for column in columns_of["answers"]}
    cells = {keys[f"statements.{law}.{name}"]: value for name, value in answer.items()}
    common = {
        "state": "declare",
        "customers": "talbot-axles",
        "begins": "2027-01-01",
        "ends": "2028-01-01",
        "currency": "USD",
        "price": "9",
    }
    upload = books.handed_in(books.filled(books.taken(cast.acme), part.number, common | cells), cast.ben)
    assert upload.errors == [], upload.errors
    [draft] = uploads.apply(upload, by=cast.ben)
    [said] = stored.of(draft)["statements"]
    told = {name: str(said[name]).lower() if isinstance(said[name], bool) else said[name] for name in answer}
    assert said["law"] == law and told == answer
    page = books.page_of(books.opened(books.taken(cast.acme)), "answers")
    row, places = books.row_of(page, part.number), books.headings(page)
    for key in cells:
        assert page.cell(row, places[key]).value is not None, key
