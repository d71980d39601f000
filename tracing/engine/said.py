"""Sentences that remember what they were made of, so that somebody else can say them in another language."""

from typing import Any


class Said(str):
    """A sentence in English; ``template`` is the sentence with names in braces, ``values`` what was set in for them."""

    template: str
    values: dict[str, Any]


def said(template: str, **values: Any) -> Said:
    """``said("{item}: made in {country}.", item="bolt", country="MX")``. Without values the template is the sentence."""
    made = Said(template.format(**values) if values else template)
    made.template, made.values = template, values
    return made
