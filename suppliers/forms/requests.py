"""What can be said of a request beyond yes: not ours, no longer made, another's, not to be had, not yet known."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from suppliers.models import Decline

NOT_YET = "not_yet"


def _reasons():
    return [(NOT_YET, _("not known yet")), *Decline.Reason.choices]


class Cannot(forms.Form):
    """A reason for one request or many. What is false of the facts is said by the action, at the same fields."""

    reason = forms.ChoiceField(
        label=_("What can you say of it?"), choices=lazy(_reasons, list)(), widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the reasons.")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("Known by"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Only if it is not known yet. Nobody reminds you before that day."),
    )  # fmt: skip
    maker = forms.CharField(
        label=_("Who makes it"), required=False, max_length=160,
        help_text=_("Only if another company does: its name as on its papers. The one who asks you sees it."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("In a sentence"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What was tried and what stands in the way. The one who asks you reads it."),
    )  # fmt: skip
