"""Where a table begins: its header may stand below lines that tell of the search.

Dimensions, Embase and others print a line or more on the search, the date or
the licence before the names of the columns.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice, pairwise

from records.importers import columns

WITHIN = 50
# Beyond this, a line is no header but a text in which the names occur.
LONGEST_NAME = 100
FEW = 2
MANY = 4


def position(rows: Iterable[Sequence[str]], wanted: Collection[str] = ()) -> int | None:
    """Return which of the first rows of a table is its header, ``None`` where none shows.

    Args:
        rows: the cells of each row, from the top.
        wanted: plain names of columns that a person says the header has.
    """
    first: int | None = None
    seen: list[Sequence[str]] = []
    if wanted:
        rows = list(islice(rows, WITHIN))
        if (said := _position_of(rows, set(wanted))) is not None:
            return said
    for at, cells in enumerate(islice(rows, WITHIN)):
        seen.append(cells)
        named = columns.recognised(cells)
        if not columns.TELLING & named:
            continue
        if first is None and (at == 0 or _is_sure(cells, len(named))):
            first = at
            if len(named) > FEW:
                break
        elif len(named) >= MANY and _is_sure(cells, len(named)):
            return at
    return _sideways_position(seen) if first is None else first


def is_sideways(row: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether two rows hold one field each, its name in the first cell."""
    return (
        _field(row) != ""
        and _field(below) != ""
        and len(row) > 1
        and not columns.recognised(row[1:])
    )


def _field(cells: Sequence[str]) -> str:
    return columns.FIELD_OF.get(columns.plain(cells[0]), "") if cells else ""


def _position_of(rows: Sequence[Sequence[str]], wanted: set[str]) -> int | None:
    """Return which row has the columns a person names; of a table on its side, its first row."""
    has = (at for at, cells in enumerate(rows) if wanted <= set(map(columns.plain, cells)))
    at = next(has, None)
    begin = None if at is None else _sideways_position(rows)
    if at is None or begin is None or begin > at:
        return at
    return begin if all(any(map(str.strip, cells)) for cells in rows[begin:at]) else at


def _sideways_position(rows: Sequence[Sequence[str]]) -> int | None:
    filled = [at for at, cells in enumerate(rows) if any(map(str.strip, cells))]
    for at, below in pairwise(filled):
        if _field(rows[at]) in columns.TELLING and is_sideways(rows[at], rows[below]):
            return at
    return None


def _is_sure(cells: Sequence[str], named: int) -> bool:
    """Say whether a row that is not the first is a header, and not a text that mentions one."""
    filled = [cell for cell in cells if cell.strip()]
    if max(map(len, filled)) > LONGEST_NAME:
        return False
    return named > FEW or (len(filled) > 1 and named == len(filled))
