"""Which text of each law a page's figures rest on; it stands on paper, where no link leads to it."""

from collections.abc import Iterable

from django import template

from tracing import rulebooks

register = template.Library()


@register.inclusion_tag("components/editions.html")
def editions(rows: Iterable, by: str = "") -> dict:
    """``{% editions tests "face.rulebook" %}``: the rulebooks that stand in these rows, each with the edition that was read."""
    read = template.Variable(f"row.{by}" if by else "row")
    said = {read.resolve({"row": row}) for row in rows}
    laws = [rulebooks.rulebook(name) for name in rulebooks.ids() if name in said]
    return {"laws": [(law.title.split(",")[0], law.edition) for law in laws]}
