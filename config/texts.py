"""What no text holds is refused at the door, in one place for every page and the interface: PostgreSQL keeps no zero byte, no
database half a character, and signs that turn the direction of writing show a reader another name than the one that is kept."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpResponseBadRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from suppliers.signs import TURNING

# Control characters but tab and line ends; what turns the direction; half characters.
NO_TEXT = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{TURNING}\ud800-\udfff]")
DEEPEST = 30  # lists in lists of one message; a declaration needs seven


def refusal(field: str, text: str) -> str:
    """What is wrong with a text, and how to mend it; empty where nothing is."""
    found = NO_TEXT.search(field) or NO_TEXT.search(text)
    if not found:
        return ""
    said = {"field": NO_TEXT.sub("�", field)[:80], "code": f"U+{ord(found[0]):04X}"}
    return _("%(field)s: it holds a character that cannot be seen (%(code)s). Type the text again.") % said


class TextMiddleware:
    """Answers 400 to an address, a session or a form with such a character, whoever asks and whatever page it is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        said = [("address", request.path), ("session", session), *_pairs(request.GET)]
        return _answer(said) or self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return _answer(_pairs(request.POST)) if request.method == "POST" else None


def _pairs(given) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, texts in given.lists() for text in texts)


def _answer(said) -> HttpResponseBadRequest | None:
    wrong = next(filter(None, (refusal(name, text) for name, text in said)), "")
    return HttpResponseBadRequest(wrong, content_type="text/plain; charset=utf-8") if wrong else None


class TextParser(JSONParser):
    """JSON of the interface: an object, not too deep, of texts that are texts."""

    def parse(self, stream, media_type=None, parser_context=None) -> dict[str, Any]:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("This is nested too deep.")) from None
        if not isinstance(data, dict):
            raise ParseError(_("Send one object with the names of the fields, { … }."))
        if wrong := next(filter(None, _wrong("", data, DEEPEST)), ""):
            raise ParseError(wrong)
        return data


def _wrong(path: str, data: Any, deep: int) -> Iterator[str]:
    if not deep:
        yield _("This is nested too deep.")
    elif isinstance(data, dict):
        for name, value in data.items():
            yield refusal(name, "")
            yield from _wrong(f"{path}.{name}".lstrip("."), value, deep - 1)
    elif isinstance(data, list):
        for nth, value in enumerate(data):
            yield from _wrong(f"{path}.{nth}", value, deep - 1)
    elif isinstance(data, str):
        yield refusal(path, data)
