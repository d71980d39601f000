"""A certificate's payload → bytes: the signed JSON file, and the PDF that carries it."""

import datetime as dt
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _
from joserfc.jwk import OKPKey
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from compliance import keys
from tracing.engine import dossier

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "documents"
ATTACHMENT = "certificate.json"
SIGNATURE = b"<</Type/TracelineSignature/JWS("
# A trailer of ours is short. Without a bound a file full of beginnings is searched once for each of them, for hours.
TRAILER = re.compile(
    rb"trailer\n<</Size (?P<size>\d{1,7})(?P<rest>[^>]{0,500})>>\nstartxref\n(?P<start>\d{1,10})\n%%EOF"
)


CONTAINERS = 1_000_000  # lists and objects in one document: far more than any of ours holds


class NotADocument(ValueError):
    """The file is none of ours, or is broken beyond reading."""


def demand_sparse(raw: bytes) -> None:
    """Refuse a text that would become millions of empty lists, before it is read: each takes twenty times its own bytes.

    Raises NotADocument.
    """
    if raw.count(b"[") + raw.count(b"{") > CONTAINERS:
        raise NotADocument(_("it holds more lists than any document of ours"))


def json_file(payload: dict[str, Any], jws: str) -> bytes:
    """The certificate as a file: the payload to read, and the signature that holds the very same bytes."""
    return (json.dumps({"payload": payload, "jws": jws}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def pdf_file(payload: dict[str, Any], attachment: bytes, key: OKPKey, *, verify_at: str) -> bytes:
    """The certificate on paper: tagged PDF/A-3, the same bytes for the same input, its JSON attached, signed as a whole."""
    issued = dt.datetime.fromisoformat(payload["issued_at"])
    shown = {
        **payload, "verify_at": verify_at, "sealed": sorted(payload["sealed"]), "digest": dossier.digest(payload),
        "key": keys.kid(key),
    }  # fmt: skip
    compiled = typst.compile(
        str(TEMPLATES / "certificate.typ"), root=str(TEMPLATES), format="pdf", ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown), "attachment": attachment.decode()},
        pdf_standards=["a-3a", "ua-1"], timestamp=int(issued.timestamp()),
    )  # fmt: skip
    body = bytes(compiled)
    return _updated(body, keys.sign(_digest(body), key))


def _updated(body: bytes, token: str) -> bytes:
    """The PDF with its signature in an incremental update, as the format means later words to be added.

    One form only for one body and token, so that the check can build it again and compare every byte.
    """
    found = TRAILER.search(body)
    if found is None:
        raise NotADocument(_("this PDF has no trailer"))
    size, rest, start = int(found["size"]), found["rest"], int(found["start"])
    place = len(body) + 1
    signature = b"\n%d 0 obj\n" % size + SIGNATURE + token.encode("ascii") + b")>>\nendobj\n"
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return body + signature + table % (size, place, size + 1, rest, start, len(body) + len(signature))


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def attached(pdf: bytes, trusted: dict[str, Any]) -> bytes:
    """The JSON inside a PDF of ours, after its signature over every byte held. Raises BadSignature, NotADocument."""
    head, mark, tail = pdf.rpartition(SIGNATURE)
    body, obj, __ = head.rpartition(b"\n%d 0 obj\n" % _size(head))
    if not mark or not obj:
        raise NotADocument(_("this PDF carries no signature of ours"))
    token = _text(tail.partition(b")")[0])
    if keys.opened(token, trusted) != _digest(body) or _updated(body, token) != pdf:
        raise keys.BadSignature(_("the PDF was changed after it was signed"))
    try:
        return PdfReader(io.BytesIO(body)).attachments[ATTACHMENT][0]
    except (PyPdfError, KeyError, IndexError) as wrong:
        raise NotADocument(_("the PDF holds no certificate: %(why)s") % {"why": wrong}) from None


def _size(head: bytes) -> int:
    """The number of the object that the update adds: the size that the trailer before it tells."""
    found = TRAILER.search(head)
    return int(found["size"]) if found else -1


def _text(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise keys.BadSignature(_("the signature is damaged")) from None
