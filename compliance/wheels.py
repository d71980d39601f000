"""The engine as one file that runs by itself: a wheel of the pure core and the rulebooks, the same bytes wherever it is built."""

import base64
import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

import tracing
from tracing.engine import VERSION

ROOT = Path(tracing.__file__).parent
KEPT = {".py", ".toml", ".csv"}
STAMP = (1994, 1, 1, 0, 0, 0)
NAME = f"traceline_engine-{VERSION}-py3-none-any.whl"
METADATA = f"""Metadata-Version: 2.1
Name: traceline-engine
Version: {VERSION}
Summary: Traced content of vehicles under every rulebook, from a dossier alone.
License: Apache-2.0
Requires-Python: >=3.11
Provides-Extra: fleet
Requires-Dist: numpy>=2.1; extra == "fleet"
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: traceline\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def files() -> list[tuple[str, bytes]]:
    """Every file of the engine and of the law, by its path in the wheel, in order."""
    found = [("tracing/__init__.py", b"")]
    for folder in ("engine", "rulebooks"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in KEPT:
                found.append((f"tracing/{path.relative_to(ROOT).as_posix()}", path.read_bytes()))
    info = f"traceline_engine-{VERSION}.dist-info"
    return [*found, (f"{info}/METADATA", METADATA.encode()), (f"{info}/WHEEL", WHEEL.encode())]


@cache
def wheel() -> bytes:
    """The wheel: stored, not compressed, and with one time for all, so that equal sources give equal bytes."""
    info, rows, written = f"traceline_engine-{VERSION}.dist-info", [], io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as out:
        for name, raw in files():
            out.writestr(_entry(name), raw)
            digest = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(raw)}")
        out.writestr(_entry(f"{info}/RECORD"), "\n".join([*rows, f"{info}/RECORD,,", ""]))
    return written.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, STAMP)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    return entry


def digest() -> str:
    """SHA-256 of the wheel: what a certificate names beside the version."""
    return hashlib.sha256(wheel()).hexdigest()
