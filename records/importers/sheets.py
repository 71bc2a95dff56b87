"""The sheets of a workbook, new or old: which one holds the table, and its rows."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from records.importers import columns, headers, tables
from records.importers.parsed import FileRefused, ParsedRecord, Problem, TableHead
from records.importers.rows import Row, is_filled

NAMED = 5


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet: its name, and what gives its rows that are not empty, from the top."""

    title: str
    rows: Callable[[], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a workbook: its sheet, its header, the heading above it, other sheets."""

    sheet: Sheet
    header: Row
    heading: Row | None
    others: tuple[str, ...] = ()

    def below(self) -> Iterator[Row]:
        """Yield the rows below the header; a workbook does not save empty cells at their ends."""
        width = len(self.header.cells)
        for row in self.sheet.rows():
            if row.line > self.header.line:
                yield replace(row, cells=[*row.cells, *[""] * (width - len(row.cells))])


def records(
    sheets: Sequence[Sheet], mapping: Mapping[str, str], *, notes: Sequence[str] = ()
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a workbook's table, in order, and the problems met on the way.

    Args:
        sheets: the visible sheets of the workbook, in order.
        mapping: field to column name, where the header alone does not say it.
        notes: what else is to be said of the workbook.

    Raises:
        FileRefused: no sheet holds anything, or the header does not name the title.
    """
    table = _table(sheets, mapping)
    if table.others:
        named = ", ".join(f"“{name[:40]}”" for name in table.others[:NAMED])
        reason = f"Only the sheet “{table.sheet.title[:40]}” was read, not {named}."
        yield Problem(table.header.line, reason)
    for reason in notes:
        yield Problem(table.header.line, reason)
    heading = "" if table.heading is None else next(filter(str.strip, table.heading.cells))
    yield from tables.records(
        table.header,
        table.below(),
        mapping,
        heading=heading,
        heading_line=table.heading.line if table.heading else 1,
    )


def head(sheets: Sequence[Sheet], *, format_name: str) -> TableHead:
    """Return the columns and first rows of a workbook's table, for a person to map.

    Raises:
        FileRefused: no sheet holds anything.
    """
    table = _table(sheets, {})
    return tables.head(table.header, table.below(), format_name=format_name)


def row(number: int, texts: list[str], notes: Sequence[str] = ()) -> Row:
    """Return a row of a sheet, its own text being a line of CSV without the empty cells behind.

    NUL characters are taken out: PostgreSQL holds none.
    """
    texts = [text.replace("\x00", "") for text in texts]
    while texts and not texts[-1]:
        texts.pop()
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="").writerow(texts)
    return Row(number, buffer.getvalue(), texts, tuple(dict.fromkeys(notes)))


def _table(sheets: Sequence[Sheet], mapping: Mapping[str, str]) -> Table:
    """Return the first sheet with a header that is recognised, else the first with anything."""
    wanted = {columns.plain(column) for column in mapping.values() if column}
    chosen: Table | None = None
    found: list[Table] = []
    for sheet in sheets:
        rows = _first_rows(sheet)
        if not rows:
            continue
        at = headers.position([row.cells for row in rows], wanted)
        heading = rows[0] if at else None
        found.append(Table(sheet, rows[at or 0], heading))
        if at is not None:
            chosen = chosen or found[-1]
    if not found:
        raise FileRefused("The workbook holds no table.")
    chosen = chosen or found[0]
    others = (table.sheet.title for table in found if table.sheet is not chosen.sheet)
    return replace(chosen, others=tuple(others))


def _first_rows(sheet: Sheet) -> list[Row]:
    kept = []
    for row in sheet.rows():
        if row.line > headers.WITHIN:
            break
        if is_filled(row.cells):
            kept.append(row)
    return kept
