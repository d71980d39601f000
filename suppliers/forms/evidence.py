"""What a person fills to attach a paper: the file, and what it proves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suppliers import kinds


class EvidenceForm(forms.Form):
    """One paper. Its bytes are looked at by the action, which names the field that is wrong."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, Excel, Word, CSV, text, XML or e-mail, up to 20 MB. No macros, no archives."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty: choose the right one.")},
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ",".join(kinds.ENDINGS)}),
    )
    about = forms.CharField(
        label=_("What it proves"),
        required=False,
        max_length=120,
        help_text=_("In a few words: mill certificate, customs entry, supplier’s declaration …"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
