"""The portal's letters about a sale, offered as attempts: the button that takes them over, and which are left to take."""

from collections.abc import Mapping
from typing import Any

from suppliers import numbers
from suppliers.facts import letters
from suppliers.facts.known import key_of
from suppliers.facts.letters import Letter
from suppliers.forms.posted import Facts
from suppliers.models import Organisation

VERB = "letters."


def left(sent: Mapping[Any, list[Letter]], source: Facts) -> list[Letter]:
    """The letters about this source's sale that do not stand among its attempts yet."""
    said = [(str(row.get("at") or ""), str(row.get("how") or "").strip()) for row in _tried(source)]
    found = []
    for one in sent.get(key_of(source.get("sourcing")), []):
        if (one.at.isoformat(), one.how) in said:
            said.remove((one.at.isoformat(), one.how))
        else:
            found.append(one)
    return found


def taken_over(facts: Facts, act: str, organisation: Organisation) -> bool:
    """Do what the button of one source says (``letters.lines.2.sources.0``); False if the act is another."""
    words = act.removeprefix(VERB).split(".")
    if not act.startswith(VERB) or len(words) != 4 or words[::2] != ["lines", "sources"]:
        return False
    source = _at(_at(facts.get("lines"), words[1]).get("sources"), words[3])
    sale = key_of(source.get("sourcing"))
    if sale is not None:
        new = left(letters.of([sale], organisation), source)
        kept = [row for row in _tried(source) if row.get("at") or row.get("how")]
        rows = [*kept, *({"at": one.at.isoformat(), "how": one.how} for one in new)]
        source["cannot"] = (source.get("cannot") or {}) | {
            "tried": sorted(rows, key=lambda row: str(row.get("at") or ""))
        }
    return True


def _tried(source: Facts) -> list[Facts]:
    rows: list[Facts] = (source.get("cannot") or {}).get("tried") or []
    return rows


def _at(rows: Any, index: str) -> Facts:
    at = numbers.position(index)
    found: Facts = rows[at] if at is not None and at < len(rows or []) else {}
    return found
