"""Many answers at once: the grid of plain answers, one act of signing for many drafts, and the receipt of a day."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from suppliers import contradictions, forms, inbox, numbers
from suppliers.actions import batches, declarations
from suppliers.actions.declarations import AloneWithoutReason
from suppliers.actions.rights import NotYourRight
from suppliers.facts import stored
from suppliers.facts.findings import found_in
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Seal, Sourcing
from suppliers.views.declarations import RELATED

ON_A_PAGE = 50


def declaration_answer_many(request):
    """The parts that wait for an answer, with the few questions that need no bill of materials."""
    many = forms.Many(_waiting(request.membership), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _grid(request, many)
    act = request.POST.get("do", "save")
    if act == "tick":
        many.tick(request.POST.get("family", ""))
        return _grid(request, many)
    if act == "same":
        count = many.give()
        told = ngettext("Given to %(n)s part: not saved yet.", "Given to %(n)s parts: not saved yet.", count) % {
            "n": count
        }
        if not count:
            return _grid(request, many, told=_("Tick the parts that it is for first."), status=422)
        return _grid(request, many, told=told)
    return _copied(request, many) if act == "copy" else _answered(request, many)


def _answered(request, many):
    said = [(row, row.answered()) for row in many.rows]
    answers = [
        batches.Answer(row.part.pk, facts, row.draft, row.last, _number(row.seen))
        for row, facts in said
        if facts and row.differs(facts)
    ]
    if not any(facts for _row, facts in said) and not any(row.errors for row in many.rows):
        return _grid(
            request, many, told=_("Nothing is answered yet: choose an answer for one part at least."), status=422
        )
    try:
        saved, wrong = batches.answer_many(answers, by=request.membership)
    except NotYourRight as refused:
        return _grid(request, many, told=str(refused), status=422)
    drafts = {row.part_id: row for row in saved}
    for row in many.rows:
        row.draft = drafts.get(row.part.pk, row.draft)
        row.errors += [text for texts in wrong.get(row.part.pk, {}).values() for text in texts]
    told = ngettext("%(n)s answer is saved.", "%(n)s answers are saved.", len(saved)) % {"n": len(saved)}
    if any(row.errors for row in many.rows):
        mend = _("The others need mending: see below each.") if saved else _("Nothing is saved yet.")
        return _grid(request, many, told=f"{told} {mend}" if saved else mend, status=422)
    messages.success(request, told)
    signs = request.membership.holds(*declarations.SIGNERS)
    return redirect("suppliers:declaration-sign-many" if signs else "suppliers:declaration-list")


def _number(text: str) -> int:
    return numbers.position(text) or 0


def _copied(request, many):
    """What goes into one part, copied to the ticked ones as drafts to be changed."""
    source = (
        Declaration.objects.owned_by(request.membership).filter(pk__in=forms.keys([request.POST.get("body")])).first()
    )
    ticked = [row for row in many.rows if row.ticked and (source is None or row.part.pk != source.part_id)]
    if source is None or not ticked:
        return _grid(request, many, told=_("Choose whose body is copied, and tick the parts that take it."), status=422)
    answers = [batches.Answer(row.part.pk, row.facts, row.draft, row.last) for row in ticked]
    drafts = batches.copy_body(source, answers, by=request.membership)
    told = ngettext(
        "Copied to %(n)s part: open it to change what differs.",
        "Copied to %(n)s parts: open each to change what differs.",
        len(drafts),
    )
    messages.success(request, told % {"n": len(drafts)})
    return redirect("suppliers:declaration-answer-many")


def _grid(request, many, *, told="", status=200):
    own = Declaration.objects.owned_by(request.membership).filter(lines__isnull=False).select_related("part").distinct()
    bodies = [
        (str(row.pk), f"{row.part.number}, {row.begins:%Y-%m-%d}")
        for row in own.order_by("part__number", "-begins")[:200]
    ]
    stops = [
        {"message": f"{row.part.number}: {text}", "href": f"#row-{row.key}"} for row in many.rows for text in row.errors
    ]
    page = {"many": many, "bodies": bodies, "told": told, "stops": stops, "stopped": status == 422,
            "countries": countries}  # fmt: skip
    return render(request, "suppliers/declaration_answer_many.html", page, status=status)


def _waiting(member) -> list[forms.Row]:
    """One row for each part with an open request, the most urgent first, with its draft or its last answer: a fixed number of queries."""
    asked = [row for row in inbox.asked_of(member, today=timezone.localdate()) if row.waiting]
    own, parts = member.organisation, [row.part.pk for row in asked]
    signed = Declaration.objects.signed().filter(organisation=own, part__in=parts).order_by("begins", "drafted_at")
    last = {row.part_id: row for row in signed}
    said = stored.of_many(
        [row.draft.pk if row.draft else last[row.part.pk].pk for row in asked if row.draft or row.part.pk in last]
    )
    buyers: dict[UUID, set[str]] = {}
    for part, buyer in Sourcing.objects.filter(seller=own, seller_part__in=parts).values_list("seller_part", "buyer"):
        buyers.setdefault(part, set()).add(str(buyer))
    return [_row_of(row, last.get(row.part.pk), said, sorted(buyers.get(row.part.pk, ()))) for row in asked]


def _row_of(row: inbox.Row, old: Declaration | None, said: dict[UUID, Any], buyers: list[str]) -> forms.Row:
    """A part goes on from its draft, else from its last answer with the period asked for, else from nothing."""
    waiting = [one.request for one in row.waiting]
    fresh = forms.first(row.part, waiting[0], buyers)
    if row.draft:
        facts = said[row.draft.pk]
    else:
        facts = said[old.pk] | {key: fresh[key] for key in ("begins", "ends")} if old else fresh
    asked = forms.needed(forms.laws(waiting))
    return forms.Row(row.part, waiting, asked, facts, row.draft, None if row.draft else old)


def declaration_sign_many(request):
    """Every draft that could be signed, each with its text, its facts and its digest; one signature act for those ticked."""
    errors, typed = {}, request.POST
    if request.method == "POST":
        try:
            done = _signed(request)
        except Malformed as wrong:
            errors = wrong.errors
        except (AloneWithoutReason, NotYourRight) as refused:
            errors = {"alone_why" if isinstance(refused, AloneWithoutReason) else "": [str(refused)]}
        else:
            if not done.refused:
                messages.success(request, _signed_words(done))
                return redirect("suppliers:declaration-receipt", on=timezone.now().date().isoformat())
            errors = {"": [_signed_words(done)] if done.signed else []} | {
                str(pk): [why] for pk, why in done.refused.items()
            }
    return _to_sign(request, errors, typed)


def _signed_words(done) -> str:
    return ngettext("%(n)s declaration is signed.", "%(n)s declarations are signed.", len(done.signed)) % {
        "n": len(done.signed)
    }


def _signed(request):
    typed = request.POST
    ticked = Declaration.objects.owned_by(request.membership).filter(pk__in=forms.keys(typed.getlist("sign")))
    rows = list(ticked.select_related(*RELATED).order_by("part__number"))
    errors = {} if typed.get("right") else {"right": [_("Say that you hold the right to sign for the company.")]}
    if not rows:
        errors["sign"] = [_("Tick what you sign.")]
    if errors:
        raise Malformed(errors)
    return batches.sign_many(
        [(row, typed.get(f"shown.{row.pk}", "")) for row in rows], by=request.membership, name=typed.get("name", ""),
        title=typed.get("title", ""), alone_why=typed.get("alone_why", ""),
    )  # fmt: skip


def _to_sign(request, errors, typed):
    drafts = (
        Declaration.objects.owned_by(request.membership)
        .drafts()
        .select_related(*RELATED)
        .order_by("part__number", "begins")
    )
    page = Paginator(drafts.prefetch_related("addressees__organisation", "evidence"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    facts, chosen = stored.of_many([row.pk for row in page.object_list]), set(typed.getlist("sign")) if typed else None
    elsewhere = contradictions.of_many((row, facts[row.pk]) for row in page.object_list)
    rows = [_row(row, facts[row.pk], elsewhere[row.pk], errors, chosen, request.membership) for row in page.object_list]
    return render(request, "suppliers/declaration_sign_many.html", {
        "rows": rows, "page": page, "errors": {key: texts for key, texts in errors.items() if key in WORDED}, "typed": typed,
        "alone": any(row["alone"] for row in rows), "today": timezone.now(),
    }, status=422 if errors else 200)  # fmt: skip


WORDED = {"", "name", "title", "alone_why", "right", "sign"}


def _row(row, facts, elsewhere, errors, chosen, membership):
    found = [*found_in(facts), *elsewhere]
    stops = [one for one in found if one.severity == "stops"]
    refused = errors.get(str(row.pk), [])
    return {
        "draft": row, "told": forms.told(facts), "text": declarations.text(row, facts), "shown": declarations.shown(row, facts),
        "found": found, "stops": stops, "refused": refused, "alone": declarations.hands(row) == {membership.user_id},
        "addressees": row.addressees.all(),
        "ticked": not stops and not refused if chosen is None else str(row.pk) in chosen and not refused,
    }  # fmt: skip


def declaration_receipt(request, on):
    """What the company signed on a day, to print and keep: each declaration with its digest and its seal."""
    try:
        day = dt.date.fromisoformat(on)
    except ValueError:
        raise Http404("No such day.") from None
    rows = list(
        Declaration.objects.owned_by(request.membership).signed().filter(signed_at__date=day).select_related(*RELATED)
        .prefetch_related("addressees__organisation").order_by("part__number", "signed_at")
    )  # fmt: skip
    seals = {row.act: row for row in Seal.objects.filter(act__in=[row.pk for row in rows])}
    for row in rows:
        row.sealed = seals.get(row.pk)
    return render(request, "suppliers/declaration_receipt.html", {"rows": rows, "day": day})
