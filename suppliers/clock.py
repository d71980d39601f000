"""What moment an act is done at: now. The demo alone lives through a past of its own, and only forwards."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

from suppliers.models import Seal

_lived: ContextVar[dt.datetime | None] = ContextVar("lived", default=None)


class NoPast(RuntimeError):
    """A portal that is no demo acts now; and no act is done later than now, or before one that is sealed already."""


def now() -> dt.datetime:
    """The moment of an act, in UTC."""
    return _lived.get() or timezone.now()


def today() -> dt.date:
    """The day of an act, in the portal's time zone."""
    return timezone.localdate(now())


@contextmanager
def lived(at: dt.datetime) -> Iterator[None]:
    """What is signed, withdrawn, asked, answered, written and reviewed inside is so at this moment. For the demo's builder alone,
    which tests/test_architecture.py holds it to. Raises NoPast."""
    last = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    if not settings.DEMO or at > timezone.now() or (last is not None and at < last):
        raise NoPast(f"{at:%Y-%m-%d %H:%M}: {NoPast.__doc__}")
    token = _lived.set(at)
    try:
        yield
    finally:
        _lived.reset(token)
