"""How a printed table is set on A4: the size of its letters, and whether the page is turned.

Lengths are points.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reporting.printed import PrintedTable
from reporting.renderers.docx.columns import Columns, line_count

MARGIN = 20 * 72 / 25.4
SHORT_SIDE, LONG_SIDE = 210 * 72 / 25.4, 297 * 72 / 25.4
# Of the document of one table, and of a manuscript, where each table should fit on one page.
USUAL, DOWN_TO_SMALLEST = (9.0, 8.0), (9.0, 8.0, 7.5, 7.0)
SMALLEST = DOWN_TO_SMALLEST[-1]
# The height of a line of letters of one point, and of the white space of a row.
LINE, ABOVE = 1.16, 2.5
CAPTION_SIZE, BELOW_CAPTION = 10.0, 8.0
BETWEEN_NOTES = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A part of a table that stands side by side on one page: places of columns, and widths."""

    places: tuple[int, ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """A table as it is set: size of letters, page turned or not, parts, and pages as estimated."""

    size: float
    landscape: bool
    panels: tuple[Panel, ...]
    pages: int


def page(*, landscape: bool) -> tuple[float, float]:
    """Return width and height between the margins of a page."""
    sides = (LONG_SIDE, SHORT_SIDE) if landscape else (SHORT_SIDE, LONG_SIDE)
    return sides[0] - 2 * MARGIN, sides[1] - 2 * MARGIN


def note_size(size: float) -> float:
    """Return the size of the notes below a table whose letters have a size."""
    return max(SMALLEST, size - 1)


def fitted(table: PrintedTable, last: str, sizes: Sequence[float] = USUAL) -> Fitted:
    """Return how a table is set: upright where its lines fit side by side, else across.

    ``last`` is the line below its notes. The sizes are tried in order until the table fits on one
    page; where it fits on none, the last one is taken.
    """
    columns = Columns(table)
    landscape = sum(columns.natural(sizes[0])) > page(landscape=False)[0]
    made = _set(columns, last, sizes[0], landscape=landscape)
    for size in sizes[1:]:
        if made.pages == 1:
            break
        made = _set(columns, last, size, landscape=landscape)
    return made


def _set(columns: Columns, last: str, size: float, *, landscape: bool) -> Fitted:
    """Return a table in one size, on pages turned one way."""
    paper = page(landscape=landscape)
    panels = tuple(
        Panel(places=places, widths=widths) for places, widths in columns.panels(size, paper[0])
    )
    number = _pages(columns, last, size, panels, paper)
    return Fitted(size=size, landscape=landscape, panels=panels, pages=number)


def _pages(
    columns: Columns, last: str, size: float, panels: Iterable[Panel], paper: tuple[float, float]
) -> int:
    """Return how many pages a table takes, with its caption and its notes."""
    width, height = paper
    number, used = 1, 0.0
    for panel in panels:
        head, *rows = _heights(columns, size, panel)
        caption = line_count(columns.table.caption, width, CAPTION_SIZE) * CAPTION_SIZE * LINE
        used += caption + BELOW_CAPTION + head
        for row in rows:
            if used + row > height:
                number, used = number + 1, head
            used += row
    for note in _notes(columns.table, last):
        lines = line_count(note, width, note_size(size)) * note_size(size) * LINE + BETWEEN_NOTES
        if used + lines > height:
            number, used = number + 1, 0
        used += lines
    return number


def _heights(columns: Columns, size: float, panel: Panel) -> Iterator[float]:
    """Yield the height of the head and of each row; a heading above a row belongs to it."""
    head, *rows = columns.heights(panel.places, panel.widths, size)
    line = size * LINE
    yield head * line + ABOVE
    if not rows:
        yield line + ABOVE
    for printed, lines in zip(columns.table.rows, rows, strict=True):
        yield lines * line + ABOVE + (line + ABOVE if printed.heads else 0)


def _notes(table: PrintedTable, last: str) -> Iterator[str]:
    """Yield the paragraphs below a table."""
    if table.letters:
        yield " ".join(f"{mark} {note}" for mark, note in table.letters)
    if table.notes:
        yield " ".join(table.notes)
    yield last
