"""Single values as typed into single values as kept, with every complaint at the path of its field."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from suppliers import hs, numbers

Facts = dict[str, Any]
Words = Mapping[str, Any]  # what may be chosen: the words for people by the key that is kept


class Malformed(ValueError):
    """What was typed is not well formed. ``errors`` maps the path of each field to its messages."""

    def __init__(self, errors: dict[str, list[str]]):
        self.errors = errors
        super().__init__("; ".join(f"{path}: {' '.join(said)}" for path, said in errors.items()))


class Form:
    """Reads fields of plain data one by one and gathers every complaint at its path."""

    def __init__(self, *, machine: bool = False) -> None:
        self.errors: dict[str, list[str]] = {}
        self.machine = machine

    def complain(self, path: str, text: str) -> None:
        self.errors.setdefault(path, []).append(text)

    def amount(self, data: Facts, key: str, at: str = "", *, places: int = 6) -> Decimal | None:
        typed = str(data.get(key) or "").strip()
        if not typed:
            return None
        try:
            return numbers.decimal(typed, places=places, machine=self.machine)
        except numbers.NotANumber as wrong:
            self.complain(at + key, str(wrong))
            return None

    def day(self, data: Facts, key: str, at: str = "", *, needed: bool = False) -> dt.date | None:
        typed = data.get(key)
        if isinstance(typed, dt.date):
            return typed
        if not typed:
            if needed:
                self.complain(at + key, _("A date is needed."))
            return None
        try:
            return dt.date.fromisoformat(str(typed).strip())
        except ValueError:
            self.complain(at + key, _("%(typed)s is not a date: write it as 2026-11-24.") % {"typed": typed})
            return None

    def country(self, data: Facts, key: str, at: str = "") -> str:
        typed = str(data.get(key) or "").strip().upper()
        if typed and (len(typed) != 2 or not typed.isascii() or not typed.isalpha()):
            self.complain(at + key, _("%(typed)s is not a country: two letters, as MX.") % {"typed": typed})
            return ""
        return typed

    def code(self, data: Facts, key: str, at: str = "") -> str:
        typed = str(data.get(key) or "").strip()
        if not typed:
            return ""
        digits = typed.replace(".", "").replace(" ", "")
        if not digits.isascii() or not digits.isdigit() or not 6 <= len(digits) <= 10 or len(digits) % 2:
            said = _("%(typed)s is not an HS code: six, eight or ten digits, as 8708.50.")
            self.complain(at + key, said % {"typed": typed})
            return ""
        if not hs.exists(digits[:6]):
            said = _("%(typed)s is not in %(edition)s: look the heading up again.")
            self.complain(at + key, said % {"typed": typed, "edition": hs.EDITION})
        return f"{digits[:4]}.{digits[4:6]}" + "".join(f".{digits[i : i + 2]}" for i in range(6, len(digits), 2))

    def choice(self, data: Facts, key: str, allowed: Words, at: str = "", default: str = "") -> str:
        """One of the keys of ``allowed``. What is wrong is told in its words, to a machine in its keys."""
        typed = str(data.get(key) or default).strip()
        if typed not in allowed and not (typed == "" and default == ""):
            said = _("%(typed)s is not one of %(allowed)s.") if typed else _("One of %(allowed)s is needed.")
            names = [one if self.machine else str(word) for one, word in allowed.items() if one]
            self.complain(at + key, said % {"typed": typed, "allowed": ", ".join(names)})
            return default
        return typed

    def text(self, data: Facts, key: str, at: str = "", *, most: int = 200, needed: str = "") -> str:
        typed = str(data.get(key) or "").strip()
        if needed and not typed:
            self.complain(at + key, needed)
        if len(typed) > most:
            self.complain(at + key, _("This is longer than %(most)s characters: shorten it.") % {"most": most})
        return typed[:most]

    def answer(self, data: Facts, key: str) -> bool | None:
        """Yes, no, or not said."""
        said = {"true": True, "yes": True, "false": False, "no": False}
        return said.get(str(data.get(key)).lower())

    def flag(self, data: Facts, key: str) -> bool:
        return data.get(key) in (True, "on", "true", "1", "yes")
