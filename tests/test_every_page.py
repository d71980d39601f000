"""Every page that an automaker can reach by following links is searched for what is below its direct suppliers."""

import datetime as dt
import html
import re
from collections import Counter, deque
from io import BytesIO
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from openpyxl import load_workbook

from tests import worlds
from tests.canaries import BODY, NAMES, TOMS, derived, laid, leaks
from tracing.actions import days, rolls, traces
from tracing.models import Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BELOW = [*NAMES, "17-0012", "17-0088", "HSG-1", "Acme", "Ada Whitlock"]
ALIKE = 6
"""How many addresses of one page with the same questions in them are opened; the rest of such differ in a value alone."""
LEFT_OUT = {"account_logout", "suppliers:membership-switch"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch, clock, settings, tmp_path):
    monkeypatch.setattr(traces, "SETTLE", dt.timedelta(0))
    settings.FLEET_DIR = tmp_path / "fleet"
    rolls.forget()
    yield
    rolls.forget()


@pytest.fixture
def river(cast):
    return worlds.laid("canaries", lambda: laid(cast), cast.acme.pk)


def linked(address, text):
    """Every address inside the portal that a page leads to, its forms that only ask included."""
    found = re.findall(r'(?:href|hx-get)="([^"]+)"', text)
    for action, inside in re.findall(r'<form method="get"(?: action="([^"]*)")?.*?>(.*?)</form>', text, flags=re.S):
        names = dict(re.findall(r'<(?:input|select)[^>]*name="([^"]+)"[^>]*?(?:value="([^"]*)")?', inside))
        found.append((action or urlsplit(address).path) + "?" + "&amp;".join(f"{k}={v}" for k, v in names.items()))
    for one in found:
        whole = urldefrag(urljoin(f"http://testserver{address}", html.unescape(one)))[0]
        parts = urlsplit(whole)
        if parts.netloc == "testserver" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(address):
    """What makes two addresses the same page: its name and the names of the questions in it; the law and format by value."""
    parts = urlsplit(address)
    asked = [(key, value if key == "format" else "") for key, value in parse_qsl(parts.query, keep_blank_values=True)]
    return resolve(parts.path).view_name, tuple(sorted(set(asked)))


def followed(client, *first):
    """(address, response) of every page reached from the first ones, breadth first."""
    waiting, seen, alike = deque(first), set(first), Counter()
    while waiting:
        address = waiting.popleft()
        try:
            kind = kind_of(address)
        except Resolver404:
            continue
        alike[kind] += 1
        if alike[kind] > ALIKE or kind[0] in LEFT_OUT:
            continue
        response = client.get(address)
        yield address, response
        if response.headers.get("Content-Type", "").startswith("text/html"):
            for one in linked(address, response.content.decode()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)


def read(response):
    """All that a response says, its headers included; a workbook cell by cell."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    head = "\n".join(f"{key}: {value}" for key, value in response.items())
    if raw.startswith(b"PK"):
        book = load_workbook(BytesIO(raw))
        cells = (str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        return head + "\n" + "\n".join(cells)
    return head + "\n" + raw.decode("utf-8", "replace")


@pytest.mark.parametrize("who", ["ed", "eve"])
def test_nothing_from_below_a_direct_supplier_is_anywhere(cast, river, sign_in, who):
    rolls.roll()
    days.roll(dt.date(2026, 6, 1))
    client = sign_in(getattr(cast, who))
    exact = set().union(*(derived(row) for row in Outcome.objects.all()))
    trace = traces.current(river.vehicle)
    digests = {digest[:12] for digest in (trace.digest, *trace.outcomes.values_list("digest", flat=True))}
    names, opened = set(), 0
    first = [reverse(name) for name in ("tracing:vehicle-list", "tracing:gap-list", "compliance:duty-list",
             "compliance:certificate-list", "compliance:tour")] + (["/reviews/"] if who == "ed" else [])  # fmt: skip
    for address, response in followed(client, *first, reverse("tracing:vehicle-list") + "?on=2026-06-01"):
        assert response.status_code < 500, address
        text = read(response)
        names.add(resolve(urlsplit(address).path).view_name)
        opened += 1
        assert leaks(text, [*BODY, *TOMS], BELOW) == [], address
        if not address.startswith(
            "/certificates/"
        ):  # which name what they were made from, by salted figures and digests
            assert [figure for figure in exact if figure in text] == [], address
            assert not [digest for digest in digests if digest in text], address
    assert opened > 80 and {"tracing:vehicle-detail", "tracing:vehicle-compare", "tracing:vehicle-ask"} <= names, names
