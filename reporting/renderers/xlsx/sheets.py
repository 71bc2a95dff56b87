"""The sheets of one list of rows: as many as it needs, each with its headings on top."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from reporting.definitions import Cell
from reporting.renderers.csv import escaped
from reporting.renderers.xlsx.holding import MOST_ROWS, SheetNames, decimals, held

_NARROW, _WIDE = 8, 44
# In points; Excel has 409 at most, and a row of a dozen lines is as high as one can still read by.
_LINE, MOST_LINES = 15, 12


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; ``decimals`` is set for numbers, ``quoted`` for what would run.

    ``right`` is set in columns of numbers, where texts such as 3/12 stand below numbers.
    """

    bold: bool = False
    italic: bool = False
    decimals: int | None = None
    quoted: bool = False
    right: bool = False


@dataclass(kw_only=True, slots=True)
class Book:
    """A workbook that is being written: the names of its sheets, and the looks of its cells."""

    made: Any
    new_cell: Callable[[Any], Any]
    names: SheetNames
    looks: dict[Look, Any] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Sheets:
    """The rows under one title: a sheet, and a further one wherever a sheet is full.

    ``numeric`` are the places of the columns of numbers, counted from 0; ``most_lines`` is how high
    a row becomes.
    """

    book: Book
    title: str
    headings: Sequence[str]
    widths: Sequence[int]
    numeric: frozenset[int] = frozenset()
    most_lines: int = MOST_LINES
    made: list[Any] = field(default_factory=list)
    filled: int = 0

    def __post_init__(self) -> None:
        self._begin()

    def place(self) -> tuple[str, int]:
        """Return the sheet and the number of the row that is written next."""
        if self.filled == MOST_ROWS:
            self._begin()
        return self.made[-1].title, self.filled + 1

    def write(self, cells: Sequence[Cell], *, bold: bool = False, italic: bool = False) -> None:
        """Write one row, whose texts fit."""
        self.place()
        self._append(cells, bold=bold, italic=italic)

    def _begin(self) -> None:
        from openpyxl.utils import get_column_letter

        sheet = self.book.made.create_sheet(self.book.names.of(self.title))
        for place, width in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.made.append(sheet)
        self.filled = 0
        self._append([Cell(text=text) for text in self.headings], bold=True, italic=False)

    def _append(self, cells: Sequence[Cell], *, bold: bool, italic: bool) -> None:
        """Put one row below the others, as high as its texts need."""
        sheet = self.made[-1]
        self.filled += 1
        lines = max(
            (_lines(cell.text, width) for cell, width in zip(cells, self.widths, strict=False)),
            default=1,
        )
        if lines > 1:
            sheet.row_dimensions[self.filled].height = _LINE * min(lines, self.most_lines)
        sheet.append(
            [
                self._cell(cell, Look(bold=bold, italic=italic, right=place in self.numeric))
                for place, cell in enumerate(cells)
            ]
        )
        sheet.row_dimensions.pop(self.filled, None)

    def _cell(self, cell: Cell, look: Look) -> Any:
        if not cell.text:
            return None
        number = decimals(cell)
        runs = number is None and escaped(cell.text) != cell.text
        made = self._blank(replace(look, decimals=number, quoted=runs))
        if number is not None:
            made.value = Decimal(cell.text)
            return made
        made.value = held(cell.text)
        # A text stays one, whatever it begins with.
        made.data_type = "s"
        return made

    def _blank(self, look: Look) -> Any:
        """Return an empty cell that looks so; what is made of a look is made once."""
        cell = self.book.new_cell(self.made[-1])
        if look not in self.book.looks:
            from openpyxl.styles import Alignment, Font

            cell.font = Font(name="Calibri", size=11, bold=look.bold, italic=look.italic)
            cell.alignment = Alignment(
                horizontal="right" if look.right else None,
                indent=1 if look.right else 0,
                vertical="top",
                wrap_text=look.decimals is None,
            )
            if look.decimals is not None:
                cell.number_format = f"0.{'0' * look.decimals}".rstrip(".")
            cell.quotePrefix = look.quoted
            self.book.looks[look] = cell._style
        cell._style = self.book.looks[look]
        return cell


def widths_for(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the widths of columns: of the longest line in each, as far as it can be read."""
    widths = [max(map(len, heading.split()), default=0) for heading in headings]
    for cells in rows:
        for place, cell in enumerate(cells):
            longest = max(map(len, cell.text[:2000].split("\n")))
            widths[place] = max(widths[place], longest)
    return [min(max(width, _NARROW), _WIDE) + 2 for width in widths]


def _lines(text: str, width: int) -> int:
    """Return in how many lines a text stands in a column; wrapped lines are not quite full."""
    if len(text) < width and "\n" not in text:
        return 1
    return sum(1 + len(line) // max(width - 2, 1) for line in text.split("\n"))
