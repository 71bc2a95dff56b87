"""A workbook of tables: their sheets, what is said of them, and what their cells were made from.

Rows are written as they are read, so that a long table needs little memory.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from io import BytesIO
from itertools import chain, islice, zip_longest

from django.conf import settings

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printed import review_notes
from reporting.renderers.csv import NOTE
from reporting.renderers.packages import fixed_zip
from reporting.renderers.xlsx.holding import CUT, PIECE, SheetNames, held, is_long, pieces
from reporting.renderers.xlsx.sheets import Book, Sheets, widths_for

NOTES, PROVENANCE = "Notes", "Provenance"
SAID = ("table", "what", "key", "text")
BEHIND = (
    *("table", "sheet", "row", "row_key", "column", "part"),
    *("text", "sources", "studies", "formula", "page", "note"),
)
GROUP = "group"
_CORE = "docProps/core.xml"
_SAID_WIDTHS = (24, 16, 28, 90)
_BEHIND_WIDTHS = (22, 22, 8, 40, 22, 8, 40, 40, 40, 30, 10, 40)
# The first rows are enough to see how wide what stands in the columns is.
_LOOKED_AT = 300


def written(definitions: Sequence[ReportDefinition], snapshot: Snapshot, title: str) -> bytes:
    """Return the workbook of some tables; its title is what programs show of the file."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.xml.functions import tostring

    made = Workbook(write_only=True)
    writer = _Writer(snapshot, Book(made=made, new_cell=WriteOnlyCell, names=SheetNames()))
    for definition in definitions:
        writer.write(definition)
    writer.finish()
    file = BytesIO()
    made.save(file)
    # What the library says of the file is of now; it is to be of the snapshot.
    at = snapshot.instant.astimezone(UTC).replace(tzinfo=None)
    properties = made.properties
    properties.created = properties.modified = at
    properties.creator, properties.title = held(snapshot.settings.title), held(title)
    return fixed_zip(file.getvalue(), {_CORE: tostring(properties.to_tree())})


class _Writer:
    """Writes tables into one workbook, and gathers what is said of them and stands behind."""

    def __init__(self, snapshot: Snapshot, book: Book) -> None:
        self._snapshot = snapshot
        self._book = book
        self._behind = Sheets(
            book=book,
            title=PROVENANCE,
            headings=_words(BEHIND),
            widths=_BEHIND_WIDTHS,
            most_lines=1,
        )
        self._notes = Sheets(book=book, title=NOTES, headings=_words(SAID), widths=_SAID_WIDTHS)
        self._say("", "review", snapshot.settings.title, key=snapshot.review.slug)
        self._say("", "notice", snapshot.settings.notice)
        self._say("", "as of", snapshot.as_text)
        self._say("", "chain head", snapshot.event_hash)
        self._say("", "product version", settings.PRODUCT_VERSION)

    def write(self, definition: ReportDefinition) -> None:
        """Write one table."""
        table = definition.table(self._snapshot)
        columns = [*definition.columns_for(self._snapshot), Column(key=NOTE, heading="Note")]
        headings = [", ".join(filter(None, (c.heading, c.unit))) for c in columns]
        rows = ((row, self._cells(definition, row)) for row in table.rows)
        first = list(islice(rows, _LOOKED_AT))
        widths = widths_for(headings, [cells for _, cells in first])
        sheets = Sheets(
            book=self._book,
            title=definition.slug,
            headings=headings,
            widths=widths,
            numeric=frozenset(place for place, column in enumerate(columns) if column.numeric),
        )
        keys = [column.key for column in columns]
        group = ""
        for row, cells in chain(first, rows):
            if row.group != group and row.group:
                self._tell_all(sheets, definition, "", [GROUP], head := [Cell(text=row.group)])
                sheets.write(list(map(_fitting, head)), bold=True)
            group = row.group
            self._tell_all(sheets, definition, row.key, keys, cells)
            bold, italic = row.is_total, not row.counts
            sheets.write(list(map(_fitting, cells)), bold=bold, italic=italic)
        self._say_of(definition, table)
        for column, heading in zip(columns, headings, strict=True):
            self._say(definition.slug, "column", heading, key=column.key)

    def finish(self) -> None:
        """Put the notes and what stands behind after the tables."""
        for sheet in (*self._notes.made, *self._behind.made):
            self._book.made.move_sheet(sheet.title, len(self._book.made.worksheets))

    def _cells(self, definition: ReportDefinition, row: Row) -> list[Cell]:
        """Return the cells of a row, the last of which is its note."""
        note = Cell(text=definition.row_note(self._snapshot, row))
        return [*(row.cell(column.key) for column in definition.columns), note]

    def _tell_all(
        self,
        sheets: Sheets,
        definition: ReportDefinition,
        key: str,
        columns: Sequence[str],
        cells: Sequence[Cell],
    ) -> None:
        """Write what there is more to the cells of the row that comes next."""
        sheet, number = sheets.place()
        for column, cell in zip(columns, cells, strict=True):
            if _has_more(cell):
                self._tell((definition.slug, sheet, number, key, column), cell)

    def _tell(self, place: tuple[str | int, ...], cell: Cell) -> None:
        """Write what stands behind a cell, in as many rows as it needs, and a text that was cut."""
        said = (
            cell.text,
            *("; ".join(map(str, uids)) for uids in (cell.sources, cell.studies)),
            *(cell.formula, cell.page, cell.note),
        )
        for part, texts in enumerate(zip_longest(*map(pieces, said), fillvalue=""), 1):
            self._behind.write([_word(one) for one in (*place, part, *texts)])

    def _say_of(self, definition: ReportDefinition, table: Table) -> None:
        """Write what is said of a table as a whole."""
        slug = definition.slug
        self._say(slug, "title", definition.title)
        self._say(slug, "layout", definition.layout)
        self._say(slug, "caption", table.caption)
        self._say(slug, "source", definition.source)
        for note in (*table.notes, *review_notes(definition, self._snapshot)):
            self._say(slug, "note", note)

    def _say(self, table: str, what: str, text: str, *, key: str = "") -> None:
        for piece in pieces(text):
            if piece:
                self._notes.write([_word(said) for said in (table, what, key, piece)])


def _word(said: str | int) -> Cell:
    return Cell(text=str(said), value=said)


def _has_more(cell: Cell) -> bool:
    """Return whether there is more to a cell than its sheet shows."""
    behind = cell.sources or cell.studies or cell.formula or cell.note or cell.page
    return bool(behind) or is_long(cell.text)


def _fitting(cell: Cell) -> Cell:
    """Return a cell whose text a spreadsheet takes; where it is cut, it says so."""
    if not is_long(cell.text):
        return cell
    return replace(cell, text=cell.text[:PIECE] + CUT)


def _words(keys: Sequence[str]) -> list[str]:
    return [key.replace("_", " ").capitalize() for key in keys]
