"""What is marked for translation and what is not yet, found without gettext. `python -m tests.catalogues` lists by language what
has no translation, then by file what is not marked."""

import ast
import re
import sys
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import django
import polib
from django.conf import settings

ROOT = Path(__file__).parent.parent
CATALOGUES = {
    "es-mx": ROOT / "locale/es_MX/LC_MESSAGES/django.po",
    "fr-ca": ROOT / "locale/fr_CA/LC_MESSAGES/django.po",
}
MARKERS = {
    "_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2, "pgettext": 1,
    "pgettext_lazy": 1, "npgettext": 2, "npgettext_lazy": 2,
}  # fmt: skip

# What a supplier never meets: the operator's desk, guards against tampering, the schema of the API, commands, the demo,
# and the pages of automakers and authorities.
NOT_MET = (
    "migrations", "management", "suppliers/admin.py", "suppliers/guards.py", "suppliers/hs", "suppliers/facts/phrases.py",
    "suppliers/apps.py", "suppliers/api.py", "suppliers/checks.py",
)  # fmt: skip
PAGES = (
    "templates/*.html", "templates/account/*.html", "templates/mfa/*.html", "templates/allauth/**/*.html",
    "templates/components/*.html", "templates/suppliers/**/*", "templates/mails/**/*", "templates/documents/*.txt",
    "templates/tracing/rulebook_*.html", "templates/compliance/grant_list.html", "templates/compliance/grant_owner.html", "templates/compliance/verify.html",
)  # fmt: skip

LAW = {"templates/mails/_aala_law.txt"}  # a law's own text, which exists in English only


class Message(NamedTuple):
    """As a catalogue names it."""

    text: str
    plural: str = ""
    context: str = ""


class Found(NamedTuple):
    where: str
    line: int
    text: str


# ---- what is marked ----


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def hidden_marks(source: str, where: str) -> list[Found]:
    """Functions that call a mark and assign its name (``head, _, tail = …``): the call would fail, often only on an error."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = list(ast.walk(node))
            own = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            called = {_called(one) for one in inner if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
            found += [
                Found(where, node.lineno, f"{node.name} hides {name}") for name in sorted(own & called & set(MARKERS))
            ]
    return found


def in_python(source: str, where: str = "") -> tuple[list[Message], list[Found]]:
    """The messages of a module, and the calls that hold none because their text is made at run time."""
    messages, wrong = [], []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            odd = [one for one in node.names if one.name in MARKERS and (one.asname or one.name) not in MARKERS]
            wrong += [
                Found(where, node.lineno, f"{one.name} as {one.asname}: makemessages does not know it") for one in odd
            ]
        if not isinstance(node, ast.Call) or _called(node) not in MARKERS or not node.args:
            continue
        name = _called(node)
        texts, context = MARKERS[name], "pgettext" in name
        given = node.args[: texts + context]
        if all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in given):
            values = [one.value for one in given]
            said = values[1:] if context else values
            messages.append(Message(said[0], said[1] if texts == 2 else "", values[0] if context else ""))
        elif not isinstance(given[0], ast.Name | ast.Attribute):  # a name is translated where it was marked
            wrong.append(Found(where, node.lineno, ast.unparse(node)[:90]))
    return messages, wrong


_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_MARKED = re.compile(rf"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(\s*({_LITERAL}(?:\s*,\s*{_LITERAL})*)")


def in_template(source: str) -> list[Message]:
    from django.utils.translation.template import templatize

    found = []
    for name, literals in _MARKED.findall(templatize(source)):
        values = [ast.literal_eval(one) for one in re.findall(_LITERAL, literals)]
        context = values.pop(0) if "pgettext" in name else ""
        found.append(Message(values[0], values[1] if "ngettext" in name or "npgettext" in name else "", context))
    return found


def _modules() -> list[Path]:
    rooms = [ROOT / name for name in ("config", "suppliers", "tracing", "compliance")]
    return sorted(path for room in rooms for path in room.rglob("*.py") if "migrations" not in path.parts)


def _templates(patterns=("templates/**/*.html", "templates/**/*.txt")) -> list[Path]:
    return sorted({path for one in patterns for path in ROOT.glob(one) if path.is_file()})


def marked() -> tuple[dict[Message, set[str]], list[Found]]:
    """Every message of the whole tree with the files it stands in, and marks that hold no message."""
    messages, wrong = defaultdict(set), []
    for path in _modules():
        where = str(path.relative_to(ROOT))
        found, made = in_python(path.read_text(), where)
        wrong += made + hidden_marks(path.read_text(), where)
        for one in found:
            messages[one].add(where)
    for path in _templates():
        for one in in_template(path.read_text()):
            messages[one].add(str(path.relative_to(ROOT)))
    return messages, wrong


# ---- what is not ----

_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}", re.S)
_BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.S)
_SPLIT = re.compile(r"{%\s*block split\s*%}.*?{%\s*endblock\s*%}")  # a class of the layout
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.S)
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
SPEAKING = {"aria-label", "title", "alt", "placeholder", "data-l", "data-row", "summary", "data-text"}
# Tags and filters that are given words for people.
_GIVEN = re.compile(
    r"""{%\s*(?:verdict\s+\S+\s+|scrolling\s+|progress\s+\S+\s+\S+\s+|stacked\s+\S+\s+|adds_up\s+\S+\s+\S+\s+)("[^"]+")"""
    r"""|\b(?:label|title|text|name|word|action|action_2|unit|help|lead|note|of|busy|hint|subtitle|source)=("[^"]+")"""
    r"""|(?:default|yesno|default_if_none|join|pluralize):("[^"]+")""",
)
# Names, codes and units that stay as they are.
NAMES = {
    "Traceline", "USMCA", "NAFTA", "AALA", "CUSMA", "HS", "USD", "CAD", "MXN", "EUR", "CFR", "USC", "UR", "CSV", "JSON", "PDF",
    "XLSX", "SHA", "LEI", "RFC", "EIN", "VAT", "DUNS", "jwks", "json", "well", "known", "Ed25519", "kg", "pc", "FILE", "manage",
    "py", "verify", "replay",
}  # fmt: skip
# What a workbook's file says to the portal, in every language, and the data of its example row.
TOKENS = {"decimal point", "decimal comma", "Bracket", "Sheet steel", "Northern Steel", "Calibri", "Excel", "Word"}
# What is signed, word for word in English under every language.
SIGNED = {
    "CLAUSE", "suppliers/actions/declarations.py:text", "DOT_PHRASE", "ANNEX_5A", "FORM_434", "suppliers/facts/prescribed.py:before",
    "suppliers/facts/prescribed.py:after", "suppliers/facts/prescribed.py:_of", "suppliers/facts/prescribed.py:_long_term",
}  # fmt: skip
# Citations, header fields, modules, classes of the layout: not for translators.
_CITED = re.compile(r"(NAFTA|USMCA|UR|Reg\.|Regulation|Implementing Regulation)\s.*\d.*|UR \d.*|.*\bTable A\.2\b.*")
_TECHNICAL = re.compile(
    r"[A-Z]\w*(-[A-Z]\w*)+(=.*)?|\w+(\.\w+){2,}|(attachment|inline);.*|(col(-\w+)+ ?)+|\[content_types\]\.xml|"
    r"private, no-store|sandbox; .*"
)
# Calls whose words are for programmers, logs and browsers.
QUIET = {
    "Http404",
    "said",
    "getattr",
    "RuntimeError",
    "TypeError",
    "ValueError",
    "exception",
    "warning",
    "info",
    "debug",
    "get",
    "set_cookie",
}


class _Text(HTMLParser):
    """The words of a page that stand outside of tags of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.quiet: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for name, value in attrs:
            if name in SPEAKING and value and not self.quiet:
                self.found.append((self.getpos()[0], value))
        quiet = tag in {"script", "style", "code", "svg"} or given.get("translate") == "no"
        if quiet and tag not in {"input", "br", "img", "meta", "link"}:
            self.quiet.append(tag)

    def handle_endtag(self, tag):
        if self.quiet and self.quiet[-1] == tag:
            self.quiet.pop()

    def handle_data(self, data):
        if not self.quiet:
            self.found.append((self.getpos()[0], data))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in NAMES]


def unmarked_in_template(source: str, where: str) -> list[Found]:
    def blank(match: re.Match[str]) -> str:
        return "\ufffc" + "\n" * match[0].count("\n")

    plain = _SPLIT.sub(blank, _BLOCK.sub(blank, _COMMENT.sub(blank, source)))
    found = []
    for tag in _TAG.finditer(plain):
        for match in _GIVEN.finditer(tag[0]):
            text = next(filter(None, match.groups()))
            if _words(text) and not re.fullmatch(r'"([a-z_0-9.\-#/]+|(col(-\w+)+ ?)+)"', text):
                found.append(Found(where, plain[: tag.start()].count("\n") + 1, text))
    bare = _TAG.sub(blank, plain)
    if not where.endswith(".html"):
        return found + [Found(where, n, line.strip()) for n, line in enumerate(bare.splitlines(), 1) if _words(line)]
    page = _Text()
    page.feed(bare)
    page.close()
    for line, text in page.found:
        said = " ".join(text.replace("\ufffc", "…").split())
        if _words(said):
            found.append(Found(where, line, said))
    return found


def _docstrings(tree: ast.AST) -> set[int]:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, kinds)]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


def _sentence(text: str) -> bool:
    """Whether a literal looks like words for people: a capital and a space, or several words."""
    if re.search(r"[<>{}\\]|^https?:|\.html$|::|__|^[\w-]+/|^/|SELECT |[=;]\s*$|url\(", text):
        return False
    if re.fullmatch(r"[a-z\d]+(?:[_:.\-][a-z\d]*)+", text.strip()):  # a field, a page, a class
        return False
    if text in TOKENS or _CITED.fullmatch(text) or _TECHNICAL.fullmatch(text) or not _words(text):
        return False
    words = _words(text)
    return len(words) >= 3 or (len(words) == 2 and " " in text.strip()) or bool(re.match(r"^[A-Z][a-z]+[.:]?$", text))


def unmarked_in_python(source: str, where: str) -> list[Found]:
    tree = ast.parse(source)
    skip = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_called(node) in MARKERS or _called(node) in QUIET):
            skip |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"__all__", "LANGUAGES", "MONTHS"}:
            skip |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.AnnAssign | ast.arg | ast.FunctionDef):
            notes = [node.returns] if isinstance(node, ast.FunctionDef) else [node.annotation]
            skip |= {id(inner) for note in notes if note for inner in ast.walk(note)}
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in SIGNED:
            skip |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.FunctionDef) and (
            node.name in {"__str__", "__repr__"} or f"{where}:{node.name}" in SIGNED
        ):
            skip |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.keyword) and node.arg in {"name", "related_name", "condition", "field", "samesite"}:
            skip |= {id(inner) for inner in ast.walk(node.value)}
        if isinstance(node, ast.Compare | ast.Subscript):  # what is compared or looked up is data
            inner_nodes = node.comparators if isinstance(node, ast.Compare) else [node.slice]
            skip |= {id(inner) for one in inner_nodes for inner in ast.walk(one)}
    found = []
    for node in ast.walk(tree):
        if id(node) in skip:
            continue
        if isinstance(node, ast.JoinedStr):
            skip |= {id(inner) for inner in node.values}
            said = "".join(one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
            if len(_words(said)) >= 2 and " " in said.strip() and _sentence(said.replace("…", "x")):
                found.append(Found(where, node.lineno, said))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _sentence(node.value):
            found.append(Found(where, node.lineno, node.value))
    return found


def unmarked() -> list[Found]:
    """Words for people that are not marked, in what a supplier meets."""
    found = []
    for path in _templates(PAGES):
        if (where := str(path.relative_to(ROOT))) not in LAW:
            found += unmarked_in_template(path.read_text(), where)
    for path in sorted((ROOT / "suppliers").rglob("*.py")):
        where = str(path.relative_to(ROOT))
        if not any(part in where for part in NOT_MET):
            found += unmarked_in_python(path.read_text(), where)
    return found


# ---- the catalogues ----

PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|{[^{}]*}")


def places(text: str) -> Counter[str]:
    """The placeholders of a text, each as often as it stands there; the words of a doubled brace are text."""
    return Counter(PLACES.findall(text.replace("{{", "").replace("}}", "")))


def untranslated() -> dict[str, list[str]]:
    """By language what stands in the code and has no translation: not in the catalogue, empty or fuzzy there."""
    found = {}
    for code, path in CATALOGUES.items():
        rows = polib.pofile(str(path))
        said = {Message(row.msgid, row.msgid_plural or "", row.msgctxt or "") for row in rows if row.translated()}
        found[code] = [one.text for one in sorted(set(marked()[0]) - said)]
    return found


def main() -> None:
    settings.configure(USE_I18N=True) if not settings.configured else None
    django.setup()
    messages, wrong = marked()
    by_file = defaultdict(list)
    for one in unmarked():
        by_file[one.where].append(one)
    out = sys.stdout.write
    out(
        f"{len(messages)} messages are marked; {sum(map(len, by_file.values()))} places in {len(by_file)} files are not.\n"
    )
    for code, texts in untranslated().items():
        out(f"{code}: {len(texts)} of them have no translation.\n" + "".join(f"  {text!r}\n" for text in texts))
    for one in wrong:
        out(f"no message: {one.where}:{one.line}: {one.text}\n")
    for where, rows in sorted(by_file.items()):
        out(f"\n{where}  ({len(rows)})\n")
        for row in rows:
            out(f"  {row.line}: {row.text[:150]!r}\n")


if __name__ == "__main__":
    main()
