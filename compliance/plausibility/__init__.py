"""Is an answer believable? Told from the faces addressed to the reviewer's company and from its own entries, nothing else.

    known = known_of(membership.keeps, on=day)      every face that waits or counts, with what the company knows beside it
    found(known[0])                                 its findings, in a fixed order

No function here is given a body, a result or a plant: what cannot be read cannot be told. What was found is kept
(compliance/actions/checks.py); ``standing`` says whether it still holds. docs/for-reviewers.md lists the checks.
"""

from compliance.plausibility.checks import CHECKS, FINE, LOOK, STOPS, Finding, finding, found, worst
from compliance.plausibility.known import Face, Known, known_of
from compliance.plausibility.own import found_in

__all__ = [
    "CHECKS",
    "FINE",
    "LOOK",
    "STOPS",
    "Face",
    "Finding",
    "Known",
    "finding",
    "found",
    "found_in",
    "known_of",
    "worst",
]
