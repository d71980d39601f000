"""The form of an own determination: structured, beside the words; errors at their field; the portal's letters as attempts."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from suppliers.actions import declarations, letters, requests
from suppliers.facts import cannots, stored, terms
from suppliers.facts import letters as sent
from suppliers.models import Cannot, Declaration, Mail, Reminder, Try
from tests import make
from tests.suppliers.test_declaration_edit import fields_of
from tracing import rulebooks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = "lines.0.sources.0.cannot."


@pytest.fixture
def asked(cast, clock):
    """Meridian asked Talbot for the axle in August, and once more."""
    clock.move_to(dt.datetime(2026, 8, 3, 9, tzinfo=dt.UTC), tick=False)
    row = requests.ask(
        cast.axle_to_meridian,
        by=cast.ed,
        begins=make.FROM,
        ends=make.UNTIL,
        due=dt.date(2026, 9, 30),
        rulebooks=["aala"],
    )
    letters.write_due()
    clock.move_to(dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC), tick=False)
    mail = Mail.objects.get()
    again = Mail.objects.create(
        kind=mail.kind, address=mail.address, subject="x", text="x", once="again", user=mail.user
    )
    Reminder.objects.create(request=row, mail=again, kind=Reminder.Kind.REMINDED)
    clock.move_to(dt.datetime(2026, 11, 24, 10, 42, tzinfo=dt.UTC), tick=False)
    return row


@pytest.fixture
def draft(cast):
    line = {
        "item": "5Q0-500",
        "hs": "8708.50",
        "quantity": "1",
        "sources": [{"price": "420", "sourcing": cast.axle_to_meridian.pk}],
    }
    return make.draft(cast.car, by=cast.ed, hs="8703.23", lines=[line], costs={"net": "20000"})


@pytest.fixture
def page(draft):
    return reverse("suppliers:declaration-edit", args=[draft.pk])


def typed(client, page, **said):
    """Posts the form with these fields of the record changed; answers the response."""
    fields = fields_of(client.get(page).content.decode()) | {
        AT + name.replace("__", "."): value for name, value in said.items()
    }
    return client.post(page, {**fields, "do": said.get("do", "save")})


FULL = {
    "reason": "silent", "ge70": "false", "pct": "43.5", "determination": "about half", "basis": "drawings",
    "tried__0__at": "2026-10-01", "tried__0__how": "by telephone",
}  # fmt: skip


def test_it_is_kept_beside_the_words_and_reaches_the_dossier(cast, draft, page, sign_in):
    client = sign_in(cast.ed)
    assert typed(client, page, **FULL).status_code == 302
    facts = stored.of(Declaration.objects.get(pk=draft.pk))
    kept = facts["lines"][0]["sources"][0]["cannot"]
    assert (kept["ge70"], kept["pct"], kept["determination"]) == (False, "43.5", "about half")
    written = terms.declaration(facts, lambda source: None)["body"][0]["sources"][0]["cannot"]
    assert written == {
        "reason": "silent", "determination": {"ge70": False, "pct": "43.5", "says": "about half"}, "basis": "drawings",
        "tried": [{"at": "2026-10-01", "how": "by telephone"}],
    }  # fmt: skip
    posted = fields_of(client.get(page).content.decode())
    assert posted[AT + "ge70"] == "false" and posted[AT + "pct"] == "43.5"
    assert client.post(page, {**posted, "do": "save"}).status_code == 302
    assert stored.of(Declaration.objects.get(pk=draft.pk)) == facts, "a round trip changes nothing"


def test_what_is_signed_says_it_and_what_was_signed_before_keeps_its_digest(cast, draft, page, sign_in):
    before = terms.content(stored.of(draft), signed_text="t", commitment="c")
    source = before["declaration"]["body"][0]["sources"][0]
    assert "cannot" not in source
    words = {"reason": "silent", "ge70": None, "pct": "", "determination": "made abroad", "basis": "", "tried": []}
    assert terms._cannot(words) == {"reason": "silent", "determination": "made abroad", "tried": []}
    client = sign_in(cast.ed)
    typed(client, page, **FULL)
    review = client.get(reverse("suppliers:declaration-review", args=[draft.pk])).content.decode()
    assert "own determination: 43.5 percent U.S. and Canadian value (49 CFR 583.6(c)(6))" in review


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"ge70": ""}, "ge70", "Say whether it is at least 70 percent"),
        ({"pct": ""}, "pct", "From 0 to below 70"),
        ({"pct": "70"}, "pct", "From 0 to below 70"),
        ({"ge70": "true"}, "pct", "clear one of the two"),
        ({"basis": ""}, "basis", "drawings, quotes, customs papers"),
        ({"tried__0__at": "", "tried__0__how": ""}, "tried.0.at", "take over the letters of the portal"),
        ({"tried__0__at": "2026-11-25"}, "tried.0.at", "This day has not come yet"),
        ({"reason": ""}, "reason", "choose the reason"),
    ],
)
def test_an_error_stands_at_its_field_and_says_how_to_mend_it(cast, page, sign_in, change, field, says):
    answer = typed(sign_in(cast.ed), page, **FULL | change)
    assert answer.status_code == 422
    html = answer.content.decode()
    cell = html[html.index(f'id="f-{(AT + field).replace(".", "-")}"') :][:1500]
    assert 'aria-invalid="true"' in cell[:600] and says in html
    assert not Cannot.objects.exists()


@pytest.mark.parametrize("other", [{"allied": "true"}, {"how": "made"}])
def test_only_about_an_outside_supplier(cast, page, sign_in, other):
    client = sign_in(cast.ed)
    fields = fields_of(client.get(page).content.decode()) | {
        AT + name.replace("__", "."): value for name, value in FULL.items()
    }
    fields |= {f"lines.0.sources.0.{name}": value for name, value in other.items()}
    answer = client.post(page, {**fields, "do": "save"})
    assert answer.status_code == 422 and "Only about an outside supplier" in answer.content.decode()


def test_the_portals_letters_are_offered_and_taken_over_with_one_press(cast, draft, page, asked, sign_in):
    client = sign_in(cast.ed)
    html = client.get(page).content.decode()
    assert "The portal wrote 2 letters about this sale in your name" in html
    taken = client.post(page, {**fields_of(html), AT + "reason": "silent", "do": "letters.lines.0.sources.0"})
    fields = fields_of(taken.content.decode())
    assert [fields[AT + f"tried.{n}.at"] for n in (0, 1)] == ["2026-08-03", "2026-09-01"]
    assert fields[AT + "tried.0.how"] == "asked by a letter of the portal, answer due 2026-09-30"
    assert "The portal wrote" not in taken.content.decode()
    full = fields | {AT + "ge70": "true", AT + "basis": "drawings", "do": "save"}
    assert client.post(page, full).status_code == 302
    assert {row.reminder for row in Try.objects.all()} == set(Reminder.objects.all())
    assert Cannot.objects.get().is_determined


def test_a_letter_that_came_back_is_not_offered_and_words_that_differ_are_ones_own(cast, draft, page, asked, sign_in):
    Mail.objects.filter(once="again").update(bounced_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    client = sign_in(cast.ed)
    assert "The portal wrote 1 letter about this sale" in client.get(page).content.decode()
    how = "asked by a letter of the portal, answer due 2026-09-30"
    assert typed(client, page, **FULL | {"tried__0__at": "2026-08-04", "tried__0__how": how}).status_code == 302
    assert Try.objects.get().reminder is None


def test_nobody_is_offered_anothers_letters(cast, asked):
    assert sent.of([cast.axle_to_meridian.pk], cast.orion) == {} == sent.of([cast.axle_to_meridian.pk], cast.talbot)
    assert len(sent.of([cast.axle_to_meridian.pk], cast.meridian)[cast.axle_to_meridian.pk]) == 2


def test_a_supplier_that_nobody_asks_for_the_label_is_not_asked_for_one(cast, sign_in):
    row = make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = sign_in(cast.ben).get(reverse("suppliers:declaration-edit", args=[row.pk])).content.decode()
    assert "cannot.reason" in html and "cannot.ge70" not in html


def test_the_database_holds_no_half_determination(cast, draft):
    row = declarations.change(draft, stored.of(draft), by=cast.ed, version=draft.version)
    source = row.lines.get().sources.get()
    for said in ({"ge70": True, "pct": 80}, {"ge70": False}, {"ge70": False, "pct": 70}, {"pct": 40}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cannot.objects.create(source=source, reason="silent", **said)


def test_the_trigger_of_the_form_is_the_rulebooks():
    assert rulebooks.rulebook("aala").data["label"]["trigger"] == cannots.TRIGGER
