"""Write the golden answers of this engine: only when a new major version is released, never to make a test pass."""

import datetime as dt
import json
from pathlib import Path

from tracing import rulebooks
from tracing.engine import VERSION, dossier
from tracing.engine.assess import assess

CASES = Path(__file__).parents[1] / "cases"
CHOSEN = {
    "nafta": ["worked_vehicle", "NAFTA-10.10-EX1b", "NAFTA-14.6-EX1-B", "relief_new_plant", "NAFTA-11.11-EX-CA-MX"],
    "us-2017": ["worked_vehicle_actual", "w2_total"],
    "canada-2018": ["w3_both_sides"],
    "usmca": ["electric_car", "core_rollup_both", "labour_credits", "steel_after", "alternator_in_a_car_and_a_truck"],
    "us-2026": ["w2_actual"],
    "aala": ["AALA-A01", "AALA-A04", "AALA-C02", "AALA-O13"],
    "us-232": ["inside_not_counted"],
    "canada-surtax": ["above_the_share_without_proof"],
    "eu-uk-ev": ["step_2026", "pack_2027"],
}


def answered(run):
    """The digests of every reading's whole answer."""
    law, on = rulebooks.rulebook(run["rulebook"]), dt.date.fromisoformat(run["on"])
    return [dossier.digest(row.as_dict()) for row in assess(run["dossier"], law, on=on, switches=run["switches"])]


def main():
    folder = Path(__file__).parent / VERSION
    folder.mkdir(exist_ok=True)
    for book, names in CHOSEN.items():
        for name in names:
            case = json.loads((CASES / book / f"{name}.json").read_text())
            run = {key: case[key] for key in ("rulebook", "on", "switches", "dossier")}
            run["rulebook_sha256"] = rulebooks.rulebook(book).sha256
            run |= {"engine": VERSION, "sha256": answered(run)}
            (folder / f"{book}-{name}.json").write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
