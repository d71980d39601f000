"""What a rule needs, in words: a least and a most are never said alike."""

import pytest

from tracing.templatetags.boards import needs
from tracing.templatetags.laws import laws_of, proposals_of, verdicts_counted


@pytest.mark.parametrize(
    ("operator", "said"), [("at_least", "needs 75"), ("more_than", "needs 75"), ("at_most", "at most 75")]
)
def test_a_most_is_not_called_a_need(operator, said):
    assert needs({"operator": operator, "threshold": "75"}) == said


def test_laws_stand_apart_from_proposals_and_how_these_end_is_counted():
    rows = [{"face": {"status": status}, "test": {"result": result}} for status, result in (
        ("law", "open"), ("proposal", "fail"), ("proposal", "fail"), ("idea", "pass"), ("proposal", "open"))]  # fmt: skip
    assert laws_of(rows) == rows[:1] and proposals_of(rows) == rows[1:]
    assert verdicts_counted(rows[1:]) == "1 passes, 2 fail, 1 is open"
    assert verdicts_counted(rows[:1]) == "1 is open"
