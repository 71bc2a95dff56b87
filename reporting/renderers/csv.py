"""CSV by RFC 4180: UTF-8 without mark, header in line 1, no comment lines."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from reporting.definitions import Cell, ReportDefinition, Snapshot
from reporting.printed import rows_with_notes

NOTE = "note"
# What a spreadsheet would take for a formula, or for something that hides one. A text that looks
# escaped already is escaped once more, so that taking one apostrophe off always gives the text.
_RUNS = re.compile(r"'* *[=+\-@\t\r\n\0]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)


def render_csv(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the table line by line; ``spreadsheet`` makes formulas in texts inert."""
    keys = [column.key for column in definition.columns]
    yield _line([*keys, NOTE])
    for row, note in rows_with_notes(definition, snapshot):
        cells = [row.cell(key) for key in keys]
        texts = [_inert(cell) if spreadsheet else cell.text for cell in cells]
        texts.append(escaped(note) if spreadsheet else note)
        yield _line(texts)


def escaped(text: str) -> str:
    """Return a text that no spreadsheet runs: one apostrophe before what would start a formula."""
    return f"'{text}" if _RUNS.match(text) else text


def _inert(cell: Cell) -> str:
    """Return the text of a cell; a negative number stays a number."""
    is_number = isinstance(cell.value, int | Decimal) and _NUMBER.fullmatch(cell.text)
    return cell.text if is_number else escaped(cell.text)


def _line(texts: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerow(texts)
    return buffer.getvalue().encode()
