"""Drives the whole river on fictional data: build, sign, roll up, certify, print, serve."""

import datetime as dt
import json
import os
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from compliance.actions import demo
from compliance.actions.demo import past
from compliance.demo import scale, world
from config.celery import start_embedded_worker, stop_embedded_worker
from suppliers import days


class Command(BaseCommand):
    help = "Build the demo world, trace it, certify what passes, and serve the portal on this machine."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="Stop when everything is built.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")
        parser.add_argument("--reset", action="store_true", help="Start anew: delete the demo's SQLite file first.")
        parser.add_argument(
            "--scale", type=int, default=1, metavar="N", help="Multiply the world, by a seeded generator."
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, **options):
        self.quiet = options["json"]
        started = time.monotonic()
        if options["reset"]:
            self._reset()
        call_command("migrate", verbosity=0)
        told = world.read(on=past.told_on() or timezone.localdate())
        if options["scale"] > 1:
            told = scale.scaled(told, options["scale"], options["seed"])
        builder = demo.Builder(told, self.say)
        builder.build()
        start_embedded_worker()
        self.say("Tracing …")
        demo.roll_up()
        files = demo.certify(builder)
        rows = demo.table()
        if options["json"]:
            self.stdout.write(json.dumps({"rows": [{name: row[name] for name in demo.PRINTED} for row in rows]}))
        else:
            self._print(rows, files, told, time.monotonic() - started)
        if options["no_serve"]:
            stop_embedded_worker()
        else:
            self._serve(options["port"])

    def say(self, text: str) -> None:
        if not self.quiet:
            self.stdout.write(text)

    def _reset(self) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("--reset deletes the demo's SQLite file; drop and create another database by hand.")
        connection.close()
        name = settings.DATABASES["default"]["NAME"]
        for suffix in ("", "-wal", "-shm"):
            settings.BASE_DIR.joinpath(f"{name}{suffix}").unlink(missing_ok=True)
        # Documents and figures of the world that is gone.
        for folder in (settings.VAR_DIR / "certificates", settings.VAR_DIR / "dossiers", settings.FLEET_DIR):
            for path in folder.glob("*.*"):
                path.unlink()

    def _print(self, rows, files, told, seconds) -> None:
        head = ("vehicle", "rulebook", "reading", "worst", "declared", "best", "needs", "verdict", "gaps")
        form = "{:<11}{:<14}{:<19}{:>8}{:>9}{:>8}{:>7}  {:<9}{:>4}"
        self.say("\n" + form.format(*head))
        for row in rows:
            note = "  hypothetical" if row["hypothetical"] else "  proposal" if row["status"] != "law" else ""
            shown = [row[name][:7] for name in ("worst", "declared", "best")]
            verdict = {"pass": "passes", "fail": "fails", "open": "open", "none": "figure"}[row["verdict"]]
            self.say(
                form.format(
                    row["vehicle"], row["rulebook"], row["reading"], *shown, row["threshold"], verdict, row["gaps"]
                )
                + note
            )
        self.say(f"\n{len(files)} files written: {', '.join(sorted({str(path.parent) for path in files}))}")
        self.say(f"Built and traced in {seconds:.0f} s. Everybody's password: {demo.PASSWORD}")
        for name, role, email in demo.logins(told):
            self.say(f"  {email:<28}{name}, {role}")
        self.say(aged(told, timezone.localdate()))

    def _serve(self, port: int) -> None:
        self.say(f"\nServing on http://127.0.0.1:{port}/  (Ctrl-C ends it)")
        sys.stdout.flush()
        connection.close()
        # A process of its own: gunicorn forks, and a worker's threads, their locks and SQLite's do not survive that.
        asked = ["config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "8", "--log-level", "warning",
                 "--graceful-timeout", "3", "--chdir", str(settings.BASE_DIR)]  # fmt: skip
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *asked])  # noqa: S606  our own words only


def aged(told: world.World, today: dt.date) -> str:
    """How old a demo is that was built on an earlier day, and how to begin anew; empty on its first day."""
    if told.day >= today:
        return ""
    return (
        f"This world was built on {days.day(told.day)}, {(today - told.day).days} days ago, and has aged since. "
        "To begin anew, as of today: make demo ARGS=--reset"
    )
