"""A row of a table, whether text or workbook held it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, its text in the file, its cells, what is odd about it.

    ``across`` says that its one cell reaches across the whole table.
    """

    line: int
    raw: str
    cells: Sequence[str]
    notes: tuple[str, ...] = ()
    across: bool = False


def is_filled(cells: Iterable[str]) -> bool:
    """Say whether some cell holds more than white space."""
    return any(cell and not cell.isspace() for cell in cells)
