"""Long work in turns: many short acts, and between two of them a moment for everybody else."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db import connection

from screening.services.staging import BREATH

ROWS_AN_ACT = 300
T = TypeVar("T")


def in_turns(pieces: Iterable[T]) -> Iterator[T]:
    """Yield pieces of work, each to be written in one short act, with a pause between two.

    SQLite lets in who asks at the right moment: between two acts there must be such moments.
    """
    rest_until = 0.0
    for piece in pieces:
        rest = rest_until - time.monotonic()
        if rest > 0 and connection.vendor == "sqlite":
            time.sleep(rest)
        yield piece
        rest_until = time.monotonic() + BREATH


def slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield a sequence in pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
