"""What an engine of this major version answered once, it answers again, byte for byte."""

import json
from pathlib import Path

import pytest

from tests.golden.__main__ import CHOSEN, answered
from tracing import rulebooks
from tracing.engine import VERSION

FOLDER = Path(__file__).parents[1] / "golden"
MAJOR = VERSION.split(".")[0]
FILES = sorted(path for path in FOLDER.glob(f"{MAJOR}.*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_same_bytes_again(path):
    run = json.loads(path.read_text())
    if rulebooks.rulebook(run["rulebook"]).sha256 != run["rulebook_sha256"]:
        pytest.fail(
            "a rulebook in force is not edited: a correction is a new edition, and a new engine version names it"
        )
    assert answered(run) == run["sha256"], "the engine answers otherwise than it did: raise its major version"


def test_every_rulebook_has_golden_dossiers_of_this_version():
    assert {json.loads(path.read_text())["rulebook"] for path in FILES} == set(rulebooks.ids()) == set(CHOSEN)
