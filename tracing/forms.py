"""What an automaker types: a question to its direct suppliers."""

import datetime as dt

from django import forms

DAY = {"type": "date"}


class AskForm(forms.Form):
    """One question to the sellers of the chosen parts. Whether it may be asked is the action's business."""

    sourcings = forms.MultipleChoiceField(
        label="Ask for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one part to ask for."},
    )
    begins = forms.DateField(
        label="Answer valid from", widget=forms.DateInput(DAY), help_text="First day it should cover."
    )
    ends = forms.DateField(
        label="Until",
        widget=forms.DateInput(DAY),
        help_text="First day it need no longer cover; at most four years later.",
    )
    due = forms.DateField(label="Needed by", widget=forms.DateInput(DAY), help_text="The supplier sees this day.")
    message = forms.CharField(
        label="Message, if any",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Every supplier you ask reads the same words. Leave prices and other suppliers out.",
    )

    def __init__(self, *args, choices=(), on: dt.date, **kwargs):
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["sourcings"].choices = choices

    def clean_due(self):
        due = self.cleaned_data["due"]
        if due < self.on:
            raise forms.ValidationError("This day has passed: choose a later one.")
        return due

    def clean(self):
        data = super().clean()
        begins, ends = data.get("begins"), data.get("ends")
        if begins and ends and begins >= ends:
            self.add_error("ends", "The period must end after it begins.")
        elif begins and ends and (ends - begins).days > 4 * 366:
            self.add_error("ends", "At most four years: ask again after that.")
        return data
