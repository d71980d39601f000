"""Checks a document offline: is this file what was signed, and by a key that is trusted?"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance import commitments, documents, keys
from compliance.takeouts import archives
from tracing.engine import dossier

BESIDE = ("certificate", "openings", "evidence")  # in a dossier's file beside what the engine was given


@dataclass(frozen=True)
class Verdict:
    """What a check found. ``ok`` with the document, or one line that says what failed."""

    ok: bool
    line: str
    kind: str = ""
    payload: dict[str, Any] | None = None
    inputs: dict[str, Any] | None = None
    openings: dict[str, commitments.Opening] = field(default_factory=dict)
    unreadable: bool = False  # nothing of ours, so neither genuine nor false


class Sealed(ValueError):
    """Figures that would be needed are sealed in this file."""


def verify(raw: bytes, trusted: dict[str, Any]) -> Verdict:
    """Check a certificate (JSON or PDF), a revocation, a dossier or a takeout. Never raises for what a file may hold."""
    try:
        return _verified(raw, trusted)
    except (keys.BadSignature, documents.NotADocument, Sealed) as wrong:
        unreadable = isinstance(wrong, documents.NotADocument | Sealed)
        return Verdict(False, str(wrong), unreadable=unreadable)


def _verified(raw: bytes, trusted: dict[str, Any]) -> Verdict:
    if raw.startswith(b"PK\x03\x04"):
        return _takeout(raw, trusted)
    if raw.startswith(b"%PDF"):
        raw = documents.attached(raw, trusted)
    data = parsed(raw)
    if "dossier" in data:
        return _dossier(raw, data, trusted)
    payload = _signed(data, trusted)
    if raw != documents.json_file(payload, data["jws"]):
        raise keys.BadSignature(_("the text holds, but the file is not written as it was handed out"))
    kind = "revocation" if "revocation" in payload else "certificate"
    return Verdict(True, line_of(kind, payload), kind, payload)


def _signed(data: Any, trusted: dict[str, Any]) -> dict[str, Any]:
    """The payload of a signed document, after its signature was found to hold over exactly these words."""
    if not isinstance(data, dict) or set(data) != {"payload", "jws"} or not isinstance(data["jws"], str):
        raise documents.NotADocument(_("this is no certificate, revocation or dossier of ours"))
    payload: dict[str, Any] = data["payload"]
    if keys.opened(data["jws"], trusted) != canonical(payload) or not isinstance(payload, dict):
        raise keys.BadSignature(_("the text was changed after it was signed"))
    return payload


def _dossier(raw: bytes, data: dict[str, Any], trusted: dict[str, Any]) -> Verdict:
    """A dossier: its certificate signed, every sealed figure opened to what was sealed, the declarations those it names."""
    if "certificate" not in data:
        raise documents.NotADocument(_("this dossier carries no certificate, so nobody has signed it"))
    payload = _signed(data["certificate"], trusted)
    if "sealed" not in payload:
        raise documents.NotADocument(_("what this dossier carries is no certificate"))
    if raw != canonical(data) + b"\n":
        raise keys.BadSignature(_("the file is not written as it was handed out"))
    try:
        openings = commitments.read(data.get("openings"))
    except ValueError as wrong:
        raise keys.BadSignature(str(wrong)) from None
    for leaf in sorted(payload["sealed"].keys() | openings.keys()):
        if leaf not in openings:
            count = len(payload["sealed"].keys() - openings.keys())
            raise Sealed(
                ngettext("%(count)s figure is sealed", "%(count)s figures are sealed", count) % {"count": count}
            )
        if openings[leaf].commitment != payload["sealed"].get(leaf):
            raise keys.BadSignature(_("the opening of %(name)s is not what the certificate sealed") % {"name": leaf})
    inputs = {key: value for key, value in data.items() if key not in BESIDE}
    if dossier.digest(inputs) != openings["inputs"].value:
        raise keys.BadSignature(_("the declarations in this file are not those the certificate was computed from"))
    return Verdict(True, line_of("dossier", payload), "dossier", payload, inputs, openings)


def _takeout(raw: bytes, trusted: dict[str, Any]) -> Verdict:
    """Everything a company entered: the list of files signed, and each file what the list says."""
    payload = _signed(archives.manifest(raw), trusted)
    if payload.get("takeout") != 1 or not isinstance(payload.get("files"), dict):
        raise documents.NotADocument(_("this is no takeout of ours"))
    if wrong := list(archives.faults(raw, payload)):
        raise keys.BadSignature("; ".join(wrong[:5]))
    return Verdict(True, line_of("takeout", payload), "takeout", payload)


def held_against(found: Verdict, revocation: bytes, trusted: dict[str, Any]) -> Verdict:
    """The same certificate after reading a revocation: revoked, untouched, or the revocation itself is no good."""
    other = verify(revocation, trusted)
    if not found.ok or found.payload is None:
        return found
    if not other.ok or other.payload is None or other.kind != "revocation":
        return Verdict(False, f"the revocation: {other.line}", unreadable=other.unreadable)
    if other.payload["revocation"]["certificate"] != dossier.digest(found.payload):
        return found
    day, why = other.payload["issued_at"][:10], other.payload["revocation"]["why"]
    return Verdict(False, f"revoked on {day}: {why}", found.kind, found.payload)


def parsed(raw: bytes) -> dict[str, Any]:
    """The file's JSON object; keys given twice are refused, since the second would hide the first."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise documents.NotADocument(_("a key is given twice"))
        return dict(pairs)

    documents.demand_sparse(raw)
    try:
        data = json.loads(raw, object_pairs_hook=once)
    except (ValueError, UnicodeDecodeError, RecursionError) as wrong:
        raise documents.NotADocument(_("it cannot be read: %(why)s") % {"why": wrong}) from None
    if not isinstance(data, dict):
        raise documents.NotADocument(_("it is no JSON object"))
    return data


def canonical(payload: Any) -> bytes:
    try:
        return dossier.canonical(payload)
    except TypeError as wrong:
        raise documents.NotADocument(str(wrong)) from None


def line_of(kind: str, payload: dict[str, Any]) -> str:
    if kind == "revocation":
        named = {"number": payload["revocation"]["number"], "issuer": payload["issuer"]}
        return _("genuine revocation of certificate %(number)s of %(issuer)s") % named
    if kind == "takeout":
        told = {"name": payload["name"], "day": payload["issued_at"][:10], "count": len(payload["files"])}
        return _("genuine: everything %(name)s entered by %(day)s, %(count)s files") % told
    vehicle = payload["vehicle"]["name"]
    what = f"{payload['title']} {payload['number']}"
    if kind == "dossier":
        what = _("dossier of %(what)s") % {"what": what}
    named = {"what": what, "issuer": payload["issuer"], "vehicle": vehicle, "law": payload["rulebook"]["rulebook"]}
    return _("genuine: %(what)s of %(issuer)s for %(vehicle)s, %(law)s") % named
