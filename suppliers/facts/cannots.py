"""An answer that cannot be had, from what was typed into rows: the reason, what was tried, the asker's own determination."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from suppliers import clock
from suppliers.facts import letters, words
from suppliers.facts.known import Known
from suppliers.facts.reading import Facts, Form
from suppliers.models import Cannot, Source, Try

TRIGGER = 70  # 49 CFR 583.6(c)(1); the rulebook's figure is compared in tests/suppliers/test_determination.py


def rows(form: Form, at: str, source: Source, data: Facts, known: Known) -> list[Any]:
    """The record and its tries, not yet saved; nothing where nothing is said. Every complaint stands at its field."""
    tried = [(n, row) for n, row in enumerate(data.get("tried") or []) if row.get("at") or row.get("how")]
    if not data.get("reason"):
        if tried or any(data.get(name) not in (None, "") for name in ("determination", "basis", "ge70", "pct")):
            said = _(
                "You say what you tried or found yourself, but not why the answer cannot be had: choose the reason."
            )
            form.complain(at + "reason", said)
        return []
    cannot = Cannot(
        source=source, reason=form.choice(data, "reason", words.REASONS, at),
        determination=form.text(data, "determination", at, most=300), basis=form.text(data, "basis", at, most=300),
        ge70=form.answer(data, "ge70"), pct=form.amount(data, "pct", at),
    )  # fmt: skip
    attempts = _tries(form, at, cannot, tried, known.letters.get(source.sourcing_id, []))
    if cannot.is_determined or cannot.pct is not None:
        _determination(form, at, cannot, tried)
    return [cannot, *attempts]


def _tries(
    form: Form, at: str, cannot: Cannot, tried: list[tuple[int, Facts]], sent: list[letters.Letter]
) -> list[Try]:
    """Each attempt; one that says what a letter of the portal was, on its day, is that letter."""
    found, left = [], list(sent)
    for index, row in tried:
        day = form.day(row, "at", f"{at}tried.{index}.", needed=True)
        how = form.text(row, "how", f"{at}tried.{index}.", most=160, needed=_("How did you ask, and whom?"))
        if day and day > timezone.localdate(clock.now()):
            form.complain(f"{at}tried.{index}.at", _("This day has not come yet: enter the day on which you asked."))
        elif day:
            letter = next((one for one in left if (one.at, one.how) == (day, how)), None)
            left = [one for one in left if one is not letter]
            found.append(Try(cannot=cannot, at=day, how=how, reminder_id=letter.key if letter else None))
    return found


def _determination(form: Form, at: str, cannot: Cannot, tried: list[tuple[int, Facts]]) -> None:
    """What 49 CFR 583.6(c)(6) asks of a maker's own determination: the supplier's own terms, a basis, and that it asked first."""
    source = cannot.source
    if cannot.ge70 is None:
        form.complain(at + "ge70", _("Say whether it is at least 70 percent: yes, or no with the percentage."))
    elif cannot.ge70 and cannot.pct is not None:
        said = _("At least 70 percent counts whole, whatever the percentage: clear one of the two.")
        form.complain(at + "pct", said)
    elif not cannot.ge70 and (cannot.pct is None or cannot.pct >= TRIGGER):
        form.complain(at + "pct", _("Which percentage, then? From 0 to below 70; from 70 up say yes beside it."))
    if source.allied or source.how == Source.How.MADE:
        said = _(
            "Only about an outside supplier may you determine yourself (49 CFR 583.6(c)(6)): clear it, or the tick beside allied."
        )
        form.complain(at + "ge70", said)
    if not cannot.basis and not form.errors.get(at + "basis"):
        said = _(
            "A determination needs a good-faith basis (49 CFR 583.6(c)(6)(iii)): drawings, quotes, customs papers, a visit."
        )
        form.complain(at + "basis", said)
    if not tried:
        said = _(
            "A determination counts only after you asked and got no answer (49 CFR 583.6(c)(6)): enter a day on which you asked, "
            "or take over the letters of the portal."
        )
        form.complain(at + "tried.0.at", said)
