"""Rulebooks at the command line: list them, check a file, say how two differ, print them as pages."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from tracing import lawtexts, rulebooks
from tracing.engine.rulebook import Rulebook, RulebookErrors, read


class Command(BaseCommand):
    help = "List the rulebooks; --check a file, every error at once; --diff two in words; --docs writes them as pages."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", metavar="FILE", help="A TOML file; its lists are the CSV files of their names beside it."
        )
        parser.add_argument("--diff", nargs=2, metavar=("A", "B"), help="Names of rulebooks or files.")
        parser.add_argument("--docs", metavar="DIR", help="Where to write a page for each and an index.")

    def handle(self, *args, **options):
        try:
            if options["check"]:
                law = found(options["check"], named=False)
                self.stdout.write(f"{law.id}: in order, {len(law.data['goods'])} kinds of goods, sha256 {law.sha256}")
            elif options["diff"]:
                one, other = (found(name) for name in options["diff"])
                for line in lawtexts.differences(one, other) or ["They say the same."]:
                    self.stdout.write(f"- {line}")
            elif options["docs"]:
                self._write(Path(options["docs"]))
            else:
                self._list()
        except RulebookErrors as wrong:
            for line in wrong.errors:
                self.stderr.write(line)
            sys.exit(1)
        except (KeyError, OSError) as missing:
            self.stderr.write(str(missing.args[-1] if isinstance(missing, OSError) else missing.args[0]))
            sys.exit(1)

    def _list(self):
        for law in every():
            tests = sorted({test["title"] for good in law.data["goods"] for test in good["tests"]})
            self.stdout.write(f"{law.id:<15}{law.status:<10}{lawtexts.life(law):<34}{law.title}: {'; '.join(tests)}")

    def _write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for law in every():
            (folder / f"{law.id}.md").write_text(lawtexts.page(law))
        (folder / "README.md").write_text(lawtexts.index(every()))
        self.stdout.write(f"{len(every())} pages written to {folder}")


def every() -> list[Rulebook]:
    return [rulebooks.rulebook(name) for name in rulebooks.ids()]


def found(name: str, *, named: bool = True) -> Rulebook:
    """A rulebook by its name, or read from a file with the lists beside it."""
    if named and name in rulebooks.ids():
        return rulebooks.rulebook(name)
    path = Path(name)
    text = path.read_bytes()
    lists = {one.stem: one.read_bytes() for one in sorted(path.parent.glob("*.csv")) if one.stem.encode() in text}
    return read(text, lists)
