"""A long form posted after its session ended: what was typed waits on the server for the same person to sign in again.

The page carries a signed token that says who opened which draft. With it a post is kept, packed, in the session of the
browser that sent it; only that person, signed in again in that browser, gets it back, and only on the page of that draft,
not saved. A post without such a token, too large, or for another draft is kept nowhere.
"""

from django.core import signing
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

SALT = "suppliers.kept"
NAME = "kept"
MOST = 200_000  # characters once packed: some four hundred inputs
PAGE_DAYS, WAIT_HOURS = 7, 12
PAGE = "suppliers:declaration-edit"


def token(request, draft) -> str:
    """What a page carries so that a post from it can be kept: its reader and its draft, signed."""
    return signing.dumps([str(request.user.pk), str(draft.pk)], salt=SALT, compress=True)


def keep(request) -> str | None:
    """Keep what a post without a session, or without a good token against forgery, holds; answers where it will be shown."""
    try:
        match = resolve(request.path_info)
        reader, draft = signing.loads(request.POST.get("keep", ""), salt=SALT, max_age=PAGE_DAYS * 86400)
    except (Resolver404, signing.BadSignature, ValueError):
        return None
    if match.view_name != PAGE or str(match.kwargs["pk"]) != draft or request.POST.get("do") == "autosave":
        return None
    packed = signing.dumps(_body(request.POST), salt=SALT, compress=True)
    if len(packed) > MOST:
        return None
    request.session[NAME] = {"reader": reader, "draft": draft, "at": timezone.now().timestamp(), "packed": packed}
    return request.path


def _body(post: QueryDict) -> str:
    body = post.copy()
    for name in ("csrfmiddlewaretoken", "do", "keep"):
        body.pop(name, None)
    return body.urlencode()


def taken(request, draft) -> QueryDict | None:
    """What was kept of this draft for this person, once; None where nothing was, or it waited too long."""
    held = request.session.get(NAME)
    if not held or held["reader"] != str(request.user.pk) or held["draft"] != str(draft.pk):
        return None
    del request.session[NAME]
    if timezone.now().timestamp() - held["at"] > WAIT_HOURS * 3600:
        return None
    return QueryDict(signing.loads(held["packed"], salt=SALT))
