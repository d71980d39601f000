"""What a printed page says of itself."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import days

register = template.Library()


@register.simple_tag
def printed(membership) -> str:
    """``data-paper="{% printed membership %}"``: whose page it is and the day it was printed, for the foot of each sheet."""
    day = days.day(timezone.localdate())
    if membership is None:
        return _("printed %(day)s") % {"day": day}
    return _("%(company)s, printed %(day)s") % {"company": membership.organisation.name, "day": day}
