"""Choosing the language of every page, signed in or not."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from suppliers.models import User


@require_POST
def language_switch(request):
    """Speak that language from now on: kept with the person where one is signed in, and in this browser."""
    wanted = request.POST.get("language", "")
    if wanted not in settings.LANGUAGES_OFFERED:
        return HttpResponse(status=404)
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(language=wanted)
    answer = redirect(_where_from(request))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wanted, max_age=settings.LANGUAGE_COOKIE_AGE, secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY, samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )  # fmt: skip
    return answer


def _where_from(request) -> str:
    """The page one was on, by its own word or the browser's; never another site."""
    for named in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if named and url_has_allowed_host_and_scheme(named, {request.get_host()}, require_https=request.is_secure()):
            parts = urlsplit(named)
            # http://here//elsewhere/ is of this host, and //elsewhere/ alone is not.
            return f"/{parts.path.lstrip('/')}{'?' + parts.query if parts.query else ''}"
    return "home"
