"""The geometry of lines and texts that every format draws alike."""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from reporting.figures.shapes import Path, Point

DASH, GAP = 4.0, 3.0
# What no XML file may hold, and what every browser makes one space of.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile("[ \t\n\r]+")


def one_line(text: str) -> str:
    """Return a text as one line can hold it: no control characters, single spaces."""
    return _BLANKS.sub(" ", _FORBIDDEN.sub("", text)).strip(" ")


def shaft_and_head(path: Path) -> tuple[list[Point], list[Point]]:
    """Return the line of a path and the triangle at its end, whose tip is the path's last point.

    The line stops inside the triangle, so that it never shows beside the tip. A path without an
    arrow, one that is closed and one without length have no triangle.
    """
    points = list(path.points)
    way = _without_repeats(points)
    if not path.arrow or path.closed or len(way) < 2:
        return points, []
    before, tip = way[-2], way[-1]
    step = math.dist(before, tip)
    length = min(4 + 3 * path.stroke_width, step)
    along = ((tip[0] - before[0]) / step, (tip[1] - before[1]) / step)
    base = (tip[0] - along[0] * length, tip[1] - along[1] * length)
    side = length * 0.42
    left = (base[0] - along[1] * side, base[1] + along[0] * side)
    right = (base[0] + along[1] * side, base[1] - along[0] * side)
    return [*way[:-1], base], [tip, left, right]


def dashes(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return the pieces of a dashed line; the pattern runs on around corners."""
    pieces: list[tuple[Point, Point]] = []
    period = DASH + GAP
    at = 0.0
    for start, end in pairwise(points):
        length = math.dist(start, end)
        number = math.floor(at / period)
        while number * period < at + length:
            first = max(number * period - at, 0)
            last = min(number * period + DASH - at, length)
            if last > first:
                pieces.append(
                    (_between(start, end, first / length), _between(start, end, last / length))
                )
            number += 1
        at += length
    return pieces


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    kept: list[Point] = []
    for point in points:
        if not kept or point != kept[-1]:
            kept.append(point)
    return kept
