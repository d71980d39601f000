"""A certificate's payload → bytes: the signed JSON file, and the PDF that carries it."""

import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import typst
from joserfc.jwk import OKPKey
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from compliance import keys
from tracing.engine import dossier

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "documents"
ATTACHMENT = "certificate.json"
SEAL_MARK = b"\n%traceline-signature "


class NotADocument(ValueError):
    """The file is none of ours, or is broken beyond reading."""


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
    return body + SEAL_MARK + keys.sign(_digest(body), key).encode() + b"\n"


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def attached(pdf: bytes, trusted: dict[str, Any]) -> bytes:
    """The JSON inside a PDF of ours, after its signature over every byte held. Raises BadSignature, NotADocument."""
    body, mark, token = pdf.rpartition(SEAL_MARK)
    if not mark or not token.endswith(b"\n"):
        raise NotADocument("this PDF carries no signature of ours")
    if keys.opened(_text(token[:-1]), trusted) != _digest(body):
        raise keys.BadSignature("the PDF was changed after it was signed")
    try:
        return PdfReader(io.BytesIO(body)).attachments[ATTACHMENT][0]
    except (PyPdfError, KeyError, IndexError) as wrong:
        raise NotADocument(f"the PDF holds no certificate: {wrong}") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise keys.BadSignature("the signature is damaged") from None
