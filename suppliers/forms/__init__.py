"""What a browser posts into plain facts, and facts back into fields: the pages' forms, one module for each question."""

from suppliers.forms.first import first
from suppliers.forms.known import filled, filled_in
from suppliers.forms.many import Many, Row
from suppliers.forms.panels import adds_up, answers, sees, steps
from suppliers.forms.plants import keys, plants
from suppliers.forms.posted import acted, differences, posted
from suppliers.forms.questions import Needed, laws, needed
from suppliers.forms.sheet import Sheet
from suppliers.forms.told import statement, told
from suppliers.forms.tries import taken_over

__all__ = [
    "Many",
    "Needed",
    "Row",
    "Sheet",
    "acted",
    "adds_up",
    "answers",
    "differences",
    "filled",
    "filled_in",
    "first",
    "keys",
    "laws",
    "needed",
    "plants",
    "posted",
    "sees",
    "statement",
    "steps",
    "taken_over",
    "told",
]
