"""What goes into a takeout: each file's name and bytes, one after the other, nothing that another company typed."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from suppliers import files
from suppliers.facts import stored, terms
from suppliers.models import (
    Campaign,
    Declaration,
    Decline,
    Evidence,
    Identifier,
    Introduction,
    Invitation,
    Membership,
    MembershipEnd,
    Organisation,
    Part,
    Plant,
    Postponement,
    PriceWord,
    Renaming,
    Request,
    Seal,
    Sourcing,
    SourcingConfirmation,
    Upload,
    Withdrawal,
)
from tracing.engine import dossier

CHUNK = 300
CHUNK_OF_FILE = 1 << 20
Entry = tuple[str, Iterable[bytes]]
INPUTS = ("declaration", "part", "from", "item", "description", "hs", "quantity", "unit", "how", "share", "price", "currency",
          "seller", "made_in", "cannot")  # fmt: skip
ANSWERS = ("declaration", "part", "plant", "from", "until", "currency", "addressed_to", "drafted_by", "signed_at", "signed_by",
           "signatory_name", "signatory_title", "signatory_salt", "alone_why", "digest", "withdrawn_at", "withdrawn_why",
           "supersedes")  # fmt: skip
CAMPAIGNS = ("title", "begins", "ends", "due", "rulebooks", "goods", "asked", "remind_after", "escalate_after", "message", "at", "by",
             "ended_at", "ended_by", "ended_why")  # fmt: skip
INTRODUCTIONS = ("our_number", "company", "contact", "email", "language", "their_number", "begins", "ends", "due", "rulebooks", "message",
                 "at", "by", "taken_back_at", "taken_back_why")  # fmt: skip
UPLOADS = ("sha256", "name", "size", "at", "by", "language", "state", "applied_at", "applied_by", "cancelled_at")


def entries(organisation: Organisation) -> Iterator[Entry]:
    """All files of one company's takeout in a fixed order; bytes come in pieces, so that nothing is held whole."""
    yield "README.txt", [_readme(organisation).encode()]
    yield "company.json", [_pretty(_company(organisation))]
    yield "people.csv", _csv(("person", "email", "roles", "title", "begins", "ended", "why"), _people(organisation))
    yield "invitations.csv", _csv(("email", "name", "roles", "at", "by", "until"), _invitations(organisation))
    yield "parts.csv", _csv(("number", "description", "hs", "unit"), _parts(organisation))
    yield (
        "sales.csv",
        _csv(("side", "our_number", "with", "confirmed_at", "by", "begins", "ends"), _sales(organisation)),
    )
    yield "prices.csv", _csv(("our_number", "price", "currency", "begins", "at", "by"), _prices(organisation))
    yield (
        "requests.csv",
        _csv(("part", "asked", "begins", "ends", "due", "rulebooks", "message", "at", "by"), _asked(organisation)),
    )
    yield "campaigns.csv", _csv(CAMPAIGNS, _campaigns(organisation))
    yield "introductions.csv", _csv(INTRODUCTIONS, _introductions(organisation))
    yield "answers-without-figures.csv", _csv(("part", "what", "reason", "words", "at", "by"), _refused(organisation))
    yield "declarations.csv", _csv(ANSWERS, _answers(organisation))
    yield "inputs.csv", _csv(INPUTS, _inputs(organisation))
    yield from _declarations(organisation)
    yield "acts.csv", _csv(("act", "row", "at", "seal", "digest"), _acts(organisation))
    yield "seals.json", _seals(organisation)
    yield from _evidence(organisation)
    yield from _uploads(organisation)


def _readme(organisation: Organisation) -> str:
    return _(
        "Everything %(name)s entered in Traceline, and nothing that another company typed.\n\n"
        "declarations/ holds each answer as it was signed. The SHA-256 of such a file is the digest in declarations.csv and in\n"
        "seals.json; drafts/ holds what is not signed. The signatory in such a file is the SHA-256 of salt, name and title,\n"
        "with a zero byte between them; the three stand in declarations.csv. Evidence lies under its own SHA-256.\n"
        "A seal's hash is the SHA-256 of the JSON list [prev, number, kind, act, digest].\n"
        "takeout.json names every file with its SHA-256 and is signed with the portal's key (JWS, Ed25519).\n\n"
        "Check it without us:  manage.py verify THIS.zip --jwks KEYS\n"
    ) % {"name": organisation.name} + "\n" + _(
        "uploads/ holds the workbooks you handed in as they came, each under its own SHA-256; uploads.csv says what became of each.\n"
    )  # fmt: skip


def _company(organisation: Organisation) -> dict[str, Any]:
    plants = Plant.objects.filter(organisation=organisation)
    numbers = Identifier.objects.filter(organisation=organisation)
    names = Renaming.objects.filter(organisation=organisation)
    return {
        "code": organisation.code, "name": organisation.name, "kind": organisation.kind, "country": organisation.country.code,
        "address": organisation.address, "language": organisation.language,
        "fiscal_year_start": str(organisation.fiscal_year_start or ""),
        "numbers": {row.kind: row.value for row in numbers},
        "former_names": [{"name": row.old, "until": row.at.isoformat()} for row in names],
        "plants": [{"code": row.code, "name": row.name, "country": row.country.code} for row in plants],
    }  # fmt: skip


def _people(organisation: Organisation) -> Iterator[Iterable[Any]]:
    ends = {row.membership_id: row for row in MembershipEnd.objects.filter(membership__organisation=organisation)}
    rows = Membership.objects.filter(organisation=organisation).select_related("user__person").order_by("begins", "pk")
    for row in rows:
        end = ends.get(row.pk)
        yield (row.user.display_name, row.user.email, " ".join(row.roles), row.title, row.begins, end.at if end else "",
               end.why if end else "")  # fmt: skip


def _invitations(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = Invitation.objects.filter(by__organisation=organisation).select_related("by__user__person").order_by("at")
    for row in rows:
        yield row.email, row.name, " ".join(row.roles), row.at, row.by.user.display_name, row.until


def _parts(organisation: Organisation) -> Iterator[Iterable[Any]]:
    yield from Part.objects.filter(organisation=organisation).values_list("number", "description", "hs", "unit")


def _sales(organisation: Organisation) -> Iterator[Iterable[Any]]:
    """What it confirmed: its own number, with whom; the other side's number is the other side's word."""
    for side, own in (("seller", "seller_part"), ("buyer", "buyer_part")):
        other = "buyer" if side == "seller" else "seller"
        rows = SourcingConfirmation.objects.filter(side=side, **{f"sourcing__{side}": organisation})
        rows = rows.select_related("by__user__person", f"sourcing__{own}", f"sourcing__{other}").order_by("at", "pk")
        for row in rows:
            sale: Sourcing = row.sourcing
            yield (side, getattr(sale, own).number, getattr(sale, other).name, row.at, row.by.user.display_name, sale.begins,
                   sale.ends or "")  # fmt: skip


def _prices(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = PriceWord.objects.filter(by__organisation=organisation).select_related(
        "by__user__person", "sourcing__seller_part", "sourcing__buyer_part"
    )
    for row in rows.order_by("at", "pk"):
        part = row.sourcing.seller_part if row.side == "seller" else row.sourcing.buyer_part
        yield part.number, row.price, row.currency, row.begins, row.at, row.by.user.display_name


def _asked(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = Request.objects.filter(sourcing__buyer=organisation).select_related(
        "by__user__person", "sourcing__buyer_part", "sourcing__seller"
    )
    for row in rows.order_by("at", "pk"):
        yield (row.sourcing.buyer_part.number, row.sourcing.seller.name, row.begins, row.ends, row.due,
               " ".join(row.rulebooks), row.message, row.at, row.by.user.display_name)  # fmt: skip


def _campaigns(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = Campaign.objects.filter(organisation=organisation).select_related(
        "by__user__person", "end__by__user__person"
    )
    for row in rows.annotate(asked=Count("requests")).prefetch_related("goods").order_by("at", "pk"):
        end = getattr(row, "end", None)
        yield (row.title, row.begins, row.ends, row.due, " ".join(row.rulebooks), " ".join(one.number for one in row.goods.all()),
               row.asked, " ".join(map(str, row.remind_after)), row.escalate_after or "", row.message, row.at, row.by.user.display_name,
               end.at if end else "", end.by.user.display_name if end else "", end.why if end else "")  # fmt: skip


def _introductions(organisation: Organisation) -> Iterator[Iterable[Any]]:
    """Whom it named as a maker; what that company replied is that company's word."""
    rows = Introduction.objects.filter(buyer=organisation).select_related("buyer_part", "by__user__person", "reply__by")
    for row in rows.order_by("at", "pk"):
        reply = getattr(row, "reply", None)
        back = reply if reply and reply.by and reply.by.organisation_id == organisation.pk else None
        yield (row.buyer_part.number, row.company, row.contact, row.email, row.language, row.seller_number, row.begins, row.ends,
               row.due, " ".join(row.rulebooks), row.message, row.at, row.by.user.display_name, back.at if back else "",
               back.why if back else "")  # fmt: skip


def _refused(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = Decline.objects.filter(by__organisation=organisation).select_related(
        "by__user__person", "request__sourcing__seller_part"
    )
    for row in rows.order_by("at", "pk"):
        number = row.request.sourcing.seller_part.number
        yield number, "declined", row.reason, row.why, row.at, row.by.user.display_name
    later = Postponement.objects.filter(by__organisation=organisation).select_related(
        "by__user__person", "request__sourcing__seller_part"
    )
    for row in later.order_by("at", "pk"):
        number = row.request.sourcing.seller_part.number
        yield number, "postponed", row.until, row.why, row.at, row.by.user.display_name


def _own(organisation: Organisation):
    return Declaration.objects.filter(organisation=organisation).order_by("drafted_at", "pk")


def _answers(organisation: Organisation) -> Iterator[Iterable[Any]]:
    rows = _own(organisation).select_related(
        "part", "plant", "drafted_by__user__person", "signed_by__user__person", "signatory", "withdrawal"
    ).prefetch_related("addressees__organisation")  # fmt: skip
    for row in rows.iterator(chunk_size=CHUNK):
        gone, sign = getattr(row, "withdrawal", None), row.signatory
        yield (
            row.pk, row.part.number, row.plant.code if row.plant else "", row.begins, row.ends, row.currency,
            " ".join(one.organisation.code for one in row.addressees.all()), row.drafted_by.user.display_name,
            row.signed_at or "", row.signed_by.user.display_name if row.signed_by else "", sign.name if sign else "",
            sign.title if sign else "", sign.salt if sign else "", row.alone_why, row.digest, gone.at if gone else "",
            gone.why if gone else "", row.supersedes_id or "",
        )  # fmt: skip


def _batches(organisation: Organisation) -> Iterator[tuple[list[Declaration], dict]]:
    """Declarations with their facts, a few hundred at a time."""
    keys = list(_own(organisation).values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        rows = Declaration.objects.filter(pk__in=some).select_related("signatory", "organisation", "part")
        yield list(rows.order_by("drafted_at", "pk")), stored.of_many(some)


def _inputs(organisation: Organisation) -> Iterator[Iterable[Any]]:
    for rows, facts in _batches(organisation):
        for row in rows:
            said = facts[row.pk]
            for line in said["lines"]:
                for one in line["sources"]:
                    yield (row.pk, said["part_number"], said["begins"], line["item"], line["description"], line["hs"],
                           line["quantity"], line["unit"], one["how"], one["share"], one["price"], said["currency"],
                           one["seller_name"], one["made_in"], (one["cannot"] or {}).get("reason", ""))  # fmt: skip


def _declarations(organisation: Organisation) -> Iterator[Entry]:
    for rows, facts in _batches(organisation):
        papers: dict[Any, list] = {}
        for one in Evidence.objects.filter(declaration__in=[row.pk for row in rows]).order_by("digest"):
            said = {"name": one.name, "kind": one.kind, "size": one.size, "digest": one.digest, "about": one.about}
            papers.setdefault(one.declaration_id, []).append(said)
        for row in rows:
            content = terms.content(
                facts[row.pk], signed_text=row.signed_text, evidence=papers.get(row.pk, []),
                commitment=row.signatory.commitment if row.signatory else "",
            )  # fmt: skip
            yield f"{'declarations' if row.is_signed else 'drafts'}/{row.pk}.json", [dossier.canonical(content)]


def _sealed(organisation: Organisation) -> dict[str, str]:
    """Keys of the company's own sealed acts, with what each is."""
    mine = {str(key): "declaration.signed" for key in _own(organisation).signed().values_list("pk", flat=True)}
    gone = Withdrawal.objects.filter(by__organisation=organisation).values_list("pk", flat=True)
    no = Decline.objects.filter(by__organisation=organisation).values_list("pk", flat=True)
    return mine | {str(key): "declaration.withdrawn" for key in gone} | {str(key): "request.declined" for key in no}


def _links(organisation: Organisation) -> Iterator[Seal]:
    keys = sorted(_sealed(organisation))
    for start in range(0, len(keys), CHUNK):
        yield from Seal.objects.filter(act__in=keys[start : start + CHUNK]).order_by("number")


def _acts(organisation: Organisation) -> Iterator[Iterable[Any]]:
    for row in _links(organisation):
        yield row.kind, row.act, row.at, row.number, row.digest


def _seals(organisation: Organisation) -> Iterator[bytes]:
    """One link a line: whoever holds two ledgers can find them in both."""
    yield b"[\n"
    first = True
    for row in _links(organisation):
        link = {"number": row.number, "kind": row.kind, "act": str(row.act), "digest": row.digest, "prev": row.prev,
                "hash": row.hash, "at": row.at.isoformat()}  # fmt: skip
        yield (b"" if first else b",\n") + json.dumps(link).encode()
        first = False
    yield b"\n]\n"


def _evidence(organisation: Organisation) -> Iterator[Entry]:
    rows = Evidence.objects.filter(declaration__organisation=organisation).order_by("digest")
    table = [(row.digest, row.name, row.kind, row.size, row.about, row.declaration_id) for row in rows]
    yield "evidence.csv", _csv(("sha256", "name", "kind", "size", "about", "declaration"), table)
    for digest in sorted({row[0] for row in table}):
        if not files.fault(digest):
            yield f"evidence/{digest}", _pieces(digest)


def _uploads(organisation: Organisation) -> Iterator[Entry]:
    """Each file as it came; what reading it found is computed and can be found again."""
    rows = Upload.objects.filter(organisation=organisation).select_related(
        "by__user__person", "applied_by__user__person"
    )
    table = [
        (row.digest, row.name, row.size, row.at, row.by.user.display_name, row.language, row.state.value, row.applied_at or "",
         row.applied_by.user.display_name if row.applied_by else "", row.cancelled_at or "")
        for row in rows.order_by("at", "pk")
    ]  # fmt: skip
    yield "uploads.csv", _csv(UPLOADS, table)
    for digest in sorted({row[0] for row in table}):
        if not files.fault(digest):
            yield f"uploads/{digest}", _pieces(digest)


def _pieces(digest: str) -> Iterator[bytes]:
    with files.opened(digest) as stream:
        while piece := stream.read(CHUNK_OF_FILE):
            yield piece


def _pretty(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _csv(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark that spreadsheets know; a cell that a spreadsheet would take for a formula gets an apostrophe."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    sheet.write("\ufeff")
    writer.writerow(head)
    for number, row in enumerate(rows, 1):
        writer.writerow([_plain(value) for value in row])
        if number % CHUNK == 0:
            yield sheet.getvalue().encode()
            sheet.seek(0)
            sheet.truncate()
    yield sheet.getvalue().encode()


def _plain(value: Any) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text
