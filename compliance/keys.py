"""The Ed25519 keys that sign certificates: the one in use, and the public halves of all that ever were."""

import datetime as dt
import json
import os
from pathlib import Path

from django.conf import settings
from joserfc.jwk import OKPKey

SIGNING = "signing.pem"
PUBLIC = "jwks.json"


class NoSigningKey(Exception):
    """There is no signing key where SIGNING_KEYS points: ``manage.py keys --new`` makes one."""


def signing_key() -> OKPKey:
    """The private key in use. In the demo, and nowhere else, a missing one is made."""
    path = _folder() / SIGNING
    if not path.exists():
        if not settings.DEMO:
            raise NoSigningKey(f"No signing key in {path.parent}: manage.py keys --new makes one.")
        renew(at=dt.datetime.now(dt.UTC))
    return OKPKey.import_key(path.read_bytes())


def kid(key: OKPKey) -> str:
    """The key's name: its RFC 7638 thumbprint, so that nobody can give the name of one key to another."""
    return key.thumbprint()


def jwks() -> dict:
    """The public keys as a JSON Web Key Set, retired ones included: an old certificate still verifies."""
    path = _folder() / PUBLIC
    return json.loads(path.read_text()) if path.exists() else {"keys": []}


def renew(*, at: dt.datetime) -> str:
    """Make a new signing key and retire the one in use; answers the new key's name."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    known = jwks()
    for public in known["keys"]:
        public.setdefault("retired", f"{at:%Y-%m-%d}")
    key = OKPKey.generate_key("Ed25519")
    shown = {**key.as_dict(private=False), "kid": kid(key), "use": "sig", "alg": "Ed25519", "from": f"{at:%Y-%m-%d}"}
    _write(folder / SIGNING, key.as_pem(private=True), 0o600)
    _write(folder / PUBLIC, (json.dumps({"keys": [*known["keys"], shown]}, indent=1) + "\n").encode(), 0o644)
    return kid(key)


def _folder() -> Path:
    return Path(settings.SIGNING_KEYS)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others for even a moment."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    fresh.replace(path)
