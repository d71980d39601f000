"""make demo, end to end in processes of its own: one JSON object, safe to run again, documents that hold and do not tell."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.demo import world
from tracing import rulebooks

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"vehicle", "rulebook", "reading", "on", "worst", "declared", "best", "threshold", "verdict", "gaps", "digest"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


def run(var, *args, expect=0):
    drop = {"DATABASE_URL", "CELERY_BROKER_URL", "SIGNING_KEYS", "STATIC_DIR"}
    env = {key: value for key, value in os.environ.items() if key not in drop} | {"VAR_DIR": str(var), "DEMO": "1"}
    done = subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == expect, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def rows(var):
    return json.loads(run(var, "demo", "--no-serve", "--json"))["rows"]


def test_four_vehicles_every_rulebook_every_reading_a_row(rows):
    assert {frozenset(row) for row in rows} == {frozenset(FIELDS)}
    every = {(name, one.name) for name in rulebooks.ids() for one in rulebooks.rulebook(name).readings()}
    assert len(rows) == 4 * len(every) and len({row["vehicle"] for row in rows}) == 4
    assert {(row["rulebook"], row["reading"]) for row in rows} == every
    assert {row["verdict"] for row in rows} == {"pass", "fail", "open", "none"}
    for row in rows:
        low, high = ("best", "worst") if row["rulebook"] == "eu-uk-ev" else ("worst", "best")  # a maximum
        assert Decimal(row[low]) <= Decimal(row["declared"]) <= Decimal(row[high])
        assert len(row["digest"]) == 64


def test_a_second_run_is_safe_and_says_the_same(var, rows):
    before = {path: path.read_bytes() for path in (var / "certificates").glob("*.pdf")}
    assert json.loads(run(var, "demo", "--no-serve", "--json"))["rows"] == rows
    assert before == {path: path.read_bytes() for path in (var / "certificates").glob("*.pdf")}


def test_the_documents_hold_and_recompute(var, rows):
    papers = [path for path in (var / "certificates").iterdir() if path.name != "jwks.json"]
    dossiers = list((var / "dossiers").iterdir())
    assert len(papers) == 2 * len(dossiers) >= 6
    for path in papers + dossiers:
        assert run(var, "verify", str(path)).startswith("genuine")
    for path in dossiers:
        assert "byte for byte" in run(var, "replay", str(path))
    run(var, "replay", str(papers[0]), expect=2)
    assert run(var, "verify_ledger").startswith("whole")


def test_the_certificates_name_nobody_further_than_a_direct_supplier(var, rows):
    told = world.read()
    automakers = {row.organisation for row in told.organisations if row.kind == "automaker"}
    direct = {row.seller for row in told.sourcings if row.buyer in automakers} | automakers
    hidden = [row for row in told.organisations if row.kind == "supplier" and row.organisation not in direct]
    assert len(hidden) > 5
    for path in (var / "certificates").glob("*.json"):
        text = path.read_text()
        for row in hidden:
            assert row.name not in text and f"{row.organisation}/" not in text, (path.name, row.name)
