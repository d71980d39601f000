"""What a law says otherwise than a month ago, from faces alone: the verdict, and whole points that moved."""

from decimal import Decimal
from typing import Any

from suppliers.pictures import WORDS

Face = dict[str, Any]


def trends(faces: list[Face], before: list[Face]) -> list[dict[str, str]]:
    """For one law of one vehicle: what changed in words, with the letters of the readings that say so; nothing where none did."""
    held = {face["reading"]: face for face in before}
    words: dict[str, list[str]] = {}
    for face in faces:
        said = "; ".join(changes(face, held.get(face["reading"])))
        words.setdefault(said, []).append(face["letter"])
    every = len(words) == 1
    return [{"words": said, "letters": "" if every else ", ".join(letters)} for said, letters in words.items() if said]


def changes(face: Face, before: Face | None) -> list[str]:
    """What one face says otherwise than another: the verdict it was, how far worst and best moved."""
    if before is None:
        return ["no figure then"]
    found = [f"was {WORDS[before['verdict']].lower()}"] if face["verdict"] != before["verdict"] else []
    then = {test["code"]: test for test in before["ran"]}
    for test in face["ran"][:1]:
        if test["code"] not in then:
            continue
        old = then[test["code"]]
        found += [
            f"{name} {said}" for name in ("worst", "best") if (said := _moved(test["bar"][name], old["bar"][name]))
        ]
        if test["threshold"] != old["threshold"]:
            found.append(f"needed {old['threshold']}")
    return found


def _moved(now: Decimal | None, then: Decimal | None) -> str:
    if now is None or then is None or now == then:
        return ""
    by = (now - then).normalize()
    return f"{'+' if by > 0 else '−'}{abs(by):f}"
