"""Days and moments as people read them, in the language of the moment: 22 Nov 2026, 22 nov. 2026."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "es-mx": "ene. feb. mar. abr. may. jun. jul. ago. sep. oct. nov. dic.",
    "fr-ca": "janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.",
}


def parsed(value):
    """A date or a moment, also from ISO text."""
    if isinstance(value, str) and value:
        return dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    return value


def day(value, *, year: bool = True) -> str:
    """22 Nov 2026; in French the first of a month is the "1er". Nothing known is an empty text."""
    value = parsed(value)
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    language = get_language() or "en"
    number = "1er" if language == "fr-ca" and value.day == 1 else str(value.day)
    month = MONTHS.get(language, MONTHS["en"]).split()[value.month - 1]
    return f"{number} {month} {value.year}" if year else f"{number} {month}"


def clock(value) -> str:
    """14:05; in Canadian French 14 h 05."""
    value = parsed(value)
    if not value:
        return ""
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%H}\u00a0h\u00a0{value:%M}" if get_language() == "fr-ca" else f"{value:%H:%M}"


def moment(value) -> str:
    """22 Nov 2026, 14:05, in the reader's zone."""
    value = parsed(value)
    return f"{day(value)}, {clock(value)}" if value else ""


def period(begins, ends) -> str:
    """ "1 Jan 2027 to 31 Dec 2027": periods are half-open, people read them with their last day."""
    last = parsed(ends)
    if not last:
        return _("from %(first)s") % {"first": day(begins)}
    return _("%(first)s to %(last)s") % {"first": day(begins), "last": day(last - dt.timedelta(days=1))}
