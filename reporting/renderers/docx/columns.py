"""The columns of a printed table: how wide its texts are, and which widths make it low.

Lengths are points. Widths are estimated from the texts, a little too wide rather than too narrow,
so that every program that opens the document comes to the same lines.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from reporting.definitions import Column
from reporting.figures.widths import text_width, wrapped
from reporting.printed import PrintedCell, PrintedTable
from reporting.renderers.texts import lines_of

# Serif letters take less room than the sans-serif ones by which widths are known. Capitals and
# underlines are an exception: so much is added for each.
SERIF, BROAD = 0.82, 0.1
# White space on both sides of a cell.
BESIDE = 8.0
# A text longer than this is wrapped in any case; a word longer than that is cut.
LONGEST_LINE, LONGEST_WORD = 180.0, 90.0
# No column is drawn out so far that a reader loses the row.
DRAWN_OUT = 1.5
# How often the share of the long columns is halved: to a fraction of a point.
HALVINGS = 16
# By how much columns give room to one another, and of how many rows that is tried.
STEPS, MOST_ROWS = (32.0, 16.0, 8.0), 60
# What the columns that name a row may take of each part of a table that is cut into parts.
NAMING = 0.4

Cell = tuple[list[str], bool]


def heading(column: Column) -> str:
    """Return what stands over a column, with its unit."""
    return f"{column.heading} {column.unit}".strip()


class Columns:
    """The texts of a table by column: each its lines, and whether it is bold."""

    def __init__(self, table: PrintedTable) -> None:
        self.table = table
        self.heads = [(lines_of(heading(column)), True) for column in table.columns]
        self.cells = [
            [(lines_of(_text(row.cells[p])), row.row.is_total) for row in table.rows]
            for p in range(len(table.columns))
        ]
        self._counted: dict[tuple[int, float], list[int]] = {}

    @cached_property
    def _lines(self) -> list[float]:
        """Return the longest line of each column in letters of one point; heads take two."""
        return [
            max(_line_width(head) / 2, *map(_line_width, cells), 0)
            for head, cells in zip(self.heads, self.cells, strict=True)
        ]

    @cached_property
    def _words(self) -> list[float]:
        """Return the longest word of each column, in letters of one point."""
        both = zip(self.heads, self.cells, strict=True)
        return [max(map(_word_width, [head, *cells])) for head, cells in both]

    @cached_property
    def _numbers(self) -> list[float]:
        """Return the longest line of each column of numbers, which should stand on one line."""
        return [
            line if column.numeric else 0
            for column, line in zip(self.table.columns, self._lines, strict=True)
        ]

    def natural(self, size: float) -> list[float]:
        """Return the widths in which no line is wrapped that is not very long."""
        least = self.least(size)
        lines = (min(line * size, LONGEST_LINE) + BESIDE for line in self._lines)
        return [max(low, line) for low, line in zip(least, lines, strict=True)]

    def least(self, size: float) -> list[float]:
        """Return the widths in which no word is cut that is not very long."""
        return [min(word * size, LONGEST_WORD) + BESIDE for word in self._words]

    def good(self, size: float) -> list[float]:
        """Return the widths in which, beyond that, no number is wrapped that is not very long."""
        both = zip(self.least(size), self._numbers, strict=True)
        return [max(low, min(line * size, LONGEST_WORD) + BESIDE) for low, line in both]

    def lines(self, place: int, width: float, size: float) -> list[int]:
        """Return how many lines the head and each row of a column have in a width."""
        inner = round((width - BESIDE) / size, 2)
        key = (place, inner)
        if key not in self._counted:
            texts = [self.heads[place], *self.cells[place]]
            self._counted[key] = [_count(text, inner) for text in texts]
        return self._counted[key]

    def heights(self, places: Sequence[int], widths: Sequence[float], size: float) -> list[int]:
        """Return how many lines the head and each row have, in columns of given widths."""
        both = zip(places, widths, strict=True)
        counted = [self.lines(place, width, size) for place, width in both]
        return [max(row) for row in zip(*counted, strict=True)]

    def panels(
        self, size: float, available: float
    ) -> Iterator[tuple[tuple[int, ...], tuple[float, ...]]]:
        """Yield the parts into which the table is cut to fit a width: places, and their widths."""
        least, natural = self.least(size), self.natural(size)
        whole = tuple(range(len(least)))
        good = self.good(size)
        fits = sum(least) <= available
        if sum(good) <= available:
            least = good
        for places in [whole] if fits else self._cut(least, natural, available):
            low, high = [least[p] for p in places], [natural[p] for p in places]
            widths = shared(low, high, available)
            if sum(high) > available and len(self.table.rows) <= MOST_ROWS:
                widths = self._lower(places, widths, low, size)
            yield places, tuple(widths)

    def _lower(
        self, places: Sequence[int], widths: Sequence[float], least: Sequence[float], size: float
    ) -> list[float]:
        """Return widths with which there are fewer lines: columns give where another gains."""
        best = list(widths)
        lines = sum(self.heights(places, best, size))
        columns = range(len(best))
        pairs = [(giver, taker) for giver in columns for taker in columns if giver != taker]
        for step in STEPS:
            gained = True
            while gained:
                gained = False
                for giver, taker in pairs:
                    tried = list(best)
                    tried[giver] -= step
                    tried[taker] += step
                    if tried[giver] < least[giver]:
                        continue
                    now = sum(self.heights(places, tried, size))
                    if now < lines:
                        best, lines, gained = tried, now, True
        return best

    def _cut(
        self, least: Sequence[float], natural: Sequence[float], available: float
    ) -> Iterator[tuple[int, ...]]:
        """Yield the columns of each part; those that name a row stand in every part."""
        naming = self._naming(least, available * NAMING)
        wanted = [(low + high) / 2 for low, high in zip(least, natural, strict=True)]
        room = available - sum(least[place] for place in naming)
        taken: list[int] = []
        for place in range(len(least)):
            if place in naming:
                continue
            if taken and sum(wanted[p] for p in taken) + wanted[place] > room:
                yield (*naming, *taken)
                taken = []
            taken.append(place)
        yield (*naming, *taken)

    def _naming(self, least: Sequence[float], room: float) -> tuple[int, ...]:
        """Return the places of the columns that name a row, as far as there is room for them."""
        definition, columns = self.table.definition, self.table.columns
        names = definition.named_by or tuple(c.key for c in columns[:2] if not c.numeric)
        places = [place for place, column in enumerate(columns) if column.key in names] or [0]
        ends = accumulate(least[place] for place in places)
        fitting = tuple(place for place, end in zip(places, ends, strict=True) if end <= room)
        return fitting or tuple(places[:1])


def shared(least: Sequence[float], natural: Sequence[float], available: float) -> Sequence[float]:
    """Return widths for columns: as natural as there is room, and never under the least.

    Where there is not enough room, short columns keep theirs and the long ones get equal shares.
    """
    whole = sum(natural)
    if whole <= available:
        drawn = min(DRAWN_OUT, available / whole)
        return [width * drawn for width in natural]
    widths = list(least)
    low, high = 0.0, max(natural)
    for _ in range(HALVINGS):
        level = (low + high) / 2
        tried = [max(a, min(b, level)) for a, b in zip(least, natural, strict=True)]
        if sum(tried) <= available:
            widths, low = tried, level
        else:
            high = level
    return widths


def line_count(text: str, width: float, size: float) -> int:
    """Return how many lines a text has in a width."""
    return len(wrapped(text, width, size * SERIF))


def _text(cell: PrintedCell) -> str:
    return f"{'' if cell.repeats else cell.text}{cell.marks}"


def _count(cell: Cell, width: float) -> int:
    texts, bold = cell
    return sum(len(wrapped(text, width, SERIF, bold=bold)) for text in texts)


def _line_width(cell: Cell) -> float:
    texts, bold = cell
    return max(_width(text, bold=bold) for text in texts)


def _word_width(cell: Cell) -> float:
    texts, bold = cell
    words = [word for text in texts for word in text.split()]
    return max((_width(word, bold=bold) for word in words), default=0)


def _width(text: str, *, bold: bool) -> float:
    """Return the width of a line in serif letters of one point."""
    broad = sum(character.isupper() or character == "_" for character in text)
    return text_width(text, SERIF, bold=bold) + BROAD * broad
