"""Tables on their side, as Embase writes them: one field on each row, its name in the first cell.

A record ends at an empty row, or where the field that opened the first one
comes again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from records.importers import columns
from records.importers.parsed import MAX_ENTRY, FileRefused
from records.importers.rows import Row, is_filled


@dataclass(slots=True)
class _Block:
    """The rows of one record so far."""

    rows: list[Row] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0

    def add(self, row: Row) -> None:
        self.size += len(row.raw) + 1
        if self.size > MAX_ENTRY or len(self.names) > columns.MAX_COLUMNS:
            raise FileRefused("The record is too long to be one.", line=self.rows[0].line)
        self.rows.append(row)
        values = [cell for cell in row.cells[1:] if cell.strip()]
        self.names.setdefault(row.cells[0].strip("\ufeff \t"), []).extend(values)

    def turned(self) -> tuple[Row, Row]:
        """Return the record as a header and the row below it."""
        first = self.rows[0]
        raw = "\n".join(row.raw for row in self.rows)
        notes = tuple(dict.fromkeys(note for row in self.rows for note in row.notes))
        cells = [_joined(name, values) for name, values in self.names.items()]
        return Row(first.line, "", list(self.names)), Row(first.line, raw, cells, notes)


def turned(header: Row, rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Yield each record of a table on its side as a header and the row below it.

    Raises:
        FileRefused: the title has several values, so the records may stand side by side.
    """
    opening = columns.plain(header.cells[0])
    _refuse_side_by_side(header)
    block = _Block()
    block.add(header)
    last, gap = header, False
    for row in rows:
        if not is_filled(row.cells):
            gap = True
            continue
        gap = gap or row.line > last.line + last.raw.count("\n") + 1
        name = row.cells[0].strip("\ufeff \t")
        if block.rows and (columns.plain(name) == opening or (gap and name in block.names)):
            yield block.turned()
            block = _Block()
        if columns.plain(name) == opening:
            _refuse_side_by_side(row)
        block.add(row)
        last, gap = row, False
    yield block.turned()


def _refuse_side_by_side(row: Row) -> None:
    if sum(bool(cell.strip()) for cell in row.cells[1:]) > 1:
        reason = "Each row holds one field of several records; export one record on each row."
        raise FileRefused(reason, line=row.line)


def _joined(name: str, values: list[str]) -> str:
    field = columns.FIELD_OF.get(columns.plain(name), "")
    several = field == "authors" or field in columns.JOINED
    return ("; " if several else ", ").join(values)
