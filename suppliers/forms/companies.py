"""What is typed about companies: one's own page, official numbers, plants, a new name, and what became of one."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from suppliers.models import Identifier, Organisation, Succession
from suppliers.models.parties import LANGUAGES


class CompanyForm(forms.Form):
    """Where the company is seated, how it is written to, when its year begins."""

    country = forms.ChoiceField(label=_("Country"))
    address = forms.CharField(
        label=_("Address"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Street, town, state or province and postal code, as on your invoices."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of letters"), choices=LANGUAGES, help_text=_("For people who chose none of their own.")
    )
    fiscal_year_start = forms.DateField(
        label=_("First day of the fiscal year"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Thresholds of NAFTA follow it. What is signed keeps the day it was signed with."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = list(countries)


class RenamingForm(forms.Form):
    name = forms.CharField(
        label=_("New name"), max_length=160, help_text=_("As it stands on your invoices from now on.")
    )


class IdentifierForm(forms.Form):
    kind = forms.ChoiceField(label=_("Which number"), choices=Identifier.Kind.choices)
    value = forms.CharField(label=_("Number"), max_length=40, help_text=_("Spaces and dashes do not matter."))


class PlantForm(forms.Form):
    """A new plant; of one that is there only the name changes."""

    name = forms.CharField(
        label=_("Town and state or province"), max_length=120, help_text=_("As on the delivery note.")
    )
    code = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        help_text=_("Letters, digits and dashes. It stands in files and never changes."),
    )
    country = forms.ChoiceField(label=_("Country"))

    def __init__(self, *args, there: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = list(countries)
        if there:
            del self.fields["code"], self.fields["country"]


class CompanyChoice(forms.ModelChoiceField):
    def label_from_instance(self, company: Organisation) -> str:
        return f"{company.name}, {company.country.code} ({company.code})"


class SuccessionForm(forms.Form):
    """What became of a company, and who keeps its records."""

    kind = forms.ChoiceField(label=_("What became of it"), choices=Succession.Kind.choices, widget=forms.RadioSelect)
    successor = CompanyChoice(label=_("Kept by"), queryset=Organisation.objects.none(), to_field_name="code")
    why = forms.CharField(
        label=_("What shows it"), max_length=300, help_text=_("A register entry, a letter, whom you spoke to and when.")
    )

    def __init__(self, *args, predecessor: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(kind__in=("supplier", "automaker"), succession__isnull=True)
        self.fields["successor"].queryset = rows.exclude(pk=predecessor.pk)
