"""Workbooks of answers: taken in, read by a worker, cancelled, and applied as drafts in one transaction or not at all."""

import datetime as dt
import json
import logging
import time
from functools import partial
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suppliers import files, quotas
from suppliers.actions import marks, requests
from suppliers.actions.acts import ring
from suppliers.actions.declarations import WRITERS, AlreadySigned, ChangedMeanwhile
from suppliers.actions.drafts import Checked, save_many
from suppliers.actions.rights import demand
from suppliers.facts.reading import Malformed
from suppliers.models import Declaration, Decline, Membership, Postponement, Request, Upload
from suppliers.workbooks import known
from suppliers.workbooks.answers import Reading
from suppliers.workbooks.carried import Answer
from suppliers.workbooks.cells import NotAWorkbook, sheets
from suppliers.workbooks.columns import LATER
from suppliers.workbooks.complaints import MOST
from suppliers.workbooks.known import Known, Last
from suppliers.workbooks.layout import Layout, layout
from suppliers.workbooks.preview import kind_of, preview

log = logging.getLogger("traceline.uploads")

LIMIT = 20_000_000  # bytes of one file
WAITING = 10  # unread files of one company: the others have their turn too
STALE = dt.timedelta(seconds=90)  # a worker that has said nothing for so long is taken for dead
TRIES = 3  # workers that may end over one file before it is given up
BEAT = 0.5  # seconds between two words of a worker on how far it is


_FAILED = gettext_lazy("The portal failed over this file, not you; its operator has been told. Nothing was saved.")


class NotReady(ValueError):
    """It was applied or cancelled before, or still holds errors: nothing is saved."""


class Stopped(Exception):
    """Somebody cancelled it, or another worker took it over."""


def take(stream: BinaryIO, *, name: str, by: Membership) -> Upload:
    """Keep a file as it came and note it to be read. Raises NotYourRight, Malformed (empty, too large, infected, no
    room).

    The bytes are looked at and kept before anything is locked, so that a slow scanner holds up nobody's work.
    """
    demand(by, *WRITERS, "officer")
    try:
        _demand_turn(by)
        quotas.demand_room(by.organisation, stream)
        digest, size = files.kept(stream, limit=LIMIT)
        if not size:
            raise files.Refused(_("This file is empty: choose the workbook you filled in."))
        with transaction.atomic():
            quotas.demand_share(by.organisation, size=size, digest=digest)
            _demand_turn(by)
            return _noted(name, size, digest, by)
    except files.Refused as refused:
        raise Malformed({"file": [str(refused)]}) from refused


def _demand_turn(by: Membership) -> None:
    if due().filter(organisation=by.organisation).count() >= WAITING:
        raise files.Refused(_("Several files of yours wait to be read: upload this one when they are done."))


def _noted(name: str, size: int, digest: str, by: Membership) -> Upload:
    named = PurePath(name.replace("\\", "/")).name[-160:] or "workbook"
    transaction.on_commit(partial(ring, "suppliers.read_uploads"))
    return Upload.objects.create(organisation=by.organisation, by=by, name=named, size=size, digest=digest,
                                 language=translation.get_language() or "en")  # fmt: skip


# Reading -------------------------------------------------------------------------------------------------------------


def due():
    """Files nobody has read yet, and those whose worker fell silent, the oldest first."""
    stale = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - STALE)
    return Upload.objects.filter(stale, read_at=None, cancelled_at=None, refused="").order_by("at")


def read_due() -> int:
    """Read what waits, one file after the other; several workers share the queue. Answers how many this one read."""
    marks.sweep()
    count = 0
    for key in list(due().values_list("pk", flat=True)):
        claim = timezone.now()
        if due().filter(pk=key).update(claimed_at=claim, done=0, tries=F("tries") + 1):
            read(Upload.objects.select_related("organisation").get(pk=key), claim)
            count += 1
    return count


def read(upload: Upload, claim: dt.datetime) -> None:
    """Read one claimed file to its end: errors, or a preview, or why it is no file of answers. Saves no answer."""
    with translation.override(upload.language):
        try:
            if upload.tries > TRIES:
                raise NotAWorkbook(_FAILED)
            found = _found(_read(upload, _Beat(upload, claim)))
        except Stopped:
            return
        except NotAWorkbook as refused:
            found = {"refused": str(refused)[:300]}
        except Exception:
            log.exception("upload %s could not be read", upload.pk)
            found = {"refused": str(_FAILED)}
        told = Upload.objects.filter(pk=upload.pk, cancelled_at=None, read_at=None).update(**found)
        if told and found.get("errors"):
            upload.errors = found["errors"]
            marks.keep(upload)


def _found(reading: Reading) -> dict[str, Any]:
    """What reading found, as columns of the upload: every error, or a preview."""
    wrong = [list(row) for row in reading.complaints[:MOST]]
    rows = reading.layout.rows
    return {
        "errors": wrong,
        "preview": {} if wrong else preview(reading),
        "rows": rows,
        "done": rows,
        "read_at": timezone.now(),
    }


class _Beat:
    """Says how far the reading is, and hears whether it shall go on."""

    def __init__(self, upload: Upload, claim: dt.datetime):
        self.upload, self.claim, self.said = upload, claim, 0.0

    def __call__(self, **far: int) -> None:
        if time.monotonic() - self.said < BEAT and "rows" not in far:
            return
        now = timezone.now()
        mine = Upload.objects.filter(pk=self.upload.pk, claimed_at=self.claim, cancelled_at=None)
        if not mine.update(claimed_at=now, **far):
            raise Stopped
        self.claim, self.said = now, time.monotonic()


def _read(upload: Upload, beat=None) -> Reading:
    with files.opened(upload.digest) as stream:
        found = layout(sheets(stream, upload.name), upload.organisation.code)
    return _understood(upload, found, beat)


def _understood(upload: Upload, found: Layout, beat=None) -> Reading:
    """The rows of a file beside what the company has now."""
    if beat:
        beat(rows=found.rows)
    own = upload.organisation
    reading = Reading(found, Known(own), Last(own), known.asked(own))
    for done in reading.steps():
        if beat and done % 50 == 0:
            beat(done=done)
    if not reading.answers and not reading.complaints:
        raise NotAWorkbook(_("No answer stands in it: fill a row in and choose what your answer is."))
    return reading


# Deciding ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def cancel(upload: Upload, *, by: Membership) -> None:
    """Stop reading it, or drop what was read. Raises NotYourRight, NotReady."""
    demand(by, *WRITERS, "officer", of=upload.organisation)
    if not Upload.objects.filter(pk=upload.pk, applied_at=None, cancelled_at=None).update(cancelled_at=timezone.now()):
        raise NotReady(_("It was applied or cancelled before."))


def apply(upload: Upload, *, by: Membership) -> list[Declaration]:
    """Save everything the preview showed, as drafts, in one transaction; answers them. The file is read again, and if what
    it would do is no longer what was shown, nothing is saved and a new preview is made.

    Raises NotYourRight, NotReady, ChangedMeanwhile.
    """
    demand(by, *WRITERS, "officer", of=upload.organisation)
    with translation.override(upload.language), files.opened(upload.digest) as stream:
        found = layout(sheets(stream, upload.name), upload.organisation.code)
    try:
        return _applied(upload, found, by)
    except (ChangedMeanwhile, AlreadySigned):
        Upload.objects.filter(pk=upload.pk, applied_at=None).update(
            read_at=None, claimed_at=None, preview={}, errors=[], done=0, tries=0
        )
        ring("suppliers.read_uploads")
        raise


class PreviewChanged(ChangedMeanwhile):
    """What the file would do is not what was shown."""

    def __init__(self) -> None:
        ValueError.__init__(self, _("Something it is about was changed since you were shown this preview."))


@transaction.atomic
def _applied(upload: Upload, found: Layout, by: Membership) -> list[Declaration]:
    ready = Upload.objects.filter(
        pk=upload.pk, applied_at=None, cancelled_at=None, read_at__isnull=False, refused="", errors=[]
    )
    if not ready.update(applied_at=timezone.now(), applied_by=by):
        raise NotReady(_("It was applied or cancelled before, or holds errors. Nothing was saved."))
    type(by.organisation).objects.select_for_update().get(pk=by.organisation_id)  # one file of a company at a time
    with translation.override(upload.language):
        reading = _understood(upload, found)
        if reading.complaints or json.loads(json.dumps(preview(reading))) != Upload.objects.get(pk=upload.pk).preview:
            raise PreviewChanged
    told = [(answer, kind_of(answer, reading)[0]) for answer in reading.answers.values()]
    drafts = save_many(
        [Checked(answer.header, answer.body, answer.last) for answer, kind in told if kind in {"new", "changed"}], by=by
    )  # fmt: skip
    _replied([answer for answer, kind in told if kind in {"declined", "later"}], reading.asked, by)
    return drafts


def _replied(answers: list[Answer], asked: dict[UUID, list[Request]], by: Membership) -> None:
    """Tell everybody who asks for a part why there is no declaration, or by when there will be one; all in a few queries."""
    later, refused = [], []
    for answer in answers:
        said = answer.said
        for row in asked[answer.key[0]]:
            if answer.state == LATER:
                later.append(Postponement(request=row, until=said["until"], why=said["why"]))
            else:
                why, maker = said["why"], said.get("maker", "")
                refused.append(Decline(request=row, reason=answer.state, why=why, maker=maker))
    if later:
        requests.postpone_each(later, by=by)
    if refused:
        requests.decline_each(refused, by=by)
