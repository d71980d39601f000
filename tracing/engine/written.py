"""Facts of vehicles, plants and companies: checked when a dossier is read, and kept as they are written."""

from typing import Any

from tracing.engine.kinds import (
    Kind,
    Reader,
    amount,
    anything,
    boolean,
    choice,
    country,
    currency,
    date,
    many,
    named,
    number,
    percent,
    record,
    text,
)  # fmt: skip


def written(kind: Kind) -> Kind:
    """The value as it stands, once it is known to be of this kind; a whole number may stand without quotes."""

    def kept(reader: Reader, data: Any, path: str) -> Any:
        bare = isinstance(data, int) and not isinstance(data, bool)
        kind(reader, str(data) if bare else data, path)
        return data

    return kept


def either(flag: Kind, spec: dict[str, Any]) -> Kind:
    """True, or a record that says more."""
    return lambda reader, data, path: (
        reader.record(data, spec, path) if isinstance(data, dict) else flag(reader, data, path)
    )


count = written(number(places=0))
PERIOD = {"from": date, "until": date}
PERSONS, YEAR, POUNDS = count, count, written(amount)
UNITS = written(named(written(amount)))
RELIEF = written(
    record(
        {
            "first_prototype!": date,
            "kind": choice("new_plant", "refit"),
            "new_building": boolean,
            "machinery_share": written(percent),
            "novelty": lambda reader, data, path: data if isinstance(data, str) else boolean(reader, data, path),
        }
    )
)
ACTIVITIES = written(named(named(written(amount))))
AVERAGING = {
    "category": text, "basis": choice("all", "exports"), "countries": many(country), "of": many(choice("rvc", "core_parts", "labour")),
    "period": anything, "plant": text, "model_line": text, "class": text,
}  # fmt: skip
ELECTIONS = written(
    record(
        {
            "averaging": record(AVERAGING),
            "core_way": choice("part_all", "part_components", "super_all", "super_components"),
            "lvc": choice("nc", "purchase"),
            "method": choice("TV", "NC"),
            "alternative_staging": either(boolean, {**PERIOD, "metals_exempt": boolean}),
        }
    )
)
PLANTS = written(
    named(record({"country!": country, "hourly": written(amount), "currency": currency,
                    "window": record({"from!": date, "until!": date}), "kind": text, "name": text}))
)  # fmt: skip
PURCHASE = {
    "metal!": choice("steel", "aluminum"), "period": text, "value!": written(amount), "originating!": written(amount),
    "melted_in_region": written(amount), "scope": text,
}  # fmt: skip
CONTRACT = {
    "kind!": choice("engine", "transmission", "battery"), "capacity!": count, "years": written(amount), "own": boolean,
    "originating": boolean, "plant!": text,
}  # fmt: skip
COMPANIES = written(
    named(
        record(
            {
                "purchases": many(record(PURCHASE)),
                "wages": record({"production": written(amount), "rd": written(amount), "it": written(amount)}),
                "assembly_contracts": many(record(CONTRACT)),
                "fiscal_year_start": date,
                "name": text,
            }
        )
    )
)
