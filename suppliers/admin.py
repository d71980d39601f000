"""The operator's desk: parties only. Business data has no admin page, and acts are never edited."""

from django import forms
from django.contrib import admin

from suppliers.actions import desk as told
from suppliers.actions import identities, memberships
from suppliers.facts.reading import Malformed
from suppliers.models import Membership, MembershipEnd, Organisation, Person, User


def _operates(request) -> bool:
    membership = getattr(request, "membership", None)
    return bool(membership and membership.holds("operator"))


class Desk(admin.AdminSite):
    """Django's admin for operators alone, by their membership, whatever Django's own flags say."""

    site_header = site_title = "Traceline desk"
    index_title = "Parties"
    final_catch_all_view = False

    def has_permission(self, request) -> bool:
        return _operates(request)


desk = Desk(name="admin")


class OperatorOnly:
    """An operator may read, add and change; nobody deletes a party."""

    def has_module_permission(self, request):
        return _operates(request)

    def has_view_permission(self, request, obj=None):
        return _operates(request)

    def has_add_permission(self, request, obj=None):
        return _operates(request)

    def has_change_permission(self, request, obj=None):
        return _operates(request)

    def has_delete_permission(self, request, obj=None):
        return False


class WrittenOnce(OperatorOnly):
    """For acts: a row is added and never changed."""

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Organisation, site=desk)
class OrganisationAdmin(OperatorOnly, admin.ModelAdmin):
    list_display = ["name", "kind", "country", "code"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "code"]

    def get_readonly_fields(self, request, obj=None):
        return ["code", "fiscal_year_start"] if obj else []

    def save_model(self, request, obj, form, change):
        """A new name is an act: what was signed keeps the old one."""
        before = Organisation.objects.get(pk=obj.pk) if change else obj
        if before.name != " ".join(obj.name.split()):
            identities.rename(before, name=obj.name, by=request.membership)
        super().save_model(request, obj, form, change)


class PersonInline(OperatorOnly, admin.StackedInline):
    model = Person


@admin.register(User, site=desk)
class UserAdmin(OperatorOnly, admin.ModelAdmin):
    list_display = ["email", "display_name", "is_active"]
    search_fields = ["email", "person__name"]
    fields = ["email", "is_active"]
    inlines = [PersonInline]

    def save_model(self, request, obj, form, change):
        """Whoever gets the codes and links of a person is that person to the portal: its companies are told."""
        before = User.objects.get(pk=obj.pk) if change else obj
        super().save_model(request, obj, form, change)
        if before.email != obj.email:
            told.moved(obj, before=before.email)
        if obj.is_active and not before.is_active:
            told.let_in(obj)


class MembershipForm(forms.ModelForm):
    """One membership in force for a person and an organisation, and none in a company that another keeps."""

    def clean(self):
        said = super().clean()
        user, organisation = said.get("user"), said.get("organisation")
        if user and organisation:
            if Membership.objects.in_force().filter(user=user, organisation=organisation).exists():
                raise forms.ValidationError("This person acts for the organisation already: end that membership first.")
            if hasattr(organisation, "succession"):
                raise forms.ValidationError(
                    f"{organisation} is kept by {organisation.speaker}: enter the person there."
                )
            roles = said.get("roles")
            if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
                raise forms.ValidationError('Roles are a list of texts: ["editor", "certifier"].')
            if wrong := memberships.wrong_roles(organisation, roles):
                raise forms.ValidationError(wrong)
        return said


class MembershipEndForm(forms.ModelForm):
    """The last administrator or certifier stays until another has the role."""

    def clean(self):
        said = super().clean()
        if said.get("membership"):
            try:
                memberships.leaves_somebody(said["membership"])
            except Malformed as wrong:
                raise forms.ValidationError([text for texts in wrong.errors.values() for text in texts]) from None
        return said


@admin.register(Membership, site=desk)
class MembershipAdmin(WrittenOnce, admin.ModelAdmin):
    form = MembershipForm
    list_display = ["user", "organisation", "roles", "begins", "ends"]
    list_select_related = ["user__person", "organisation"]
    autocomplete_fields = ["user", "organisation"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        told.entered(obj)


@admin.register(MembershipEnd, site=desk)
class MembershipEndAdmin(WrittenOnce, admin.ModelAdmin):
    form = MembershipEndForm
    list_display = ["membership", "at", "why"]
    fields = ["membership", "heir", "why"]

    def save_model(self, request, obj, form, change):
        obj.by = request.membership
        super().save_model(request, obj, form, change)
