"""Long work in turns: many short acts, and between two of them a moment for everybody else."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db import connection

ROWS_AN_ACT = 300
FEWEST_ROWS = 50
# Seconds for which an act may keep others waiting, before the next ones are made smaller.
LONG, SHORT = 0.25, 0.1
# SQLite lets in who asks at the right moment: between two acts there must be such moments.
BREATH = 0.075
T = TypeVar("T")


class Pace:
    """How much the next act takes on, so that it is done in a moment on a busy machine too."""

    def __init__(self, most: int | None = None) -> None:
        self.most = self.size = most or ROWS_AN_ACT
        self.least = min(FEWEST_ROWS, self.most)

    def keep(self, seconds: float) -> None:
        """Take what the last act cost into account."""
        if seconds > LONG:
            self.size = max(self.size // 2, self.least)
        elif seconds < SHORT:
            self.size = min(self.size * 2, self.most)


def in_turns(pieces: Iterable[T], pace: Pace) -> Iterator[T]:
    """Yield pieces of work, each to be written in one short act, with a pause between two.

    Whoever cuts the pieces asks ``pace`` how large the next one may be.
    """
    ended = 0.0
    for piece in pieces:
        rest = ended + BREATH - time.monotonic()
        if rest > 0 and connection.vendor == "sqlite":
            time.sleep(rest)
        begun = time.monotonic()
        yield piece
        ended = time.monotonic()
        pace.keep(ended - begun)


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield a sequence in pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
