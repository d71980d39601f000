"""Django's makemessages, made so that a new sentence is a small difference: sorted, without places and dates, never guessed."""

from pathlib import Path

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching", "--sort-output"]
    msguniq_options = ["--to-code=utf-8", "--sort-output"]
    msgattrib_options = ["--no-obsolete", "--sort-output"]

    def write_po_file(self, potfile, locale):
        super().write_po_file(potfile, locale)
        path = Path(potfile).parent / locale / "LC_MESSAGES" / f"{self.domain}.po"
        rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(row for row in rows if not row.startswith('"POT-Creation-Date:')), encoding="utf-8")
