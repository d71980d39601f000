"""What is owed in a duty case, from a file alone: no database, no network."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand

from compliance.duties import cases
from tracing.engine.fields import Refused


class Command(BaseCommand):
    help = "Answer a duty case, or a list of cases, as docs/duties.md describes them. Exit 0: answered; 2: refused, with every reason."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("case", help="A JSON file; - reads standard input.")

    def handle(self, *args, **options):
        rows = self._read(options["case"])
        found = [self._one(row) for row in (rows if isinstance(rows, list) else [rows])]
        told = found if isinstance(rows, list) else found[0]
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        if any("refused" in row for row in found):
            sys.exit(2)

    def _read(self, name):
        try:
            return json.loads(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
        except OSError as missing:
            self._refuse(f"{name}: cannot be read: {missing.strerror}")
        except ValueError as wrong:
            self._refuse(f"{name}: not a JSON file: {wrong}")

    def _refuse(self, why):
        self.stderr.write(why)
        sys.exit(2)

    def _one(self, row):
        try:
            return cases.answered(row)
        except Refused as refused:
            for reason in refused.reasons:
                self.stderr.write(f"{reason.code} {reason}")
            return {"refused": [asdict(reason) for reason in refused.reasons]}
