"""One function per check, by what it looks at; importing them registers them in the order of the codes below."""

from tracing.engine.checks import statements, supply, values
from tracing.engine.checks.registry import CHECKS, LOOK, STOPS, Check, findings

CHECKS.sort(key=lambda row: row.code)

__all__ = ["CHECKS", "LOOK", "STOPS", "Check", "findings", "statements", "supply", "values"]
