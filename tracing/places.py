"""Countries and unions by the names that people say, alone and inside a sentence."""

from django_countries import countries

NAMES = {"US": "United States", "GB": "United Kingdom", "EU": "European Union"}  # each with its article in a sentence


def place(code: str) -> str:
    """A country's name as people say it; the European Union's too, which is none."""
    return NAMES.get(code) or str(countries.name(code)) or code


def in_place(code: str) -> str:
    """The same inside a sentence: "the United States"."""
    return named(place(code))


def named(name: str) -> str:
    """A name that stands already, inside a sentence."""
    return f"the {name}" if name in NAMES.values() else name
