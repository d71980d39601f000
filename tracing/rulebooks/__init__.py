"""The law as data: one file per rulebook, its lists beside it."""

from functools import cache
from pathlib import Path

from tracing.engine.rulebook import Rulebook, read

HERE = Path(__file__).parent
LISTS = {
    "nafta": ["nafta_tracing_list", "nafta_heavy_list"],
    "usmca": ["usmca_tables"],
    "us-2026": ["usmca_tables"],
}
IDS = ["nafta", "us-2017", "canada-2018", "usmca", "us-2026", "aala", "us-232", "canada-surtax", "eu-uk-ev"]


def ids() -> list[str]:
    """Every rulebook's name: the agreements and what was proposed for them, then other laws that ask the same facts."""
    return list(IDS)


@cache
def rulebook(name: str) -> Rulebook:
    """The rulebook of that name. Raises KeyError when there is none, RulebookErrors when its file is wrong."""
    path = HERE / f"{name}.toml"
    if name not in ids() or not path.is_file():
        raise KeyError(f"there is no rulebook {name!r}; there is: {', '.join(ids())}")
    lists = {found: (HERE / f"{found}.csv").read_bytes() for found in LISTS.get(name, [])}
    return read(path.read_bytes(), lists)
