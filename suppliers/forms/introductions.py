"""What people type when they name a maker, and what the named company answers."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from suppliers.facts.spoken import Law
from suppliers.models import Identifier, Introduction, Part, Sourcing
from suppliers.models.parties import LANGUAGES
from tracing import rulebooks

DAY = {"type": "date"}
KEPT = [(value, word) for value, word in Sourcing.Basis.choices]


def law_choices() -> list[tuple[str, str]]:
    """Every law of the portal by its own title."""
    return [(name, Law(rulebooks.rulebook(name).title)) for name in rulebooks.ids()]


class IntroductionForm(forms.Form):
    """Who makes one of our inputs, whom to write to there, and what the answer is needed for."""

    number = forms.CharField(label=_("Your part number"), max_length=80, help_text=_("As it stands on your orders."))
    description = forms.CharField(label=_("What it is"), max_length=200)
    hs = forms.CharField(label=_("HS code"), max_length=13, required=False, help_text=_("If you know it."))
    unit = forms.ChoiceField(label=_("You count it by"), choices=Part.Unit.choices, initial=Part.Unit.PIECE)
    company = forms.CharField(
        label=_("Company that makes it"), max_length=160, help_text=_("The company's name, as on its invoices.")
    )
    contact = forms.CharField(label=_("Whom to write to there"), max_length=120)
    email = forms.CharField(label=_("Mail address"), max_length=254, widget=forms.EmailInput)
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)
    seller_number = forms.CharField(
        label=_("Its number of the part"), max_length=80, required=False, help_text=_("If you know it.")
    )
    begins = forms.DateField(label=_("Answer valid from"), widget=forms.DateInput(DAY))
    ends = forms.DateField(
        label=_("Until before"), widget=forms.DateInput(DAY), help_text=_("First day it need no longer cover.")
    )
    due = forms.DateField(label=_("Needed by"), widget=forms.DateInput(DAY), help_text=_("The company sees this day."))
    rulebooks = forms.MultipleChoiceField(
        label=_("For which laws"), required=False, choices=law_choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: for all of them."),
    )  # fmt: skip
    message = forms.CharField(
        label=_("A few words, if any"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("The company reads them. Leave your customers and prices out."),
    )  # fmt: skip

    @property
    def part(self) -> list[forms.BoundField]:
        return [self[name] for name in ("number", "description", "unit", "hs")]

    @property
    def maker(self) -> list[forms.BoundField]:
        return [self[name] for name in ("company", "contact", "email", "language", "seller_number")]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in ("begins", "ends", "due", "rulebooks", "message")]


class SaleForm(forms.Form):
    """One's own number, unit and factor for a sale."""

    number = forms.CharField(
        label=_("Your number of the part"),
        required=False,
        max_length=80,
        help_text=_("A number of yours, or a new one."),
    )
    description = forms.CharField(label=_("What it is"), required=False, max_length=200)
    hs = forms.CharField(label=_("HS code"), required=False, max_length=13, help_text=_("If you know it."))
    unit = forms.ChoiceField(label=_("You count it by"), choices=Part.Unit.choices)
    factor = forms.CharField(
        label=_("How many of your units make one of theirs"), required=False, max_length=20,
        help_text=_("Leave it empty where both count alike. Where they differ it is needed: 100 when they count hundreds."),
    )  # fmt: skip
    price_basis = forms.ChoiceField(label=_("The price is"), choices=Sourcing.Basis.choices)


class FoundingForm(SaleForm):
    """The same, for a company that is not here yet, and the person who enters it."""

    name = forms.CharField(label=_("Your name"), required=False, max_length=120)
    title = forms.CharField(label=_("Your position"), required=False, max_length=120)
    company = forms.CharField(
        label=_("Company"), required=False, max_length=160, help_text=_("The company's name, as on its invoices.")
    )
    country = forms.ChoiceField(
        label=_("Seated in"), required=False, choices=lambda: [("", _("Choose a country")), *countries]
    )
    kind = forms.ChoiceField(
        label=_("Official number, if any"), required=False, choices=[("", _("none")), *Identifier.Kind.choices]
    )
    value = forms.CharField(label=_("The number"), required=False, max_length=40)

    @property
    def founder(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "title", "company", "country", "kind", "value")]

    @property
    def sale(self) -> list[forms.BoundField]:
        return [self[name] for name in SaleForm.base_fields]


def suggested(asked: Introduction) -> dict:
    """What the invited company most likely answers."""
    return {
        "number": asked.seller_number, "description": asked.buyer_part.description, "unit": asked.buyer_part.unit,
        "company": asked.company, "name": asked.contact, "price_basis": Sourcing.Basis.EX_WORKS,
    }  # fmt: skip


def before(day: dt.date, today: dt.date) -> dt.date:
    """A week before one's own answer is due, so that there is time to use it; never a day that is past."""
    return max(day - dt.timedelta(days=7), today + dt.timedelta(days=3))
