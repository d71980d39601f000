"""Salted commitments: what a certificate holds instead of another company's figures, and how they are opened again."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator

from tracing.engine.dossier import canonical

SALT_BYTES = 16
BLANKS = 64  # commitments come in full sheets of this many, so that their number tells nothing about a supply

Opening = list  # [salt in lower-case hex, path, value]


def commitment(salt: str, path: list, value: object) -> str:
    """SHA-256 over 16 salt bytes and the canonical list [path, value], base64url without padding."""
    digest = hashlib.sha256(bytes.fromhex(salt) + canonical([path, value])).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def leaves(document: object, path: tuple = ()) -> Iterator[tuple[list, object]]:
    """Every scalar of a document with its path; an empty object or list is a leaf too, so that nothing gets lost."""
    if isinstance(document, dict) and document:
        for key in sorted(document):
            yield from leaves(document[key], (*path, key))
    elif isinstance(document, list) and document:
        for index, item in enumerate(document):
            yield from leaves(item, (*path, index))
    else:
        yield list(path), document


def sealed(document: object, path: tuple = ()) -> list[Opening]:
    """An opening with a fresh salt for every leaf below ``path``."""
    return [[secrets.token_hex(SALT_BYTES), where, value] for where, value in leaves(document, path)]


def sheet(openings: list[Opening]) -> list[str]:
    """The commitments of these openings among random blanks, sorted: neither order nor number says anything."""
    shown = [commitment(*opening) for opening in openings]
    blank = -len(shown) % BLANKS
    shown += [base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode() for _ in range(blank)]
    return sorted(shown)


def unfit(openings: object, commitments: list[str]) -> str:
    """Why these openings do not open these commitments, naming the leaf; an empty text when they do."""
    if not isinstance(openings, list):
        return "the openings are not a list"
    held, salts = set(commitments), set()
    for opening in openings:
        if not (isinstance(opening, list) and len(opening) == 3 and isinstance(opening[1], list)):
            return "an opening is not [salt, path, value]"
        salt, path, value = opening
        name = "/".join(str(step) for step in path)
        if not (isinstance(salt, str) and re.fullmatch(r"[0-9a-f]{32}", salt)):
            return f"the salt of {name} is not 32 hexadecimal digits"
        if salt in salts:
            return f"the salt of {name} is used twice"
        salts.add(salt)
        if commitment(salt, path, value) not in held:
            return f"{name} is not what was sealed"
    return ""


def opened(openings: list[Opening], under: str, base: dict | None = None) -> dict:
    """The document below the first step ``under``, built from its openings on top of what lies open already."""
    root: dict = {under: base if base is not None else {}}
    for _salt, path, value in sorted(openings, key=lambda opening: [_rank(step) for step in opening[1]]):
        if path[0] == under:
            _place(root, path, value)
    return root[under]


def _rank(step: str | int) -> tuple:
    return (1, step, "") if isinstance(step, int) else (0, 0, step)


def _place(root: dict, path: list, value: object) -> None:
    node: dict | list = root
    for step, following in zip(path, path[1:], strict=False):
        empty: dict | list = [] if isinstance(following, int) else {}
        if isinstance(node, list):
            if step == len(node):
                node.append(empty)
            node = node[step]
        else:
            node = node.setdefault(step, empty)
    if isinstance(node, list):
        node.insert(path[-1], value)
    else:
        node[path[-1]] = value
