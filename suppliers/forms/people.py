"""What is typed about people: invitations, roles, endings, and one's own name."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suppliers import contacts
from suppliers.actions import invitations, memberships
from suppliers.models import Membership, Organisation
from suppliers.models.parties import LANGUAGES, ROLE_NAMES, ROLES


def _roles(kind: str) -> list[tuple[str, str]]:
    return [(role, f"{str(ROLE_NAMES[role]).capitalize()}: {ROLES[role]}") for role in memberships.ROLES_OF[kind]]


class RolesForm(forms.Form):
    """What a person may do, and the position that stands under a signature."""

    roles = forms.MultipleChoiceField(label=_("May do"), widget=forms.CheckboxSelectMultiple, required=False)
    title = forms.CharField(
        label=_("Position"),
        max_length=120,
        required=False,
        help_text=_("As it stands under a signature: Quality manager."),
    )

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = _roles(organisation.kind)


class InvitationForm(RolesForm):
    """Whom to invite, as what, in which language."""

    field_order = ["email", "name", "title", "roles", "language"]
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, organisation=organisation, **kwargs)
        self.fields["language"].initial = organisation.language


class SupplierChoice(forms.ModelChoiceField):
    def label_from_instance(self, company: Organisation) -> str:
        return f"{company.name}, {company.country.name}"


class FirstForm(forms.Form):
    """The first person of a supplier for whom nobody acts yet."""

    supplier = SupplierChoice(label=_("Supplier"), queryset=Organisation.objects.none())
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=LANGUAGES)

    def __init__(self, *args, by: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = invitations.without_people(by)


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, member: Membership) -> str:
        return f"{member.user.display_name}, {member.user.email}"


class EndForm(forms.Form):
    """Why somebody's membership ends, and who takes over."""

    heir = PersonChoice(
        label=_("Who takes over"), queryset=Membership.objects.none(), required=False, empty_label=_("Nobody in particular"),
        help_text=_("Drafts in hand and letters of customers go to this person."),
    )  # fmt: skip
    why = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Left the company, moved to another plant …"))

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        others = Membership.objects.in_force().filter(organisation=membership.organisation).exclude(pk=membership.pk)
        self.fields["heir"].queryset = others.select_related("user__person").order_by("user__person__name")


class ContactForm(forms.Form):
    """Who is written to about requests of customers."""

    first = PersonChoice(
        label=_("First contact"), queryset=Membership.objects.none(), empty_label=None,
        help_text=_("Gets one letter a day at most, however many customers ask."),
    )  # fmt: skip
    second = PersonChoice(
        label=_("Second contact"), queryset=Membership.objects.none(), required=False, empty_label=_("As the portal finds"),
        help_text=_("Is written to when the first does not answer, or takes no mail."),
    )  # fmt: skip

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Membership.objects.in_force().filter(organisation=organisation).select_related("user__person")
        may = [row.pk for row in rows if row.holds(*contacts.MAY)]
        for name in ("first", "second"):
            self.fields[name].queryset = rows.filter(pk__in=may).order_by("user__person__name")

    def chosen(self) -> dict[int, Membership]:
        """By rank."""
        names = {1: "first", 2: "second"}
        return {rank: self.cleaned_data[name] for rank, name in names.items() if self.cleaned_data.get(name)}


class PersonForm(forms.Form):
    """One's own name, phone and language."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("It is offered when you sign."),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"}),
        help_text=_("Seen by your own company."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Of pages and letters."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("As the company")), *LANGUAGES]


class NameForm(forms.Form):
    """The name of somebody who comes in for the first time."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As it stands under what you sign. You can change it later."),
    )  # fmt: skip


def told(form: forms.Form, errors: dict[str, list[str]]) -> forms.Form:
    """The form with what the action refused, each at its field."""
    for field, messages in errors.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)
    return form
