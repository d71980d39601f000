"""Arrays and plain data in one file that is mapped, not read: whole under its name, or not there at all."""

import datetime as dt
import fcntl
import json
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from suppliers.files import synced

MAGIC = b"TLFLEET\0"
VERSION = 4
SUFFIX = ".fleet"
BEGUN = ".begun-"
LINE = 64
PIECE = 1 << 24
_HEAD = struct.Struct("<8sIIQI")  # magic, version, length of the table, length of the file, checksum of the table
_TAIL = struct.Struct("<I")
_proven: set[tuple[int, int, int, int]] = set()


class Torn(ValueError):
    """The file is none of ours, or not whole: it was cut off, changed, or made by another version."""


def keep(folder: Path, name: str, arrays: dict[str, np.ndarray], plain: dict[str, Any]) -> Path:
    """Write one file. It stands under its name only when all of it is on the disk; ``name`` says what it was made from."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}{SUFFIX}"
    with _begun(folder, name) as file:
        begun = Path(file.name)
        try:
            _write(file, arrays, spelled(plain).encode())
            file.flush()
            os.fsync(file.fileno())
            begun.replace(target)
        except BaseException:
            begun.unlink(missing_ok=True)
            raise
    synced(folder)
    return target


def _begun(folder: Path, name: str) -> Any:
    """A file of another name, locked as long as somebody writes it: the lock goes with the process, however it ends."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, prefix=f"{BEGUN}{name}-", delete=False)  # noqa: SIM115  closed by keep
        fcntl.flock(file, fcntl.LOCK_EX)
        if Path(file.name).exists():  # pruned between its birth and the lock otherwise
            return file
        file.close()


def _write(file: BinaryIO, arrays: dict[str, np.ndarray], plain: bytes) -> None:
    table: dict[str, Any] = {}
    sections = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    sections["\0plain"] = np.frombuffer(plain, np.uint8)
    at = 0
    for name, array in sections.items():
        table[name] = (array.dtype.str, array.shape, at)
        at += -(-array.nbytes // LINE) * LINE
    told = json.dumps(table).encode()
    start = _start(len(told))
    head = _HEAD.pack(MAGIC, VERSION, len(told), start + at + _TAIL.size, zlib.crc32(told))
    sum_ = _put(file, head + told + bytes(start - _HEAD.size - len(told)), 0)
    for array in sections.values():
        run = memoryview(array.reshape(-1).view(np.uint8)) if array.size else b""
        for piece in range(0, array.nbytes, PIECE):
            sum_ = _put(file, run[piece : piece + PIECE], sum_)
        sum_ = _put(file, bytes(-array.nbytes % LINE), sum_)
    file.write(_TAIL.pack(sum_))


def _start(table: int) -> int:
    return -(-(_HEAD.size + table) // LINE) * LINE


def _put(file: BinaryIO, run: Any, sum_: int) -> int:
    file.write(run)
    return zlib.crc32(run, sum_)


def opened(path: Path, *, check: bool = False) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays, mapped for reading, and the plain data. Raises Torn, and FileNotFoundError where it was pruned.

    Magic, version, length and the table's checksum are proven each time; that of the whole when this process opens the file
    for the first time, or when asked.
    """
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or head[:8] != MAGIC:
            raise Torn(f"{path.name} is no snapshot of a fleet.")
        _, version, length, size, sum_ = _HEAD.unpack(head)
        if version != VERSION:
            raise Torn(f"{path.name} was written by version {version}; this one reads {VERSION}.")
        told = file.read(length)
        if size != found.st_size or zlib.crc32(told) != sum_ or len(told) != length:
            raise Torn(f"{path.name} is not whole.")
        run = np.memmap(file, dtype=np.uint8, mode="r")
    this = (found.st_dev, found.st_ino, found.st_mtime_ns, size)
    if check or this not in _proven:
        if _TAIL.unpack(run[-_TAIL.size :].tobytes())[0] != _sum(run[: -_TAIL.size]):
            raise Torn(f"{path.name} is not what was written.")
        _proven.add(this)
    arrays = {}
    for name, (kind, shape, at) in json.loads(told).items():
        dtype, begin = np.dtype(kind), _start(length) + at
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = run[begin : begin + count * dtype.itemsize].view(dtype).reshape(shape)
    return arrays, unspelled(arrays.pop("\0plain").tobytes().decode())


def _sum(run: np.ndarray) -> int:
    sum_ = 0
    for piece in range(0, len(run), PIECE):
        sum_ = zlib.crc32(run[piece : piece + PIECE], sum_)
    return sum_


def newest(folder: Path) -> Path | None:
    """The snapshot that was written last."""
    return next(iter(_by_age(folder.glob(f"*{SUFFIX}"))), None)


def prune(folder: Path, keep: int = 2) -> list[Path]:
    """Remove all but the newest, and what somebody began and did not live to finish; answers what was removed.

    Whoever has a file open keeps reading it.
    """
    removed = _by_age(folder.glob(f"*{SUFFIX}"))[keep:]
    removed += [path for path in folder.glob(f"{BEGUN}*") if _abandoned(path)]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def _by_age(paths: Iterable[Path]) -> list[Path]:
    """Newest first."""
    aged = []
    for path in paths:
        try:
            aged.append((path.stat().st_mtime_ns, path.name, path))
        except FileNotFoundError:  # pruned by another meanwhile
            continue
    return [path for _, _, path in sorted(aged, reverse=True)]


def _abandoned(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return False
    return True


def spelled(value: Any) -> str:
    """Plain data as JSON that reads back equal, with rationals, days and tuples."""
    return json.dumps(_out(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def unspelled(text: str) -> Any:
    return _in(json.loads(text))


def _out(value: Any) -> Any:
    if isinstance(value, Fraction):
        return {"$fraction": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return {"$day": value.isoformat()}
    if isinstance(value, tuple):
        return {"$tuple": [_out(one) for one in value]}
    if isinstance(value, list):
        return [_out(one) for one in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: _out(one) for key, one in value.items()}
        return {"$pairs": [[_out(key), _out(one)] for key, one in value.items()]}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"{value!r} has no spelling here")


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return [_in(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        read = {"$fraction": Fraction, "$day": dt.date.fromisoformat, "$tuple": lambda row: tuple(map(_in, row)),
                "$pairs": lambda rows: {_in(key): _in(one) for key, one in rows}}.get(name)  # fmt: skip
        if read is not None:
            return read(inner)
    return {key: _in(one) for key, one in value.items()}
