"""Plain data in the terms of the dossier (docs/dossier.md): only what was said, amounts as text, names instead of keys."""

from collections.abc import Callable, Iterable
from typing import Any

from suppliers.facts.reading import Facts
from tracing.engine import dossier

Resolve = Callable[[Facts], str | None]
BESIDE = ("agreements", "cumulation")  # said to the buyer; no rulebook of the engine reads them
FLAGS = ("originates", "ge70")  # "no" is an answer too
EXCLUDED = ("sales", "royalties", "shipping", "interest")


def said(**values: Any) -> Facts:
    """Only the values that say something: an absent field means "not said"."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, False)}


def declaration(facts: Facts, resolve: Resolve) -> Facts:
    """One declaration as the dossier writes it. ``resolve`` answers the dossier's name of a source's declaration."""
    body = [_line(line, resolve) for line in facts["lines"]]
    written = said(
        subject="part", maker=facts["organisation_code"], part=facts["part_number"], description=facts["part_description"],
        hs=facts["hs"] or facts["part_hs"], hs_edition=facts["hs_edition"], made_in=facts["made_in"],
        plant=facts["plant_code"], uses=sorted(facts["uses"]), currency=facts["currency"], price=facts["price"],
        fiscal_year_start=facts["fiscal_year_start"] or facts["company_fiscal_year_start"], costs=_costs(facts["costs"]),
        own_value={row["country"]: row["amount"] for row in facts["own_values"]},
        statements=[_statement(row) for row in facts["statements"]],
        claims={row["key"]: _claim(row) for row in facts["claims"]},
        **facts["vehicle_facts"],
    )  # fmt: skip
    written |= {"from": facts["begins"], "until": facts["ends"]}
    if body or written.get("costs") or written.get("own_value"):
        # Own costs without inputs are a body too: everything was added by the maker (a mine, a mill, a foundry).
        written["body"] = body
    return written


def content_digest(facts: Facts, *, signed_text: str, commitment: str, evidence: Iterable[Facts] = ()) -> str:
    """SHA-256 of what is signed, as ``content`` gives it."""
    return dossier.digest(content(facts, signed_text=signed_text, commitment=commitment, evidence=evidence))


def content(facts: Facts, *, signed_text: str, commitment: str, evidence: Iterable[Facts] = ()) -> Facts:
    """What is signed: the facts in the dossier's terms, to whom, the statement, and who, as a commitment.

    What the dossier has no word for and the evidence are added only where there are any, so older digests stay.
    """
    signed = {
        "declaration": declaration(facts, lambda source: _target(source)),
        "addressed_to": sorted(facts["addressed_codes"]),
        "signed_text": signed_text,
        "signatory": commitment,
    }
    beside = said(beside=_beside(facts), evidence=list(evidence))
    return signed | beside


def _beside(facts: Facts) -> list[Facts]:
    """The agreements and the cumulation of each statement that names them, and which inputs the customer directed."""
    rows = (
        (index, row, said(**{key: row.get(key) for key in BESIDE})) for index, row in enumerate(facts["statements"])
    )
    stated = [{"statement": index, "law": row["law"]} | words for index, row, words in rows if words]
    directed = [
        {"line": n, "item": row["item"], "directed": True}
        for n, row in enumerate(facts["lines"])
        if row.get("directed")
    ]
    return stated + directed


def _target(source: Facts) -> str | None:
    if source["how"] == "made":
        return source["made_number"] or None
    return f"{source['seller_code']}/{source['seller_part']}" if source["seller_code"] else None


def _costs(costs: Facts) -> Facts:
    own = said(**{key: costs.get(key) for key in ("product", "period", "other", "net", "total")})
    excluded = said(**{key: costs.get(f"excluded_{key}") for key in EXCLUDED})
    return own | ({"excluded": excluded} if excluded else {})


def _line(line: Facts, resolve: Resolve) -> Facts:
    written = said(
        item=line["item"], description=line["description"], hs=line["hs"], hs_edition=line["hs_edition"] if line["hs"] else "",
        qty=line["quantity"], unit=line["unit"], minor=line["minor"], consigned=line["consigned"],
    )  # fmt: skip
    return written | {"sources": [_source(source, resolve) for source in line["sources"]]}


def _source(source: Facts, resolve: Resolve) -> Facts:
    written = said(
        share=source["share_exact"], price=source["price"], made_in=source["made_in"], seller=source["seller_name"],
        allied=source["allied"], related=source["related"], title=source["title"], rate=source["rate"],
        designated=source["designated"], factor=source.get("factor", ""),
        basis=source["basis"], charges=[_charge(row) for row in source["charges"]],
    )  # fmt: skip
    written |= {"how": source["how"], "declaration": resolve(source)}
    if source["cannot"]:
        written["cannot"] = _cannot(source["cannot"])
    return written


def _cannot(cannot: Facts) -> Facts:
    """A determination that the label law can count is a record of its share, with the words beside it; words alone stay text."""
    found: Any = cannot["determination"]
    if cannot.get("ge70") is not None:
        found = {"ge70": cannot["ge70"]} | said(pct=cannot.get("pct"), says=found)
    return said(reason=cannot["reason"], determination=found, basis=cannot["basis"]) | {"tried": cannot["tried"]}


def _charge(row: Facts) -> Facts:
    return said(
        kind=row["kind"], amount=row["amount"], in_price=row["in_price"], leg=row["leg"], recoverable=row["recoverable"]
    )


def _statement(row: Facts) -> Facts:
    written = said(**{key: value for key, value in row.items() if key not in (*FLAGS, *BESIDE)})
    return written | {key: row[key] for key in FLAGS if row.get(key) is not None}


def _claim(row: Facts) -> Any:
    value = {"met": True, "true": True, "not_met": False, "false": False}.get(row["value"], row["value"])
    return {"value": value} | ({"reason": row["why"]} if row["why"] else {})
