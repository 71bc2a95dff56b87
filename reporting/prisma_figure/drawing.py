"""The PRISMA 2020 flow diagram: where its boxes stand, and what leads from one to the next.

The four variants of the official template: a new review or an update, with databases and registers
only or with other methods too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from reporting.definitions import Row
from reporting.figures.boxes import LEADING, SIZE, Box, Line
from reporting.figures.shapes import Figure, Path, Rect, Shape, Words
from reporting.figures.widths import text_width
from reporting.prisma_figure.boxes import (
    ASSESSED,
    FOUND,
    INCLUDED,
    SCREENED,
    SOUGHT,
    TOTAL,
    Boxes,
    Pair,
    boxes,
)
from reporting.prisma_figure.words import in_sentences

TITLE = "PRISMA 2020 flow diagram"
PHASES = {
    "Identification": (FOUND,),
    "Screening": (SCREENED, SOUGHT, ASSESSED),
    "Included": (INCLUDED, TOTAL),
}
BAND, FROM_BAND = 22.0, 12.0
# From the upper edge to the headings' baseline, and to the first boxes.
HEADINGS, TOP, BOTTOM = 18.0, 32.0, 6.0
DOWN, ACROSS, APART = 26.0, 26.0, 18.0
PREVIOUS_WIDTH = 150.0
# Main and side boxes, alone and with other methods beside them.
WIDE, NARROW, OTHERS = (270.0, 250.0), (206.0, 190.0), (156.0, 156.0)
# Where lines leave and meet a box: at the height of its first line.
AT_HEAD = 16.0


def prisma_figure(rows: Iterable[Row]) -> Figure:
    """Return the flow diagram of the rows of its table."""
    return _Diagram(boxes(rows)).figure()


class _Diagram:
    """The boxes at their places; rows are as high as the highest box in them."""

    def __init__(self, contents: Boxes) -> None:
        self.contents = contents
        left = BAND + FROM_BAND
        self.previous: Box | None = None
        if contents.previous:
            self.previous = Box(contents.previous, left, PREVIOUS_WIDTH)
            left += PREVIOUS_WIDTH + ACROSS
        main, side = NARROW if contents.others else WIDE
        self.left, self.side = left, left + main + ACROSS
        self.searches = self._pairs(contents.searches, left, main, side)
        self.right = self.side + side + ACROSS
        other, other_side = OTHERS
        self.others = self._pairs(contents.others, self.right, other, other_side)
        self.included = self._final(contents.included, main)
        self.total = self._final(contents.total, main) if contents.total else None
        self.width = self.side + side + 1
        if contents.others:
            self.width = self.right + other + APART + other_side + 1
        self.tops, self.bottoms = self._heights()

    def _pairs(
        self, pairs: Mapping[str, Pair], x: float, main: float, side: float
    ) -> dict[str, tuple[Box, Box | None]]:
        gap = ACROSS if x == self.left else APART
        return {
            place: (
                Box(pair.main, x, main),
                Box(pair.side, x + main + gap, side, "ground", "rule") if pair.side else None,
            )
            for place, pair in pairs.items()
        }

    def _final(self, lines: Sequence[Line], width: float) -> Box:
        return Box(lines, self.left, width, "accent-soft", "accent")

    def _heights(self) -> tuple[dict[str, float], dict[str, float]]:
        """Return where each row begins and ends; a phase is as high as its name is long."""
        tops: dict[str, float] = {}
        bottoms: dict[str, float] = {}
        y = TOP
        for name, places in PHASES.items():
            begins = y
            for place in places:
                if not (found := list(self._in_row(place))):
                    continue
                tops[place] = y
                bottoms[place] = y + max(box.height for box in found)
                y = bottoms[place] + DOWN
            last = [place for place in places if place in tops][-1]
            bottoms[last] = max(
                bottoms[last], begins + text_width(name, SIZE, bold=True) + 2 * LEADING / 2
            )
            y = bottoms[last] + DOWN
        return tops, bottoms

    def _in_row(self, place: str) -> Iterator[Box]:
        for column in (self.searches, self.others):
            yield from (box for box in column.get(place, ()) if box)
        if place == FOUND and self.previous:
            yield self.previous
        if place == INCLUDED:
            yield self.included
        if place == TOTAL and self.total:
            yield self.total

    def figure(self) -> Figure:
        """Return the drawing with its description in words."""
        last = max(self.bottoms.values())
        return Figure(
            title=TITLE,
            description=in_sentences(self.contents),
            width=self.width,
            height=last + BOTTOM,
            shapes=[
                *self._bands(),
                *self._headings(),
                *self._lines(),
                *self._boxes(),
            ],
        )

    def _bands(self) -> Iterator[Shape]:
        for name, places in PHASES.items():
            here = [place for place in places if place in self.tops]
            top, bottom = self.tops[here[0]], self.bottoms[here[-1]]
            yield Rect(
                x=0.5,
                y=top,
                width=BAND,
                height=bottom - top,
                fill="ground",
                stroke="rule",
                radius=4,
            )
            yield Words(
                x=BAND / 2 + SIZE / 3,
                y=(top + bottom) / 2,
                text=name,
                size=SIZE,
                anchor="middle",
                bold=True,
                turned=True,
            )

    def _headings(self) -> Iterator[Shape]:
        headings = [("Databases and registers", self.left)]
        if self.previous:
            headings.append(("Previous studies", self.previous.x))
        if self.others:
            headings.append(("Other methods", self.right))
        for text, x in headings:
            yield Words(x=x, y=HEADINGS, text=text, size=SIZE, bold=True)

    def _boxes(self) -> Iterator[Shape]:
        for column in (self.searches, self.others):
            for place, pair in column.items():
                for box in pair:
                    if box:
                        yield from box.shapes(self.tops[place])
        yield from self.included.shapes(self.tops[INCLUDED])
        if self.previous:
            yield from self.previous.shapes(self.tops[FOUND])
        if self.total:
            yield from self.total.shapes(self.tops[TOTAL])
        if self.contents.notice:
            # One box beside all that it speaks of.
            top, bottom = self.tops[FOUND], self.bottoms[ASSESSED]
            said = Box([Line(text=self.contents.notice)], self.side, WIDE[1], "ground", "rule")
            yield from said.shapes(top, max(bottom - top, said.height))

    def _lines(self) -> Iterator[Shape]:
        for column in (self.searches, self.others):
            yield from self._down(column)
            for place, (main, side) in column.items():
                if side:
                    y = self.tops[place] + AT_HEAD
                    yield _arrow((main.right, y), (side.x, y))
        final, top = self.included, self.tops[INCLUDED]
        if self.searches:
            last = self.searches[ASSESSED][0]
            begins = self.tops[ASSESSED] + last.height
            yield _arrow((last.middle, begins), (final.middle, top))
        if self.others:
            last = self.others[ASSESSED][0]
            begins, y = self.tops[ASSESSED] + last.height, top + AT_HEAD
            yield _arrow((last.middle, begins), (last.middle, y), (final.right, y))
        if self.total:
            yield _arrow((final.middle, top + final.height), (self.total.middle, self.tops[TOTAL]))
        if self.total and self.previous:
            begins, y = self.tops[FOUND] + self.previous.height, self.tops[TOTAL] + AT_HEAD
            yield _arrow(
                (self.previous.middle, begins), (self.previous.middle, y), (self.total.x, y)
            )

    def _down(self, column: Mapping[str, tuple[Box, Box | None]]) -> Iterator[Shape]:
        for above, below in pairwise(column):
            box = column[above][0]
            begins = self.tops[above] + box.height
            yield _arrow((box.middle, begins), (box.middle, self.tops[below]))


def _arrow(*points: tuple[float, float]) -> Path:
    return Path(points=points, arrow=True)
