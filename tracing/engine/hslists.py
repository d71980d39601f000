"""Lists of tariff provisions, and codes matched against them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HsList:
    """A list of tariff provisions, matched by prefix, with the row's other columns."""

    rows: dict[str, list[dict[str, str]]]

    def match(self, hs: str | None) -> list[dict[str, str]]:
        """The rows whose provision covers the code."""
        code = digits(hs)
        return [row for length in (4, 6, 8, 10) if len(code) >= length for row in self.rows.get(code[:length], [])]

    def covers(self, hs: str | None) -> bool | None:
        """True, False, or None where the code is missing or too short to tell, or listed for some goods of it only."""
        code = digits(hs)
        if not code:
            return None
        rows = self.match(hs)
        if rows:
            return None if all(row.get("ex") for row in rows) else True
        return None if any(row.startswith(code) for row in self.rows) else False


def digits(hs: str | None) -> str:
    """An HS code without its points."""
    return (hs or "").replace(".", "")
