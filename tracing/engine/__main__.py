"""``python -m tracing.engine DOSSIER --rulebook ID``: the answer from the file alone, with nothing but Python."""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path

from tracing import rulebooks
from tracing.engine import VERSION, dossier
from tracing.engine.assess import assess, explained
from tracing.engine.dossier import Refused


def day(text: str) -> dt.date:
    """A day of the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write YYYY-MM-DD") from None


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON object: each reading's result and the SHA-256 of its canonical bytes. Exit 0, or 2 if refused."""
    parser = argparse.ArgumentParser(prog="tracing.engine", description=f"Traceline engine {VERSION}")
    parser.add_argument("dossier", help="a dossier; - reads standard input")
    parser.add_argument("--rulebook", required=True, choices=rulebooks.ids())
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="the day; default: the dossier's own")
    parser.add_argument("--good", help="the declaration to compute; default: the first of its vehicles")
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--explain", metavar="TEST[.BOUND]", help="the steps to one figure")
    asked = parser.parse_args(arguments)
    for pair in asked.switch:
        if "=" not in pair:
            parser.error(f"--switch {pair!r}: write NAME=VALUE, as core_rollup=panel")
    switches = dict(pair.split("=", 1) for pair in asked.switch)
    try:
        data = sys.stdin.buffer.read() if asked.dossier == "-" else Path(asked.dossier).read_bytes()
    except OSError as wrong:
        parser.error(f"{asked.dossier}: {wrong.strerror}; give the path of a dossier, or - for standard input")
    law = rulebooks.rulebook(asked.rulebook)
    try:
        if asked.explain:
            for step in explained(data, law, asked.explain, on=asked.on, good=asked.good, switches=switches):
                sys.stdout.write("\n".join(step.lines()) + "\n")
            return 0
        rows = [row.as_dict() for row in assess(data, law, on=asked.on, good=asked.good, switches=switches)]
    except Refused as refused:
        sys.stderr.write("\n".join(f"{reason.code} {reason}" for reason in refused.reasons) + "\n")
        return 2
    told = [{"sha256": dossier.digest(row), "result": row} for row in rows]
    sys.stdout.write(json.dumps({"engine": VERSION, "results": told}, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
