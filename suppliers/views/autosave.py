"""A draft that saves itself while it is typed in, and a page that knows which version is safe."""

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from suppliers import numbers
from suppliers.actions import declarations
from suppliers.actions.declarations import AlreadySigned, ChangedMeanwhile
from suppliers.actions.rights import NotYourRight
from suppliers.facts.reading import Malformed


def kept(response, saved):
    """Tells the page's script that this version is safe, so that it forgets its own copy of what was typed."""
    response.set_cookie("saved", f"{saved.pk}.{saved.version}", max_age=86400, samesite="Lax",
                        secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
    return response


def saved_while_typing(request, draft, facts):
    """Saved while typing: the new version, or why not, for the page that stays open."""
    try:
        saved = declarations.change(draft, facts, by=request.membership, version=version(request))
    except Malformed as wrong:
        return JsonResponse(
            {"said": _("Not saved yet: something typed needs mending."), "at": list(wrong.errors)}, status=422
        )
    except (ChangedMeanwhile, AlreadySigned, NotYourRight) as refused:
        return JsonResponse({"said": _("Not saved: %(why)s") % {"why": refused}}, status=409)
    clock = date_format(timezone.localtime(saved.changed_at), "H:i")
    return JsonResponse({"said": _("Saved %(clock)s") % {"clock": clock}, "version": saved.version})


def version(request) -> int:
    """The version of the draft that the page was made from."""
    return numbers.position(request.POST.get("version", "")) or 0
