"""How quick the automaker's pages are over a large fleet, in a real browser: ``python -m tests.bench.pages --size 1M --vehicles 300``.

DATABASE_URL names an empty PostgreSQL database (or one that an earlier run filled: it is measured again as it stands), and
CELERY_BROKER_URL a Redis that nobody else uses. What is rolled is rolled before the pages are opened. Server time is from the
request's last byte to the answer's first, as the browser saw it on this machine; paint is the first contentful one.

Each group of pages begins with a process that was just started and has shown none of them: *first* is that load. The others are
taken in turn through all addresses, so that most of them are asked of the process for the first time, too. *after a signature*
are loads before each of which a supplier somewhere in the fleet signed an answer; *nothing checked*, before each of which all that
the checks keep was dropped. Of a file stand its first byte and its last.
"""

import argparse
import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
PASSWORD = "a-password-of-the-bench"
TIMES = 20
SIGNED, UNCHECKED = "after a signature", "nothing checked"
READ = """async address => {
  const begun = performance.now(), reader = (await fetch(address)).body.getReader();
  let piece = await reader.read(), size = 0;
  const first = performance.now() - begun;
  while (!piece.done) { size += piece.value.length; piece = await reader.read(); }
  return [first, performance.now() - begun, size]; }"""
SEEN = """async () => {
  await new Promise(done => {
    new PerformanceObserver(list => list.getEntriesByName('first-contentful-paint').length && done()).observe({type: 'paint', buffered: true});
    setTimeout(done, 3000);
  });
  const n = performance.getEntriesByType('navigation')[0];
  const p = performance.getEntriesByName('first-contentful-paint')[0];
  return [n.responseStart - n.requestStart, p ? p.startTime : -1, n.transferSize]; }"""
GROUPS: list[dict[str, list[str]]] = [
    {
        "board": ["/vehicles/"],
        "board, another filter or order": [
            "/vehicles/?verdict=open", "/vehicles/?sort=margin", "/vehicles/?q=1", "/vehicles/?market=CA",
            "/vehicles/?laws=aala&laws=us-2026", "/vehicles/?page=2", "/vehicles/?verdict=fail&sort=duty",
        ],
        "board, another day": [],
        "board, after a signature": ["/vehicles/"],
    },
    {
        "gap list": ["/gaps/"],
        "gap list, another filter or law": [
            "/gaps/?law=nafta", "/gaps/?kind=missing", "/gaps/?kind=below", "/gaps/?page=2", "/gaps/?law=us-2017", "/gaps/?law=us-2026",
        ],
        "gap list, after a signature": ["/gaps/"],
    },
    {
        "review queue": ["/reviews/"],
        "review queue, another filter": ["/reviews/?finding=any", "/reviews/?state=all", "/reviews/?finding=none", "/reviews/?page=2"],
        "review queue as CSV": ["/reviews/?state=all&format=csv"],
        "review queue, after a signature": ["/reviews/"],
        "review queue, nothing checked": ["/reviews/"],
    },
    {"duty": ["/duties/"], "duty, another market or year": ["/duties/?market=CA", "/duties/?year=2027", "/duties/?page=2"]},
    {"vehicle": [], "another vehicle": [], "vehicle, compared": []},
]  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", default="100k")
    asked.add_argument("--vehicles", type=int, default=300)
    asked.add_argument("--port", type=int, default=8197)
    told = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEMO", "1")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # signatures are given while the browser's loop runs in this thread
    import django

    django.setup()
    days = laid(told.size, told.vehicles)
    rows: list[list[str]] = []
    for group in groups(days):
        with served(told.port):
            rows += measured(f"http://127.0.0.1:{told.port}", reader(), group)
    print(f"\nload {os.getloadavg()[0]:.1f}")
    print(
        "| page | first, server | first, paint | server p50 | server p95 | paint p50 | paint p95 | kB |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    )
    for row in rows:
        print("| " + " | ".join(row) + " |")


def laid(size: str, vehicles: int) -> list[dt.date]:
    """A world, a reader of it, the fleet rolled for today and for two other days. Answers the other days."""
    from django.core.management import call_command

    from compliance.actions import checks
    from suppliers.models import Organisation, User
    from tests import make
    from tracing import moments
    from tracing.actions import days, rolls
    from tracing.bench import measure, world
    from tracing.models import Day

    call_command("migrate", verbosity=0)
    if not Organisation.objects.exists():
        world.fill(measure.count(size), fill_vehicles=vehicles, say=print)
    maker = Organisation.objects.filter(kind=Organisation.Kind.AUTOMAKER).order_by("code")[0]
    if not User.objects.filter(email__startswith="bench.reader@").exists():
        make.person("Bench Reader", maker, "reviewer", password=PASSWORD)
    timed("the fleet rolled", rolls.roll)
    timed("the answers checked", checks.bring_all_up)
    today = dt.date.today()
    others = [today.replace(day=1) - dt.timedelta(days=1), today.replace(day=1) + dt.timedelta(days=62)]
    for other in others:
        day = Day.objects.filter(on=other).first()
        if day is None or not days.holds(day, moments.standing()):
            timed(f"the fleet rolled for {other}", lambda other=other: days.roll(other))
    return others


def timed(what: str, do: Any) -> None:
    started = time.perf_counter()
    do()
    print(f"{what}: {time.perf_counter() - started:.1f} s", flush=True)


def groups(days: list[dt.date]) -> list[dict[str, list[str]]]:
    """The pages to open, each with the addresses to take in turn; of vehicles the first that the board shows."""
    from tracing.models import Vehicle

    cars = [str(key) for key in Vehicle.objects.order_by("name").values_list("pk", flat=True)[:10]]
    known = {
        "board, another day": [f"/vehicles/?on={day}" for day in days], "vehicle": [f"/vehicles/{cars[0]}/"],
        "another vehicle": [f"/vehicles/{car}/" for car in cars[1:]],
        "vehicle, compared": [f"/vehicles/{car}/compare/" for car in cars[:3]],
    }  # fmt: skip
    return [{name: wanted or known[name] for name, wanted in group.items()} for group in GROUPS]


@contextmanager
def served(port: int) -> Iterator[None]:
    """The portal as gunicorn serves it: one process, four threads."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4",
               "--log-level", "warning"]  # fmt: skip
    running = subprocess.Popen(command)
    try:
        for _ in range(300):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        running.terminate()
        running.wait(20)


def measured(base: str, reader: str, pages: dict[str, list[str]]) -> Iterator[list[str]]:
    from playwright.sync_api import sync_playwright

    from tracing.bench import latency

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(path for path in CHROMIUM if Path(path).exists()), args=["--no-sandbox"]
        )
        page = browser.new_context(base_url=base).new_page()
        page.goto("/accounts/login/?next=/certificates/")  # a page that leaves the others cold
        page.fill("input[name=login]", reader)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button.btn-primary")
        page.wait_for_url(lambda url: "/accounts/login" not in url)
        ahead = {UNCHECKED: unchecked}
        if any(name.endswith(SIGNED) for name in pages):
            ahead[SIGNED] = latency.Signing().sign
        for nth, (name, wanted) in enumerate(pages.items()):
            before = next((act for what, act in ahead.items() if name.endswith(what)), None)
            yield [name, *opened(page, wanted, first=not nth, before=before)]
            print(name, flush=True)
        browser.close()


def unchecked() -> None:
    """As where the checks have never run."""
    from compliance.models import CheckedAnswer, CheckedCompany

    CheckedAnswer.objects.all().delete()
    CheckedCompany.objects.all().delete()


def reader() -> str:
    from suppliers.models import User

    found: str = User.objects.get(email__startswith="bench.reader@").email
    return found


def opened(page: Any, wanted: list[str], *, first: bool, before: Any) -> list[str]:
    """The first load where it is a process's first, then ``TIMES`` in turn: milliseconds, and the largest answer."""
    found = []
    for nth in range(TIMES + first):
        address = wanted[nth % len(wanted)]
        if before:
            before()
        if "format=" in address:
            found.append(page.evaluate(READ, address))
            continue
        answered = page.goto(address)
        assert answered.status == 200, (address, answered.status)
        page.wait_for_load_state("load")
        found.append(page.evaluate(SEEN))
    cold, rest = found[0] if first else None, found[first:]
    server, paint = (sorted(row[at] for row in rest) for at in (0, 1))
    shown = [*(cold[:2] if cold else (-1, -1)), *at(server), *at(paint)]
    return [f"{one:.0f} ms" if one >= 0 else "" for one in shown] + [f"{max(row[2] for row in found) / 1000:.0f}"]


def at(values: list[float]) -> tuple[float, float]:
    """The middle, and what nineteen of twenty stay below."""
    return values[len(values) // 2], values[min(len(values) - 1, round(0.95 * (len(values) - 1)))]


if __name__ == "__main__":
    main()
