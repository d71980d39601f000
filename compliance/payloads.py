"""What a certificate says: faces and results open, exact figures sealed; one dict that PDF, JSON and verification share."""

import datetime as dt
import json
from typing import Any

from compliance.commitments import Opening, seal
from suppliers.facts.prescribed import ANNEX_5A
from tracing import disclosure
from tracing.engine import dossier
from tracing.engine.result import NOT_NEEDED, NOT_RUN, PASS

TRACED_CONTENT = "Traced-content certificate"
ORIGIN = "Certificate of origin content"


def title_of(result: dict[str, Any]) -> str:
    """The word *origin* only where every test of a law in force ran and passed."""
    whole = all(row["result"] in {PASS, NOT_NEEDED} for row in result["tests"])
    return ORIGIN if whole and result["status"] == "law" and not result["hypothetical"] else TRACED_CONTENT


def notices(result: dict[str, Any]) -> list[str]:
    """What must stand on the face: hypothetical, proposed, tests not run, doubtful switches."""
    said = []
    if result["status"] != "law":
        said.append(f"The rulebook is a {result['status']}: it is not law and gives no right to preference.")
    if result["hypothetical"]:
        said.append(f"Hypothetical: the law was not in force on {result['on']}.")
    missing = [row["title"] for row in result["tests"] if row["result"] == NOT_RUN]
    if missing:
        said.append("Not run, and not certified: " + "; ".join(missing) + ".")
    if title_of(result) == TRACED_CONTENT:
        said.append(
            "This certifies traced content under the named tests and nothing beyond them: no claim to preference rests on it."
        )
    return said


def elements(
    result: dict[str, Any], *, company: str, contact: str, signatory: dict[str, str], vehicle: dict[str, Any], period: dict[str, str]
) -> list[list[str]]:  # fmt: skip
    """The nine data elements of a certification, each as it is stated here or why it is not; of USMCA alone. The word *origin* is
    in none of them, for a test that was not run forbids it.

    USMCA Annex 5-A; 19 CFR 182.12(a)(4). ``company`` is the issuer with its address, ``period`` half-open.
    """
    if result["rulebook"] != "usmca":
        return []
    whole = title_of(result) == ORIGIN
    last = str(dt.date.fromisoformat(period["until"]) - dt.timedelta(days=1)) if period["until"] else ""
    days = f"{period['from']} to {last}" if last else "not stated"
    good = f"{vehicle['name']}, model year {vehicle['model_year']}, part {vehicle['part']}, HS {vehicle['hs']}"
    return [
        ["1", "Certifier", "producer"],
        ["2", "Certifier: name, title, address, e-mail", f"{signatory['name']}, {signatory['title']}, {company}, {contact}"],
        ["3", "Exporter", "not stated: the producer certifies"],
        ["4", "Producer", f"{company}; final assembly: {vehicle['assembled_at'] or 'not stated'}"],
        ["5", "Importer", "not known"],
        ["6", "Good and HS classification", good],
        ["7", "Criterion", "B" if whole else "not stated: not every test of the law was run and passed"],
        ["8", "Blanket period", days],
        ["9", "Certifying statement", ANNEX_5A if whole else "not given: this certifies traced content only"],
    ]  # fmt: skip


def sealed_figures(result: dict[str, Any], inputs: str) -> list[Opening]:
    """The exact figures that rest on other companies' answers: one commitment for each direct part, and for the rest.

    Nothing in the names or the number of the leaves tells what is inside: one a part, whatever it holds. ``inputs`` is the
    digest of what the engine was given; unsalted it would let a known part list be searched for one unknown price.
    """
    exact = [{"code": row["code"], **{bound: row[bound] for bound in disclosure.BOUNDS}} for row in result["tests"]]
    leaves = {
        "inputs": inputs,
        "result": dossier.digest(result),
        "tests": dossier.canonical(exact).decode(),
        "amounts": dossier.canonical(result["amounts"]).decode(),
        "gaps": dossier.canonical(result["gaps"]).decode(),
    }
    for row in result["parts"]:
        figures = {"counted": row["counted"], "content": row["content"], "options": row["options"]}
        leaves[f"part.{row['line']}.{row['source']}"] = dossier.canonical(figures).decode()
    return [seal(leaf, value) for leaf, value in sorted(leaves.items())]


def payload(
    result: dict[str, Any],
    *,
    number: int,
    issuer: str,
    vehicle: dict[str, Any],
    trace: dict[str, str],
    why: str,
    signatory: dict[str, str],
    issued_at: str,
    openings: list[Opening],
    inputs: dict[str, Any],
    wheel: str,
    sign_off: Any = None,
    company: str = "",
    contact: str = "",
) -> dict[str, Any]:
    """The certificate as plain data: vehicle figures in whole points, worst down and best up; nobody else's figures.

    ``wheel`` is the digest of the engine's file; ``sign_off`` the officer's row, where there is one; ``company`` the issuer with
    its address and ``contact`` the signatory's e-mail.
    """
    named: dict[str, Any] = {"sign_off": signed_off(sign_off)} if sign_off is not None else {}
    days = period(inputs, result["good"])
    asked = elements(result, company=company, contact=contact, signatory=signatory, vehicle=vehicle, period=days)
    named |= {"elements": asked} if asked else {}
    return named | {
        "certificate": 1,
        "title": title_of(result),
        "number": number,
        "issuer": issuer,
        "issued_at": issued_at,
        "signatory": signatory,
        "vehicle": vehicle,
        "rulebook": {key: result[key] for key in ("rulebook", "title", "edition", "sha256", "status", "reading", "reading_label",
                                                  "switches", "hypothetical")},
        "on": result["on"],
        "period": days,
        "verdict": result["verdict"],
        "tests": [face(row) for row in result["tests"]],
        "parts": [part_face(row) for row in result["parts"]],
        "silence": result["silence"],
        "notices": notices(result),
        "reason": why,
        "trace": {**trace, "engine": result["engine"], "wheel": wheel},
        "sealed": {row.leaf: row.commitment for row in openings},
    }  # fmt: skip


def signed_off(row: Any) -> dict[str, str]:
    """Who signed off the weak spots, for which days, and the digest of what was read; the list itself stays in the house."""
    return {
        "name": row.signatory.name, "title": row.signatory.title, "from": row.begins.isoformat(), "until": row.ends.isoformat(),
        "digest": row.digest,
    }  # fmt: skip


def face(row: dict[str, Any]) -> dict[str, str]:
    shown = disclosure.whole_points(row)
    return {key: row[key] for key in ("code", "title", "cite", "operator", "threshold", "of", "result", "why")} | shown


def period(inputs: dict[str, Any], good: str) -> dict[str, str]:
    """The days for which the maker declared the vehicle: from, and the first day it no longer holds."""
    return {name: inputs["declarations"][good].get(name, "") for name in ("from", "until")}


def part_face(row: dict[str, Any]) -> dict[str, Any]:
    """A direct part as its buyer may hand it on: what, from whom, and whether all below it was answered. No price."""
    answer = "own import" if row["how"] == "imported" else "answered" if row["declaration"] else "no answer"
    kept = {key: row[key] for key in ("line", "source", "item", "hs", "qty", "share", "seller", "made_in")}
    return kept | {"answer": answer, "below": "complete" if row["state"] == "complete" else "incomplete"}


def written(data: dict[str, Any]) -> str:
    """The canonical text that is signed."""
    return dossier.canonical(data).decode()


def read(text: str | bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found
