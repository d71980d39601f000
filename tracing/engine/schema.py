"""What a rulebook file may and must say: unknown keys, values without a citation and dates out of order are errors."""

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any


class RulebookErrors(ValueError):
    """Everything that is wrong with a rulebook file, in its order."""

    def __init__(self, errors: list[str]):
        self.errors = errors
        super().__init__("; ".join(errors))


Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _day(value: Any) -> bool:
    return isinstance(value, dt.date)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_text(item) for item in value)


def _figure(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and 0 <= value <= 100


def _one_of(*allowed: str) -> Check:
    return lambda value: value in allowed


STEP = {"from": _day, "is": _figure}
SWITCH = {"values": _texts, "default?": _text, "why": _text, "cite": _text}
READING = {"name": _text, "label": _text, "switches": lambda value: isinstance(value, dict)}


def _amounts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, int | Decimal) for one in value.values())


def _range(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value)


DATES = _one_of("production", "entry", "model_year", "fiscal_year_start")
BASES = _one_of("net_cost", "transaction_value", "ex_works", "customs_value", "parts")
METHODS = _one_of("traced", "absorb", "content", "heavy", "label", "whole")
KINDS = _one_of("rvc", "share", "non_originating", "claim", "content", "activities", "whole", "core_parts", "labour", "labour_minimum",
                "steel", "aluminum", "pack")  # fmt: skip
TEST = {
    "code": _text, "title": _text, "kind": KINDS, "region": _texts, "operator": _one_of("at_least", "more_than", "at_most", "none"),
    "of": _one_of("total", "actual", "required"), "of_switch?": _text, "by": DATES, "cite": _text, "percent?": list,
    "claim?": _text, "credit?": _text, "needs?": _text, "hs?": _texts, "alternative?": _flag,
    "tv?": list,
}  # fmt: skip
WHO = {"hs?": _texts, "list?": _text, "where?": lambda value: isinstance(value, dict), "uses?": _texts, "needs_use?": _texts,
       "classes?": _texts, "needs_election?": _text, "from?": _day, "until?": _day, "persons?": _range, "off_road?": _flag,
       "drivetrains?": _texts, "not_drivetrains?": _texts, "claims_table?": _text}  # fmt: skip
GOOD = {
    "name": _text, "method": METHODS, "method_switch?": _text, "methods?": dict, "border": _text, "value": _text, "bought": _text,
    "made": _text, "crossing": _text, "base": BASES, "cite": _text, "tests": list, "use?": _text,
    "relief?": _flag, "core?": _flag, **WHO,
}  # fmt: skip
TABLE = {
    "name": _text, "form": _one_of("rvc", "shift", "either", "both"), "by": DATES, "cite": _text, "percent": list, "tv?": list,
    "measure?": _one_of("regional", "non_originating"), "base?": BASES, "final?": _flag, **WHO,
}  # fmt: skip
RELIEF = {
    "name": _text, "kind": _one_of("new_plant", "refit"), "percent": _figure, "years": lambda value: value in {2, 5},
    "building?": _flag, "machinery?": _figure, "cite": _text,
}  # fmt: skip
LABEL = {
    "trigger": _figure, "nearest5_from": _day, "nearest5_voluntary": _day, "budget": _figure, "budget_from": _day,
    "foreign_from": _figure, "cite": _text,
}  # fmt: skip
LABOUR = {
    "floors": _amounts, "technology_cap": _figure, "assembly_credit": _figure, "capacity": _amounts, "heavy_capacity": _amounts,
    "cite": _text,
}  # fmt: skip
DEFAULT_SHARE = {"percent": _figure, "says": _text, "cite": _text}
AVERAGING = {"says": _text, "categories": _texts, "cite": _text}
TOP: dict[str, Any] = {
    "id": _text, "title": _text, "status": _one_of("law", "proposal", "idea"), "edition": _text, "source": _text,
    "reported_by?": _text, "from?": _day, "until?": _day, "summary": _text, "goods": list, "tables?": list, "readings?": list,
    "switches?": dict, "not_run?": list, "silence": dict, "disclosure": dict, "consequence": dict, "de_minimis?": dict,
    "territory?": _texts, "relief?": list, "averaging?": dict, "label?": dict, "labour?": dict, "default_share?": dict,
    "transaction_value?": dict,
}  # fmt: skip
NOT_RUN = {"code": _text, "title": _text, "cite": _text, "why": _text}
SILENCE = {"answer": _one_of("foreign", "whole_price", "not_originating", "zero"), "says": _text, "cite": _text}
DISCLOSURE = {"supplier_buyer": _texts, "buyer_automaker": _texts, "authority": _texts, "public": _texts, "cite": _text}
CONSEQUENCE = {"says": _text, "cite": _text}
DE_MINIMIS = {"percent": _figure, "base": _text, "or_transaction_value?": _flag, "except_hs?": _texts, "cite": _text}
TRANSACTION_VALUE = {"closed_to?": _texts, "related_sales?": _flag, "cite": _text}


def complaints(data: dict[str, Any], lists: set[str]) -> list[str]:
    """Every error of a parsed rulebook, as a sentence that names the place."""
    return list(_all(data, lists))


def _all(data: dict[str, Any], lists: set[str]) -> Iterator[str]:
    yield from _record(data, TOP, "")
    tables: list[tuple[str, dict[str, Any]]] = [
        ("silence", SILENCE), ("disclosure", DISCLOSURE), ("consequence", CONSEQUENCE), ("de_minimis", DE_MINIMIS),
        ("averaging", AVERAGING), ("label", LABEL), ("labour", LABOUR), ("default_share", DEFAULT_SHARE),
        ("transaction_value", TRANSACTION_VALUE),
    ]  # fmt: skip
    for key, spec in tables:
        if isinstance(data.get(key), dict):
            yield from _record(data[key], spec, key)
    for name, row in _rows(data.get("switches"), "switches"):
        yield from _record(row, SWITCH, name)
        if isinstance(row, dict) and "default" in row and row["default"] not in row.get("values", []):
            yield f"{name}.default: {row['default']!r} is not one of its values"
    lists_of: list[tuple[str, dict[str, Any]]]
    lists_of = [("readings", READING), ("not_run", NOT_RUN), ("goods", GOOD), ("tables", TABLE), ("relief", RELIEF)]
    for key, spec in lists_of:
        for name, row in _rows(data.get(key), key):
            yield from _record(row, spec, name)
            if isinstance(row, dict):
                yield from _inside(row, name, lists)
    if _day(data.get("from")) and _day(data.get("until")) and data["from"] >= data["until"]:
        yield "until: lies before from"


def _inside(row: dict[str, Any], name: str, lists: set[str]) -> Iterator[str]:
    if "list" in row and row["list"] not in lists:
        yield f"{name}.list: there is no list {row['list']!r} beside the rulebook"
    border = str(row.get("border", ""))
    if border.startswith("list:") and border.removeprefix("list:") not in lists:
        yield f"{name}.border: there is no list {border.removeprefix('list:')!r} beside the rulebook"
    for place, test in _rows(row.get("tests"), f"{name}.tests"):
        yield from _record(test, TEST, place)
        if isinstance(test, dict):
            yield from _steps(test, place)
    yield from _steps(row, name)


def _steps(row: dict[str, Any], name: str) -> Iterator[str]:
    before = None
    for place, step in [*_steps_of(row, "percent", name), *_steps_of(row, "tv", name)]:
        yield from _record(step, STEP, place)
        if isinstance(step, dict) and _day(step.get("from")):
            if before is not None and step["from"] <= before and not place.endswith("[0]"):
                yield f"{place}.from: {step['from']} does not come after {before}"
            before = step["from"]


def _steps_of(row: dict[str, Any], key: str, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(row.get(key), list):
        yield from _rows(row[key], f"{name}.{key}")


def _rows(data: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        yield from ((f"{name}.{key}", value) for key, value in data.items())
    elif isinstance(data, list):
        yield from ((f"{name}[{index}]", value) for index, value in enumerate(data))


def _record(data: Any, spec: dict[str, Any], name: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{name}: a table of values is needed"
        return
    known = {key.rstrip("?"): check for key, check in spec.items()}
    at = f"{name}." if name else ""
    for key in data:
        if key not in known:
            yield f"{at}{key}: unknown key; there are {', '.join(sorted(known))}"
    for key, check in spec.items():
        plain = key.rstrip("?")
        if plain not in data:
            if not key.endswith("?"):
                yield f"{at}{plain}: is missing"
        elif isinstance(check, type):
            if not isinstance(data[plain], check):
                yield f"{at}{plain}: is not a {check.__name__}"
        elif not check(data[plain]):
            yield f"{at}{plain}: {data[plain]!r} is not allowed here"
