"""A table as printed: headings with units, letters for notes; for pages and for files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from string import ascii_lowercase

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.layouts import JOURNAL, MOST_COLUMNS

# The columns that fit on a sheet of A4 that stands upright.
MOST_UPRIGHT = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedCell:
    """A cell in its column, with the letters of its notes.

    ``repeats`` is set where the row above says the same and the layout says it once.
    """

    column: Column
    cell: Cell
    marks: str
    row_name: str
    repeats: bool = False

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

    @property
    def begins(self) -> bool:
        """Return whether what is said once begins anew: with a study, its rows begin."""
        return bool(self.cells) and not self.cells[0].repeats


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedTable:
    """A table ready for a template or a document.

    ``letters`` are the notes of cells by their letter, ``notes`` those of the whole table.
    """

    definition: ReportDefinition
    caption: str
    columns: Sequence[Column]
    rows: Sequence[PrintedRow]
    letters: Sequence[tuple[str, str]]
    notes: Sequence[str]

    @property
    def is_blocks(self) -> bool:
        """Return whether a page shows each row as a block, as it has no room for the columns."""
        return len(self.columns) > MOST_COLUMNS

    @property
    def is_wide(self) -> bool:
        """Return whether A4 must lie on its side; blocks need no width."""
        return MOST_UPRIGHT < len(self.columns) <= MOST_COLUMNS

    @property
    def silent(self) -> Sequence[str]:
        """Return the columns in which no row has anything, which rows shown as blocks leave out."""
        said = {cell.column.key for row in self.rows for cell in row.cells if cell.cell.text}
        return [column.heading for column in self.columns if column.key not in said]


class Letters:
    """Gives each note one letter, in the order in which the notes are met."""

    def __init__(self) -> None:
        self.by_note: dict[str, str] = {}

    def of(self, *notes: str) -> str:
        """Return the letters of the notes that say something."""
        return " ".join(
            self.by_note.setdefault(note, letter(len(self.by_note))) for note in notes if note
        )


def printed(definition: ReportDefinition, snapshot: Snapshot) -> PrintedTable:
    """Return the table of a report, in the layout it is in, as pages and files print it.

    Of a journal layout columns in which no row has anything are left out, with a word.
    """
    table = definition.table(snapshot)
    columns = [column for column in definition.columns_for(snapshot) if not column.file_only]
    shown = list(islice(table.rows, definition.rows_on_page))
    columns, left_out = _without_empty(definition, columns, shown)
    rows = list(_rows(definition, columns, shown, letters := Letters()))
    notes = [*table.notes, *left_out, *_cut_note(table, len(rows))]
    notes += review_notes(definition, snapshot)
    return PrintedTable(
        definition=definition,
        caption=table.caption or definition.title,
        columns=columns,
        rows=rows,
        letters=[(mark, note) for note, mark in letters.by_note.items()],
        notes=notes,
    )


def review_notes(definition: ReportDefinition, snapshot: Snapshot) -> Iterator[str]:
    """Yield what the review says of all its tables, or of those made from votes."""
    if snapshot.settings.extraction_note:
        yield f"{snapshot.settings.extraction_note.capitalize()}."
    if definition.from_votes and snapshot.settings.votes_note:
        yield f"Votes: {snapshot.settings.votes_note}."


def rows_with_notes(definition: ReportDefinition, snapshot: Snapshot) -> Iterator[tuple[Row, str]]:
    """Yield the rows of a report, each with the last column of machine-readable files.

    In a journal layout a note begins with the letter that is printed for it.
    """
    if definition.layout != JOURNAL:
        for row in definition.table(snapshot).rows:
            yield row, definition.row_note(snapshot, row)
        return
    table = printed(replace(definition, rows_on_page=None), snapshot)
    letters = {note: mark for mark, note in table.letters}
    for each in table.rows:
        yield each.row, definition.row_note(snapshot, each.row, letters)


def _without_empty(
    definition: ReportDefinition, columns: list[Column], rows: Iterable[Row]
) -> tuple[list[Column], list[str]]:
    """Return the columns in which some row has something, and the word on the others."""
    if definition.layout != JOURNAL:
        return columns, []
    filled = {key for row in rows for key in row.cells if row.cells[key].text}
    empty = [column.heading for column in columns[1:] if column.key not in filled]
    if not filled or not empty:
        return columns, []
    kept = [c for place, c in enumerate(columns) if place == 0 or c.key in filled]
    return kept, [f"Columns left out, as no row has anything in them: {', '.join(empty)}."]


def _rows(
    definition: ReportDefinition,
    columns: Sequence[Column],
    rows: Iterable[Row],
    letters: Letters,
) -> Iterator[PrintedRow]:
    group, above = "", None
    for row in rows:
        heads = row.group if row.group != group else ""
        group = row.group
        told = None if heads or row.is_total else above
        yield PrintedRow(
            row=row, heads=heads, cells=_cells(definition, row, told, columns, letters)
        )
        above = None if row.is_total else row


def _cells(
    definition: ReportDefinition,
    row: Row,
    above: Row | None,
    columns: Sequence[Column],
    letters: Letters,
) -> list[PrintedCell]:
    """Return the printed cells of a row; what the row above told once is marked as repeated."""
    cells = []
    name = definition.row_name(row)
    same = above is not None
    for place, column in enumerate(columns):
        cell = row.cell(column.key)
        same = (
            same
            and above is not None
            and column.key in definition.once
            and (cell.text, cell.note) == _told_by(above, column)
        )
        notes = [] if same else [cell.note]
        if place == 0:
            notes += [row.note, row.mark]
        marks = letters.of(*notes)
        cells.append(
            PrintedCell(column=column, cell=cell, marks=marks, row_name=name, repeats=same)
        )
    return cells


def _told_by(row: Row, column: Column) -> tuple[str, str]:
    cell = row.cell(column.key)
    return cell.text, cell.note


def _cut_note(table: Table, shown: int) -> Iterator[str]:
    if table.length is not None and table.length > shown:
        yield f"The first {shown:,} of {table.length:,} rows are shown; the files hold all."


def letter(number: int) -> str:
    """Return a, b, up to z, then aa, ab and so on."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[place] + letters
    return letters
