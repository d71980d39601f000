"""Answer from a dossier alone: no database, no network."""

import datetime as dt
import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand

from tracing import rulebooks
from tracing.engine.assess import answer, assess, explained
from tracing.engine.dossier import Reason, Refused
from tracing.engine.rulebook import RulebookErrors

MARK = {
    "pass": "passes", "fail": "fails", "open": "open", "not_run": "not run", "not_needed": "not needed", "measured": "measured",
    "none": "figures only",
}  # fmt: skip


class Command(BaseCommand):
    help = "Compute a dossier under a rulebook. Exit 0: answered; 2: refused, with every reason."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("dossier", help="A dossier as docs/dossier.md describes it; - reads standard input.")
        parser.add_argument("--rulebook", required=True, help="One of: " + ", ".join(rulebooks.ids()))
        parser.add_argument("--on", help="The day, YYYY-MM-DD; default: the dossier's own.")
        parser.add_argument("--good", help="The declaration to compute; default: the first of the dossier's vehicles.")
        parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE")
        parser.add_argument(
            "--explain", metavar="TEST[.BOUND]", help="The steps to one figure, as usmca.rvc or usmca.rvc.worst."
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args, **options):
        try:
            found = self._answer(options)
        except Refused as refused:
            self._refuse(refused.reasons, as_json=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        elif options["explain"]:
            self._steps(found)
        else:
            self._table(found)

    def _steps(self, found):
        for step in found:
            for line in step.lines():
                self.stdout.write(line)

    def _answer(self, options):
        try:
            rulebook = rulebooks.rulebook(options["rulebook"])
            on = dt.date.fromisoformat(options["on"]) if options["on"] else None
            switches = dict(pair.split("=", 1) for pair in options["switch"])
            name = options["dossier"]
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except KeyError as unknown:
            raise Refused([Reason("--rulebook", "R2", str(unknown.args[0]), "")]) from None
        except RulebookErrors as errors:
            raise Refused([Reason(options["rulebook"], "R3", error, "") for error in errors.errors]) from None
        except ValueError as wrong:
            raise Refused(
                [Reason("command line", "D3", str(wrong), "days are YYYY-MM-DD, switches NAME=VALUE.")]
            ) from None
        except OSError as missing:
            raise Refused([Reason(options["dossier"], "D1", f"cannot be read: {missing.strerror}", "")]) from None
        asked = {"on": on, "good": options["good"], "switches": switches}
        if options["explain"]:
            steps = explained(data, rulebook, options["explain"], **asked)
            return [step.as_dict() for step in steps] if options["json"] else steps
        return answer(assess(data, rulebook, **asked))

    def _refuse(self, reasons, *, as_json):
        if as_json:
            rows = [asdict(reason) for reason in reasons]
            self.stdout.write(json.dumps({"refused": rows}, ensure_ascii=False, indent=1))
        for reason in reasons:
            self.stderr.write(f"{reason.code} {reason}")
        sys.exit(2)

    def _table(self, found):
        for row in found.get("readings", [found]):
            supposed = "  (hypothetical: the law is not in force on that day)" if row["hypothetical"] else ""
            self.stdout.write(
                f"{row['rulebook']} {row['reading_label']} on {row['on']}: {MARK[row['verdict']]}{supposed}"
            )
            for test in row["tests"]:
                values = " ".join(f"{test[name][:9]:>9}" for name in ("worst", "declared", "best"))
                needed = test["threshold"] or "–"
                self.stdout.write(
                    f"  {test['code']:<24}{values}  needs {needed:<6}{MARK[test['result']]:<8} {test['cite']}"
                )
