"""A snapshot's file is whole under its name, or it is not there: whatever happens to the one who writes it."""

import datetime as dt
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TODAY
from tests.tracing.test_fleet_rows import everything, odd
from tracing.snapshots import files, fleets, shelf, splices
from tracing.snapshots.keys import KEY

PLAIN = {
    "third": Fraction(1, 3), "day": dt.date(2026, 11, 24), "pair": (1, None, True), "list": [Fraction(0), {"a": ()}],
    "text": "né \0 \"x\"", "numbers": {1: "one", "$day": "no day"}, "odd": {"$tuple": [1]}, "float": 0.1, "empty": {},
}  # fmt: skip


def arrays(seed=0, size=1000):
    draw = np.random.default_rng(seed)
    return {
        "ints": draw.integers(0, 1 << 40, size), "pairs": draw.integers(0, 9, (size // 2, 2)), "none": np.zeros((0, 3), np.int32),
        "flags": draw.random(7) < 0.5, "keys": np.frombuffer(draw.bytes(16 * 5), KEY), "bytes": np.frombuffer(b"odd", np.uint8),
        "seed": np.array([seed]), "sum": np.array([0]),
    }  # fmt: skip


def test_a_file_gives_back_what_was_kept(tmp_path):
    path = files.keep(tmp_path / "new", "2026-11-24-abc", arrays(), PLAIN)
    found, plain = files.opened(path)
    assert plain == PLAIN and [type(one) for one in plain["pair"]] == [int, type(None), bool]
    assert found.keys() == arrays().keys()
    for name, array in arrays().items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert (found[name] == array).all() and not found[name].flags.writeable
        assert found[name].ctypes.data % files.LINE == 0 or not array.size
    assert [one.name for one in path.parent.iterdir()] == ["2026-11-24-abc.fleet"]


@pytest.mark.parametrize(
    "value", [{"a": object()}, {"a": {1.5 + 2j: 1}}, {"a": float("nan")}, {"a": dt.datetime(2026, 1, 1)}]
)
def test_what_has_no_spelling_is_refused_and_leaves_nothing(tmp_path, value):
    with pytest.raises((TypeError, ValueError)):
        files.keep(tmp_path, "x", {}, value)
    assert list(tmp_path.iterdir()) == []


def test_whatever_byte_is_wrong_it_is_torn(tmp_path):
    whole = files.keep(tmp_path, "whole", arrays(), PLAIN).read_bytes()
    draw, path = random.Random(3), tmp_path / "torn.fleet"
    cuts = [0, 1, 27, 28, 29, *(draw.randrange(len(whole)) for _ in range(40))]
    for torn in [*(whole[:cut] for cut in cuts), whole + b"\0", whole[:-1], b"something else", b""]:
        path.write_bytes(torn)
        with pytest.raises(files.Torn):
            files.opened(path)
    for _ in range(200):
        at = draw.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        with pytest.raises(files.Torn):
            files.opened(path, check=True)


def test_another_version_is_not_guessed_at(tmp_path, monkeypatch):
    path = files.keep(tmp_path, "x", arrays(), {})
    written = files.VERSION
    monkeypatch.setattr(files, "VERSION", written + 1)
    with pytest.raises(files.Torn, match=f"version {written};"):
        files.opened(path)


def test_the_whole_is_summed_once_a_process(tmp_path, monkeypatch):
    path = files.keep(tmp_path, "x", arrays(), {})
    sums, plain = [], files._sum
    monkeypatch.setattr(files, "_sum", lambda run: sums.append(1) or plain(run))
    files.opened(path), files.opened(path), files.opened(path, check=True)
    assert len(sums) == 2
    files.keep(tmp_path, "x", arrays(1), {})
    files.opened(path)
    assert len(sums) == 3


def test_the_newest_stay_and_the_open_stay_readable(tmp_path):
    paths = []
    for seed in range(4):
        paths.append(files.keep(tmp_path, f"n{seed}", arrays(seed), {}))
        time.sleep(0.01)
    held, _ = files.opened(paths[0])
    assert files.newest(tmp_path) == paths[3] and files.newest(tmp_path / "none") is None
    with files._begun(tmp_path, "mine") as mine:
        (tmp_path / ".begun-dead-1").write_bytes(b"half")
        assert {path.name for path in files.prune(tmp_path)} == {"n0.fleet", "n1.fleet", ".begun-dead-1"}
        assert Path(mine.name).exists()
    assert {path.name for path in files.prune(tmp_path)} == {Path(mine.name).name}
    assert (held["ints"] == arrays(0)["ints"]).all()
    with pytest.raises(FileNotFoundError):
        files.opened(paths[0])


@pytest.mark.django_db
def test_a_fleet_on_the_shelf_is_the_fleet_that_was_read(cast, clock, settings, tmp_path):
    settings.FLEET_DIR = tmp_path / "fleet"
    river = odd(cast)
    rows = fleets.read(TODAY)
    assert shelf.take(TODAY, rows.standing) is None and shelf.newest() is None
    path = shelf.put(rows)
    assert path.name == f"2026-11-24-{rows.standing[:32]}.fleet"
    mapped = shelf.take(TODAY, rows.standing)
    assert everything(mapped) == everything(rows) == everything(shelf.newest())
    assert list(mapped.facts.faces) == list(rows.facts.faces) and list(mapped.facts.kinds) == list(rows.facts.kinds)
    assert shelf.take(TODAY, "another") is None
    again, changed = splices.patched(mapped, {river.axle.part_id}, TODAY)
    assert everything(again) == everything(rows) and len(changed) == 1
    path.write_bytes(path.read_bytes()[:-1])
    assert shelf.take(TODAY, rows.standing) is None and not path.exists()


WRITER = """
import importlib.util, sys
from pathlib import Path
import numpy as np
spec = importlib.util.spec_from_file_location("files", sys.argv[3])  # alone, without Django: a hundred starts
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
while True:
    array = np.random.default_rng(seed).integers(0, 1 << 40, 60_000)
    files.keep(folder, f"s{seed % 5}", {"ints": array, "sum": array.sum().reshape(1), "seed": np.array([seed])}, {"seed": seed})
    seed += 1
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_files_only(tmp_path):
    draw, begun, whole = random.Random(11), 0, 0
    for turn in range(100):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(turn * 1000), files.__file__], stdout=subprocess.PIPE
        )  # fmt: skip
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(draw.random() * 0.06)
        writer.kill()
        assert writer.wait() == -9
        writer.stdout.close()
        for path in tmp_path.glob(f"*{files.SUFFIX}"):
            found, plain = files.opened(path, check=True)
            assert found["ints"].sum() == found["sum"][0] and plain["seed"] == found["seed"][0]
            assert (found["ints"] == np.random.default_rng(plain["seed"]).integers(0, 1 << 40, 60_000)).all()
            whole += 1
        begun += len(list(tmp_path.glob(".begun-*")))
        files.prune(tmp_path, keep=5)
        assert not list(tmp_path.glob(".begun-*"))
    assert whole > 100 and begun > 5  # it was killed while writing, and between
