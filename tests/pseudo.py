"""A language for tests: every translated sentence stands in ⟦brackets⟧, so that what is not translated shows."""

import functools
import re
import sys
from contextlib import contextmanager
from html.parser import HTMLParser

from django.apps import apps
from django.utils import translation
from django.utils.translation import trans_real
from django_countries import countries

from suppliers import days
from tests.catalogues import NAMES, SPEAKING

OPEN, CLOSE = "⟦", "⟧"


class Bracketed:
    """Stands where Django keeps the catalogue of a language."""

    _fallback = None  # looked for by django_countries

    def __init__(self, language: str):
        self.code = language

    def language(self):
        return self.code

    to_language = language

    def gettext(self, message):
        return f"{OPEN}{message.rpartition(chr(4))[2]}{CLOSE}"

    def ngettext(self, singular, plural, number):
        return self.gettext(singular if number == 1 else plural)


class Listening(Bracketed):
    """Speaks as the catalogues do and keeps what none of them knows."""

    def __init__(self, language: str):
        super().__init__(language)
        self.catalogues, self.unknown = trans_real.DjangoTranslation(language), set()

    def gettext(self, message):
        said = self.catalogues.gettext(message)
        if said == message:
            self.unknown.add(message.rpartition(chr(4))[2])
        return said

    def ngettext(self, singular, plural, number):
        said = self.catalogues.ngettext(singular, plural, number)
        if said in (singular, plural):
            self.unknown.add(singular)
        return said


@contextmanager
def spoken(language: str, by: type[Bracketed] = Bracketed):
    """Speaks brackets in place of that language, or listens to what it says."""
    kept = trans_real._translations.get(language)
    trans_real._translations[language] = voice = by(language)
    _forget()
    try:
        with translation.override(language):
            yield voice
    finally:
        trans_real._translations.pop(language)
        _forget()
        if kept is not None:
            trans_real._translations[language] = kept


def _forget() -> None:
    """What is read once in every language and kept: the names of countries, the words of workbooks."""
    countries.__dict__.pop("_iter_cache", None)
    for name, module in list(sys.modules.items()):
        if name.startswith("suppliers."):
            for one in vars(module).values():
                if isinstance(one, functools._lru_cache_wrapper):
                    one.cache_clear()


class Page(HTMLParser):
    """The words a reader meets on a page, in their order, without those marked as not to be translated."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.spoken: list[str] = []
        self.quiet: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if not self.quiet:
            self.spoken += [value for name, value in attrs if name in SPEAKING and value]
        if tag in {"br", "img", "input", "meta", "link", "hr", "col", "wbr"}:
            return
        quiet = tag in {"script", "style", "code", "svg", "datalist"} or given.get("translate") == "no"
        if quiet or self.quiet:
            self.quiet.append(tag)

    def handle_endtag(self, tag):
        if tag in self.quiet:
            while self.quiet.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.quiet:
            self.words.append(data)

    def outside(self, data: list[str]) -> list[str]:
        """Words that stand in no brackets and are nobody's data."""
        found, depth = [], 0
        for text in self.words:
            bare, depth = _bare(text, depth)
            found.append(bare)
        found += [_bare(text, 0)[0] for text in self.spoken]
        return list(dict.fromkeys(rest for text in found if (rest := _without(text, data))))


def _bare(text: str, depth: int) -> tuple[str, int]:
    kept = []
    for char in text:
        if char == OPEN:
            depth += 1
        elif char == CLOSE:
            depth = max(depth - 1, 0)
        elif not depth:
            kept.append(char)
    return "".join(kept), depth


MONTHS = {word.rstrip(".") for names in days.MONTHS.values() for word in names.split()} | {"1er"}
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
_CODE = re.compile(r"\b[0-9a-f]{8,}\b|\b[\w.-]+@[\w.-]+\b|\b\d[\w.]*\b|\b[A-Z0-9][A-Z0-9-]+\b")


def _without(text: str, data: list[str]) -> str:
    text = " ".join(text.split())
    if not _WORD.search(text):
        return ""
    for value in data:
        if value in text:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "", text)
    words = [word for word in _WORD.findall(_CODE.sub("", text)) if word not in NAMES | MONTHS]
    return " ".join(text.split()) if words else ""


def data() -> list[str]:
    """Every text that stands in the rows of people, the longest first: names, numbers, what was typed."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in {"suppliers", "tracing", "compliance"}:
            fields = [field.attname for field in model._meta.concrete_fields if not field.choices]
            for row in model._default_manager.values_list(*fields):
                for value in row:
                    found |= set(_texts(value))
    return sorted(
        (text for text in found if len(text) > 2 and not re.fullmatch("[a-z_]+", text)), key=len, reverse=True
    )


def _texts(value):
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
