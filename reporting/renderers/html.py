"""A table as printed: headings with units, letters for notes; for pages and for files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_lowercase

from django.template.loader import render_to_string

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCell:
    """A cell in its column, with the letters of its notes."""

    column: Column
    cell: Cell
    marks: str
    row_name: str

    @property
    def card(self) -> str:
        """Return the lines of the small card: the row, the text, the formula, the page."""
        page = f"page {self.cell.page}" if self.cell.page else ""
        lines = (self.row_name, self.cell.text, self.cell.formula, page)
        return "\n".join(line for line in lines if line)

    @property
    def text(self) -> str:
        """Return what is printed: machine names with spaces, everything else as it is."""
        return self.cell.text.replace("_", " ") if self.column.names else self.cell.text

    @property
    def is_number(self) -> bool:
        """Return whether the cell reads as a number, or says in its place why there is none."""
        return self.column.numeric or self.cell.text[:1].isdigit()

    @property
    def opens(self) -> bool:
        """Return whether there is something to read and something behind it."""
        return bool(self.cell.text) and self.cell.opens


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedRow:
    """A row with its printed cells; ``heads`` where it begins a group."""

    row: Row
    heads: str
    cells: Sequence[PrintedCell]


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedTable:
    """A table ready for a template."""

    definition: ReportDefinition
    caption: str
    columns: Sequence[Column]
    rows: Sequence[PrintedRow]
    letters: Sequence[tuple[str, str]]
    notes: Sequence[str]


class _Letters:
    """Gives each note one letter, in the order in which the notes are met."""

    def __init__(self) -> None:
        self.by_note: dict[str, str] = {}

    def of(self, *notes: str) -> str:
        """Return the letters of the notes that say something."""
        return " ".join(
            self.by_note.setdefault(note, _letter(len(self.by_note))) for note in notes if note
        )


def printed(definition: ReportDefinition, snapshot: Snapshot) -> PrintedTable:
    """Return the table of a report as pages and files print it."""
    table = definition.table(snapshot)
    columns = [column for column in definition.columns_for(snapshot) if not column.file_only]
    letters = _Letters()
    rows, group = [], ""
    for row in islice(table.rows, definition.rows_on_page):
        heads = row.group if row.group != group else ""
        group = row.group
        rows.append(_printed_row(row, heads, columns, letters, definition.row_name(row)))
    notes = [*table.notes, *_cut_note(table, len(rows))]
    if snapshot.settings.extraction_note:
        notes.append(f"{snapshot.settings.extraction_note.capitalize()}.")
    if definition.from_votes and snapshot.settings.votes_note:
        notes.append(f"Votes: {snapshot.settings.votes_note}.")
    return PrintedTable(
        definition=definition,
        caption=table.caption or definition.title,
        columns=columns,
        rows=rows,
        letters=[(letter, note) for note, letter in letters.by_note.items()],
        notes=notes,
    )


def _cut_note(table: Table, shown: int) -> Iterator[str]:
    if table.length is not None and table.length > shown:
        yield f"The first {shown:,} of {table.length:,} rows are shown; the files hold all."


def render_html(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield a page of its own, which needs no network."""
    context = {"table": printed(definition, snapshot), "snapshot": snapshot}
    yield render_to_string("reporting/export.html", context).encode()


def _printed_row(
    row: Row, heads: str, columns: Sequence[Column], letters: _Letters, name: str
) -> PrintedRow:
    cells = []
    for place, column in enumerate(columns):
        cell = row.cell(column.key)
        notes = (cell.note, row.note, row.mark) if place == 0 else (cell.note,)
        marks = letters.of(*notes)
        cells.append(PrintedCell(column=column, cell=cell, marks=marks, row_name=name))
    return PrintedRow(row=row, heads=heads, cells=cells)


def _letter(number: int) -> str:
    """Return a, b, up to z, then aa, ab and so on."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[place] + letters
    return letters
