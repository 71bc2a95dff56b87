"""Boxes of lines with numbers at their right edge, as high as their wrapped lines need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reporting.figures.shapes import Opens, Rect, Shape, Words
from reporting.figures.widths import text_width, wrapped

SIZE = 12.5
LEADING = 17.0
PAD = 10.0
INDENT = 8.0
# From the upper edge to the first baseline, and from the last one to the lower edge.
ABOVE, BELOW = 20.0, 14.0
# Between a text and the number beside it.
BETWEEN = 8.0
HEAD, PLAIN, PART, PENDING = "head", "plain", "part", "pending"
FILLS = {HEAD: "ink", PLAIN: "ink", PART: "muted", PENDING: "unsure"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One entry of a box: what is counted, how many, and the cell that its number opens.

    Work that is pending is told in words alone, and these open.
    """

    text: str
    number: str = ""
    opens: Opens | None = None
    look: str = PLAIN

    @property
    def indent(self) -> float:
        """Return how far the text stands in: parts of what is above them do."""
        return INDENT if self.look == PART else 0

    @property
    def bold(self) -> bool:
        """Return whether the text is bold, as a heading and pending work are."""
        return self.look in {HEAD, PENDING}

    def pieces(self, width: float) -> list[str]:
        """Return the text in the lines it needs in a box of a width, beside its number."""
        room = width - 2 * PAD - self.indent
        if self.number:
            room -= text_width(self.number, SIZE, bold=True) + BETWEEN
        return wrapped(self.text, room, SIZE, bold=self.bold)


@dataclass(frozen=True)
class Box:
    """A box of lines of a width; ``fill`` and ``stroke`` are roles."""

    lines: Sequence[Line]
    x: float
    width: float
    fill: str = "paper"
    stroke: str = "edge"

    @cached_property
    def pieces(self) -> list[list[str]]:
        """Return each line as it is wrapped."""
        return [line.pieces(self.width) for line in self.lines]

    @property
    def height(self) -> float:
        """Return the height that the lines need."""
        return ABOVE + LEADING * (sum(map(len, self.pieces)) - 1) + BELOW

    @property
    def middle(self) -> float:
        """Return the middle of the box from left to right."""
        return self.x + self.width / 2

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.x + self.width

    def shapes(self, y: float, height: float | None = None) -> Iterator[Shape]:
        """Yield the box with its upper edge at ``y``, as high as it needs or as is said."""
        yield Rect(
            x=self.x,
            y=y,
            width=self.width,
            height=height or self.height,
            fill=self.fill,
            stroke=self.stroke,
            radius=4,
        )
        baseline = y + ABOVE
        for line, pieces in zip(self.lines, self.pieces, strict=True):
            if line.number:
                yield Words(
                    x=self.right - PAD,
                    y=baseline,
                    text=line.number,
                    size=SIZE,
                    anchor="end",
                    bold=True,
                    opens=line.opens,
                )
            for piece in pieces:
                yield Words(
                    x=self.x + PAD + line.indent,
                    y=baseline,
                    text=piece,
                    size=SIZE,
                    fill=FILLS[line.look],
                    bold=line.bold,
                    opens=None if line.number else line.opens,
                )
                baseline += LEADING
