"""The house keeps its shape: who may import whom, what stays empty, what never enters the repository."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ["suppliers", "tracing", "compliance"]
CATCH_ALLS = {"utils", "helpers", "common", "core", "services", "managers", "constants", "misc"}
SOURCES = [path for app in [*APPS, "config"] for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_tracing_is_empty_at_its_door():
    assert (ROOT / "tracing/__init__.py").read_bytes() == b""


def test_the_engine_runs_without_django():
    code = "import sys; sys.modules['django'] = None; import tracing.engine.trace, tracing.rulebooks; print('ok')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "ok\n", done.stderr


def test_import_contracts_hold():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_catch_all_module():
    assert [
        path for path in SOURCES if path.stem in CATCH_ALLS or CATCH_ALLS & set(path.parts[len(ROOT.parts) :])
    ] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_module_says_what_it_is_for(path):
    text = path.read_text()
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), f"{path.relative_to(ROOT)} opens without a sentence"


def test_nobody_uses_post_save():
    assert [path for path in SOURCES if re.search(r"\b(post|pre)_(save|delete)\b", path.read_text())] == []


def test_the_past_is_the_demo_s_alone():
    """An act is done now; only the demo's builder lives through days that are over, and the day is never a parameter."""
    named = {path for path in SOURCES if re.search(r"\b(lived|_lived)\b", path.read_text())}
    assert {str(path.relative_to(ROOT)) for path in named} == {"suppliers/clock.py", "compliance/actions/demo/past.py"}
    builders = {path for path in SOURCES if re.search(r"\bpast\.(Past|acts)\b", path.read_text())}
    assert {str(path.relative_to(ROOT)) for path in builders} == {"compliance/actions/demo/building.py"}
    for path in (ROOT / "suppliers/actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in {
                "draft",
                "sign",
                "withdraw",
                "ask_many",
                "decline_each",
                "postpone_each",
                "start",
                "written",
                "say_price",
                "seal",
                "seal_many",
                "ripple",
            }:
                assert not {"at", "on"} & {one.arg for one in [*node.args.args, *node.args.kwonlyargs]}, (
                    f"{path}: {node.name}"
                )


def test_no_status_column():
    """Status is a question put to acts; the law's own word "status" of a rulebook is none."""
    for app in APPS:
        for path in [*(ROOT / app).glob("models/*.py"), *(ROOT / app).glob("models.py")]:
            for line in path.read_text().splitlines():
                if re.match(r"\s+(status|state) = models\.", line):
                    assert "law, proposal or idea" in line, f"{path}: {line.strip()}"


def test_actions_never_see_a_request():
    for app in APPS:
        for path in (ROOT / app / "actions").glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    names = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
                    # suppliers' noun "request" is a row, never an HttpRequest
                    assert "HttpRequest" not in ast.unparse(node.args), f"{path}: {node.name}"
                    assert "http_request" not in names


def test_no_tracked_file_names_an_index_or_a_local_path():
    forbidden = [
        "--index" + "-url",
        "--extra-index" + "-url",
        "--find" + "-links",
        "file:" + "///",
        "/root" + "/",
        "pythonhosted" + ".org",
    ]
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in forbidden if word in text]
    assert found == []


def test_the_locks_pin_every_version():
    for path in ROOT.glob("requirements*.txt"):
        for line in path.read_text().splitlines():
            assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^ ]+( ; .+)?$", line), f"{path.name}: {line}"
