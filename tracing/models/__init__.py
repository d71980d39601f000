"""What follows from what parties say: vehicles, their traces, the fleet's rolls, and what it says on other days."""

from tracing.models.chases import Assignment, Silence
from tracing.models.days import DatedVerdict, Day, Said, over
from tracing.models.lists import EnteredList
from tracing.models.traces import Gap, Outcome, Pulse, Roll, Trace, Vehicle, Verdict

__all__ = [
    "Assignment",
    "DatedVerdict",
    "Day",
    "EnteredList",
    "Gap",
    "Outcome",
    "Pulse",
    "Roll",
    "Said",
    "Silence",
    "Trace",
    "Vehicle",
    "Verdict",
    "over",
]
