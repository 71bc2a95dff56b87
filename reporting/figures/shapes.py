"""What a figure is made of: a few plain shapes with roles for colours, all lengths in pixels.

A figure knows no format and no theme. Roles are the names of the tokens of the stylesheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opens:
    """The cell of the figure's own table whose lineage a shape opens, and how a reader names it."""

    row: str
    column: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rect:
    """A rectangle; ``radius`` rounds its corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    stroke: str = ""
    stroke_width: float = 1
    radius: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Disc:
    """A circle around a point."""

    x: float
    y: float
    radius: float
    fill: str = ""
    stroke: str = ""
    stroke_width: float = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A line through points; ``arrow`` ends it with a head, ``closed`` makes it a polygon."""

    points: Sequence[Point]
    stroke: str = "edge"
    stroke_width: float = 1
    fill: str = ""
    dashed: bool = False
    arrow: bool = False
    closed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One line of text on its baseline; ``anchor`` is start, middle or end.

    ``turned`` writes it upwards around its point. Words that open are underlined with dots.
    """

    x: float
    y: float
    text: str
    size: float = 13
    fill: str = "ink"
    anchor: str = "start"
    bold: bool = False
    turned: bool = False
    opens: Opens | None = None


Shape = Rect | Disc | Path | Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing with its title and its description in words, for those who cannot see it."""

    title: str
    description: str
    width: float
    height: float
    shapes: Sequence[Shape]
