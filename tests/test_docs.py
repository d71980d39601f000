"""Every check, rulebook, command and page of the documentation is there and says what the code says."""

import re
from pathlib import Path

import pytest

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
