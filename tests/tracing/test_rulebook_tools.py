"""Rulebooks listed, checked, compared, printed; the calendar of what changes when."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse

from tracing import lawtexts, rulebooks
from tracing.engine.rulebook import read


def run(*args):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("rulebooks", *args, stdout=out, stderr=err)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue(), err.getvalue()


def test_the_list_names_every_rulebook_with_its_life():
    code, told, _ = run()
    assert code == 0
    for name in rulebooks.ids():
        assert name in told
    assert "from 1994-01-01 until 2020-07-01" in told and "never in force" in told


@pytest.mark.parametrize("name", rulebooks.ids())
def test_our_own_files_are_in_order(name):
    code, told, _ = run("--check", str(rulebooks.HERE / f"{name}.toml"))
    assert code == 0 and rulebooks.rulebook(name).id in told


def test_every_error_of_a_file_at_once(tmp_path):
    text = (rulebooks.HERE / "us-2017.toml").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        text.replace("is = 85", "is = 185").replace('operator = "at_least"', 'operator = "roughly"') + "\ncolour = 1\n"
    )
    code, _, told = run("--check", str(wrong))
    assert code == 1
    assert "185" in told and "roughly" in told and "colour" in told


def test_a_file_that_is_not_there():
    code, _, told = run("--check", "gone.toml")
    assert code == 1 and "No such file" in told
    assert run("--diff", "usmca", "gone.toml")[0] == 1


def test_differences_in_words(tmp_path):
    text = (rulebooks.HERE / "us-2017.toml").read_text()
    newer = read(text.replace("is = 85", "is = 82").encode())
    said = lawtexts.differences(rulebooks.rulebook("us-2017"), newer)
    assert said == ["any good, Regional value, every part traced: at least 82 from 2017-10-13; before, at least 85 from 2017-10-13 "
                    "(Reuters, 13 October 2017)."]  # fmt: skip
    assert lawtexts.differences(newer, newer) == []
    code, told, _ = run("--diff", "us-2017", "us-2026")
    assert code == 0 and "A doubt is named" in told
    assert run("--diff", "nafta", "nafta")[1].strip() == "- They say the same."


def test_the_pages_in_docs_are_those_the_rulebooks_give(tmp_path):
    run("--docs", str(tmp_path))
    kept = rulebooks.HERE.parent.parent / "docs" / "rulebooks"
    for path in tmp_path.iterdir():
        assert (kept / path.name).read_text() == path.read_text(), (
            f"{path.name}: run manage.py rulebooks --docs docs/rulebooks"
        )
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in kept.iterdir()}


def test_a_page_holds_every_citation_of_its_rulebook():
    for name in rulebooks.ids():
        law = rulebooks.rulebook(name)
        page = lawtexts.page(law)
        for row in [
            *law.data["goods"],
            *law.data.get("tables", []),
            *law.data.get("switches", {}).values(),
            law.silence,
        ]:
            assert row["cite"] in page, (name, row["cite"])


def test_the_calendar_holds_what_is_coming(cast, clock, sign_in):
    client = sign_in(cast.ed)
    page = client.get(reverse("tracing:rulebook-calendar")).content.decode()
    assert "1 Jan 2027" in page and "45 percent" in page and "1 Jul 2027" in page and "70 percent" in page
    told = client.get(reverse("tracing:rulebook-calendar") + "?format=ics")
    assert told["Content-Type"].startswith("text/calendar") and b"DTSTART;VALUE=DATE:20270101" in told.content
    assert client.get(reverse("tracing:rulebook-compare", args=["usmca"]) + "?with=nafta").status_code == 200
    assert client.get(reverse("tracing:rulebook-compare", args=["usmca"]) + "?with=none").status_code == 404


def test_changes_are_dated_and_in_force_ones_begin():
    found = [row for name in rulebooks.ids() for row in lawtexts.changes(rulebooks.rulebook(name))]
    assert any(row.on == dt.date(2020, 7, 1) and row.rulebook == "nafta" and row.what.endswith("ends") for row in found)
    assert all(row.cite for row in found)
