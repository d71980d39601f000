"""The register of checks: a code people can say on the phone, a citation, and the docstring that the supplier reads."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tracing.engine.result import Finding
from tracing.engine.rules import Rules
from tracing.engine.supply import Node, Supply

STOPS, LOOK = "stops", "look"
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Check:
    """A registered check. ``text`` is what the supplier reads, ``run`` yields a path below the declaration and a detail.

    With ``laws`` it is asked only under those rulebooks, and is given what they say on the day.
    """

    code: str
    cite: str
    severity: str
    run: Callable[..., Found]
    laws: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join((self.run.__doc__ or "").split())

    def found(self, node: Node, supply: Supply, rules: Rules | None) -> Found:
        """What it finds in one declaration."""
        if not self.laws:
            yield from self.run(node, supply)
        elif rules is not None and rules.rulebook.id in self.laws:
            yield from self.run(node, supply, rules)


CHECKS: list[Check] = []


def check(
    code: str, cite: str, severity: str = LOOK, *laws: str
) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
    """Register a check under its code."""

    def register(run: Callable[..., Found]) -> Callable[..., Found]:
        CHECKS.append(Check(code, cite, severity, run, laws))
        return run

    return register


def findings(supply: Supply, rules: Rules | None = None, *, of: str | None = None) -> Iterator[Finding]:
    """Every finding of every declaration (or of one), in the order of the checks. What no law is asked for is found once."""
    names = supply.order if of is None else (of,)
    memo = supply.memo
    for one in CHECKS:
        for name in names:
            if one.laws:
                yield from _of_node(one, supply, name, rules)
                continue
            if (key := f"{one.code} {name}") not in memo:
                memo[key] = list(_of_node(one, supply, name, None))
            yield from memo[key]


def _of_node(one: Check, supply: Supply, name: str, rules: Rules | None) -> Iterator[Finding]:
    for path, detail in one.found(supply.nodes[name], supply, rules):
        message = f"{one.text} {detail}".strip()
        where = f"declarations.{name}.{path}".rstrip(".")
        yield Finding(one.code, one.cite, message, where, one.severity, one.text, detail)


def stated(node: Node, law: str | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Its statements with their place, of one law or of all."""
    for index, row in enumerate(node.facts.get("statements") or []):
        if law is None or row["law"] == law:
            yield index, row
