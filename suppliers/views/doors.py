"""The doors: the first page, the health check, and switching the organisation one acts for."""

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from suppliers.views import kept

FIRST_PAGE = {
    "supplier": "suppliers:request-list",
    "automaker": "tracing:vehicle-list",
    "authority": "compliance:grant-list",
}


def home(request):
    """Each to the page that answers his first question."""
    if request.membership is None:
        return redirect("compliance:tour" if settings.DEMO and not request.user.is_authenticated else "account_login")
    try:
        return redirect(reverse(FIRST_PAGE[request.membership.organisation.kind]))
    except (KeyError, NoReverseMatch):
        return redirect("admin:index")


def healthz(request):
    """Answers once the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def favicon(request):
    return redirect(static("favicon.svg"))


def csrf_failed(request, reason=""):
    """The form is older than the session: nothing was changed, and what was typed in a long form is kept."""
    return render(request, "403_csrf.html", {"kept": kept.keep(request)}, status=403)


@require_POST
def membership_switch(request):
    """Act for another of one's organisations."""
    wanted = request.POST.get("membership", "")
    if not any(str(row.pk) == wanted for row in request.memberships):
        return HttpResponse(status=404)
    request.session["membership"] = wanted
    return redirect("home")
