"""Dates as precise as a report gives them: a year, a month or a day."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

FIRST_YEAR = 1900
LAST_YEAR = 2100

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LOOSE = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,4})(?:[-/. ]([0-9]{1,4}))?")
_ADVICE = "Write YYYY, YYYY-MM or YYYY-MM-DD, as precise as the report."


class DateRefused(ValueError):
    """A text that is not one date, with what to do about it."""

    def __init__(self, message: str, code: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.readings = readings


@dataclass(frozen=True)
class PartialDate:
    """A date known to the year, the month or the day."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def precision(self) -> str:
        """``y``, ``ym`` or ``ymd``."""
        if not self.month:
            return "y"
        return "ymd" if self.day else "ym"

    @property
    def earliest(self) -> date:
        """The first day the text can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day the text can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)


def read_date(text: str) -> PartialDate:
    """Read an ISO date of any precision, or refuse it with a question.

    Raises:
        DateRefused: no such day, or a form that countries read differently.
    """
    printed = text.strip()
    found = _ISO.fullmatch(printed)
    if found is None:
        raise _refusal(printed)
    year, month, day = (int(part) if part else None for part in found.groups())
    return _existing(printed, year or 0, month, day)


def _existing(printed: str, year: int, month: int | None, day: int | None) -> PartialDate:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateRefused(
            f"The year {year:04d} is outside {FIRST_YEAR} to {LAST_YEAR}.", "year_out_of_range"
        )
    if month is not None and not 1 <= month <= 12:
        raise DateRefused(f"{printed}: there is no month {month:02d}. {_ADVICE}", "no_such_date")
    if day is not None and not 1 <= day <= calendar.monthrange(year, month or 1)[1]:
        raise DateRefused(
            f"{printed}: {calendar.month_name[month or 1]} {year} has no day {day:02d}. {_ADVICE}",
            "no_such_date",
        )
    return PartialDate(year, month or 0, day or 0)


def _refusal(printed: str) -> DateRefused:
    found = _LOOSE.fullmatch(printed)
    readings = _readings(found.groups()) if found else ()
    if readings:
        return DateRefused(
            f"“{printed}” is read differently in different countries. "
            f"Did you mean {' or '.join(readings)}? {_ADVICE}",
            "ambiguous",
            readings,
        )
    if found:
        return DateRefused(
            f"“{printed}” is no date in any reading, or gives no year. {_ADVICE}", "no_such_date"
        )
    short = printed if len(printed) <= 40 else f"{printed[:40]}…"
    return DateRefused(f"“{short}” is not a date. {_ADVICE}", "not_a_date")


def _readings(parts: tuple[str | None, ...]) -> tuple[str, ...]:
    """Return every date the parts can mean, day-first before month-first."""
    first, second, third = parts
    orders: list[tuple[str, str, str]]
    if first is None or second is None:
        return ()
    if third is None:
        orders = [
            (year, month, "")
            for year, month in ((second, first), (first, second))
            if len(year) == 4
        ]
    elif len(first) == 4:
        orders = [(first, second, third)]
    else:
        orders = [(third, second, first), (third, first, second)]
    readings: list[str] = []
    for year, month, day in orders:
        reading = _reading(year, month, day)
        if reading and reading not in readings:
            readings.append(reading)
    return tuple(readings)


def _reading(year: str, month: str, day: str) -> str:
    if len(year) not in {1, 2, 4}:
        return ""
    century = 0 if len(year) == 4 else 2000
    try:
        meant = _existing("", int(year) + century, int(month), int(day) if day else None)
    except DateRefused:
        return ""
    return str(meant)
