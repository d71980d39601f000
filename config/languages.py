"""In which language a page speaks: the person's own, else the one last chosen here, else one the browser asks for, else the
company's."""

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_noop as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

# Countries that their own package names in English only.
COUNTRIES = [
    _("Bahamas (The)"), _("Democratic Republic of the Congo"), _("Micronesia"), _("Naoero"), _("Palestine"), _("Saint Helena"),
    _("South Georgia"), _("Vatican City"),
]  # fmt: skip


def spoken(code: str | None) -> str | None:
    """The language we offer that a code asks for (es-ES: es-mx), or None."""
    try:
        found = get_supported_language_variant(code) if code else None
    except LookupError:
        return None
    return found if found in settings.LANGUAGES_OFFERED else None


def accepted(request) -> str | None:
    """The first language of ours that the browser asks for."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return next((found for code, __ in asked if code != "*" and (found := spoken(code))), None)


def chosen(request) -> str:
    membership = getattr(request, "membership", None)
    return (
        spoken(getattr(request.user, "language", ""))
        or spoken(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME))
        or accepted(request)
        or spoken(membership and membership.organisation.language)
        or settings.LANGUAGE_CODE
    )


class LanguageMiddleware:
    """Speaks the chosen language while a request is answered. Stands after those that say who asks and for whom."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = chosen(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
