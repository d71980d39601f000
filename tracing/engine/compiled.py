"""One text for each loop: compiled where numba is installed, interpreted where it is not, with the same result.

A loop is a plain function over flat arrays of one dimension: whole numbers in, whole numbers out, ``len(array)`` and
never ``array.size``, and nothing of numpy inside. Then it runs in three ways without a second text: compiled over
arrays, interpreted over views of the same arrays (Python integers, no wrapping), and, as ``.loop``, over lists of exact
rationals. A loop may call only what is marked ``compiled`` or ``piece`` in this file or in ``loops/``.
"""

import hashlib
import importlib
import inspect
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import numpy as np

POSITION = 0x7FFF_FFFF
"""Mask for a position read from an int32 array: it takes a mark in the sign bit away and changes nothing else."""
PLACE = 0x3FFF_FFFF_FFFF_FFFF
"""Mask for an index. It changes none, but shows the compiler that it is not negative, which spares the test for Python's
indices from the end: up to a fifth of the time of a pass."""

numba: Any  # by name and as Any: it has type stubs in some releases, none in others, and may be absent
try:
    if os.environ.get("TRACELINE_INTERPRETED") == "1":
        raise ImportError("the environment says TRACELINE_INTERPRETED=1")
    numba = importlib.import_module("numba")
except ImportError as missing:
    COMPILED = False
    _WHY = str(missing)
    if isinstance(missing, ModuleNotFoundError):
        _WHY = "numba is not installed: pip install -r requirements-fast.txt"
else:
    COMPILED = True
    _WHY = ""

Plain = TypeVar("Plain", bound=Callable[..., Any])


class Loop(Protocol):
    """What ``compiled`` makes of a loop. ``loop`` is the Python function as it was written."""

    loop: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any: ...


def how() -> str:
    """How loops run in this process, for people: ``compiled by numba 0.68.1`` or why they are interpreted."""
    return f"compiled by numba {numba.__version__}" if COMPILED else f"interpreted ({_WHY})"


def compiled(*outputs: str) -> Callable[[Callable[..., Any]], Loop]:
    """Mark a loop, naming the parameters whose arrays it writes to: ``@compiled("values")``.

    Arguments by position: one-dimensional arrays, whole numbers, floats, None. A parameter that is None is known when
    the loop is compiled: ``if den is None`` costs nothing. The first call with new types compiles (about a second) and
    keeps the result on disk for every later process, where that can be written. Interpreted, arrays that are not named
    cannot be written to, and a number that does not fit is a ValueError.
    """

    def mark(loop: Callable[..., Any]) -> Loop:
        made = _machine(loop) if COMPILED else _interpreted(loop, outputs)
        made.loop = loop
        return cast(Loop, made)

    return mark


def piece(function: Plain) -> Plain:
    """Mark a step that loops call: numbers in, a number out. Interpreted it is the function itself."""
    return cast(Plain, _machine(function)) if COMPILED else function


def _interpreted(loop: Callable[..., Any], outputs: tuple[str, ...]) -> Any:
    """The loop over views of the arrays themselves: a view gives Python integers and takes them, without a copy."""
    written = [name in outputs for name in inspect.signature(loop).parameters]

    def run(*arguments: Any) -> Any:
        return loop(*map(_plain, arguments, written))

    run.__name__, run.__doc__ = loop.__name__, loop.__doc__
    return run


def _plain(argument: Any, written: bool) -> Any:
    if isinstance(argument, np.ndarray):
        view = memoryview(cast(Any, argument))
        return view if written else view.toreadonly()
    return argument.item() if isinstance(argument, np.generic) else argument


def _machine(loop: Callable[..., Any]) -> Any:
    """Compiled by numba; kept on disk unless the place is read-only or numba keeps its stamp elsewhere."""
    try:
        made = numba.njit(cache=True, nogil=True, boundscheck=False)(loop)
        kept = made._cache._cache_file
        kept._source_stamp = (*kept._source_stamp, _sources())
    except (RuntimeError, OSError, AttributeError, TypeError):
        made = numba.njit(nogil=True, boundscheck=False)(loop)
    return made


@cache
def _sources() -> str:
    """A digest of every loop. numba looks only at the file of the loop itself, and would go on using machine code that
    holds an older text of a step from another file: silently wrong numbers."""
    here = Path(__file__).parent
    files = [Path(__file__), *sorted((here / "loops").glob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


@piece
def half_up(total: Any, den: Any) -> Any:
    """floor(total / den + 1/2), also below zero: the one rounding step. ``den`` > 0; |total| + den < 2**62 (``prove``)."""
    return (total + (den >> 1)) // den


def _asks(_context: Any, values: Any, at: Any) -> Any:
    """What numba is to make of ``fetch``: its type, and the processor's own instruction."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        ir = importlib.import_module("llvmlite.ir")
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        where = builder.bitcast(builder.gep(array.data, [arguments[1]]), byte)
        shape = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [byte], shape)
        builder.call(ask, [where, number(0), number(3), number(1)])  # to read it, keep it near, it is data
        return context.get_dummy_value()

    return numba.types.void(values, at), code


def _nothing(_values: Any, _at: Any) -> None:
    """What is left of ``fetch`` where the loop is interpreted."""


fetch: Any = importlib.import_module("numba.extending").intrinsic(_asks) if COMPILED else _nothing
"""``fetch(values, at)`` asks the processor to have that entry near soon. It changes nothing, and no ``at`` does harm."""
