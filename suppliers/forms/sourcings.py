"""What people type about a sale: a proposal, a correction, an end, a word on the price."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from suppliers.models import Organisation, Part, Sourcing
from suppliers.models.declarations import CURRENCIES

DAY = {"type": "date"}
FACTOR_HELP = _(
    "Leave it empty where both count alike. Where they differ it is needed: 100 when the buyer counts hundreds."
)


class OfferForm(forms.Form):
    """A sale to be proposed: one's own part, the other company, its number, and the factor between the units."""

    own = forms.CharField(label=_("Your number of the part"), max_length=80)
    description = forms.CharField(
        label=_("What it is"), required=False, max_length=200, help_text=_("For a new number.")
    )
    own_unit = forms.ChoiceField(label=_("You count it by"), choices=Part.Unit.choices)
    other = forms.ModelChoiceField(label=_("Customer"), queryset=Organisation.objects.none())
    number = forms.CharField(label=_("Its number of the part"), max_length=80, help_text=_("As its papers write it."))
    unit = forms.ChoiceField(label=_("It counts it by"), choices=Part.Unit.choices)
    factor = forms.CharField(
        label=_("Seller's units in one of the buyer's"), required=False, max_length=20, help_text=FACTOR_HELP
    )
    price_basis = forms.ChoiceField(label=_("The price is"), choices=Sourcing.Basis.choices)
    begins = forms.DateField(label=_("From"), initial=lambda: timezone.now().date(), widget=forms.DateInput(DAY))

    def __init__(self, *args, partners, side: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = partners
        if side == "buyer":
            self.fields["other"].label = _("Supplier")


class CorrectionForm(forms.Form):
    """Another factor or price basis: the sale ends and stands anew."""

    factor = forms.CharField(
        label=_("Seller's units in one of the buyer's"), required=False, max_length=20, help_text=FACTOR_HELP
    )
    price_basis = forms.ChoiceField(label=_("The price is"), choices=Sourcing.Basis.choices)
    why = forms.CharField(label=_("What was wrong"), required=False, max_length=300)


class EndForm(forms.Form):
    """The end of a sale."""

    on = forms.DateField(
        label=_("First day on which it no longer holds"), required=False, widget=forms.DateInput(DAY),
        initial=lambda: timezone.now().date(),
    )  # fmt: skip
    why = forms.CharField(label=_("Why"), required=False, max_length=300, help_text=_("The other company reads it."))


class PriceForm(forms.Form):
    """One side's word on the price."""

    price = forms.CharField(label=_("Price of one of the buyer's units"), required=False, max_length=20)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    begins = forms.DateField(
        label=_("From"), required=False, initial=lambda: timezone.now().date(), widget=forms.DateInput(DAY)
    )
