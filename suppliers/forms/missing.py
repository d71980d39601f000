"""What is still missing before a draft can go out, in plain words, each with the way to its place."""

from django.utils.translation import gettext as _

from suppliers.forms import claims, statements
from suppliers.forms.posted import Facts
from suppliers.forms.questions import Needed, claims_asked, opened, stated
from tracing import rulebooks


def of(asked: Needed, facts: Facts) -> list[dict[str, str]]:
    """Everything the request still wants: header, answers by law, what goes into the part, claims."""
    return [
        {"message": text, "href": href}
        for text, href in [*_header(facts), *_laws(asked, facts), *_body(asked, facts), *_claims(asked, facts)]
    ]


def _header(facts: Facts) -> list[tuple[str, str]]:
    found = []
    if not facts.get("addressed_to"):
        found.append((_("Say for which customers it is."), "#h-to"))
    if not facts.get("made_in"):
        found.append((_("Say in which country it is made."), "#f-made_in"))
    if not facts.get("hs"):
        found.append((_("Give its HS code: rules of origin go by it."), "#f-hs"))
    return found


def _laws(asked: Needed, facts: Facts) -> list[tuple[str, str]]:
    """A law that asks for a statement and has none; none is missing where what goes into the part answers in its place."""
    body = has_body(facts)
    answered_by_body = {law for _name, law in asked.opened if law and body}
    return [
        (_("Nothing is said under %(law)s yet.") % {"law": statements.LAWS[law]}, "#h-said")
        for law in statements.unsaid(asked, facts)
        if law not in answered_by_body
    ]


def _body(asked: Needed, facts: Facts) -> list[tuple[str, str]]:
    names = [name for name in opened(asked, facts) if (name, "") in asked.opened]
    if has_body(facts) or not names:
        return []
    titles = "; ".join(str(rulebooks.rulebook(name).data["title"]) for name in names)
    return [
        (
            _("No statement is enough for: %(laws)s. Enter what goes into one, or your own value alone.")
            % {"laws": titles},
            "#h-lines",
        )
    ]


def has_body(facts: Facts) -> bool:
    """Whether anything is said of what goes into it and what it costs."""
    lines = any(
        any(value for key, value in row.items() if key not in {"sources", "unit"}) for row in facts.get("lines") or []
    )
    own = any(row.get("amount") for row in facts.get("own_values") or [])
    return lines or own or any((facts.get("costs") or {}).values())


def _claims(asked: Needed, facts: Facts) -> list[tuple[str, str]]:
    """Claims that the answer given so far cannot do without."""
    made = {row.get("key") for row in facts.get("claims") or [] if row.get("value")}
    wanted = {"basis"} if any(row.get("para") in {"f", "g"} for row in stated(facts, "nafta")) else set()
    wanted |= set(claims_asked(asked, facts)) & {"shift", "table", "core"} if has_body(facts) else set()
    return [(str(claims.QUESTIONS[key].ask), "#h-claims") for key in claims_asked(asked, facts) if key in wanted - made]
