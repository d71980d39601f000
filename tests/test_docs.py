"""Every check, rulebook, command and page of the documentation is there and says what the code says."""

import re
from pathlib import Path

import pytest
from django.urls import resolve

from tracing import rulebooks
from tracing.engine import checks

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def test_every_check_is_documented_in_its_own_words():
    page = (ROOT / "docs/checks.md").read_text()
    for row in checks.CHECKS:
        assert f"| `{row.code}` |" in page and row.text in page and row.cite in page, row.code


def test_every_rulebook_and_command_is_named():
    said = " ".join(page.read_text() for page in PAGES)
    commands = [path.stem for path in (ROOT / "compliance/management/commands").glob("[!_]*.py")]
    for name in [*rulebooks.ids(), *commands]:
        assert name in said, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_field_of_a_dossier_is_described():
    from tracing.engine import fields

    page = (ROOT / "docs/dossier.md").read_text()
    for spec in (
        fields.TOP,
        fields.DECLARATION,
        fields.LINE,
        fields.SOURCE,
        fields.CHARGE,
        fields.COSTS,
        fields.CLAIMS,
    ):
        for name in spec:
            assert f"`{name.rstrip('!?')}`" in page or f'"{name.rstrip("!?")}"' in page, name


def test_every_rulebook_says_who_reported_a_proposal():
    for name in rulebooks.ids():
        book = rulebooks.rulebook(name)
        assert book.status == "law" or book.data["reported_by"]


CAPABILITIES = [f"A{n}" for n in (*range(1, 9), *range(13, 17), *range(20, 24), *range(26, 31), 36, 37)] + [
    f"B{n}" for n in (9, 10, 11, 17, 18, 24, 25, *range(31, 35), 38, 39, 40)
]


def test_what_can_be_asked_is_answered_row_by_row():
    """Each row once, with its page or with what is missing; every address named is one of the portal's."""
    text = (ROOT / "docs/capabilities.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in text.splitlines()
        if line[:3] in {"| A", "| B"}
    ]
    assert sorted(row[0] for row in rows) == sorted(CAPABILITIES)
    for key, _, state, where in rows:
        assert state in {"here", "part", "missing"} and where, key
        assert state != "part" or "Missing:" in where, key
    for address in re.findall(r"`(/[^`]*)`", text):
        resolve(address.partition("?")[0].replace("VEHICLE", "00000000-0000-4000-8000-000000000001"))
