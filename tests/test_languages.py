"""Every sentence a supplier meets is there in English, Mexican Spanish and Canadian French; numbers and days by locale."""

import datetime as dt
import re
from collections import Counter
from contextlib import suppress

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django_countries import countries as country_list

from config import access
from suppliers.facts import phrases
from suppliers.management.commands.phrases import written
from suppliers.models import Request, User, parties
from tests import catalogues, make, pseudo
from tracing import rulebooks
from tracing.engine import checks

CODES = [code for code, _ in settings.LANGUAGES if code != "en"]


@pytest.fixture(autouse=True)
def _all_are_offered(settings):
    settings.LANGUAGES_OFFERED = [code for code, _ in settings.LANGUAGES]


@pytest.fixture(scope="module")
def messages():
    return catalogues.marked()


@pytest.fixture(scope="module", params=CODES)
def catalogue(request):
    return polib.pofile(str(catalogues.CATALOGUES[request.param]))


# ---- the catalogues ----


def test_the_portal_and_its_rows_know_the_same_languages():
    assert list(settings.LANGUAGES) == list(parties.LANGUAGES)
    assert set(CODES) == set(catalogues.CATALOGUES)


def test_what_is_marked_is_a_sentence_and_not_made_at_run_time(messages):
    assert messages[1] == []


def test_the_engines_sentences_are_written_down_for_translators():
    assert (settings.BASE_DIR / "suppliers/facts/phrases.py").read_text() == written(), "run manage.py phrases"
    assert {row.text for row in checks.CHECKS} <= set(phrases.CHECKS)


def test_the_catalogue_knows_every_sentence_and_no_other(messages, catalogue):
    known = {catalogues.Message(row.msgid, row.msgid_plural or "", row.msgctxt or "") for row in catalogue}
    assert sorted(set(messages[0]) - known) == [], "run make messages"
    assert sorted(known - set(messages[0])) == [], "run make messages"


def test_nothing_is_missing_and_nothing_fuzzy(catalogue):
    assert [row.msgid for row in catalogue if row.fuzzy or row.obsolete] == []
    assert [row.msgid for row in catalogue if not row.translated()] == []


# Words that are the same in both languages, and names.
SAME = {
    "es-mx": {"%(place)s: %(word)s", "D-U-N-S", "LEI", "Micronesia", "No", "idea", "no"},
    "fr-ca": {"%(count)s signature", "%(quantity)s litre", "Message", "Action", "Canada", "Code", "D-U-N-S", "Description", "Document", "Dossier", "Invitation", "LEI",
              "Pages", "Palestine", "Signature", "Signatures", "Six", "code", "description", "dossier", "invitation", "litre",
              "Second contact", "second contact", "transmission"},
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_left_as_the_english_it_was(code):
    rows = polib.pofile(str(catalogues.CATALOGUES[code]))
    same = {row.msgid for row in rows if row.msgid in (row.msgstr, *row.msgstr_plural.values())}
    assert same - SAME[code] == set()


def _pairs(catalogue):
    """Each text with its translation, a plural with the forms of its count."""
    for row in catalogue:
        if row.msgid_plural:
            yield from (
                (row.msgid_plural if n else row.msgid, text, n == 0) for n, text in row.msgstr_plural.items() if text
            )
        elif row.msgstr:
            yield row.msgid, row.msgstr, False


def test_placeholders_are_the_same(catalogue):
    for text, translated, one in _pairs(catalogue):
        wanted, found = catalogues.places(text), catalogues.places(translated)
        if one:  # "one answer" may say the number in a word
            assert set(found) <= set(wanted), (text, translated)
        else:
            assert Counter(found) == Counter(wanted), (text, translated)


def test_spaces_and_ends_are_the_same(catalogue):
    for text, translated, _ in _pairs(catalogue):
        for end in (0, -1):
            assert text[end].isspace() == translated[end].isspace(), (text, translated)
        assert text.endswith("…") == translated.endswith("…"), (text, translated)
        assert ("<" in text) == ("<" in translated), (text, translated)
        assert Counter(re.findall(r"</?\w+", text)) == Counter(re.findall(r"</?\w+", translated)), (text, translated)


def test_spanish_opens_its_questions_and_french_keeps_its_spaces(catalogue):
    for text, translated, _ in _pairs(catalogue):
        plain = re.sub(r"<[^>]+>|{[^{}]*}|%\(\w+\)s", "x", translated)
        if catalogue.metadata["Language"] == "es_MX":
            assert plain.count("?") == plain.count("¿") and plain.count("!") == plain.count("¡"), (text, translated)
        else:
            spaced = re.search(r"""(?<![\u00a0"]):(?!\S)|(?<!\u00a0)»|«(?!\u00a0)|\s[?!;]|\w'\w""", plain)
            assert not spaced, (text, translated)
        assert not re.search(r"(?:\d|\)s) ?%(?![(\w])", translated), (text, translated)  # 70 %, not to be broken


def test_terms_are_those_of_the_list(catalogue):
    """A message that is a term of docs/languages.md is translated by the term's own word, here and in every catalogue."""
    column = {"es_MX": 1, "fr_CA": 2}[catalogue.metadata["Language"]]
    listed = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| \w+ \|$", (settings.BASE_DIR / "docs/languages.md").read_text(), re.M
    )
    terms = {row[0].casefold(): row[column].casefold() for row in listed}
    found = {row.msgid: row.msgstr.casefold() for row in catalogue if not row.msgctxt and row.msgid.casefold() in terms}
    assert len(found) > 40
    assert {text: said for text, said in found.items() if said != terms[text.casefold()]} == {}


def test_plurals_have_every_form(catalogue):
    forms = int(re.search(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])[1])
    for row in catalogue:
        if row.msgid_plural and any(row.msgstr_plural.values()):
            assert sorted(row.msgstr_plural) == list(range(forms)) and all(row.msgstr_plural.values()), row.msgid


@pytest.mark.parametrize("code", CODES)
def test_the_compiled_catalogue_is_that_of_the_text(code):
    path = catalogues.CATALOGUES[code]
    compiled = polib.mofile(str(path.with_suffix(".mo")))
    wanted = {
        (row.msgctxt, row.msgid): row.msgstr or row.msgstr_plural
        for row in polib.pofile(str(path)).translated_entries()
    }
    assert {(row.msgctxt, row.msgid): row.msgstr or row.msgstr_plural for row in compiled} == wanted, (
        "run make messages"
    )


# ---- nothing unmarked ----


def test_no_words_for_people_are_left_unmarked():
    assert [f"{row.where}:{row.line}: {row.text}" for row in catalogues.unmarked()] == []


def test_no_words_stand_in_style_sheets():
    values = [
        value
        for path in (settings.BASE_DIR / "static").glob("*.css")
        for value in re.findall(r"content:([^;}]*)", path.read_text())
    ]
    quoted = [text for value in values for text in re.findall(r'"([^"]*)"', value.replace("'", '"'))]
    assert len(values) > 3 and [text for text in quoted if re.search("[A-Za-z]{2}", text)] == []


# Pages that a supplier never reaches by GET: acts, files and feeds.
NOT_READ = {"healthz", "favicon", "compliance:jwks", "account_logout", "account_signup", "suppliers:language-switch"}


def _asked(cast):
    sale = cast.axle_to_meridian
    due, begins, ends = (dt.date(2026, 12, 24), make.FROM, make.UNTIL)
    return Request.objects.create(
        sourcing=sale, by=cast.ed, begins=begins, ends=ends, due=due, rulebooks=["usmca", "aala"]
    )


@pytest.fixture
def supplied(cast, sign_in):
    """A client that acts for Tom's company, in the middle of the river, and rows of every kind to look at."""
    made = make.river(cast)
    made.draft = make.draft(cast.axle, by=cast.tom, to=[cast.meridian])
    made.asked = _asked(cast)
    made.client, made.cast = sign_in(cast.tom), cast
    return made


def _addresses(supplied):
    """Every page of the table that a supplier may open, with rows of its own in the address."""
    own = {
        "declaration": [supplied.axle.pk, supplied.draft.pk], "sourcing": [supplied.bolt_sale.pk],
        "part": [supplied.cast.axle.pk], "request": [supplied.asked.pk],
    }  # fmt: skip
    for name, rule in sorted(access.TABLE.items()):
        supplier = rule.public or rule.signed_in or "supplier" in rule.kinds or (rule.roles and not rule.kinds)
        if supplier and name not in NOT_READ and not name.startswith(("admin:", "api:")):
            yield from ((name, address, rule.public) for address in _reversed(name, own))


def _reversed(name, own):
    noun = name.partition(":")[2].partition("-")[0]
    keys = [{}, *({"pk": key} for key in own.get(noun, [])), *({"part": key} for key in own["part"]), {"name": "usmca"}]
    for one in keys:
        with suppress(NoReverseMatch):
            yield reverse(name, kwargs=one)


def unspoken(supplied, language: str) -> dict[str, list[str]]:
    """By page, what stands there in no brackets though it is nobody's data; then the same after sending nothing at all."""
    found, known = (
        {},
        [name for _, name in settings.LANGUAGES] + [rulebooks.rulebook(name).title for name in rulebooks.ids()],
    )
    User.objects.filter(pk=supplied.cast.tom.user_id).update(language=language)
    visitor = Client(headers={"accept-language": language})
    with pseudo.spoken(language):
        for method in ("get", "post"):
            for name, address, public in _addresses(supplied):
                for client in (supplied.client, visitor) if public else (supplied.client,):
                    answer = getattr(client, method)(address, follow=True)
                    left = _left(answer, language, [*pseudo.data(), *known])
                    if left:
                        found[f"{method} {name}"] = left
    return found


def _left(answer, language, data) -> list[str]:
    if answer.status_code in (404, 405) or "html" not in answer["Content-Type"]:
        return []
    page = answer.content.decode()
    assert f'<html lang="{language}">' in page or "<html" not in page
    return pseudo.Page(page).outside(data)


@pytest.mark.slow
@pytest.mark.parametrize("language", CODES)
def test_no_page_says_anything_in_english_only(supplied, language):
    assert unspoken(supplied, language) == {}


@pytest.mark.parametrize("language", CODES)
def test_what_other_packages_say_is_translated_by_them(supplied, messages, language):
    """Errors of forms, of passwords and of signing in come from Django and its packages, with their own catalogues."""
    User.objects.filter(pk=supplied.cast.tom.user_id).update(language=language)
    visitor = Client(headers={"accept-language": language})
    with pseudo.spoken(language, by=pseudo.Listening) as voice:
        for name, address, public in _addresses(supplied):
            for client in (supplied.client, visitor) if public else (supplied.client,):
                client.get(address)
                if name.startswith("account_"):
                    client.post(address, {})
        for login in ("nobody", "nobody@acme.example"):
            visitor.post("/accounts/login/", {"login": login, "password": "wrong"})
        for word in ("a", "12345678", "password"):
            typed = {"oldpassword": "x", "password1": word, "password2": "other"}
            supplied.client.post("/accounts/password/change/", typed)
    ours = {text for one in messages[0] for text in (one.text, one.plural)}
    # Many are the same word (Portugal); a name without a translation is looked up under its older ones too.
    older = {str(name) for names in country_list.OLD_NAMES.values() for name in names}
    countries = {str(name) for _, name in country_list} | older
    assert {text for text in voice.unknown - ours - countries if re.search("[A-Za-z]{3}", text)} == set()


def test_the_brackets_find_what_is_not_marked():
    page = pseudo.Page('<p>⟦Answers⟧ of Acme</p><b title="Bare">⟦Two. </b><i>Parts⟧</i><span translate="no">Law</span>')
    assert page.outside(["Acme"]) == ["Bare"]


# ---- which language ----


@pytest.mark.parametrize(
    ("asked", "language"),
    [("", "en"), ("es", "es-mx"), ("es-ES,en;q=0.5", "es-mx"), ("fr-FR", "fr-ca"), ("fr-CA", "fr-ca"), ("de,fr;q=0.3", "fr-ca"),
     ("de", "en"), ("en-GB,es;q=0.9", "en"), ("*", "en"), ("nonsense;;q=x", "en")],
)  # fmt: skip
def test_a_visitor_is_met_in_the_browsers_language(client, db, asked, language):
    answer = client.get("/accounts/login/", headers={"accept-language": asked} if asked else {})
    assert f'<html lang="{language}">' in answer.content.decode()
    assert answer["Content-Language"] == language and "Accept-Language" in answer["Vary"]


def test_the_choice_is_kept_with_the_person_and_in_the_browser(cast, sign_in):
    tom = sign_in(cast.tom)
    answer = tom.post("/language/", {"language": "es-mx", "next": "/parts/?page=1"})
    assert answer.status_code == 302 and answer["Location"] == "/parts/?page=1"
    assert User.objects.get(pk=cast.tom.user_id).language == "es-mx"
    assert '<html lang="es-mx">' in tom.get("/parts/").content.decode()
    tom.post("/accounts/logout/")
    assert '<html lang="es-mx">' in tom.get("/accounts/login/").content.decode()


def test_the_persons_choice_goes_before_the_browser_and_the_company_comes_last(cast, sign_in):
    cast.talbot.language = "es-mx"
    cast.talbot.save()
    tom = sign_in(cast.tom)
    assert '<html lang="es-mx">' in tom.get("/parts/").content.decode()
    assert '<html lang="fr-ca">' in tom.get("/parts/", headers={"accept-language": "fr"}).content.decode()
    User.objects.filter(pk=cast.tom.user_id).update(language="en")
    assert '<html lang="en">' in tom.get("/parts/", headers={"accept-language": "fr"}).content.decode()


def test_switching_leads_to_no_other_site_and_to_no_other_language(client, db):
    for bad in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.post("/language/", {"language": "fr-ca", "next": bad})["Location"] == "/"
    assert client.post("/language/", {"language": "de"}).status_code == 404
    assert client.get("/language/").status_code == 405
    home = client.post("/language/", {"language": "fr-ca"}, headers={"referer": "http://testserver/verify/?x=1#y"})
    assert home["Location"] == "/verify/?x=1"


def test_what_is_not_yours_and_what_is_not_there_stay_the_same_bytes(cast, sign_in, supplied):
    acme = sign_in(cast.ada)
    User.objects.filter(pk=cast.ada.user_id).update(language="fr-ca")
    other = acme.get(reverse("suppliers:declaration-edit", kwargs={"pk": supplied.draft.pk}))
    none = acme.get(reverse("suppliers:declaration-edit", kwargs={"pk": "00000000-0000-0000-0000-000000000007"}))
    assert other.status_code == none.status_code == 404 and other.content == none.content
    assert b'<html lang="fr-ca">' in other.content
