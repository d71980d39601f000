"""Checks a document offline: is this file what was signed, and by a key that is trusted?"""

import json
from dataclasses import dataclass
from typing import Any

from compliance import documents, keys
from tracing.engine import dossier


@dataclass(frozen=True)
class Verdict:
    """What a check found. ``ok`` with the document, or one line that says what failed."""

    ok: bool
    line: str
    kind: str = ""
    payload: dict[str, Any] | None = None


def verify(raw: bytes, trusted: dict[str, Any]) -> Verdict:
    """Check a certificate (JSON or PDF), a revocation or a dossier. Never raises for what a file may hold."""
    try:
        return _verified(raw, trusted)
    except (keys.BadSignature, documents.NotADocument) as wrong:
        return Verdict(False, str(wrong))


def _verified(raw: bytes, trusted: dict[str, Any]) -> Verdict:
    if raw.startswith(b"%PDF"):
        raw = documents.attached(raw, trusted)
    data = parsed(raw)
    if "dossier" in data:
        if "certificate" not in data:
            return Verdict(False, "this dossier carries no certificate, so nobody has signed it")
        data = data["certificate"]
    if not isinstance(data, dict) or set(data) != {"payload", "jws"} or not isinstance(data["jws"], str):
        raise documents.NotADocument("this is no certificate, revocation or dossier of ours")
    payload = data["payload"]
    if keys.opened(data["jws"], trusted) != canonical(payload):
        raise keys.BadSignature("the text was changed after it was signed")
    kind = "revocation" if "revocation" in payload else "certificate"
    return Verdict(True, line_of(kind, payload), kind, payload)


def parsed(raw: bytes) -> dict[str, Any]:
    """The file's JSON object; keys given twice are refused, since the second would hide the first."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) != len(pairs):
            raise documents.NotADocument("a key is given twice")
        return dict(pairs)

    try:
        data = json.loads(raw, object_pairs_hook=once)
    except (ValueError, UnicodeDecodeError, RecursionError) as wrong:
        raise documents.NotADocument(f"it cannot be read: {wrong}") from None
    if not isinstance(data, dict):
        raise documents.NotADocument("it is no JSON object")
    return data


def canonical(payload: Any) -> bytes:
    try:
        return dossier.canonical(payload)
    except TypeError as wrong:
        raise documents.NotADocument(str(wrong)) from None


def line_of(kind: str, payload: dict[str, Any]) -> str:
    if kind == "revocation":
        return f"genuine revocation of certificate {payload['revocation']['number']} of {payload['issuer']}"
    vehicle = payload["vehicle"]["name"]
    return f"genuine: {payload['title']} {payload['number']} of {payload['issuer']} for {vehicle}, {payload['rulebook']['rulebook']}"
