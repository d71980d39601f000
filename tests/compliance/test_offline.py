"""verify, replay and assess answer without a database and with every socket shut: in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each command is a process of its own

ROOT = Path(__file__).resolve().parents[2]
SHUT = """
import socket, sys
def shut(*args, **kwargs):
    raise OSError("the network is unplugged")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = shut
sys.argv = ["manage.py", *sys.argv[1:]]
import runpy
runpy.run_path("manage.py", run_name="__main__")
"""


def offline(tmp_path, *args):
    """Run a command with a database address that leads nowhere and no network; answers exit code, output, errors."""
    env = {**os.environ, "DATABASE_URL": "sqlite:////nonexistent/none.sqlite3", "VAR_DIR": str(tmp_path / "var"),
           "DEMO": "1", "SIGNING_KEYS": str(tmp_path / "keys")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SHUT, *args], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.strip(), done.stderr.strip()


@pytest.fixture
def folder(files, tmp_path):
    for name in ("json", "pdf", "dossier"):
        (tmp_path / name).write_bytes(getattr(files, name))
    return tmp_path


def test_verify(folder):
    for name in ("json", "pdf", "dossier"):
        code, out, err = offline(folder, "verify", str(folder / name))
        assert (code, err) == (0, "") and out.startswith("genuine") and "\n" not in out


def test_verify_says_in_one_line_what_failed(folder):
    raw = bytearray((folder / "pdf").read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / "changed").write_bytes(bytes(raw))
    code, out, err = offline(folder, "verify", str(folder / "changed"))
    assert (code, out) == (1, "") and "changed" in err and "\n" not in err
    (folder / "letter").write_text("Dear reader")
    assert offline(folder, "verify", str(folder / "letter"))[0] == 2
    assert offline(folder, "verify", str(folder / "nothing-there"))[0] == 2


def test_verify_with_other_keys(folder):
    (folder / "others.json").write_text('{"keys": []}')
    code, _, err = offline(folder, "verify", str(folder / "json"), "--jwks", str(folder / "others.json"))
    assert code == 1 and "unknown key" in err
    (folder / "others.json").write_text('["no", "key", "set"]')
    assert offline(folder, "verify", str(folder / "json"), "--jwks", str(folder / "others.json"))[0] == 2


def test_a_dossier_that_nobody_signed_is_neither_genuine_nor_false(folder):
    bare = folder / "bare.json"
    bare.write_text('{"dossier":1,"on":"2026-11-24","currency":"USD","vehicles":[],"declarations":{}}')
    for command in ("verify", "replay"):
        code, out, err = offline(folder, command, str(bare))
        assert (code, out) == (2, "") and "no certificate" in err and "\n" not in err


def test_replay(folder, certificate):
    code, out, err = offline(folder, "replay", str(folder / "dossier"))
    assert (code, err) == (0, "") and "the same, byte for byte" in out
    number = len(certificate.says["sealed"])
    for name in ("json", "pdf"):
        code, out, err = offline(folder, "replay", str(folder / name))
        assert (code, out, err) == (2, "", f"cannot recompute: {number} figures are sealed")
