"""What people type when they decide: reviews, signatures, revocations, grants, a vehicle to reckon with, the file to be checked."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from compliance.duties import owed, rates
from compliance.duties.answers import Answer, answer
from compliance.models import Certificate, FaceReview, Review
from suppliers.models import Membership

LARGEST_FILE = 20 * 1024 * 1024


UNSAID = {"required": "Say why: whoever reads this later has only your words."}
NAMELESS = {"required": "Type your name as it shall stand under the signature."}
UNTITLED = {"required": "Type your position, for example Director of Trade Compliance."}
DAYLESS = {"required": "Choose a day.", "invalid": "This is no day. Choose one, for example 2026-07-01."}
AMOUNT = dict.fromkeys(("required", "invalid"), "Type an amount, for example 30000.")
UNCHOSEN = dict.fromkeys(("required", "invalid_choice"), "Choose one of the list.")


class ReviewForm(forms.Form):
    """A decision on one outcome."""

    decision = forms.ChoiceField(
        choices=Review.Decision.choices, widget=forms.RadioSelect, error_messages={"required": "Choose one of the two."}
    )
    why = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, strip=True, error_messages=UNSAID,
        help_text="In words that an auditor can follow years later. It stands on the certificate.",
    )  # fmt: skip


class FaceReviewForm(forms.Form):
    """A decision on one answer that was addressed to the company."""

    decision = forms.ChoiceField(
        choices=FaceReview.Decision.choices, widget=forms.RadioSelect, error_messages={"required": "Choose one of the three."}
    )  # fmt: skip
    why = forms.CharField(
        label="Reason, or the question", widget=forms.Textarea(attrs={"rows": 4}), max_length=2000, required=False,
        help_text="A question goes to the supplier as you write it. A reason stays in your company.",
    )  # fmt: skip
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)


class SignOffForm(forms.Form):
    """What an officer signs: for which days, by which name and title, and that the list was read."""

    begins = forms.DateField(
        label="From",
        widget=forms.DateInput({"type": "date"}),
        help_text="First day of the claim.",
        error_messages=DAYLESS,
    )
    ends = forms.DateField(
        label="Until before",
        widget=forms.DateInput({"type": "date"}),
        help_text="First day that the claim does not cover.",
        error_messages=DAYLESS,
    )
    name = forms.CharField(max_length=120, help_text="As it stands under the signature.", error_messages=NAMELESS)
    title = forms.CharField(max_length=120, help_text="Your position in the company.", error_messages=UNTITLED)
    read = forms.BooleanField(
        label="I have read the list of weak spots above and stand in for the claim.",
        error_messages={"required": "Tick it once you have read the list: the signature says that you did."},
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64)


class IssueForm(forms.Form):
    """Who signs a certificate."""

    name = forms.CharField(max_length=120, help_text="As it stands under the signature.", error_messages=NAMELESS)
    title = forms.CharField(max_length=120, help_text="Your position in the company.", error_messages=UNTITLED)
    held = forms.BooleanField(
        label="I hold the right to sign this for my company.",
        error_messages={"required": "Tick it if you do; who does not hands this page to somebody who does."},
    )


class WhyForm(forms.Form):
    """A reason, for what ends something."""

    why = forms.CharField(
        label="Reason", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, strip=True, error_messages=UNSAID
    )


class AuditorChoice(forms.ModelChoiceField):
    """Auditors by name and authority."""

    def label_from_instance(self, member: Membership) -> str:
        return f"{member.user.display_name}, {member.organisation}"


def _in_a_quarter() -> dt.date:
    return timezone.now().date() + dt.timedelta(days=90)


class GrantForm(forms.Form):
    """Who may read which certificate's dossier, what for, from when until when."""

    issuer = forms.SlugField(label="Automaker's code", help_text="As in the name of the certificate's file.")
    number = forms.IntegerField(label="Number of the certificate", min_value=1)
    to = AuditorChoice(
        label="Auditor",
        queryset=Membership.objects.none(),
        empty_label="choose",
        error_messages={"required": "Choose who may read it."},
    )
    purpose = forms.CharField(
        max_length=300,
        help_text="The owners of the figures read this.",
        error_messages={"required": "Say what it is read for."},
    )
    begins = forms.DateField(
        label="From", initial=lambda: timezone.now().date(), widget=forms.DateInput({"type": "date"})
    )
    ends = forms.DateField(
        label="Until before", initial=_in_a_quarter, widget=forms.DateInput({"type": "date"}),
        help_text="The first day on which it no longer holds; a year at most.",
    )  # fmt: skip

    def __init__(self, *args, certificate: Certificate | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        members = Membership.objects.in_force().filter(organisation__kind="authority")
        keys = [member.pk for member in members if member.holds("auditor")]
        self.fields["to"].queryset = members.filter(pk__in=keys).select_related("organisation", "user__person")
        self.certificate = certificate
        if certificate is not None:
            del self.fields["issuer"], self.fields["number"]

    def clean(self) -> dict:
        data = super().clean()
        if self.certificate is None and {"issuer", "number"} <= data.keys():
            self.certificate = Certificate.objects.filter(
                organisation__code=data["issuer"], number=data["number"]
            ).first()
            if self.certificate is None:
                self.add_error("number", "There is no such certificate.")
        return data


MARKETS = [
    ("US", "United States"),
    ("CA", "Canada"),
    ("MX", "Mexico"),
    ("GB", "United Kingdom"),
    ("EU", "European Union"),
]
CLASSES = [
    ("passenger_vehicle", "Car"), ("light_truck", "Light truck, to five tonnes"), ("heavy_truck", "Truck over five tonnes"),
    ("bus", "Bus"), ("part", "Part"),
]  # fmt: skip


def _percent(label: str, help_text: str, **more) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "A percentage goes from 0 to 100."),
        **more,
    )


class CrossingForm(forms.Form):
    """One vehicle or part at one border on one day, to see what it owes. Read from the address; nothing is stored."""

    value = forms.DecimalField(
        label="Customs value", min_value=Decimal("0.01"), max_digits=12, decimal_places=2, initial="30000",
        help_text="Of one, in any one currency.", error_messages=AMOUNT | {"min_value": "Type an amount above zero."},
    )  # fmt: skip
    kind = forms.ChoiceField(label="Class", choices=CLASSES, error_messages=UNCHOSEN)
    made_in = forms.ChoiceField(label="Made in", choices=lambda: list(countries), initial="MX", error_messages=UNCHOSEN)
    sold_in = forms.ChoiceField(label="Sold in", choices=MARKETS, error_messages=UNCHOSEN)
    on = forms.DateField(label="Day", widget=forms.DateInput({"type": "date"}), error_messages=DAYLESS)
    us_content = _percent("U.S. content, percent", "Comes off the Section 232 duty if it qualifies.", initial="40")
    ca_mx_goods = _percent("Canadian and Mexican goods, percent", "Come off Canada’s surtax; 15 without proof.")
    hs = forms.CharField(label="HS code of a part", max_length=14, required=False, help_text="Only for parts.")
    in_quota = forms.BooleanField(
        label="Inside a quota: the United Kingdom’s, or a maker’s remission in Canada", required=False
    )
    cost = forms.DecimalField(
        label="What complying costs",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text="Of one, if known.",
        error_messages=AMOUNT | {"min_value": "Type an amount, zero or more."},
    )
    rival = _percent("What a rival pays all in, percent", "Japan 15, United Kingdom 10.")

    def __init__(self, *given, today: dt.date, **named):
        super().__init__(*given, **named)
        self.fields["on"].initial = today

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors:
            try:
                owed.owed(self._crossing(data))
            except rates.NoRate as fact:
                self.add_error("on", f"{str(fact)[:1].upper()}{str(fact)[1:]}: choose another class, border or day.")
        return data

    @staticmethod
    def _crossing(data: dict) -> owed.Crossing:
        shares = {name: data[name] or Decimal(0) for name in ("us_content", "ca_mx_goods")}
        return owed.Crossing(
            data["sold_in"],
            data["made_in"],
            data["kind"],
            data["value"],
            data["on"],
            in_quota=data["in_quota"],
            hs=data["hs"],
            **shares,
        )

    def answer(self) -> Answer:
        """What it owes. Of a form that is valid."""
        data = self.cleaned_data
        return answer(self._crossing(data), cost=data["cost"], rival=data["rival"])


class FileForm(forms.Form):
    """A file to be checked."""

    file = forms.FileField(
        label=_("Certificate, revocation, dossier or takeout"),
        help_text=_("PDF, JSON or ZIP. It is read here and not kept."),
    )

    def clean_file(self):
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than 20 MB. A certificate never is; check a large takeout with manage.py verify.")
            )
        return given


def told(form: forms.Form, errors: dict[str, list[str]]) -> forms.Form:
    """The form with what the action refused, each at its field."""
    for field, messages in errors.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)
    return form
