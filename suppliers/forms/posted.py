"""Flat field names as nested facts: reading a post, doing what a row button says, comparing two people's versions."""

import re
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Facts = dict[str, Any]
NAME = re.compile(r"[a-z_]+(\.(\d{1,4}|[a-z_][a-z0-9_]*)){0,9}", re.ASCII)
LISTS = {"lines", "sources", "charges", "tried", "own_values", "statements", "claims"}
RECORDS = {"costs", "cannot"}
MANY = {"uses", "addressed_to"}
SECTIONS = {
    "costs": _("Own costs"), "statements": _("Statements"), "claims": _("Claims"), "own_values": _("Own value"),
}  # fmt: skip
WORDS = {
    "begins": _("from"), "ends": _("until"), "hs": _("HS code"), "made_in": _("made in"), "seller_name": _("seller"),
    "sourcing": _("seller"), "item": _("part number"), "how": _("how it came"), "para": _("paragraph"),
    "addressed_to": _("customers"), "uses": _("used in"), "plant_share": _("share of the plant"),
    "fiscal_year_start": _("fiscal year"), "made_part": _("own part"), "vnm": _("value of non-originating materials"),
    "per": _("price for how many"), "factor": _("units"), "directed": _("directed buy"), "ge70": _("U.S. and Canadian value"),
    "pct5": _("nearest 5 percent"), "pct": _("exact percentage"), "part": _("part"), "plant": _("plant"), "price": _("price"),
    "currency": _("currency"), "quantity": _("quantity"), "unit": _("unit"), "share": _("share"), "description": _("description"),
    "amount": _("amount"), "country": _("country"), "kind": _("kind"), "leg": _("transport up to"), "reason": _("reason"),
    "at": _("day"), "law": _("law"), "percent": _("percent"), "net_cost": _("net cost"), "originates": _("originates"),
    "criterion": _("criterion"), "method": _("method"), "use": _("use"), "averaged": _("averaged over"), "key": _("claim"),
    "value": _("answer"), "why": _("why"), "title": _("title"), "rate": _("rate"), "designated": _("designated"), "basis": _("basis"),
    "related": _("related"), "allied": _("allied"), "minor": _("fastener or fluid"), "consigned": _("supplied free"),
    "in_price": _("in the price"), "recoverable": _("recovered"), "determination": _("own finding"), "origin": _("country of origin"),
    "agreements": _("preferential trade with"), "cumulation": _("cumulation"), "product": _("product costs"), "period": _("period costs"),
    "other": _("other costs"), "net": _("net cost as booked"), "total": _("total cost as booked"),
    "excluded_sales": _("of these: sales promotion"), "excluded_royalties": _("of these: royalties"),
    "excluded_shipping": _("of these: shipping and packing"), "excluded_interest": _("of these: excess interest"),
    "engine_origin": _("its origin in an engine"), "transmission_origin": _("its origin in a transmission"),
    "cannot": _("cannot be obtained"), "plant_code": _("plant"), "supply": _("who supplies and pays"), "lines": _("Inputs"),
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
    verb, __, path = act.partition(".")
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
    word = str(WORDS.get(path.rpartition(".")[2], path.rpartition(".")[2].replace("_", " ")))
    if not rest:
        return word[:1].upper() + word[1:]
    said = {
        "section": SECTIONS.get(top, _("Inputs")),
        "word": word,
        "row": int(rest[0]) + 1 if rest[0].isdigit() else "",
    }
    where = gettext("%(section)s, row %(row)s") % said if said["row"] else str(said["section"])
    if len(rest) > 3 and rest[1] == "sources" and rest[2] != "0":
        where = gettext("%(place)s, seller %(number)s") % {"place": where, "number": int(rest[2]) + 1}
    return where if rest[-1].isdigit() else gettext("%(place)s: %(word)s") % {"place": where, "word": word}


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
        return gettext("no")
    text = gettext("yes") if value in (True, "true") else str(getattr(value, "pk", value)).strip()
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", text, re.ASCII) else text
