"""What the engine's checks find in one declaration as plain data, each finding at its field of the form."""

from dataclasses import replace
from types import SimpleNamespace

from django.utils.translation import gettext as _

from suppliers.facts import spoken, terms
from suppliers.facts.reading import Facts
from tracing.engine import checks, dossier
from tracing.engine.supply import supply_of


def where_typed(row, places: dict[str, list[int]]):
    """Empty rows of the form are left out before the checks: a finding goes back to the row that was typed."""
    top, *rest = row.path.split(".")
    if top not in places or not rest or not rest[0].isdigit() or int(rest[0]) >= len(places[top]):
        return row
    return _at(row, ".".join([top, str(places[top][int(rest[0])]), *rest[1:]]))


def found_in(facts: Facts) -> list:
    """What the checks say of one declaration as plain data."""
    inner = {}

    def name(source):
        if source["how"] != "made":
            return None
        inner.setdefault(source["made_number"], {"maker": facts["organisation_code"], "subject": "part"})
        return source["made_number"]

    mine = terms.declaration(facts, name)
    data = {"dossier": 1, "on": facts["begins"], "currency": facts["currency"], "declarations": {"this": mine, **inner}}
    try:
        supply = supply_of(dossier.read(data), "this")
    except dossier.Refused as refused:
        rows = [
            SimpleNamespace(code=row.code, cite="", message=spoken.reason(row), path=row.path, severity="stops")
            for row in refused.reasons
        ]
    else:
        rows = [*checks.findings(supply, of="this"), *_emptiness(mine)]
    return [_at_its_field(row) for row in rows]


def _emptiness(mine: Facts):
    if not mine.get("body") and not mine.get("statements") and not mine.get("costs"):
        yield SimpleNamespace(
            code="E1", cite="", path="body", severity="stops",
            message=_("It says nothing yet: enter what goes into the part, or a statement."),
        )  # fmt: skip


def _at_its_field(row):
    """A path in the dossier's terms as the path of the form's field."""
    path = row.path.removeprefix("declarations.this").strip(".")
    renames = {"body": "lines.0.item", "own_value": "own_values.0.amount", "until": "ends", "from": "begins",
               "costs.excluded": "costs.excluded_sales"}  # fmt: skip
    path = (
        path.replace("body[", "lines.")
        .replace("sources[", "sources.")
        .replace("statements[", "statements.")
        .replace("]", "")
    )
    path = renames.get(path, path)
    if path.startswith("statements.") and path.count(".") == 1:
        path += ".law"
    if path.endswith(".charges"):
        path += ".0.leg"
    return _at(row, path)


def _at(row, path: str):
    if isinstance(row, SimpleNamespace):
        row.path = path
        return row
    return replace(row, path=path)
