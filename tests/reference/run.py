"""Both calculators over many trees: equal figures, equal verdicts, and every completion inside the bounds. Prints the counts."""

import argparse
import copy
import csv
import datetime as dt
import json
import multiprocessing
import random
import sys
from fractions import Fraction as F
from pathlib import Path

from tests.reference import all_or_nothing, by_country, core, label, schedule_five, tracing_list, whole_parts
from tests.reference.plain import BEST, DECLARED, NA, WORST, Book, num, total_cost
from tests.reference.trees import AWAY, Maker, text
from tracing import rulebooks
from tracing.engine.assess import assess
from tracing.engine.dossier import Refused

MODES = (WORST, DECLARED, BEST)
PROFILES = {
    "nafta": "nafta", "heavy": "nafta", "parts": "nafta", "us-2017": "us-2017", "canada-2018": "canada-2018", "usmca": "usmca",
    "us-2026": "us-2026", "aala": "aala", "us-232": "us-232", "canada-surtax": "canada-surtax", "eu-uk-ev": "eu-uk-ev",
}  # fmt: skip
EU = {
    *[
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
}
EU_PARTS = (
    "8482", "8483", "8484", "8487", "8501", "8503", "8504", "8505", "850710", "850720", "850730", "850750", "850780", "8511", "8512",
    "8518", "8528", "8529", "8531", "8536", "8537", "8708",
)  # fmt: skip
ROWS = [row for row in csv.DictReader((Path(rulebooks.__file__).parent / "usmca_tables.csv").open()) if not row["ex"]]
PHASE = [
    ("2023-07-01", 75, 70, 65),
    ("2022-07-01", 72, F("67.5"), 64),
    ("2021-07-01", 69, 65, 63),
    ("2020-07-01", 66, F("62.5"), 62),
]


def phase(day):
    return next((row[1:] for row in PHASE if day >= row[0]), PHASE[-1][1:])


def by_claim(book, name):
    """USMCA tables as claimed; a core part is of Table A.1; nothing else decides in these trees but the code's own row."""
    claim = book.claim(name, "table")
    values = dict(zip(("A.1", "B", "C"), phase(book.data["on"]), strict=True))
    if claim in values:
        return F(values[claim]), "rvc" if claim == "A.1" else "either"
    code = (book.node(name).get("hs") or "").replace(".", "")
    tables = [
        row["table"]
        for row in ROWS
        if row["hs"] and code.startswith(row["hs"].replace(".", "")) and row["table"] in values
    ]
    if len(tables) != 1:
        return None, "shift"
    return F(values[tables[0]]), "rvc" if tables[0] == "A.1" else "either"


def eu_parts(book, name):
    late, claim = book.data["on"] >= "2027-01-01", book.claim(name, "table")
    if claim == "cell":
        return F(65 if late else 30), "either"
    if claim == "pack" or (claim is None and (book.node(name).get("hs") or "").startswith("8507.60")):
        return F(70 if late else 30), "either"
    code = (book.node(name).get("hs") or "").replace(".", "")
    if claim is None and code.startswith("8544"):
        return F(50), "rvc"
    if claim is None and code.startswith(EU_PARTS):
        return F(50), "either"
    return None, "shift"


def reference(profile, data, switches):
    """{test code: (worst, declared, best)} as the reference has it."""
    books = {mode: Book(data, mode, EU if profile == "eu-uk-ev" else NA) for mode in MODES}

    def three(ask):
        return tuple(ask(books[mode]) for mode in MODES)

    day = data["on"]
    if profile == "nafta":
        return {"nafta.rvc": three(lambda book: tracing_list.rvc(book, day))}
    if profile == "heavy":
        return {"nafta.rvc": three(schedule_five.rvc)}
    if profile == "parts":
        law = all_or_nothing.Law("nafta", tracing_list.other_part)
        return {"nafta.rvc": three(lambda book: ratio(highest(book, law, tracing_list.other_part(book, "V")[0])))}
    if profile == "usmca":
        return usmca(books, three, day)
    if profile == "eu-uk-ev":
        law = all_or_nothing.Law("eu-uk-ev", eu_parts, "ex_works")
        found = three(lambda book: 100 - ratio(all_or_nothing.value(book, law, "V", F(0))[0]))
        return {"eu-uk-ev.non_originating": found}
    if profile == "aala":
        return {"aala.us_ca": three(lambda book: label.percent(book, day))}
    if profile == "us-232":
        inside = switches.get("u232_inside_foreign_part", "not_counted")
        return {"us-232.us_content": three(lambda book: whole_parts.us_content(book, inside)[2])}
    if profile == "canada-surtax":
        return {"canada-surtax.deduction": three(lambda book: whole_parts.surtax(book)[2])}
    if profile == "canada-2018":
        return {"canada-2018.regional": activities(books[WORST], switches["canada_2018_cap"])}
    return proposals(profile, books, three, switches)


def highest(book, law, percent):
    """The good's value under the choices that give the highest percentage: of all that a percentage in between would choose."""
    found = all_or_nothing.value(book, law, "V", percent)[0]
    while True:
        reached = ratio(found)
        again = all_or_nothing.value(book, law, "V", reached)[0]
        if again[0] <= 0 or ratio(again) <= reached:
            return found
        found = again


def usmca(books, three, day):
    law, percent = all_or_nothing.Law("usmca", by_claim), F(phase(day)[0])

    def lifted(book):
        """The vehicle's value with core parts that originate by another way taken out of its VNM (the panel's reading)."""
        found = highest(book, law, percent)
        ways = core.core_values(book, law, percent)
        away, chosen_at = found[1], ratio(found)
        if ways and max(ways.values()) >= percent:
            for name, source, _, units, own, doubtful in core.found(book, "V", F(1), True):
                if not doubtful and (name == "V" or own):
                    line = next(row for row in book.node(name)["body"] if source in row["sources"])
                    choices = list(all_or_nothing.offers(book, law, name, line, source, chosen_at))
                    taken = max(choices, key=lambda row: (100 - chosen_at) * row[0] - 100 * row[1])
                    away -= units * taken[1]
        return 100 * (found[0] - away) / found[0]

    found = {"usmca.rvc": three(lifted)}
    doubtful = sum(row[-1] for row in core.found(books[WORST], "V", F(1), True))
    if doubtful <= 8 and core.core_values(books[WORST], law, percent):
        found["usmca.core_parts"] = three(lambda book: max(core.core_values(book, law, percent).values()))
    if books[WORST].node("V").get("plant"):

        def wages(book):
            car, plant = book.node("V"), book.data["plants"].get(book.node("V")["plant"])
            reached = num(plant["hourly"]) >= core.FLOORS["US"] if plant else book.mode == BEST
            return (num(car["labour"]) if reached else F(0)) + num(car.get("high_wage_transport"))

        found["nc"] = three(
            lambda book: 100 * (wages(book) + core.high_wage(book, "V")) / highest(book, law, percent)[0]
        )
    return found


def activities(book, way):
    known, open_, base = by_country.of_good(book)
    done = sum(
        (num(v) for row in book.node("V")["activities"].values() for place, v in row.items() if place in NA), F(0)
    )
    low = sum((known.get(place, F(0)) for place in NA), F(0))
    high = low + sum(open_.values(), F(0))
    ask = {
        "numerator_only": lambda part: 100 * (part + done) / base, "both_sides": lambda part: 100 * (part + done) / (base + done),
        "capped": lambda part: 100 * part / base + min(F(10), 100 * done / base),
    }[way]  # fmt: skip
    return ask(low), ask(low), ask(high)


def proposals(profile, books, three, switches):
    year, need = ("us-2017", F(85)) if profile == "us-2017" else ("us-2026", F(82))
    book = books[WORST]
    if switches.get("us_2026_traces") == "as_today":
        law = all_or_nothing.Law("us-2026", by_claim)
        whole = three(lambda one: ratio(highest(one, law, need)))
    else:
        whole = by_country.bounds(book, NA, "total", need)
    return {f"{year}.regional": whole, f"{year}.us": by_country.bounds(book, {"US"}, switches["us_share_of"], need)}


def ratio(found):
    return 100 * (found[0] - found[1]) / found[0] if found[0] else None


def switches_of(profile, seed):
    draw = random.Random(seed)
    if profile in {"us-2017", "us-2026"}:
        found = {"us_share_of": draw.choice(["total", "actual", "required"])}
        return found | ({"us_2026_traces": draw.choice(["all_materials", "as_today"])} if profile == "us-2026" else {})
    if profile == "canada-2018":
        return {"canada_2018_cap": draw.choice(["numerator_only", "both_sides", "capped"])}
    return {"u232_inside_foreign_part": draw.choice(["counted", "not_counted"])} if profile == "us-232" else {}


def engine(profile, data, switches):
    return assess(data, rulebooks.rulebook(PROFILES[profile]), on=dt.date.fromisoformat(data["on"]), switches=switches)[
        0
    ]


def compared(profile, seed):
    """What differs for one tree, as text; nothing where both agree. A tree that the engine refuses is drawn again elsewhere."""
    data, switches = Maker(seed, profile).dossier(), switches_of(profile, seed)
    try:
        result = engine(profile, data, switches)
    except Refused:
        return None
    expected, said = reference(profile, data, switches), []
    rows = {row.test.code: row for row in result.tests}
    for code, wanted in expected.items():
        if code == "nc":
            ways = {name: values for name, _, _, values in rows["usmca.labour_minimum"].ways}
            found = ways.get("nc", (None,) * 3)
        elif code == "usmca.rvc" and not rows[code].absent:
            found = (rows[code].worst, rows[code].declared, rows[code].best)
        else:
            found = (rows[code].worst, rows[code].declared, rows[code].best)
            if rows[code].absent:
                continue
        if tuple(found) != tuple(wanted):
            said.append(f"{profile} {seed} {code}: engine {show(found)}, reference {show(wanted)}")
    return [*said, *outside_bounds(profile, seed, data, switches, result)]


def show(values):
    return [None if value is None else round(float(value), 6) for value in values]


def outside_bounds(profile, seed, data, switches, result):
    """One random completion of every missing answer must lie within the bounds that the engine gave."""
    whole, changed = completed(data, seed, profile)
    if not changed:
        return []
    try:
        after = engine(profile, whole, switches)
    except Refused:
        return []
    said = []
    for before, now in zip(result.tests, after.tests, strict=True):
        if (
            before.absent
            or now.absent
            or before.worst is None
            or now.worst is None
            or before.test.kind in {"labour", "labour_minimum"}
        ):
            continue
        low, high = min(before.worst, before.best), max(before.worst, before.best)
        if not (low <= min(now.worst, now.best) and max(now.worst, now.best) <= high):
            said.append(
                f"{profile} {seed} {before.test.code}: completion {show((now.worst, now.best))} outside {show((low, high))}"
            )
    return said


def completed(data, seed, profile):
    """The same dossier with every unanswered bought source answered, each admissibly."""
    draw, whole, changed = random.Random(f"complete {seed}"), copy.deepcopy(data), 0
    for name in list(whole["declarations"]):
        for line in whole["declarations"][name].get("body") or []:
            for source in line["sources"]:
                if (
                    source.get("how") == "bought"
                    and not source.get("declaration")
                    and source.get("made_in") not in AWAY
                ):
                    changed += 1
                    key = f"A{changed}"
                    source["declaration"] = key
                    source.pop("cannot", None)
                    whole["declarations"][key] = answer(draw, F(source["price"]), source.get("made_in"), profile)
                    if "currency" in whole["declarations"][name]:
                        whole["declarations"][key]["currency"] = whole["declarations"][name]["currency"]
    return whole, changed


def answer(draw, price, place, profile):
    """A part at this price: foreign for some share of it, made in the region."""
    home = place or draw.choice(["DE", "GB"] if profile == "eu-uk-ev" else ["US", "CA", "MX"])
    foreign = price * draw.choice([F(0), F(1, 4), F(1, 2), F(1)])
    item = {
        "item": "y",
        "hs": "8501.10",
        "sources": [{"how": "imported", "made_in": "JP", "price": text(foreign), "title": "importation"}],
    }
    node = {"maker": "MX", "made_in": home, "hs": "7318.15", "costs": {"net": text(price)}, "body": [item] if foreign else [],
            "claims": {"shift": draw.random() < 0.5, "requirement": "60"}}  # fmt: skip
    if profile == "canada-surtax":
        node["claims"]["marking_origin"] = draw.choice(["CA", "US"])
    return node


def work(job):
    profile, start, count = job
    found, done, open_ = [], 0, 0
    for seed in range(start, start + count):
        said = compared(profile, seed)
        if said is None:
            continue
        done += 1
        found += said
    return profile, done, open_, found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=500, help="in all, spread over the profiles")
    parser.add_argument("--profile", choices=sorted(PROFILES))
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--dump", type=int, help="print the dossier of this seed and stop")
    asked = parser.parse_args(arguments)
    if asked.dump is not None:
        sys.stdout.write(json.dumps(Maker(asked.dump, asked.profile).dossier(), indent=1) + "\n")
        return 0
    profiles = [asked.profile] if asked.profile else list(PROFILES)
    each, chunk = -(-asked.trees // len(profiles)), 250
    jobs = [(name, asked.start + at, min(chunk, each - at)) for name in profiles for at in range(0, each, chunk)]
    counts, differences = dict.fromkeys(profiles, 0), []
    with multiprocessing.Pool(asked.processes) as pool:
        for profile, done, _, found in pool.imap_unordered(work, jobs):
            counts[profile] += done
            differences += found
    for profile, done in counts.items():
        sys.stdout.write(f"{profile:<14}{done:>8} trees\n")
    sys.stdout.write(f"{'in all':<14}{sum(counts.values()):>8} trees, {len(differences)} differences\n")
    sys.stdout.write("".join(f"{line}\n" for line in differences[:40]))
    return 1 if differences else 0


__all__ = ["Path", "compared", "main", "total_cost"]
if __name__ == "__main__":
    sys.exit(main())
