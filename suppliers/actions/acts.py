"""What every act of signing writes: the Ripple that wakes what lies downstream, and the Seal that chains digests."""

import hashlib
import json
import logging
from collections.abc import Iterable

from celery import current_app
from django.db import connection, transaction

from suppliers import clock
from suppliers.models import Part, Ripple, Seal

log = logging.getLogger("traceline.bell")

GENESIS = "0" * 64
SEAL_LOCK = 823_001  # any number that no other advisory lock of ours uses


def ripple(part: Part, *, why: str) -> Ripple:
    """Note that something changed at this part, in the caller's transaction, and ring the bell after commit."""
    row = Ripple.objects.create(part=part, why=why, at=clock.now())
    transaction.on_commit(ring)
    return row


def ring(task: str = "tracing.spread") -> None:
    """Say "look" to whoever does this. If nobody hears it the timetable says so again: the rows are the queue."""
    try:
        current_app.send_task(task, retry=False)
    except Exception as silent:  # any broker trouble: the act is committed and must not fail for it
        log.warning("the bell did not ring: %s", silent)


def link(number: int, kind: str, act: str, digest: str, prev: str) -> str:
    """The hash of one link: SHA-256 over the canonical list of its fields."""
    return hashlib.sha256(json.dumps([prev, number, kind, str(act), digest]).encode()).hexdigest()


def seal(kind: str, act, digest: str) -> Seal:
    """Chain one act's digest. Call it as the last statement before commit: work after the lock is dear.

    Raises RuntimeError outside a transaction: a seal without its act would be a lie.
    """
    return seal_many(kind, [(act, digest)])[0]


def seal_many(kind: str, acts: Iterable[tuple[object, str]]) -> list[Seal]:
    """Chain many acts of a kind, each (key, digest), under one lock and in one insert. As ``seal`` otherwise."""
    if not connection.in_atomic_block:
        raise RuntimeError("seal() belongs inside the transaction of the act it seals")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    last = Seal.objects.order_by("-number").first()
    number, prev = (last.number, last.hash) if last else (0, GENESIS)
    made, at = [], clock.now()
    for act, digest in acts:
        number += 1
        row = Seal(number=number, kind=kind, act=act, digest=digest, prev=prev, at=at)
        row.hash = prev = link(number, kind, str(act), digest, prev)
        made.append(row)
    return Seal.objects.bulk_create(made, batch_size=500)
