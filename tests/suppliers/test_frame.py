"""The frame of every page: for whom one acts, what the browser may load, and the page that is not there."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_carries_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert " src=" in script or 'type="application/json"' in script


CARDS = [
    path for path in TEMPLATES if path.parent.name in ("suppliers", "compliance") or path.name.startswith("campaign")
]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.name)
def test_every_table_becomes_cards_on_a_phone(path):
    """And says its roles, which display: block takes away; only the grids of inputs have a way of their own."""
    for table in re.findall(r"<table.*?</table>", path.read_text(), re.DOTALL):
        kind = re.match(r'<table class="([^"]*)"', table)[1].split()
        assert "cards" in kind or "grid-inputs" in kind, table[:80]
        if "cards" in kind:
            assert all('role="cell"' in cell for cell in re.findall(r"<td[^>]*>", table))
            assert (
                'role="table"' in table
                and 'role="columnheader"' in table
                and ('role="rowheader"' in table or "{% include" in table)
            )


def test_what_the_pages_load_is_there():
    for name in (
        "vendor/bootstrap.min.css",
        "tokens.css",
        "traceline.css",
        "forms.css",
        "pictures.css",
        "theme.js",
        "traceline.js",
    ):
        assert finders.find(name), name
    assert finders.find("favicon.svg") and finders.find("django_htmx/htmx-2.min.js")
    for sheet in ("tokens.css", "traceline.css", "forms.css", "pictures.css"):
        text = Path(finders.find(sheet)).read_text()
        assert text.count("{") == text.count("}"), sheet
        for name in re.findall(r'url\("(vendor/[^"]+)"\)', text):
            assert finders.find(name), name


def test_every_colour_of_a_picture_is_defined():
    tokens = set(re.findall(r"(--[\w-]+):", Path(finders.find("tokens.css")).read_text()))
    for sheet in ("tokens.css", "traceline.css", "forms.css", "pictures.css"):
        used = set(re.findall(r"var\((--[\w-]+)\)", Path(finders.find(sheet)).read_text()))
        assert not {name for name in used - tokens if not name.startswith("--bs-")}, sheet


def test_signing_in_has_one_filled_button_and_named_fields(client, db):
    page = client.get("/accounts/login/").content.decode()
    assert page.count("btn-primary") == 1
    for name in ("login", "password"):
        assert f'for="id_{name}"' in page and f'id="id_{name}"' in page
    assert "Skip to content" in page and 'id="main"' in page


def test_a_refused_sign_in_is_said_aloud(client, db):
    page = client.post(
        "/accounts/login/", {"login": "nobody@nowhere.example", "password": "wrong-word-here"}
    ).content.decode()
    assert 'role="alert"' in page and 'id="findings"' in page


def test_the_organisation_one_acts_for_stands_on_the_page(cast, sign_in):
    page = sign_in(cast.ed).get("/accounts/logout/").content.decode()
    assert f"<b>{cast.ed.organisation.name}</b>" in page and "Sign out" in page
    assert "Act for another" not in page


def test_who_serves_two_companies_switches_by_post(cast, sign_in):
    mine = cast.sam.user.memberships.exclude(pk=cast.sam.pk).get()
    client = sign_in(cast.sam)
    page = client.get("/accounts/logout/").content.decode()
    assert "Act for another" in page and f'value="{mine.pk}"' in page and mine.organisation.name in page
    client.post("/act-for/", {"membership": str(mine.pk)})
    assert f"<b>{mine.organisation.name}</b>" in client.get("/accounts/logout/").content.decode()


def test_not_yours_and_not_there_are_the_same_bytes(cast, sign_in):
    client = sign_in(cast.finn)
    missing, shut = client.get("/no-such-page/"), client.get("/admin/")
    assert missing.status_code == shut.status_code == 404
    assert missing.content == shut.content
    assert b"There is nothing at this address that you may see" in missing.content
