"""Writes suppliers/facts/phrases.py: what the engine says to a supplier, where those who translate find it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from tracing.engine import checks

ENGINE = Path(settings.BASE_DIR) / "tracing/engine"
FILE = Path(settings.BASE_DIR) / "suppliers/facts/phrases.py"
HEAD = '''"""What the engine says to a supplier, for those who translate. Written by `manage.py phrases`, never by hand."""

# ruff: noqa: E501

from django.utils.translation import gettext_noop as _

'''
WIDTH = 120


def templates(source: str) -> Iterator[str]:
    """The sentences of said("…") and pattern(…, "…") in a module of the engine."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = {"said": 0, "pattern": 1}.get(node.func.id)
            found = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(found, ast.Constant) and isinstance(found.value, str):
                yield found.value


def phrases() -> dict[str, list[str]]:
    """The words of the checks by code, and all other sentences. A sentence without a letter needs no translation."""
    said = {text for path in sorted(ENGINE.rglob("*.py")) for text in templates(path.read_text())}
    said = {text for text in said if any(part.isalpha() for part in _outside_braces(text))}
    return {"CHECKS": [row.text for row in checks.CHECKS], "DETAILS": sorted(said)}


def _outside_braces(text: str) -> str:
    depth, kept = 0, []
    for char in text:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if not depth:
            kept.append(char)
    return "".join(kept)


def written() -> str:
    blocks = []
    for name, texts in phrases().items():
        rows = "".join(_row(_quoted(text)) for text in texts)
        blocks.append(f"{name} = [\n{rows}]\n")
    return HEAD + "\n".join(blocks)


def _row(literal: str) -> str:
    """A line of the list the way the formatter breaks it."""
    short = f"    _({literal}),\n"
    return short if len(short) <= WIDTH + 1 else f"    _(\n        {literal}\n    ),\n"


def _quoted(text: str) -> str:
    """A string literal the way the formatter writes it."""
    return repr(text) if '"' in text and "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Command(BaseCommand):
    help = "Write the engine's sentences to suppliers/facts/phrases.py, where makemessages finds them."
    requires_system_checks = []

    def handle(self, *args, **options):
        FILE.write_text(written())
        self.stdout.write(f"{sum(map(len, phrases().values()))} sentences.")
