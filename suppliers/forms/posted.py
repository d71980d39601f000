"""Flat field names as nested facts: reading a post, doing what a row button says, comparing two people's versions."""

import re
from typing import Any

from django.http import QueryDict

Facts = dict[str, Any]
NAME = re.compile(r"[a-z_]+(\.(\d{1,4}|[a-z_][a-z0-9_]*))*", re.ASCII)
LISTS = {"lines", "sources", "charges", "tried", "own_values", "statements", "claims"}
RECORDS = {"costs", "cannot"}
MANY = {"uses", "addressed_to"}
SECTIONS = {"costs": "Own costs", "statements": "Statements", "claims": "Claims", "own_values": "Own value"}
WORDS = {
    "begins": "from", "ends": "until", "hs": "HS code", "made_in": "made in", "seller_name": "seller", "sourcing": "seller",
    "item": "part number", "how": "how it came", "para": "paragraph", "addressed_to": "customers", "uses": "used in",
    "plant_share": "share of the plant", "fiscal_year_start": "fiscal year", "made_part": "own part", "vnm": "VNM",
    "per": "price for how many", "factor": "units", "directed": "directed buy",
    "supply": "who supplies and pays", "ge70": "U.S. and Canadian value", "pct5": "nearest 5 percent", "pct": "exact percentage",
}  # fmt: skip


def posted(data: QueryDict) -> Facts:
    """The nested facts that flat names spell; what does not fit the shape of a declaration is left out."""
    root: Facts = {}
    for name in data:
        if not NAME.fullmatch(name) or name.partition(".")[0] in {"csrfmiddlewaretoken", "do", "version", "keep"}:
            continue
        values = data.getlist(name)
        _put(root, name.split("."), values if name in MANY else values[-1])
    facts = _shaped(_listed(root))
    for line in facts.get("lines") or []:
        _supplied(line)
    return facts


def _supplied(line: Facts) -> None:
    """Who supplies and who pays, one choice on the page, as the two facts that it means."""
    if "supply" in line:
        said = line.pop("supply")
        line |= {"consigned": said == "consigned", "directed": said == "directed"}


def _put(node: Facts, path: list[str], value: Any) -> None:
    for key in path[:-1]:
        inner = node.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        node = inner
    node[path[-1]] = value


def _listed(node: Any) -> Any:
    """Records whose keys are all numbers become lists in that order."""
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(value) for key, value in node.items()}


def _shaped(node: Facts) -> Facts:
    """Lists where lists belong and single values elsewhere: a forged name must not break the reader."""
    shaped: Facts = {}
    for key, value in node.items():
        if key in LISTS:
            rows = value if isinstance(value, list) else []
            shaped[key] = [_shaped(row) for row in rows if isinstance(row, dict)]
        elif key in RECORDS:
            shaped[key] = _shaped(value) if isinstance(value, dict) else {}
        elif key in MANY or isinstance(value, str):
            shaped[key] = value
    return shaped


def acted(facts: Facts, act: str) -> bool:
    """Do what a row button says (``add.lines``, ``add.lines.0.sources``, ``remove.lines.2``, ``state.usmca``); False if it is none."""
    verb, _, path = act.partition(".")
    if verb == "state" and path:
        facts.setdefault("statements", []).append({"law": path[:20]})
        return True
    if verb not in {"add", "remove"} or not NAME.fullmatch(path):
        return False
    *above, last = path.split(".")
    node: Any = facts
    for key in above:
        if isinstance(node, list):
            if not key.isdigit() or int(key) >= len(node):
                return False
            node = node[int(key)]
        elif key in LISTS:
            node = node.setdefault(key, [])
        elif key in RECORDS:
            node = node.setdefault(key, {})
        else:
            return False
    if verb == "add" and isinstance(node, dict) and last in LISTS:
        rows = node.setdefault(last, [] if last != "tried" else [{}])
        rows.append({"sources": [{}]} if last == "lines" else {})
        return True
    if verb == "remove" and isinstance(node, list) and last.isdigit() and int(last) < len(node):
        node.pop(int(last))
        return True
    return False


def place(path: str) -> str:
    """A field's path as people say it: ``lines.2.sources.0.price`` is "Inputs, row 3: price"."""
    top, *rest = path.split(".")
    word = WORDS.get(path.rpartition(".")[2], path.rpartition(".")[2].replace("_", " "))
    if not rest:
        return word[:1].upper() + word[1:]
    row = f", row {int(rest[0]) + 1}" if rest[0].isdigit() else ""
    seller = f", seller {int(rest[2]) + 1}" if len(rest) > 3 and rest[1] == "sources" and rest[2] != "0" else ""
    where = SECTIONS.get(top, "Inputs") + row + seller
    return where if rest[-1].isdigit() else f"{where}: {word}"


def differences(mine: Facts, theirs: Facts) -> list[dict[str, str]]:
    """Where what I typed differs from what somebody else has saved: place, mine, theirs. Same keys as the form posts."""
    said, saved = dict(_flat(mine)), dict(_flat(theirs))
    paths = sorted(set(said) | set(saved), key=lambda path: [int(k) if k.isdigit() else -1 for k in path.split(".")])
    return [
        {"path": path, "place": place(path), "mine": said.get(path, ""), "theirs": saved.get(path, "")}
        for path in paths
        if said.get(path, "") != saved.get(path, "")
    ]


ANSWERS = {"originates", "ge70"}  # "no" is said, too
QUIET = {"hs_edition", "seller_name", "seller_code", "seller_part", "share_exact", "made_number", "vehicle_facts"}
FORM = {
    "part", "plant", "plant_share", "made_in", "hs", "uses", "begins", "ends", "fiscal_year_start", "currency", "price",
    "addressed_to", *LISTS, *RECORDS,
}  # fmt: skip


def _flat(facts: Facts):
    for key, value in facts.items():
        if key in FORM:
            yield from _leaves(key, value)


def _leaves(path: str, value: Any):
    if path.rpartition(".")[2] in QUIET:
        return
    if isinstance(value, dict):
        if value.get("made_number"):
            value = value | {"made_part": value["made_number"]}
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner)
    elif isinstance(value, list) and path.rpartition(".")[2] in LISTS:
        for index, inner in enumerate(value):
            if _says(path, inner):
                yield from _leaves(f"{path}.{index}", inner)
    elif value not in (None, "", False, [], {}) or (value is False and path.rpartition(".")[2] in ANSWERS):
        yield path, _plain(value)


def _says(path: str, row: Facts) -> bool:
    """A statement that names only its law and a claim without an answer are questions, not answers."""
    only = {"statements": "law", "claims": "key"}.get(path)
    return only is None or any(value not in (None, "") for key, value in row.items() if key != only)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(map(str, value)))
    if value in (False, "false"):
        return "no"
    text = "yes" if value in (True, "true") else str(getattr(value, "pk", value)).strip()
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", text, re.ASCII) else text
