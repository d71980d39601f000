"""Which days a law means: averaging periods, when an answer is due, what it covers, how long records are kept."""

import calendar
import datetime as dt

FIRST_DAY = dt.date(2020, 7, 1)
ANSWER_DAYS = 45


def first_averaging_period(fiscal_year_start: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the first averaging period of a fiscal year that starts after entry into force (UR 16(4)).

    A year that starts after 2020-07-01 and before 2021-07-01 may reach back to the first day. Raises ValueError otherwise.
    """
    if not FIRST_DAY < fiscal_year_start < FIRST_DAY.replace(year=2021):
        raise ValueError("only a fiscal year that starts after 2020-07-01 and before 2021-07-01 reaches back")
    return FIRST_DAY, months_after(fiscal_year_start, 12) - dt.timedelta(days=1)


def optional_averaging_years(heavy: bool, *, text: str = "uniform_regulations") -> list[tuple[dt.date, dt.date]]:
    """The July to June years that may be chosen instead (UR 16(5)): to 2023 for cars and light trucks, 2023 to 2027 for heavy.

    The texts differ for heavy trucks: ``text`` is uniform_regulations or cfr (19 CFR 182.100(a)(2)(i): from 2020 for all).
    """
    first, last = (2023, 2027) if heavy and text == "uniform_regulations" else (2020, 2023)
    return [(dt.date(year, 7, 1), dt.date(year + 1, 6, 30)) for year in range(first, last)]


def label_answer_due(received: dt.date, specified: dt.date | None = None) -> dt.date:
    """When an outside supplier must answer: the later of 45 days after receipt and the date asked for (583.10(b))."""
    due = received + dt.timedelta(days=ANSWER_DAYS)
    return max(due, specified) if specified else due


def label_period(received: dt.date) -> tuple[dt.date, dt.date]:
    """The twelve months that a label answer covers: from the first 1 July after the request was received (583.10(c)(1))."""
    year = received.year if received < dt.date(received.year, 7, 1) else received.year + 1
    return dt.date(year, 7, 1), dt.date(year + 1, 6, 30)


def label_records(*, certificate: dt.date | None = None, model_year: int | None = None) -> dt.date:
    """Last day to keep label records: six years after the certificate's calendar year, five after the model year (583.16)."""
    if certificate is not None:
        return dt.date(certificate.year + 6, 12, 31)
    if model_year is None:
        raise ValueError("give the day of the certificate or the model year")
    return dt.date(model_year + 5, 12, 31)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
