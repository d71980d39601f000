"""The outbox: writing a mail as a row, and carrying rows to the mail server, each once and none lost."""

import datetime as dt
import logging
import smtplib
from collections.abc import Iterable
from email.headerregistry import Address
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from suppliers import clock, links
from suppliers.actions.acts import ring
from suppliers.models import Bounce, Mail, Organisation, Unsubscription, User

log = logging.getLogger("traceline.mail")

# After a try that failed for now: the pauses before the next; the last one is kept on with.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
# An address is written to for so long; then the mail counts as not to be delivered.
PATIENCE = dt.timedelta(days=14)
# Refused by a rule of the server's (5.7.x): relaying is closed, or we are not known there. Somebody must mend that first.
BY_RULE = dt.timedelta(hours=6)
NO_SUCH_ADDRESS = {550, 551, 553}  # the address itself, not this message, a full mailbox or this server
AT_ONCE = 100  # mails of one connection to the mail server
REMINDERS = {Mail.Kind.REMINDER, Mail.Kind.EXPIRY}  # what one may unsubscribe from
SECRET = {
    Mail.Kind.CODE,
    Mail.Kind.PASSWORD,
    Mail.Kind.INVITATION,
}  # what opens an account is forgotten once it has left


def write(
    kind: str, *, to: str, language: str, context: dict, once: str, sender: Organisation | None = None,
    user: User | None = None, try_at: dt.datetime | None = None,
) -> Mail | None:  # fmt: skip
    """Write one mail, complete, in the caller's transaction; it leaves after commit.

    ``once`` names the message: a second call with the same answers None and writes nothing. ``templates/mails/<kind>``
    gives ``.subject.txt``, ``.txt`` and, where there is one, ``.html``.
    """
    row = drafted(kind, to=to, language=language, context=context, once=once, sender=sender, user=user, try_at=try_at)
    return next(iter(write_many([row])), None)


def drafted(
    kind: str, *, to: str, language: str, context: dict, once: str, sender: Organisation | None = None,
    user: User | None = None, try_at: dt.datetime | None = None,
) -> Mail:  # fmt: skip
    """One mail, complete, that is not written yet."""
    address, now = to.strip().lower(), clock.now()
    subject, text, html = rendered(kind, language, address, context)
    return Mail(
        kind=kind, sender=sender, user=user, address=address, language=language, subject=subject, text=text, html=html,
        once=once, written_at=now, try_at=try_at or now,
    )  # fmt: skip


def write_many(drafts: Iterable[Mail]) -> list[Mail]:
    """Write drafted mails in the caller's transaction, in two queries; answers those that were not written before."""
    drafts = list(drafts)
    Mail.objects.bulk_create(drafts, ignore_conflicts=True)
    ours = set(Mail.objects.filter(pk__in=[row.pk for row in drafts]).values_list("pk", flat=True))
    if ours:
        transaction.on_commit(partial(ring, "suppliers.send_mail"))
    return [row for row in drafts if row.pk in ours]


def rendered(kind: str, language: str, address: str, context: dict) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail in that language."""
    told = {"portal": settings.PUBLIC_URL, "language": language, "quiet_link": quiet_link(address)} | context
    with override(language):
        subject = " ".join(render_to_string(f"mails/{kind}.subject.txt", told).split())
        return (
            subject,
            render_to_string(f"mails/{kind}.txt", told).strip() + "\n",
            render_to_string(f"mails/{kind}.html", told),
        )


def quiet_link(address: str) -> str:
    """Where an address says that it wants no reminders, or wants them again."""
    return links.absolute(reverse("suppliers:mail-quiet", args=[links.made("quiet", address, days=3650)]))


def send_due() -> int:
    """Carry what is due to the mail server; answers how many it took. Any number of workers may do so at once.

    A row is claimed, sent, and marked; a worker that was slow with the rows before it claims each anew, so that none is
    sent by two. Only a worker that dies between the server's yes and the mark makes a second delivery, with the same
    Message-ID.
    """
    taken = 0
    while batch := _claimed(AT_ONCE):
        connection = get_connection(timeout=20)
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as down:
            _all_later(batch, f"{type(down).__name__}: {down}")
            return taken
        try:
            taken += sum(_sent(row, connection) for row in batch if _still_mine(row))
        finally:
            _closed(connection)
    return taken


def _claimed(most: int) -> list[Mail]:
    """Rows that are now this worker's: the winner is decided by the UPDATE."""
    now, mine = clock.now(), []
    due = Mail.objects.due(at=now).order_by("try_at", "written_at")
    for pk, claim in due.values_list("pk", "claimed_at")[:most]:
        if Mail.objects.due(at=now).filter(pk=pk, claimed_at=claim).update(claimed_at=now, tries=F("tries") + 1):
            mine.append(pk)
    rows = {row.pk: row for row in Mail.objects.filter(pk__in=mine).select_related("sender")}
    return [rows[pk] for pk in mine]


def _still_mine(row: Mail) -> bool:
    """Hold it for another while, unless another worker took it over from one that looked dead."""
    now = clock.now()
    held = Mail.objects.filter(pk=row.pk, claimed_at=row.claimed_at, sent_at__isnull=True, dropped_at__isnull=True)
    row.claimed_at, held = now, held.update(claimed_at=now)
    return bool(held)


def _sent(row: Mail, connection) -> bool:
    """Whether the mail server took it. What it refuses for good is dropped, what it refuses for now waits."""
    try:
        message(row, connection).send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _refused(row, code, said)
    except smtplib.SMTPDataError as refused:
        return _refused(row, refused.smtp_code, refused.smtp_error)
    except smtplib.SMTPResponseException as refused:  # it wants neither us nor our sender: no fault of this mail
        return _later(row, f"{refused.smtp_code} {_words(refused.smtp_error)}", pause=BY_RULE)
    except Exception as trouble:  # whatever is wrong with one row, those behind it must leave
        log.exception("mail %s did not leave", row.pk)
        return _later(row, f"{type(trouble).__name__}: {trouble}")
    forgotten = {"text": "", "html": ""} if row.kind in SECRET else {}
    Mail.objects.filter(pk=row.pk).update(sent_at=clock.now(), claimed_at=None, trouble="", **forgotten)
    return True


def message(row: Mail, connection=None) -> EmailMultiAlternatives:
    """The message as it goes out. The Message-ID is the row's own, so that a second delivery is seen to be the same."""
    mail = Address(addr_spec=settings.DEFAULT_FROM_EMAIL)
    name = (
        f"{' '.join(row.sender.name.split())} (Traceline)" if row.sender else "Traceline"
    )  # a line end would end the header
    headers = {
        "Message-ID": f"<{row.pk}@{mail.domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": row.language,
    }
    if row.kind in REMINDERS:
        headers["List-Unsubscribe"] = f"<{quiet_link(row.address)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    sender = str(Address(display_name=name, addr_spec=settings.DEFAULT_FROM_EMAIL))
    made = EmailMultiAlternatives(row.subject, row.text, sender, [row.address], headers=headers, connection=connection)
    if row.html:
        made.attach_alternative(row.html, "text/html")
    return made


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _refused(row: Mail, code: int, said: bytes | str) -> bool:
    words = _words(said)
    detail = f"{code} {words}"[:300]
    if code < 500 or code == 552:  # a full mailbox is emptied some day (RFC 5321, 4.5.3.1.10)
        return _later(row, detail)
    if words.startswith("5.7."):
        return _later(row, detail, pause=BY_RULE)
    with transaction.atomic():
        Mail.objects.filter(pk=row.pk).update(dropped_at=clock.now(), claimed_at=None, trouble=detail)
        if code in NO_SUCH_ADDRESS:
            Bounce.objects.update_or_create(address=row.address, defaults={"detail": detail, "at": clock.now()})
    return False


def _later(row: Mail, trouble: str, *, pause: dt.timedelta | None = None) -> bool:
    now = clock.now()
    if now - row.written_at > PATIENCE:
        Mail.objects.filter(pk=row.pk).update(dropped_at=now, claimed_at=None, trouble=trouble[:300])
        return False
    pause = pause or PAUSES[min(row.tries, len(PAUSES)) - 1]
    Mail.objects.filter(pk=row.pk).update(claimed_at=None, trouble=trouble[:300], try_at=now + pause)
    return False


def _all_later(rows: list[Mail], trouble: str) -> None:
    """The server is not there: all wait, each by its own number of tries."""
    log.warning("the mail server does not answer: %s", trouble)
    for row in rows:
        _later(row, trouble)


def _closed(connection) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as gone:
        log.info("the mail server hung up: %s", gone)


@transaction.atomic
def bounced(address: str, detail: str) -> None:
    """Somebody read a message that came back: the address takes no mail until it is corrected."""
    address = address.strip().lower()
    Bounce.objects.update_or_create(address=address, defaults={"detail": detail[:300], "at": clock.now()})
    Mail.objects.filter(address=address, sent_at__isnull=False, bounced_at__isnull=True).update(bounced_at=clock.now())


def reached(address: str) -> None:
    """The address is corrected, or its server takes mail again: write to it as before."""
    Bounce.objects.filter(address=address.strip().lower()).delete()


def quiet(address: str) -> None:
    """No reminders to this address any more; requests and duties still reach it."""
    Unsubscription.objects.get_or_create(address=address.strip().lower())


def loud(address: str) -> None:
    """Reminders again."""
    Unsubscription.objects.filter(address=address.strip().lower()).delete()
