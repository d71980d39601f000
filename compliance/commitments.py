"""Salted commitments: what a certificate holds instead of another company's figures, and how they are opened again."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass

from tracing.engine.dossier import canonical

SALT_BYTES = 16  # 128 bits: no search over plausible values can try the salts too


@dataclass(frozen=True)
class Opening:
    """One sealed figure: where it belongs, its salt (32 hexadecimal digits) and what it says."""

    leaf: str
    salt: str
    value: str

    @property
    def commitment(self) -> str:
        """SHA-256 over the salt's 16 bytes and the canonical list [leaf, value], base64url without padding."""
        digest = hashlib.sha256(bytes.fromhex(self.salt) + canonical([self.leaf, self.value])).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def seal(leaf: str, value: str) -> Opening:
    """Seal a figure under a fresh salt."""
    return Opening(leaf, secrets.token_hex(SALT_BYTES), value)


def read(rows: object) -> dict[str, Opening]:
    """The openings of a dossier by leaf, in the one form they can have. Raises ValueError naming what is wrong."""
    if not isinstance(rows, list):
        raise ValueError("the openings are no list")
    found: dict[str, Opening] = {}
    salts = set()
    for row in rows:
        if not isinstance(row, dict) or set(row) != {"leaf", "salt", "value"}:
            raise ValueError("an opening is not leaf, salt and value")
        opening = Opening(**{key: str(value) for key, value in row.items()})
        if not re.fullmatch(r"[0-9a-f]{32}", opening.salt):
            raise ValueError(f"the salt of {opening.leaf} is not 32 hexadecimal digits")
        if opening.leaf in found or opening.salt in salts:
            raise ValueError(f"{opening.leaf} is opened twice, or its salt is used twice")
        salts.add(opening.salt)
        found[opening.leaf] = opening
    return found
