"""The Ed25519 keys that sign certificates: the one in use, and the public halves of all that ever were."""

import base64
import binascii
import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"  # RFC 9864; the older name EdDSA would leave the curve open
SIGNING = "signing.pem"
PUBLIC = "jwks.json"


class NoKey(Exception):
    """There is no signing key in the folder that SIGNING_KEYS names: ``manage.py keys --new`` makes one."""


class BadSignature(ValueError):
    """The signature does not hold, or its key is not trusted."""


def active(folder: Path | str, *, make: bool = False) -> OKPKey:
    """The private key in use. ``make``, for the demo and for tests: make one if there is none. Raises NoKey."""
    path = Path(folder) / SIGNING
    if not path.exists():
        if not make:
            raise NoKey(f"No signing key in {folder}: manage.py keys --new makes one.")
        renew(folder, at=dt.datetime.now(dt.UTC).date())
    return OKPKey.import_key(path.read_bytes())


def public(folder: Path | str) -> dict[str, Any]:
    """The public keys as a JSON Web Key Set, retired ones included: an old certificate still verifies."""
    path = Path(folder) / PUBLIC
    return json.loads(path.read_text()) if path.exists() else {"keys": []}


def trusted(raw: bytes) -> dict[str, Any]:
    """A key set that somebody kept. Raises ValueError when it is none."""
    found = json.loads(raw)
    rows = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ValueError("this is no JSON Web Key Set")
    return {"keys": [one for one in rows if {"kty", "crv", "x", "kid"} <= one.keys() and one["crv"] == ALGORITHM]}


def renew(folder: Path | str, *, at: dt.date) -> str:
    """Make a new signing key and retire the one in use; answers the new key's name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    known = public(folder)["keys"]
    for one in known:
        one.setdefault("retired", at.isoformat())
    key = OKPKey.generate_key(ALGORITHM)
    shown = {**key.as_dict(private=False), "kid": kid(key), "use": "sig", "alg": ALGORITHM, "from": at.isoformat()}
    # The public half first: a key must never sign before the world can know it.
    _write(folder / PUBLIC, (json.dumps({"keys": [*known, shown]}, indent=1) + "\n").encode(), 0o644)
    _write(folder / SIGNING, key.as_pem(private=True), 0o600)
    return kid(key)


def kid(key: OKPKey) -> str:
    """The key's name: its RFC 7638 thumbprint, so that nobody can give one key the name of another."""
    return key.thumbprint()


def sign(text: bytes, key: OKPKey) -> str:
    """A compact JWS over these bytes."""
    return jws.serialize_compact({"alg": ALGORITHM, "kid": kid(key)}, text, key, algorithms=[ALGORITHM])


def opened(token: str, trusted: dict[str, Any]) -> bytes:
    """The bytes that a trusted key signed. Raises BadSignature, saying what is wrong."""
    header = _header(token)
    name = header.get("kid")
    found = next((one for one in trusted.get("keys", []) if one.get("kid") == name), None)
    if found is None:
        raise BadSignature(_("signed by an unknown key, %(name)s: it is not among the keys you trust") % {"name": name})
    try:
        key = OKPKey.import_key({part: found[part] for part in ("kty", "crv", "x")})
    except (JoseError, ValueError):
        raise BadSignature(_("the trusted key %(name)s is damaged") % {"name": name}) from None
    if kid(key) != name:
        raise BadSignature(_("the trusted key does not bear its own name"))
    try:
        return jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError):
        raise BadSignature(_("the signature does not hold: something was changed after signing")) from None


def _header(token: str) -> dict[str, Any]:
    """The protected header, after making sure that the token is written in the one way it can be written."""
    parts = token.split(".")
    try:
        raw = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts]
        written = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in raw]
        header = json.loads(raw[0])
    except (ValueError, binascii.Error):
        raise BadSignature(_("the signature is damaged")) from None
    if len(parts) != 3 or written != parts or not isinstance(header, dict) or set(header) != {"alg", "kid"}:
        raise BadSignature(_("the signature is damaged"))
    return header


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others for even a moment."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    fresh.replace(path)
