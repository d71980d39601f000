"""Links that are mailed: who holds one may open what it names, until its day; nothing else is in it."""

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _


class Unknown(ValueError):
    """No link of ours, or one for another purpose."""


class Stale(ValueError):
    """It was ours and its days are over."""


def made(purpose: str, pk, *, days: int) -> str:
    """A token, safe in a URL, that names one row for one purpose and holds for so many days."""
    ends = int(timezone.now().timestamp()) + days * 86_400
    return signing.dumps([str(pk), ends], salt=f"traceline.{purpose}")


def read(purpose: str, token: str) -> str:
    """The key of the row that a token names. Raises Unknown, Stale."""
    try:
        pk, ends = signing.loads(token, salt=f"traceline.{purpose}")
    except (signing.BadSignature, ValueError, TypeError):
        raise Unknown(_("This is no link of this portal.")) from None
    if timezone.now().timestamp() >= ends:
        raise Stale(_("This link is too old."))
    return pk


def absolute(path: str) -> str:
    """The whole address of a page, as a mail needs it."""
    return settings.PUBLIC_URL.rstrip("/") + path
