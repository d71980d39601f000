"""Check a certificate, a revocation, a dossier or a takeout: no database, no network."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance import keys, verification


def trusted_keys(path: str | None) -> dict:
    """The public keys to trust: those of a file, or this installation's own."""
    return keys.trusted(Path(path).read_bytes()) if path else keys.public(settings.SIGNING_KEYS)


class Command(BaseCommand):
    help = "Exit 0: genuine; 1: changed, revoked or signed by a key you do not trust; 2: not a document of ours."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", help="A certificate (JSON or PDF), a revocation, a dossier or a takeout (ZIP).")
        parser.add_argument("--jwks", help="The issuer's public keys, as published at /.well-known/jwks.json.")
        parser.add_argument(
            "--revocation", action="append", default=[], metavar="FILE", help="A revocation to hold it against."
        )

    def handle(self, *args, **options):
        try:
            raw, trusted = Path(options["file"]).read_bytes(), trusted_keys(options["jwks"])
            revocations = [Path(name).read_bytes() for name in options["revocation"]]
        except (OSError, ValueError) as wrong:
            self.stderr.write(f"cannot be read: {wrong}")
            sys.exit(2)
        found = verification.verify(raw, trusted)
        for revocation in revocations:
            found = verification.held_against(found, revocation, trusted)
        prefix = "" if found.ok else "cannot be checked: " if found.unreadable else "not genuine: "
        (self.stdout if found.ok else self.stderr).write(prefix + found.line)
        sys.exit(0 if found.ok else 2 if found.unreadable else 1)
