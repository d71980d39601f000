"""What the engine's checks and its reader say, in the reader's language; the sentences stand in phrases.py for translators."""

import datetime as dt
from string import Formatter
from typing import Any

from django.utils.translation import get_language, gettext

from suppliers import days, numbers
from tracing.engine.fields import Reason
from tracing.engine.said import Said


class Law(str):
    """Words of a law or a rulebook, which stay English under every language: pages mark them as such."""

    in_english = True


def message(finding: Any) -> str:
    """A finding in the language of the moment: what the check says, and what it found. Other rows say their own message."""
    if isinstance(finding, Reason):
        return reason(finding)
    text = getattr(finding, "text", "")
    if not text or in_english():
        return str(getattr(finding, "message", ""))
    return f"{gettext(text)} {sentence(finding.detail)}".strip()


def reason(row: Reason) -> str:
    """Why a dossier cannot be read, and the cure."""
    return f"{sentence(row.message)}. {sentence(row.cure)}".strip()


def sentence(text: str) -> str:
    """A sentence of the engine, translated, its values written as that language writes them."""
    if not isinstance(text, Said) or in_english():
        return str(text)
    words = gettext(text.template)
    return _filled(words, text.values) if text.values else words


def in_english() -> bool:
    return (get_language() or "en").startswith("en")


def _filled(words: str, values: dict[str, Any]) -> str:
    made = []
    for plain, name, spec, conversion in Formatter().parse(words):
        made.append(plain)
        if name is not None:
            made.append(_written(values[name], spec or "", conversion))
    return "".join(made)


def _written(value: Any, spec: str, conversion: str | None) -> str:
    if conversion:
        return repr(value)
    if isinstance(value, dt.date):
        return days.day(value)
    return numbers.local(format(value, spec)) if spec else str(value)
