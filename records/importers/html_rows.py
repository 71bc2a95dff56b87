"""The rows of every table in a web page, cut out while the page is read, in bounded memory."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from records.importers import sheets
from records.importers.columns import MAX_COLUMNS
from records.importers.parsed import FileRefused, Line
from records.importers.rows import Row

# Characters kept of one row; of a row that is only looked at, to find the header.
LONGEST_ROW = 2_000_000
LONGEST_FIRST = 20_000
# Tables within tables.
MAX_DEPTH = 10
MAX_CELLS = MAX_COLUMNS * 4
MAX_SPAN = 65_534
# Empty cells that spans make in a page, all in all.
MAX_SPANNED = 2_000_000
# What is given to the parser at once; the library's time grows with the square of a tag's length.
PIECE = 16_000
LONGEST_TAG = 32_000
# Styles, scripts and comments.
LONGEST_UNREAD = 2_000_000
SECTIONS = frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"})
# What stands on lines of its own within a cell.
BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "table", "hr", "dt", "dd"})
UNREAD = frozenset({"script", "style"})
# White space that is not yet one space: replacing single spaces by themselves takes most time.
SPACES = re.compile(r"\s{2,}|[^\S ]")
NUMBER = re.compile(r"\s{0,9}([0-9]{1,6})")
Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a table, or the end of one.

    Attributes:
        number: which table of the page it is, from 0 in the order in which they begin.
        within: the numbers of the tables around it.
        row: the row; ``None`` where the table ends.
        span: across how many columns the widest cell of the row reaches.
        width: how many columns the row has, the empty ones behind it too.
    """

    number: int
    within: tuple[int, ...]
    row: Row | None = None
    span: int = 1
    width: int = 0


def rows(
    lines: Iterable[Line], *, longest: int = LONGEST_ROW, whole: bool = True
) -> Iterator[Found]:
    """Yield the rows of all tables of a web page as they end, and the ends of the tables.

    Args:
        lines: the lines of the page, with their numbers.
        longest: how many characters of a row are kept.
        whole: whether the lines are all that the page has, so that no tag may be open behind them.

    Raises:
        FileRefused: tables are too deep within each other, a row is too wide, or a tag has no end.
    """
    parser = _Parser(longest)
    for first, piece in _pieces(lines):
        parser.take(first, piece)
        yield from parser.handed()
    parser.finish(whole=whole)
    yield from parser.handed()


def _pieces(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the text in pieces, each with the number of its first line."""
    held: list[str] = []
    first = size = 0
    for number, line in lines:
        first = first or number
        held.append(line)
        size += len(line) + 1
        if size > PIECE:
            text = "\n".join(held) + "\n"
            for at in range(0, len(text), PIECE):
                piece = text[at : at + PIECE]
                yield first, piece
                first += piece.count("\n")
            held, first, size = [], 0, 0
    if held:
        yield first, "\n".join(held) + "\n"


@dataclass(slots=True)
class _Table:
    """A table that is not yet at its end, and the row that is being read.

    Attributes:
        line: the line on which the row began; 0 where none is open.
        parts: the pieces of the text of the open cell; ``None`` where none is open.
        held: the number of characters of the row so far.
        at: the number of the row.
        below: for a column, the number of the last row into which a cell above reaches.
    """

    number: int
    within: tuple[int, ...]
    line: int = 0
    cells: list[str] = field(default_factory=list)
    parts: list[str] | None = None
    columns: int = 1
    span: int = 1
    held: int = 0
    at: int = 0
    below: dict[int, int] = field(default_factory=dict)

    def fill(self) -> int:
        """Leave the cells empty into which cells of rows above reach; return how many."""
        before = len(self.cells)
        while self.below.get(len(self.cells), -1) >= self.at:
            self.cells.append("")
        return len(self.cells) - before


class _Parser(HTMLParser):
    """Takes a page piece by piece and keeps the rows until they are taken from it."""

    def __init__(self, longest: int) -> None:
        super().__init__(convert_charrefs=True)
        self._longest = longest
        self._found: list[Found] = []
        self._open: list[_Table] = []
        self._count = 0
        self._unread = ""
        self._notes: list[str] = []
        self._spanned = 0

    def take(self, first: int, piece: str) -> None:
        """Read a piece of the page whose first line has the number ``first``."""
        if not self.rawdata:
            self.lineno = first
        try:
            self.feed(piece)
        except AssertionError:
            # So the library says that it does not know a declaration.
            reason = f"The markup at line {self.lineno} cannot be read; save the table as CSV."
            raise FileRefused(reason, line=self.lineno) from None
        unread = self._unread or self.rawdata.startswith("<!")
        if len(self.rawdata) > (LONGEST_UNREAD if unread else LONGEST_TAG):
            self._refuse_open()

    def finish(self, *, whole: bool) -> None:
        """End what is open at the end of the page."""
        if whole and (self._unread or self.rawdata):
            self._refuse_open()
        if self._open and self._open[-1].parts is not None:
            self._notes.append("The page ends within this row.")
        while self._open:
            self._end_table()

    def handed(self) -> list[Found]:
        """Return what was found since the last time."""
        found, self._found = self._found, []
        return found

    def _refuse_open(self) -> None:
        reason = f"The markup that begins at line {self.lineno} has no end."
        raise FileRefused(reason, line=self.lineno)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open a table, a row or a cell, or break the line."""
        if tag in UNREAD:
            self._unread = tag
        elif tag == "table":
            self._begin_table()
        elif not self._open:
            return
        elif tag in SECTIONS:
            self._end_row()
            self._open[-1].below.clear()
        elif tag == "tr":
            self._end_row()
            self._open[-1].line = self.lineno
        elif tag in ("td", "th"):
            self._begin_cell(attrs)
        elif tag in BREAKS:
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes, and what is open within it."""
        if tag == self._unread:
            self._unread = ""
        elif not self._open:
            return
        elif tag == "table":
            self._end_table()
        elif tag in SECTIONS or tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in BREAKS and tag != "br":
            self._add("\n")

    def handle_data(self, data: str) -> None:
        """Add text to the cells that are open."""
        if self._open and not self._unread:
            self._add(SPACES.sub(" ", data))

    def _add(self, text: str) -> None:
        for table in self._open:
            if table.parts is not None:
                if table.held <= self._longest:
                    table.parts.append(text[: self._longest - table.held])
                table.held += len(text)

    def _begin_table(self) -> None:
        if self._open and self._open[-1].parts is None:
            # Between two cells no table can begin: the one before was not closed.
            self._end_table()
        if len(self._open) >= MAX_DEPTH:
            reason = f"More than {MAX_DEPTH} tables stand within each other."
            raise FileRefused(reason, line=self.lineno)
        self._add("\n")
        within = tuple(table.number for table in self._open)
        self._open.append(_Table(self._count, within))
        self._count += 1

    def _end_table(self) -> None:
        self._end_row()
        table = self._open.pop()
        self._found.append(Found(table.number, table.within))
        self._add("\n")

    def _begin_cell(self, attrs: Attributes) -> None:
        self._end_cell()
        table = self._open[-1]
        table.line = table.line or self.lineno
        filled = table.fill()
        told = dict(attrs)
        table.columns = min(max(_number(told.get("colspan")), 1), MAX_COLUMNS)
        down = min(max(_number(told.get("rowspan")), 1), MAX_SPAN) - 1
        at = len(table.cells)
        if at + table.columns > MAX_CELLS:
            reason = f"The row reaches beyond column {MAX_CELLS:,}."
            raise FileRefused(reason, line=self.lineno)
        self._spanned += filled + table.columns - 1
        if self._spanned > MAX_SPANNED:
            reason = f"Cells of the page reach into more than {MAX_SPANNED:,} others."
            raise FileRefused(reason, line=self.lineno)
        for column in range(at, at + table.columns) if down else ():
            table.below[column] = table.at + down
        table.parts = []

    def _end_cell(self) -> None:
        table = self._open[-1]
        if table.parts is None:
            return
        lines = (SPACES.sub(" ", line).strip() for line in "".join(table.parts).split("\n"))
        table.cells.append("\n".join(filter(None, lines)))
        table.cells += [""] * (table.columns - 1)
        table.span = max(table.span, table.columns)
        table.parts = None
        # Of a table in a cell of another.
        self._add("\n")

    def _end_row(self) -> None:
        self._end_cell()
        table = self._open[-1]
        if not table.line:
            return
        notes, self._notes = self._notes, []
        if table.held > self._longest:
            notes.append(f"The row has {table.held:,} characters; it was cut.")
        width = len(table.cells)
        row = sheets.row(table.line, table.cells, notes) if width else Row(table.line, "", [])
        self._found.append(Found(table.number, table.within, row, table.span, width))
        table.cells, table.line, table.held, table.span = [], 0, 0, 1
        table.at += 1


def _number(text: str | None) -> int:
    """Return the number with which an attribute begins, 0 where there is none."""
    match = NUMBER.match(text or "")
    return int(match.group(1)) if match else 0
