"""Laws apart from proposals on the page of a vehicle: what is law stands open, what nobody enacted is folded away."""

from django import template

register = template.Library()


@register.filter
def laws_of(rows: list[dict]) -> list[dict]:
    """Of the rows of a page, each with its ``face``, those of laws; what remains are proposals and ideas."""
    return [row for row in rows if row["face"]["status"] == "law"]


@register.filter
def proposals_of(rows: list[dict]) -> list[dict]:
    return [row for row in rows if row["face"]["status"] != "law"]


@register.filter
def verdicts_counted(rows: list[dict]) -> str:
    """ "1 passes, 8 fail": how the tests of these rows end."""
    words = {"pass": ("passes", "pass"), "fail": ("fails", "fail"), "open": ("is open", "are open")}
    counted = {result: sum(row["test"]["result"] == result for row in rows) for result in words}
    return ", ".join(f"{count} {words[result][count > 1]}" for result, count in counted.items() if count)
