"""Measures the roll-up on a database of its own, against the other ways to do it, at the sizes that are asked."""

import os
import platform
import sys
import time

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Fill a database of its own with a fleet and measure load, build, roll, store … against the other ways."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--size", default="100k", help="Lines: 10k, 100k, 1M; several with commas between them.")
        parser.add_argument("--rounds", type=int, default=9, help="Interleaved rounds at most.")
        parser.add_argument(
            "--seconds",
            type=float,
            default=14,
            help="For the rounds of a size; after one, what no longer fits sits out.",
        )
        parser.add_argument("--vehicles", type=int, help="At least so many vehicles: further trims of those there are.")
        parser.add_argument("--seed", type=int, help="Another seed, another world.")
        parser.add_argument("--markdown", metavar="FILE", help="Write the table there.")
        parser.add_argument(
            "--laws", action="store_true", help="The passes of every rulebook too; asking takes minutes."
        )
        parser.add_argument("--check", action="store_true", help="Say of each bar whether it is met.")
        parser.add_argument("--svg", metavar="FILE", help="Draw cost against size there.")

    def handle(self, *args, **options):
        from tracing.bench import bars, chart, measure, place, rounds

        try:
            sizes = {size: measure.count(size) for size in options["size"].split(",")}
        except ValueError as wrong:
            raise CommandError(str(wrong)) from None
        started = time.monotonic()
        self.told = []
        found = []
        for size in sorted(sizes, key=sizes.get):
            try:
                found += self._measured(size, options)
            except place.NoDatabase as why:
                raise CommandError(str(why)) from None
        bars_told = bars.told(found) if options["check"] else []
        for line in bars_told:
            self.stdout.write(line)
        if options["markdown"]:
            rounds.write(options["markdown"], rounds.markdown(found, [*self.told, *bars_told]))
        if options["svg"]:
            title = f"From the database to every vehicle's figures, {self.told[0].partition(',')[0]}"
            rounds.write(options["svg"], chart.chart(found, measure.WHOLE, title))
        self.stdout.write(f"Done in {time.monotonic() - started:.0f} s.")

    def _measured(self, size, options):
        from tracing.bench import measure, place, rounds

        more = {"fill_vehicles": options["vehicles"], "every_law": options["laws"]} | (
            {"seed": options["seed"]} if options["seed"] else {}
        )
        with place.own_database() as database:
            if not self.told:
                for line in self._machine(database):
                    self._say(line)
            rows = measure.measure(size, options["rounds"], options["seconds"], self._say, **more)
        self.stdout.write(rounds.text(rows))
        return rows

    def _say(self, line):
        self.told.append(line)
        self.stdout.write(line)

    def _machine(self, database):
        from tracing.bench import own, ways

        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        cores = os.cpu_count()
        scipy = "scipy in the rounds" if ways.has_scipy() else "scipy is not installed, so not in the rounds"
        return [
            f"{database}, Python {platform.python_version()} on {sys.platform}, {cores} cores, load {load:.1f} at the start",
            f"loops {own.how()}; {scipy}",
            "all ways run once a round on the same rows; each end-to-end way is checked against the others before it counts",
        ]
