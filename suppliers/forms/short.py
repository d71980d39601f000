"""The short form: one statement a law, without opening what goes into the part."""

from typing import Any

from django.http import QueryDict

from suppliers.forms.posted import Facts

NAFTA = [
    ("", "Nothing under NAFTA", ""),
    ("nil", "It contains no import of a listed provision", "NAFTA Regs s.9(1), Schedule IV"),
    ("f", "It originates, and this is its regional value content", "s.9(2)(f)"),
    ("g", "It originates; its regional value content is not given", "s.9(2)(g)"),
]
USMCA = [
    ("", "Nothing under USMCA", ""),
    ("true", "It originates", "19 CFR 182.12"),
    ("false", "It does not originate", ""),
]
METHODS = [("", "not by regional value"), ("NC", "net cost"), ("TV", "transaction value")]
FIELDS = ("nafta", "percent", "usmca", "method")


class Short:
    """What was chosen, and what is wrong with it. ``statements`` are plain facts for a draft."""

    def __init__(self, data: QueryDict | dict[str, Any]):
        self.said = {name: str(data.get(f"say.{name}") or "").strip() for name in FIELDS}
        self.errors: dict[str, str] = {}
        self.nafta, self.usmca, self.methods = NAFTA, USMCA, METHODS
        if data:
            self._check()

    def _check(self) -> None:
        if self.said["nafta"] not in {key for key, _, _ in NAFTA} or self.said["usmca"] not in {
            key for key, _, _ in USMCA
        }:
            self.errors["nafta"] = "Choose one of these answers."
        if not self.said["nafta"] and not self.said["usmca"]:
            self.errors["nafta"] = "State something under one law at least; else open the full form."
        if self.said["nafta"] == "f" and not self.said["percent"]:
            self.errors["percent"] = (
                "Paragraph (f) states the regional value content: give the percentage, or choose (g)."
            )

    def statements(self) -> list[Facts]:
        rows: list[Facts] = []
        if self.said["nafta"]:
            percent = self.said["percent"] if self.said["nafta"] == "f" else ""
            rows.append({"law": "nafta", "para": self.said["nafta"], "percent": percent})
        if self.said["usmca"]:
            rows.append({"law": "usmca", "originates": self.said["usmca"], "method": self.said["method"]})
        return rows

    def claims(self) -> list[Facts]:
        """(f) and (g) are open only on a regional-value basis: choosing them claims it."""
        if self.said["nafta"] in {"f", "g"}:
            return [{"key": "basis", "value": "rvc", "why": f"stated under s.9(2)({self.said['nafta']})"}]
        return []

    def take(self, errors: dict[str, list[str]]) -> dict[str, list[str]]:
        """Errors of the draft at this form's own fields; the others are handed back."""
        for path in [path for path in errors if path.startswith("statements.")]:
            field = "percent" if path.endswith("percent") else "nafta"
            self.errors[field] = " ".join(errors.pop(path))
        return errors
