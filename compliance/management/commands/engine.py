"""The engine that certificates name: its version, its digest, and the file itself."""

from pathlib import Path

from django.core.management.base import BaseCommand

from compliance import wheels
from tracing.engine import VERSION


class Command(BaseCommand):
    help = "Print the engine's version and the SHA-256 of its wheel; with --wheel DIR write that wheel, to keep beside certificates."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--wheel", metavar="DIR", help="Where to write the wheel.")

    def handle(self, *args, **options):
        if options["wheel"]:
            path = Path(options["wheel"]) / wheels.NAME
            path.write_bytes(wheels.wheel())
            self.stdout.write(str(path))
        self.stdout.write(f"traceline-engine {VERSION}  sha256 {wheels.digest()}")
