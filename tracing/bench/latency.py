"""From a signature to the new verdict on the board: a real worker, a real broker, a database of its own.

``python -m tracing.bench.latency --size 1M --vehicles 300``, with DATABASE_URL on PostgreSQL and CELERY_BROKER_URL on a Redis
that nobody else uses meanwhile.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Say = Callable[[str], None]
PATIENCE = 7_200
STEP = 0.003
STEPS = ("queue", "read", "roll", "tell", "store")


class Unfit(RuntimeError):
    """Here this cannot be measured; the text says why."""


@dataclass
class Waited:
    """Seconds from a commit to the commit of its roll, in all and by step; how many vehicles and verdicts it moved."""

    whole: float
    steps: dict[str, float]
    vehicles: int
    verdicts: int


@dataclass
class Found:
    """What was measured: the first roll of a fresh worker, one signature at a time, and bursts by name (seconds, rolls)."""

    first: Waited
    singly: list[Waited] = field(default_factory=list)
    bursts: dict[str, tuple[int, float, float, int]] = field(default_factory=dict)


def measure(size: str, vehicles: int, times: int, burst: int, say: Say) -> Found:
    """Lay a world, start a worker, sign. Raises Unfit."""
    from tracing.bench import place, world
    from tracing.bench.measure import count

    _fit()
    with tempfile.TemporaryDirectory(prefix="traceline-latency-") as folder, place.own_database() as database:
        say(database)
        world.fill(count(size), fill_vehicles=vehicles, say=say)
        with _worker(folder):
            found = Found(_first())
            say(_line("first roll of a fresh worker", [found.first]))
            signing = Signing()
            for _ in range(times):
                found.singly.append(signing.one())
            say(_line(f"{times} signatures, one at a time", found.singly))
            for name, answers in (("the most used part", signing.washer), ("its buyers", signing.buyers)):
                found.bursts[name] = signing.many(answers, burst)
                many, signed, settled, rolls = found.bursts[name]
                say(
                    f"{many} signatures in {signed:.1f} s on {name}: {rolls} rolls, the last {settled:.1f} s after the last signature"
                )
    return found


def _fit() -> None:
    import datetime as dt

    from celery import current_app
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from tracing.bench.rows import BEGINS, ENDS

    if connection.vendor != "postgresql" or settings.CELERY_BROKER_URL.startswith("memory"):
        raise Unfit("A worker of its own needs DATABASE_URL on PostgreSQL and CELERY_BROKER_URL on Redis.")
    if not dt.date.fromisoformat(BEGINS) <= timezone.now().date() < dt.date.fromisoformat(ENDS):
        raise Unfit(f"The world's declarations hold from {BEGINS} to {ENDS}; today is not among those days.")
    if current_app.control.ping(timeout=1):
        raise Unfit("Another worker listens to this broker: use one that is empty.")
    current_app.control.purge()


@contextmanager
def _worker(folder: str) -> Iterator[subprocess.Popen[bytes]]:
    """Celery's own worker in a process of its own, on the database that is measured; no roll is too long for it."""
    from django.conf import settings

    from tracing.bench import rounds

    environment = {"LOG_LEVEL": "WARNING", **rounds.environment()}
    environment |= {"CELERY_BROKER_URL": settings.CELERY_BROKER_URL, "FLEET_DIR": f"{folder}/fleet"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--time-limit", str(PATIENCE),
               "--without-gossip", "--without-mingle", "--loglevel", "ERROR", "-n", f"bench-{os.getpid()}@latency"]  # fmt: skip
    started = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  our own
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(20)


def _first() -> Waited:
    from suppliers.actions import acts
    from tracing.models import Roll

    begun = time.time()
    acts.ring()
    return _waited(begun, lambda: Roll.objects.order_by("pk").first())


def _waited(begun: float, rolled: Callable[[], Any]) -> Waited:
    """Until there is that roll, and where its time went. Roll.at is written when storing begins."""
    while (row := rolled()) is None:
        if time.time() - begun > PATIENCE:
            raise Unfit(f"Nothing was rolled within {PATIENCE} s.")
        time.sleep(max(STEP, (time.time() - begun) / 200))
    whole, stored = time.time() - begun, row.at.timestamp() - begun
    steps = {name: row.seconds.get(name, 0.0) for name in STEPS[1:-1]}
    steps |= {"queue": stored - sum(steps.values()), "store": whole - stored}
    return Waited(whole, {name: steps[name] for name in STEPS}, row.vehicles, row.verdicts)


class Signing:
    """Who signs what: the answers in force of a bench world, drafted anew by their makers' editors at another price."""

    def __init__(self) -> None:
        from django.db.models import Count

        from suppliers.models import Declaration, Line, Membership, Part
        from tracing.actions.traces import today

        self.draw = random.Random(20_261_122)  # noqa: S311  the same every time
        self.hands = {role: {row.organisation_id: row for row in Membership.objects.filter(roles=[role]).select_related("user")}
                      for role in ("editor", "certifier")}  # fmt: skip
        # What a maker says of a part that it does not open moves nothing above: its buyers' prices count.
        holds = (
            Declaration.objects.in_force(on=today()).filter(part__vehicle__isnull=True, lines__isnull=False).distinct()
        )
        self.parts = list(holds.order_by("pk").values_list("part_id", flat=True))
        most = (
            Part.objects.annotate(uses=Count("sold_as__sources"))
            .order_by("-uses", "pk")
            .values_list("pk", flat=True)[0]
        )
        self.washer = [most]
        lines = Line.objects.filter(sources__sourcing__seller_part=most).values_list("declaration__part_id", flat=True)
        self.buyers = sorted(set(lines) & set(self.parts))

    def one(self) -> Waited:
        """Sign one random part's answer anew and wait for the roll."""
        from suppliers.models import Ripple
        from tracing.models import Roll

        draft = self.any()
        last = Roll.objects.order_by("-pk").values_list("pk", flat=True).first()
        begun = self.signed(draft)
        ripple = Ripple.objects.filter(part=draft.part_id).order_by("-pk").values_list("pk", flat=True)[0]

        def rolled() -> Any:
            done = Ripple.objects.filter(pk=ripple, rolled_at__isnull=False).exists()
            return Roll.objects.filter(pk__gt=last).order_by("pk").first() if done else None

        return _waited(begun, rolled)

    def sign(self) -> None:
        """Sign one random part's answer anew, and do not wait."""
        self.signed(self.any())

    def any(self) -> Any:
        """The draft of one random part's answer."""
        while (draft := self.drafted(self.draw.choice(self.parts))) is None:
            continue
        return draft

    def many(self, parts: list[Any], count: int) -> tuple[int, float, float, int]:
        """So many signatures as fast as one hand signs: how many, seconds, seconds until all was rolled, and rolls."""
        from suppliers.models import Ripple
        from tracing.models import Roll

        before, begun, signed = Roll.objects.count(), time.time(), 0
        spent = 0.0
        while signed < count:
            drafts = [draft for part in parts[: count - signed] if (draft := self.drafted(part)) is not None]
            if not drafts:
                break
            begun = time.time()
            for draft in drafts:
                self.signed(draft)
            spent += time.time() - begun
            signed += len(drafts)
        ended = time.time()
        while Ripple.objects.filter(rolled_at__isnull=True).exists():
            time.sleep(STEP)
        return signed, spent, time.time() - ended, Roll.objects.count() - before

    def drafted(self, part: Any) -> Any:
        """The answer of this part, drafted anew at another price, what goes into it too; None where it is one that nobody could sign."""
        from suppliers.actions import declarations
        from suppliers.facts import stored
        from suppliers.models import Declaration
        from tracing.actions.traces import today

        older = Declaration.objects.in_force(on=today()).get(part=part)
        times = Decimal(self.draw.randrange(1_010, 1_200)) / 1000
        facts = stored.of(older)
        priced = [source for line in facts["lines"] for source in line["sources"] if source["price"]]
        for source in priced[:1]:
            source["price"] = _times(source["price"], times)
        changes = {"price": _times(facts["price"], times), "lines": facts["lines"]}
        draft = declarations.supersede(older, by=self.hands["editor"][older.organisation_id], **changes)
        if any(row.severity == "stops" for row in declarations.findings(draft)):
            draft.delete()
            return None
        return draft

    def signed(self, draft: Any) -> float:
        """When the signature was committed."""
        from django.db import transaction

        from suppliers.actions import declarations

        moments: list[float] = []
        with transaction.atomic():
            transaction.on_commit(lambda: moments.append(time.time()))
            by = self.hands["certifier"][draft.organisation_id]
            declarations.sign(draft, by=by, name="Casey Certifier", title="Certifier", shown=declarations.shown(draft))
        return moments[0]


def _times(price: str, times: Decimal) -> str:
    return str((Decimal(price) * times).quantize(Decimal("0.000001")))


def _line(name: str, waits: list[Waited]) -> str:
    whole = [one.whole for one in waits]
    figures = f"{statistics.median(whole):.3g} s"
    if len(whole) > 1:
        figures = f"p50 {figures}, p95 {statistics.quantiles(whole, n=20, method='inclusive')[-1]:.3g} s, longest {max(whole):.3g} s"
    steps = ", ".join(f"{step} {statistics.median(one.steps[step] for one in waits):.3g}" for step in STEPS)
    vehicles, verdicts = (statistics.median(getattr(one, name) for one in waits) for name in ("vehicles", "verdicts"))
    moved = sum(one.verdicts > 0 for one in waits)
    return f"{name}: {figures} ({steps}); {vehicles:g} vehicles, {verdicts:g} verdicts; {moved} of {len(waits)} moved a verdict"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", default="100k")
    asked.add_argument("--vehicles", type=int, default=30)
    asked.add_argument("--times", type=int, default=30, help="Signatures, one at a time.")
    asked.add_argument("--burst", type=int, default=500)
    given = asked.parse_args()
    try:
        measure(given.size, given.vehicles, given.times, given.burst, lambda line: print(line, flush=True))  # noqa: T201
    except Unfit as why:
        asked.error(str(why))


if __name__ == "__main__":
    main()
