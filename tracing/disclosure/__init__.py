"""How much of a trace each party may see. Pages, API and certificates ask here and never read a result themselves.

Whatever is shown of another company's answers is either on the face that its rulebook lets the buyer see, a verdict, or
derived from figures in whole points. docs/disclosure.md says why each line is as it is.
"""

from tracing.disclosure.budgets import Budget, Spent, budget_of, hundredths
from tracing.disclosure.gaps import ceiling, fewest, gap_faces, open_lines, worth
from tracing.disclosure.goods import base_of, good_of, method_of
from tracing.disclosure.outcomes import (
    alike,
    error_face,
    label_face,
    outcome_face,
    said_face,
    verdict_face,
)
from tracing.disclosure.own import dossier_of, own_net_cost, own_work, prepare, prepare_new
from tracing.disclosure.parts import REGION, part_faces
from tracing.disclosure.points import BOUNDS, RAN, margin, rounded, spare, test_face, tests_of, whole_points
from tracing.disclosure.production import inner_faces

__all__ = [
    "BOUNDS", "RAN", "REGION", "Budget", "Spent", "alike", "base_of", "budget_of", "ceiling", "dossier_of", "error_face",
    "fewest", "gap_faces", "good_of", "hundredths", "inner_faces", "label_face", "margin", "method_of",
    "open_lines", "outcome_face", "own_net_cost", "own_work", "part_faces", "prepare", "prepare_new", "rounded",
    "said_face", "spare", "test_face", "tests_of", "verdict_face", "whole_points", "worth",
]  # fmt: skip
