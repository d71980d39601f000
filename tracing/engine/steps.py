"""One step of an explanation, as data and as lines of text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tracing.engine import amounts


@dataclass(frozen=True)
class Step:
    """One step: an amount (text, exact) and what it follows from. ``declaration`` is the one that says it."""

    title: str
    amount: str
    arithmetic: str = ""
    cite: str = ""
    declaration: str = ""
    rule: str = ""
    options: tuple[str, ...] = ()
    children: tuple["Step", ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data; what is empty is left out."""
        found = {
            key: getattr(self, key)
            for key in ("title", "amount", "arithmetic", "cite", "declaration", "rule")
            if getattr(self, key)
        }
        if self.options:
            found["options"] = list(self.options)
        return found | ({"children": [row.as_dict() for row in self.children]} if self.children else {})

    def lines(self, depth: int = 0) -> Iterator[str]:
        """As text, indented by depth."""
        cite = f"  [{self.cite}]" if self.cite else ""
        says = f"  ({self.declaration})" if self.declaration else ""
        yield (
            f"{'  ' * depth}{self.title}: {self.amount}"
            + (f" = {self.arithmetic}" if self.arithmetic else "")
            + cite
            + says
        )
        for row in self.options:
            yield f"{'  ' * depth}  · also lawful: {row}"
        for child in self.children:
            yield from child.lines(depth + 1)


def shown(value: Fraction | None) -> str:
    """Exact where it ends; else nine digits, marked."""
    if value is None:
        return "–"
    if amounts.terminates(value):
        return amounts.text(value)
    return f"{amounts.text(value)[:14]}…"
