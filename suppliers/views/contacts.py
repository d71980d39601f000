"""Whom customers' letters reach: chosen by the company's administrator, and mended when an address takes no mail."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suppliers import contacts as people
from suppliers.actions import contacts
from suppliers.facts.reading import Malformed
from suppliers.forms.people import ContactForm, told
from suppliers.models import Membership


def contact_edit(request):
    """The first and the second contact, and whether mail reaches them."""
    own = request.membership.organisation
    now = people.of({own.pk}).get(own.pk, {})
    start = {"first": now.get(1), "second": now.get(2)}
    form = ContactForm(request.POST or None, organisation=own, initial=start)
    if request.method == "POST" and form.is_valid() and _chosen(request, form):
        messages.success(request, _("Letters go to them from now on."))
        return redirect("suppliers:membership-list")
    rows = {"form": form, "dead": people.unread(own)}
    return render(request, "suppliers/contact_edit.html", rows, status=422 if form.errors else 200)


def _chosen(request, form: ContactForm) -> bool:
    try:
        contacts.choose_contacts(request.membership.organisation, form.chosen(), by=request.membership)
    except Malformed as wrong:
        told(form, wrong.errors)
        return False
    return True


@require_POST
def contact_reach(request, pk):
    """A colleague's mailbox takes mail again."""
    own = Membership.objects.in_force().filter(organisation=request.membership.organisation)
    row = get_object_or_404(own.select_related("user__person", "organisation"), pk=pk)
    contacts.reach_again(row, by=request.membership)
    messages.success(request, _("%(name)s is written to again.") % {"name": row.user.display_name})
    return redirect("suppliers:contact-edit")
