"""Tags that draw what follows: intervals, points at stake, the icicle and the sankey with their tables."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from suppliers.pictures import ORIGINS
from tracing import icicles, pictures, ribbons, sankeys

register = template.Library()
register.filter("points", ribbons.said)


@register.simple_tag
def interval(name, worst, best, declared=None, needed=None, verdict="none", size="board", digits=1) -> SafeString:
    """``{% interval name=t.title worst=t.worst best=t.best declared=t.declared needed=t.threshold verdict=t.result %}``."""
    said = {"name": str(name), "worst": worst, "best": best, "declared": declared, "needed": needed, "verdict": verdict,
            "size": size, "digits": digits}  # fmt: skip
    # A board draws the same bar again and again; several readings come as a list and are drawn anew.
    return pictures.interval_bar(**said) if isinstance(needed, list) else _drawn(get_language(), **said)


@lru_cache(4096)
def _drawn(_language, **said) -> SafeString:
    return pictures.interval_bar(**said)


@register.simple_tag
def points_bar(points, widest=None) -> SafeString:
    """``{% points_bar gap.points widest %}``: write the number beside it."""
    return pictures.points_bar(points, widest=widest)


@register.inclusion_tag("components/icicle.html")
def icicle(tree, name="icicle", title="", trail=(), files="") -> dict:
    """``{% icicle tree %}`` with a tracing.icicles.Tree: key, picture and the table that is its equal.

    ``trail``: name and address of each step above the root; ``files``: the address of the table as a file, without its kind.
    """
    used = icicles.used(tree)
    kept = [nth for nth, (code, _) in enumerate(ORIGINS) if code in used]
    rows, totals = icicles.rows(tree), icicles.totals(tree)
    return {
        "used": used,
        "tree": tree,
        "name": name,
        "title": title or f"Where one {tree.name}’s value comes from",
        "picture": icicles.icicle(tree, name=name),
        "rows": [row | {"split": [row["split"][nth] for nth in kept]} for row in rows],
        "totals": [totals[nth] for nth in kept],
        "origins": [ORIGINS[nth] for nth in kept],
        "about": any(row["about"] for row in rows),
        "trail": trail,
        "files": files,
    }


@register.inclusion_tag("tracing/_sankey.html")
def sankey(found, name="sankey", files="") -> dict:
    """``{% sankey flows %}`` with a tracing.sankeys.Sankey: the picture and the two tables that are its equal."""
    return {
        "found": found, "name": name, "files": files, "picture": ribbons.ribbons(found, name=name), "tables": sankeys.tables(found),
    }  # fmt: skip
