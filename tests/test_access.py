"""Every URL × role: each page stands in the table, and the table is what is enforced."""

import itertools
import uuid
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.http import Http404
from django.urls import URLPattern, get_resolver, reverse

from config import access
from suppliers.models import Membership, Organisation
from tests import make

ROLES = {
    "supplier": ["reader", "editor", "certifier", "administrator"],
    "automaker": ["reader", "editor", "certifier", "administrator", "reviewer", "officer"],
    "authority": ["auditor"],
    "operator": ["operator"],
}
METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]
SAMPLE = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "x", "str": "x", "path": "x"}


def patterns(resolver=None, namespaces=()):
    """Every pattern of the URLconf with its full name, includes, routers and the desk walked to the bottom."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name)) if entry.name else None, entry
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner)


NAMES = sorted({name for name, _ in patterns() if name})


def address(name):
    """A URL of that name with sample arguments, or None where the pattern is a plain expression of Django's own."""
    pattern = next(entry for found, entry in patterns() if found == name).pattern
    groups = pattern.regex.groupindex if hasattr(pattern, "regex") else ()
    sample = {key: "suppliers" if key == "app_label" else "x" for key in groups}
    for key, converter in pattern.converters.items():
        sample[key] = SAMPLE[type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")]
    try:
        return reverse(name, kwargs=sample)
    except Exception:
        return None


def test_every_page_stands_in_the_table_or_is_shut_on_purpose():
    unnamed = [entry.pattern for name, entry in patterns() if name is None and "object_id" not in str(entry.pattern)]
    assert unnamed == [], "name it, so that the table can"
    assert sorted(set(NAMES) - set(access.TABLE) - access.SHUT) == [], "not in config/access.py"


def test_the_table_names_no_page_that_is_gone():
    assert sorted((set(access.TABLE) | access.SHUT) - set(NAMES)) == []
    assert not set(access.TABLE) & access.SHUT


def test_the_walk_sees_what_the_resolver_knows():
    assert len(NAMES) == len({name for name, _ in patterns() if name})
    top = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert top <= set(NAMES)


def test_a_new_page_is_shut_until_it_is_named(client, monkeypatch):
    monkeypatch.delitem(access.TABLE, "healthz")
    assert client.get("/healthz").status_code == 404


def test_public_pages_are_these_and_no_others():
    public = {name for name, rule in access.TABLE.items() if rule.public}
    assert {name for name in public if not name.startswith("account_")} == PUBLIC
    assert not {name for name in public if name.startswith("mfa_")} - {"mfa_authenticate", "mfa_login_webauthn"}


PUBLIC = {
    "tracing:rulebook-calendar",
    "tracing:rulebook-compare",
    "tracing:rulebook-detail",
    "tracing:rulebook-list",
    "compliance:jwks",
    "compliance:tour",
    "compliance:tour-enter",
    "compliance:verify",
    "home",
    "healthz",
    "favicon",
    "suppliers:language-switch",
    "suppliers:mail-quiet",
    "suppliers:introduction",
    "suppliers:invitation-accept",
    "mfa_authenticate",
    "mfa_login_webauthn",
}


def test_roles_of_the_table_exist():
    known = set(itertools.chain(*ROLES.values()))
    for name, rule in access.TABLE.items():
        assert rule.roles <= known, name
        assert rule.kinds <= set(ROLES), name
        assert rule.public or rule.signed_in or rule.roles, name


EVERYBODY = [(kind, role) for kind, roles in ROLES.items() for role in roles]


def shut_to(kind, role):
    """The names of the pages that the table keeps from this role of a company of this kind."""
    member = Membership(organisation=Organisation(kind=kind), roles=[role])
    return [name for name in NAMES if not access.allowed(access.TABLE.get(name), member, signed_in=True)]


FIRST = {name: (kind, role) for kind, role in reversed(EVERYBODY) for name in shut_to(kind, role)}
"""For each page the first of everybody who is kept out of it: by every method."""


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "role"), EVERYBODY)
def test_roles_meet_the_middleware_as_the_table_says(client, kind, role):
    """Who is not let in gets 404 by every method, the same as for a page that does not exist."""
    member = make.person("Some Body", make.organisation(f"Some {kind}", kind=kind), role)
    client.force_login(member.user, backend=settings.AUTHENTICATION_BACKENDS[1])
    shut = [(name, url) for name in shut_to(kind, role) if (url := address(name))]
    assert len(shut) > 50
    for name, url in shut:
        # The middleware asks before the method is looked at: each page by all of them once, each role by two.
        for method in METHODS if FIRST[name] == (kind, role) else ("get", "post"):
            response = getattr(client, method)(url)
            assert response.status_code == 404, f"{role} of a {kind}: {method} {name}"


def test_every_role_is_stopped_before_the_view_by_every_method(rf):
    """All roles × pages × methods, at the very place where it is decided: what the client shows above for two of them."""
    door, tried = access.AccessMiddleware(lambda _request: None), 0
    for kind, role in EVERYBODY:
        member = Membership(organisation=Organisation(kind=kind), roles=[role])
        shut = set(shut_to(kind, role))
        for name, method in itertools.product(NAMES, METHODS):
            request = getattr(rf, method)("/")
            request.user, request.membership = SimpleNamespace(is_authenticated=True), member
            request.resolver_match = SimpleNamespace(view_name=name)
            try:
                stopped = door.process_view(request, None, (), {}) is not None
            except Http404:
                stopped = True
            assert stopped == (name in shut), f"{role} of a {kind}: {method} {name}"
            tried += 1
    assert tried > 12_000


@pytest.mark.django_db
def test_strangers_are_sent_to_the_door_and_learn_nothing(client):
    for name in NAMES:
        rule, url = access.TABLE.get(name), address(name)
        if url is None or (rule and rule.public):
            continue
        response = client.get(url)
        at_the_door = response.status_code == 302 and response["Location"].startswith("/accounts/login/")
        assert at_the_door or response.status_code in {401, 403, 404}, name


@pytest.mark.django_db
def test_an_ended_membership_bites_on_the_next_request(client, cast):
    from suppliers.models import MembershipEnd

    client.force_login(cast.olga.user, backend=settings.AUTHENTICATION_BACKENDS[1])
    assert client.get("/desk/").status_code == 200
    MembershipEnd.objects.create(membership=cast.olga, by=cast.olga, why="left")
    assert client.get("/desk/").status_code == 404


@pytest.mark.django_db
def test_one_acts_only_for_organisations_one_belongs_to(client, cast):
    client.force_login(cast.sam.user, backend=settings.AUTHENTICATION_BACKENDS[1])
    switch = reverse("suppliers:membership-switch")
    assert client.get(switch).status_code == 405
    assert client.post(switch, {"membership": cast.ada.pk}).status_code == 404
    assert client.post(switch, {"membership": cast.sam_at_dorado.pk}).status_code == 302
    assert client.session["membership"] == str(cast.sam_at_dorado.pk)
