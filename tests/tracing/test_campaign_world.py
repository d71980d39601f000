"""Five hundred suppliers and twenty thousand parts: proposed, sent, reminded, answered, with the mail server down for a day.

Prints how long each step took; nothing is told twice, nothing is lost, and no page asks the database more for more rows.
"""

import datetime as dt
import re
import time
import uuid
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suppliers.actions import campaigns, declarations, letters, mails, requests
from suppliers.actions.campaigns import Plan
from suppliers.models import Campaign, Mail, Reminder, Request
from tracing.actions import proposals
from tracing.bench import campaign as bench

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
BEGINS, ENDS = dt.date(2027, 1, 1), dt.date(2028, 1, 1)
SUPPLIERS, PARTS = 500, 20_000
SIGNED = 10  # suppliers that answer through the real actions, each part drafted and signed by itself


def timed(name, do, *given, **named):
    before, busy = time.perf_counter(), time.process_time()
    found = do(*given, **named)
    print(f"  {name}: {time.perf_counter() - before:.1f} s, {time.process_time() - busy:.1f} s of one processor")
    return found


def plan(title="Model year 2027"):
    return Plan(title=title, begins=BEGINS, ends=ENDS, due=dt.date(2027, 1, 15), rulebooks=("nafta", "aala"), remind_after=(7, 14),
                escalate_after=21)  # fmt: skip


def carried(clock, tries=24):
    """One day of the outbox: letters once, then so many tries in equal steps."""
    letters.write_due()
    for _ in range(tries):
        mails.send_due()
        clock.shift(dt.timedelta(hours=24 // tries))


def waiting(world, sellers):
    rows = (
        Request.objects.unanswered()
        .filter(sourcing__seller__in=sellers)
        .select_related("sourcing__seller_part", "sourcing__buyer")
    )
    by_seller = {}
    for row in rows:
        by_seller.setdefault(row.sourcing.seller_id, []).append(row)
    return by_seller


def signed(world, seller, asked):
    """The real way: drafted by the editor, signed by the certifier, addressed to the one who asks."""
    by, certifier = world.editors[seller], world.certifiers[seller]
    for row in asked:
        facts = {
            "part": row.sourcing.seller_part, "begins": row.begins, "ends": row.ends, "currency": "USD", "made_in": "US",
            "hs": "8708.99", "uses": ["light"], "addressed_to": [row.sourcing.buyer],
            "statements": [{"law": "usmca", "originates": True, "criterion": "B", "method": "NC", "use": "light"}],
        }  # fmt: skip
        draft = declarations.draft(facts, by=by, machine=True)
        declarations.sign(draft, by=certifier, name="Second", title="Second", shown=declarations.shown(draft))


def test_a_campaign_of_five_hundred_suppliers(post, clock, sign_in):
    print()
    world = timed("laid", bench.lay, SUPPLIERS, PARTS, begins=BEGINS, ends=ENDS)
    found = timed("proposed", proposals.proposal, world.goods, by=world.asker, begins=BEGINS, ends=ENDS, rulebooks=plan().rulebooks,
                  on=dt.date(2026, 11, 24))  # fmt: skip
    assert len(found.ask) == PARTS and len(found.groups) == SUPPLIERS
    everything = {row.sale["pk"] for row in found.ask}
    token = uuid.uuid4()
    said = {"by": world.asker, "goods": world.goods, "sourcings": everything}
    one = timed("started", campaigns.start, token, plan(), **said)
    assert (
        campaigns.start(token, plan(), **said) == one
        and Request.objects.count() == PARTS
        and Campaign.objects.count() == 1
    )

    keys = [row.pk for row in world.suppliers]
    early, actions, putting_off, refusing = keys[:100], keys[100 : 100 + SIGNED], keys[120:140], keys[140:150]
    timed("letters of the first day", carried, clock, tries=2)
    assert len(post.taken) == SUPPLIERS
    for seller, asked in waiting(world, early).items():
        bench.answer(asked, by=world.certifiers[seller])
    timed(f"{SIGNED * PARTS // SUPPLIERS} parts signed by the actions", lambda: [
        signed(world, seller, asked) for seller, asked in waiting(world, actions).items()])  # fmt: skip
    for seller, asked in waiting(world, putting_off).items():
        requests.postpone_many(
            asked, by=world.editors[seller], until=dt.date(2027, 2, 1), why="Waiting for our own suppliers."
        )
    for seller, asked in waiting(world, refusing).items():
        requests.decline_many(asked, by=world.editors[seller], reason="cannot", why="Our own supplier closed.")

    clock.shift(dt.timedelta(days=6))
    silent = SUPPLIERS - len(early) - SIGNED - len(putting_off) - len(refusing)
    post.down()
    timed("a day without a mail server", carried, clock)
    assert len(post.taken) == SUPPLIERS and Mail.objects.filter(sent_at=None).count() == silent
    post.up()
    timed("the day after", carried, clock, tries=2)
    assert len(post.taken) == SUPPLIERS + silent

    for seller, asked in waiting(world, keys[200:400]).items():
        bench.answer(asked, by=world.certifiers[seller])
    silent -= 200
    for _ in range(15):
        carried(clock, tries=1)
    # a second reminder after fourteen days, and once the second contact
    assert Counter(Reminder.objects.values_list("kind", flat=True)) == {
        "asked": PARTS, "reminded": (2 * silent + 200) * PARTS // SUPPLIERS, "escalated": silent * PARTS // SUPPLIERS,
    }  # fmt: skip
    expected = Counter({f"first@bench-{nth:03d}.example": 1 for nth in range(SUPPLIERS)})
    for nth in [*range(100 + SIGNED, 120), *range(150, 500)]:
        expected[f"first@bench-{nth:03d}.example"] += 1 if 200 <= nth < 400 else 2
        if not 200 <= nth < 400:
            expected[f"second@bench-{nth:03d}.example"] += 1
    assert Counter(to for to, _ in post.taken) == expected
    named = [re.search(r"^Message-ID: (.+)$", text, re.M | re.I).group(1) for _, text in post.taken]
    assert len(set(named)) == len(named) == Mail.objects.count() and not Mail.objects.filter(sent_at=None).exists()
    print(f"  {len(named)} letters, each once")

    small = campaigns.start(uuid.uuid4(), Plan(**plan("Two more").__dict__ | {"rulebooks": ("usmca",)}), by=world.asker, goods=world.goods[:1],
                            sourcings={row.pk for row in world.sales[:20:10]})  # fmt: skip
    client = sign_in(world.asker)
    for name in ("campaign-detail", "campaign-tries"):
        few, many = (queries(name, client, reverse(f"tracing:{name}", args=[row.pk])) for row in (small, one))
        assert many <= few + 2, name
    queries("campaign-list", client, reverse("tracing:campaign-list"))
    data = {"title": "Once more", "rulebooks": ["usmca"], "begins": BEGINS, "ends": ENDS, "due": "2027-02-15", "remind_after": "7",
            "step": "propose", "token": uuid.uuid4()}  # fmt: skip
    few = queries(
        "proposal of one vehicle", client, reverse("tracing:campaign-new"), data | {"goods": [world.goods[0].pk]}
    )
    many = queries(
        "proposal of all", client, reverse("tracing:campaign-new"), data | {"goods": [row.pk for row in world.goods]}
    )
    assert many <= few + 3
    data |= {"goods": [row.pk for row in world.goods], "step": "start", "sale": list(everything), "seller": keys}
    queries("start by the page", client, reverse("tracing:campaign-new"), data)
    assert Campaign.objects.count() == 3 and Campaign.objects.get(title="Once more").requests.count() > PARTS / 2


def queries(name, client, address, data=None):
    with CaptureQueriesContext(connection) as caught:
        before, busy = time.perf_counter(), time.process_time()
        response = client.post(address, data) if data else client.get(address)
        took, busy = time.perf_counter() - before, time.process_time() - busy
    print(
        f"  {name}: {took:.2f} s, {busy:.2f} s of one processor, {len(caught)} queries, {len(response.content) / 1e6:.2f} MB"
    )
    assert response.status_code in {200, 302}, response.content[:2000]
    return len(caught)
