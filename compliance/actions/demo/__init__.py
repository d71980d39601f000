"""The demo: its world laid down, its past gone through by the same actions that people use, rolled up by the same tasks."""

from compliance.actions.demo.building import PASSWORD, Builder
from compliance.actions.demo.certificates import certify
from compliance.actions.demo.figures import PRINTED, logins, roll_up, table

__all__ = ["PASSWORD", "PRINTED", "Builder", "certify", "logins", "roll_up", "table"]
