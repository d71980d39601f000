"""Recompute a dossier and compare it with its certificate: no database, no network."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from compliance import replay
from compliance.management.commands.verify import trusted_keys


class Command(BaseCommand):
    help = "Exit 0: the same bytes came out; 1: something differs, and what; 2: it cannot be recomputed from this file."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "file", help="A dossier, as handed to an authority. A certificate alone holds sealed figures."
        )
        parser.add_argument("--jwks", help="The issuer's public keys, as published at /.well-known/jwks.json.")

    def handle(self, *args, **options):
        try:
            raw, trusted = Path(options["file"]).read_bytes(), trusted_keys(options["jwks"])
        except (OSError, ValueError) as wrong:
            self.stderr.write(f"cannot be read: {wrong}")
            sys.exit(2)
        found = replay.replay(raw, trusted)
        (self.stdout if found.code == replay.RECOMPUTED else self.stderr).write(found.line)
        sys.exit(found.code)
