"""A vehicle's own list of parts as the picture draws it: own imports and own work by origin, each answer as one block.

What the automaker makes itself opens into its own lines; what it buys opens only by the amount that the law makes its
seller state. Only faces go in.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from tracing.icicles import Group, Part, Tree
from tracing.models import Vehicle

CODES = {
    "counted": "fc", "not_counted": "fn", "unknown": "uk", "complete": "ok", "incomplete": "in", "imported": "im", "entered": "mi",
}  # fmt: skip
CHAPTERS = [
    (
        "Powertrain",
        ("8407", "8408", "8409", "8483", "8708.40", "8421", "8708.92", "8507.60", "8501", "8504", "8708.91"),
    ),
    ("Chassis", ("8708.30", "8708.50", "8708.70", "8708.80", "8708.94", "4011", "8482", "7320", "4009")),
    ("Interior", ("9401", "8708.95", "8415", "5703", "8528", "9029", "8708.22")),
    ("Electrical", ("85", "9031", "9032")),
    ("Body", ("8708", "7007", "39", "40", "72", "73", "76", "83", "32")),
]
Face = dict[str, Any]
Inner = dict[str, list[Face]]
ZERO = Decimal(0)


def group_of(hs: str) -> str:
    """The group of a part by its heading; the longest heading that fits decides."""
    fits = [(len(code), name) for name, codes in CHAPTERS for code in codes if hs.startswith(code)]
    return max(fits)[1] if fits else "Other parts"


def worth(part: Face, inner: Inner) -> Decimal:
    """What a part is worth in one vehicle: what is paid for it, or what goes into it where the automaker makes it itself."""
    value = Decimal(part["value"] or 0)
    return value or sum((worth(row, inner) for row in inner.get(part["key"], [])), ZERO)


def split(part: Face, inner: Inner) -> dict[str, Decimal]:
    """Its worth by category: own production by what goes into it, a stated amount apart, else one block."""
    value = worth(part, inner)
    if part["key"] in inner:
        found: dict[str, Decimal] = {}
        for row in inner[part["key"]]:
            for code, amount in split(row, inner).items():
                found[code] = found.get(code, ZERO) + amount
        own = value - sum(found.values(), ZERO)
        return found | ({"own": found.get("own", ZERO) + own} if own > 0 else {})
    stated = stated_of(part)
    if stated is None or not 0 < stated <= value:
        return {CODES[part["category"]]: value}
    return {code: amount for code, amount in (("fc", stated), (CODES[part["category"]], value - stated)) if amount}


def stated_of(part: Face) -> Decimal | None:
    """The amount that counts in one vehicle by what the law made the seller state; the least where there are several."""
    stated = [Fraction(row["amount"]) for row in part.get("stated") or []]
    if not stated:
        return None
    amount = min(stated) * Fraction(part["qty"]) * Fraction(part["share"])
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def tree(
    vehicle: Vehicle, parts: list[Face], net: Decimal, *, law: str, inner: Inner | None = None, at: str = "", linked: bool = True
) -> Tree:  # fmt: skip
    """Groups of direct parts by value, and the automaker's own work; ``at``: of a part that it makes itself, as the new root.

    ``linked``: each part leads to its steps, where there are any.
    """
    inner = inner or {}
    path = trail(parts, inner, at)
    rows = inner[path[-1]["key"]] if path else parts
    groups: dict[str, list[Part]] = {}
    for row in rows:
        if worth(row, inner) > 0:
            groups.setdefault(group_of(row["hs"]), []).append(_part(row, inner, law, at if path else "", linked))
    found = [Group(name, members) for name, members in groups.items()]
    total = worth(path[-1], inner) if path else net
    own = total - sum((worth(row, inner) for row in rows), ZERO)
    if own > 0:
        found.append(Group("Own work", [Part("Assembly and own costs", own, {"own": own})], own=True))
    name = path[-1]["description"] or path[-1]["item"] if path else vehicle.name
    of = "what it is worth in one vehicle" if path else "net cost"
    return Tree(name, found, smaller_href="#parts", of=of)


def _part(row: Face, inner: Inner, law: str, at: str, linked: bool) -> Part:
    stays = f"?law={law}" + (f"&at={at}" if at else "")
    opens = f"?law={law}&at={row['key']}#picture-h" if row["key"] in inner else f"{stays}&why={row['key']}#why"
    seller = row["seller"] or ("made by you" if row["how"] == "made" else "")
    return Part(
        row["description"] or row["item"],
        worth(row, inner),
        split(row, inner),
        hs=row["hs"],
        seller=seller,
        href=opens if linked else "",
    )


def trail(parts: list[Face], inner: Inner, at: str) -> list[Face]:
    """The parts from the vehicle down to the one at which the picture begins; nothing where it cannot be opened."""
    path, rows = [], parts
    while at:
        step = next((row for row in rows if at == row["key"] or at.startswith(f"{row['key']}.")), None)
        if step is None or step["key"] not in inner:
            return []
        path.append(step)
        if step["key"] == at:
            return path
        rows = inner[step["key"]]
    return []
