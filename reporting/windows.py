"""Windows of time of a saved table: from above one month up to another, gaps and overlaps told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from reporting.printing import without_zeros

LEAST, MOST, ABOVE, BELOW = "≥", "≤", ">", "<"
_TIME = re.compile(r"([<>≤≥~]?) ?([0-9]+(?:\.[0-9]+)?)")
Span = tuple[Decimal, Decimal | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeWindow:
    """Times above ``low`` up to ``high`` months, that included; without ``high`` it has no end.

    A window that begins at 0 holds 0 as well.
    """

    name: str
    low: Decimal
    high: Decimal | None = None

    @property
    def span(self) -> str:
        """Return from when to when it goes, in words."""
        return span_text((self.low, self.high))

    def holds(self, number: Decimal, sign: str = "") -> bool:
        """Return whether a time lies in it; of a bound, whether every time that it allows does."""
        at_start = self.low == 0
        if sign in (LEAST, ABOVE):
            begins = number > self.low or (number == self.low and (sign == ABOVE or at_start))
            return self.high is None and begins
        if sign in (MOST, BELOW):
            return at_start and (self.high is None or number <= self.high)
        begins = number > self.low or (at_start and number == 0)
        return begins and (self.high is None or number <= self.high)


def window_of(windows: Sequence[TimeWindow], printed: str) -> TimeWindow | None:
    """Return the window that holds a time in months as it is printed, if one does."""
    found = _TIME.fullmatch(printed.strip())
    if found is None:
        return None
    number = Decimal(found[2])
    return next((window for window in windows if window.holds(number, found[1])), None)


def is_time(printed: str) -> bool:
    """Return whether a text is a time that lies somewhere: a number that is no bound."""
    found = _TIME.fullmatch(printed.strip())
    return found is not None and found[1] in ("", "~")


def gaps_of(windows: Sequence[TimeWindow]) -> list[Span]:
    """Return the times that no window holds, from the earliest; none where there are no windows."""
    gaps: list[Span] = []
    edge: Decimal | None = Decimal(0)
    for window in in_order(windows):
        if edge is not None and window.low > edge:
            gaps.append((edge, window.low))
        edge = window.high
    if windows and edge is not None:
        gaps.append((edge, None))
    return gaps


def in_order(windows: Sequence[TimeWindow]) -> list[TimeWindow]:
    """Return the windows from the earliest."""
    return sorted(windows, key=lambda window: window.low)


def overlap_of(windows: Sequence[TimeWindow]) -> tuple[TimeWindow, TimeWindow, Span] | None:
    """Return two windows that hold the same times, and which times; ``None`` where none do."""
    ordered = in_order(windows)
    for first, second in pairwise(ordered):
        if first.high is None or second.low < first.high:
            ends = [high for high in (first.high, second.high) if high is not None]
            return first, second, (second.low, min(ends, default=None))
    return None


def span_text(span: Span) -> str:
    """Return from when to when in words: 3 to 6 months, more than 24 months."""
    low, high = span
    if high is None:
        return f"more than {without_zeros(low)} months"
    return f"{without_zeros(low)} to {without_zeros(high)} months"


def gaps_text(windows: Sequence[TimeWindow]) -> str:
    """Return which times no window holds, as the beginning of a sentence; empty without a gap."""
    spans = [span_text(gap) for gap in gaps_of(windows)]
    if not spans:
        return ""
    *others, last = spans
    return f"No window holds {', '.join(others)}{' or ' if others else ''}{last}"
