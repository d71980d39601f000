"""The figure of one test in one column, the lawful ways to it, or why there is none."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Way:
    """One lawful way of meeting a test, and the value it gives."""

    name: str
    text: str
    cite: str
    value: Fraction | None


@dataclass(frozen=True)
class Figure:
    """A test's value in percent, its ways with the one taken first, and why it was not run.

    ``moot`` where another alternative of the same rule is met, so that this one is not needed.
    """

    value: Fraction | None
    ways: tuple[Way, ...] = ()
    absent: str = ""
    moot: bool = False

    def way(self, name: str) -> Fraction | None:
        """The value of one way."""
        return next((row.value for row in self.ways if row.name == name), None)


def absent(why: str) -> Figure:
    """A test that is not run, and why."""
    return Figure(None, (), why)


def moot(why: str, value: Fraction | None = None) -> Figure:
    """A test that is not needed, and why; ``value`` where it is needed under other answers."""
    return Figure(value, (), why, True)
