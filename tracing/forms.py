"""What one types who asks: a question to direct suppliers, or many at once."""

import datetime as dt
import uuid

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers import numbers
from suppliers.actions.campaigns import Plan
from tracing.actions.gaps import Plan as ActPlan

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


class GoodsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, part):
        return f"{part.description}, {part.number}"


class CampaignForm(forms.Form):
    """What a campaign is for, what it asks and when it reminds; answers a Plan. Whether it may be started is the action's."""

    goods = GoodsField(
        queryset=None, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("What the answers are for"),
        error_messages={"required": gettext_lazy("Choose what the answers are for: your vehicles, or parts you sell.")},
    )  # fmt: skip
    rulebooks = forms.MultipleChoiceField(
        label=gettext_lazy("Under which rulebooks"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one rulebook that the answers are for.")},
        help_text=gettext_lazy("Each supplier is asked only what one of these needs."),
    )  # fmt: skip
    begins = forms.DateField(
        label=gettext_lazy("Answers valid from"),
        widget=forms.DateInput(DAY),
        help_text=gettext_lazy("First day they should cover."),
    )
    ends = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(DAY),
        help_text=gettext_lazy("First day they need no longer cover; at most four years later."),
    )  # fmt: skip
    due = forms.DateField(
        label=gettext_lazy("Needed by"), widget=forms.DateInput(DAY),
        help_text=gettext_lazy("Suppliers see this day. Under the American label law nobody need answer within 45 days (49 CFR 583.5(h))."),
    )  # fmt: skip
    remind_after = forms.CharField(
        label=gettext_lazy("Remind after days"), required=False, initial="7, 14, 28",
        help_text=gettext_lazy("Counted from the day a supplier was asked, with commas between; empty: nobody is reminded."),
    )  # fmt: skip
    escalate_after = forms.IntegerField(
        label=gettext_lazy("Write to a second contact after days"), required=False, initial=21,
        help_text=gettext_lazy("Of suppliers that are silent; empty: never."),
    )  # fmt: skip
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        help_text=gettext_lazy("How you will find it again. Suppliers do not see it."),
    )
    message = forms.CharField(
        label=gettext_lazy("Message, if any"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Every supplier reads the same words. Leave prices and other suppliers out."),
    )  # fmt: skip
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args, goods, laws, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["goods"].queryset = goods
        self.fields["rulebooks"].choices = laws

    def clean_remind_after(self):
        words = self.cleaned_data["remind_after"].replace(",", " ").split()
        days = tuple(numbers.position(word) for word in words)
        if None in days:
            raise forms.ValidationError(_("Up to twelve numbers of days from 1 to 365, for example 7, 14, 28."))
        return days

    @property
    def plan(self) -> Plan:
        names = ("title", "begins", "ends", "due", "remind_after", "escalate_after", "message")
        return Plan(
            **{name: self.cleaned_data[name] for name in names}, rulebooks=tuple(self.cleaned_data["rulebooks"])
        )


class GapsForm(forms.Form):
    """One act about the sales that were ticked. Answers a plan; whether it may be done is the action's business."""

    ACTS = (("ask", "Ask them"), ("remind", "Remind them now"), ("escalate", "Write to their second contacts"),
            ("assign", "Hand them to a colleague"),
            ("accept", "Leave them to the law’s answer to silence"), ("reopen", "Chase them again"))  # fmt: skip
    act = forms.ChoiceField(label="What to do", choices=ACTS)
    sale = forms.MultipleChoiceField(label="Parts", error_messages={"required": "Tick at least one part."})
    law = forms.CharField(required=False)
    due = forms.DateField(label="Needed by", required=False, widget=forms.DateInput(DAY))
    person = forms.ChoiceField(label="Colleague", required=False)
    why = forms.CharField(label="Why", required=False, max_length=300)
    token = forms.UUIDField()

    def __init__(self, data=None, *args, colleagues=(), on: dt.date, **kwargs):
        super().__init__(data, *args, auto_id="act-%s", initial={"due": on + dt.timedelta(days=21)}, **kwargs)
        self.on = on
        self.fields["person"].choices = [("", "choose"), *colleagues]
        self.fields["sale"].choices = [(key, key) for key in (data.getlist("sale") if data else ())]

    def clean_sale(self):
        try:
            return [uuid.UUID(key) for key in dict.fromkeys(self.cleaned_data["sale"])]
        except ValueError:
            raise forms.ValidationError("One of the parts is not known: open the page again.") from None

    def clean(self):
        data = super().clean()
        act = data.get("act")
        if act == "ask" and not data.get("due"):
            self.add_error("due", "Say by which day the answers are needed.")
        elif act == "ask" and data["due"] < self.on:
            self.add_error("due", "This day has passed: choose a later one.")
        if act == "assign" and not data.get("person"):
            self.add_error("person", "Choose the colleague who takes them over.")
        if act in {"accept", "reopen"} and not data.get("why", "").strip():
            self.add_error("why", "Say in a sentence why: it is kept with the decision.")
        return data

    @property
    def asked_for(self) -> tuple[tuple[str, forms.BoundField, str], ...]:
        """What some of the acts need: the style that shows it beside those alone, the field, and what it is for."""
        return (("for-ask", self["due"], "Needed by, to ask"), ("for-assign", self["person"], "Colleague, to hand over"),
                ("wide for-why", self["why"], "Why, to leave or chase again"))  # fmt: skip

    @property
    def ticked(self) -> frozenset[str]:
        """The keys of the sales that were chosen."""
        return frozenset(self["sale"].value() or ())

    @property
    def plan(self) -> ActPlan:
        said = {name: self.cleaned_data[name] for name in ("act", "law", "due", "person", "why", "token")}
        return ActPlan(sales=tuple(self.cleaned_data["sale"]), on=self.on, **said)
