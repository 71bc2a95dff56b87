"""The flow of a review as it stands, drawn: a ribbon of records, and a square for each study.

Heights follow the square root of the numbers, so that seven reports can be seen beside thousands
of records.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from reporting.figures.shapes import Figure, Opens, Path, Point, Rect, Shape, Words
from reporting.figures.widths import text_width, wrapped

WIDTH = 1000
# Where each station of the ribbon begins, where the squares do, and how high the ribbon may be.
STATIONS = (2.0, 212.0, 424.0, 590.0)
SQUARES, HALF, END = 738.0, 880.0, 998.0
TOP, TALLEST, FLOOR = 76.0, 125.0, 236.0
BAR = 8.0
# Of a review that prints no numbers before inclusion: there is nothing to compare the bar with.
ALONE = 40.0
LEAST, LEAST_OPEN = 1.5, 4.0
NUMBER, LABEL, SMALL = 24, 13, 12
Height = Callable[[int], float]
# The sides of a square and what it takes with its gap; more studies than fit are drawn as a bar.
SIDES = ((15.0, 20.0), (9.0, 12.0), (5.0, 7.0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A number with the words behind it, and what it opens; ``lost`` are taken away."""

    number: int
    words: str
    opens: Opens | None = None
    lost: bool = False

    @property
    def count(self) -> str:
        """Return the number as it is printed."""
        return f"−\u00a0{self.number:,}" if self.lost else f"{self.number:,}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """A stage of the flow: how many came, and what is still open or was lost there.

    ``arrived`` is what its bar stands for, of which ``number`` is printed.
    """

    label: str
    number: int
    arrived: int
    opens: Opens | None = None
    words: str = ""
    remarks: Sequence[Said] = ()
    lost: Sequence[Said] = ()
    still_open: int = 0

    @property
    def goes_on(self) -> int:
        """Return how many reach the next stage."""
        return self.arrived - self.still_open - sum(said.number for said in self.lost)


@dataclass(frozen=True, kw_only=True, slots=True)
class Studies:
    """Studies of which some are done: a square for each, and "7 of 9" in words."""

    label: str
    words: str
    done: int
    total: int
    begun: int = 0
    opens: Opens | None = None

    @property
    def count(self) -> str:
        """Return the number as it is printed."""
        return f"{self.done:,} of {self.total:,}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the figure draws; ``notice`` takes the place of the stations before inclusion."""

    stations: Sequence[Station]
    studies: Sequence[Studies] = field(default=())
    notice: str = ""


def flow_figure(standing: Standing) -> Figure:
    """Return the figure of where a review stands."""
    shapes = [*_ribbon(standing), *_squares(standing)]
    ends = [_end(shape) for shape in shapes]
    return Figure(
        title="Flow of the review",
        description=_description(standing),
        width=WIDTH,
        height=max([TOP + ALONE, *ends]) + 8,
        shapes=shapes,
    )


def _end(shape: Shape) -> float:
    """Return how far down a shape reaches."""
    match shape:
        case Rect():
            return shape.y + shape.height
        case Path():
            return max(y for _, y in shape.points)
        case _:
            return shape.y


def _description(standing: Standing) -> str:
    said = [standing.notice] if standing.notice else []
    for station in standing.stations:
        parts = [f"{station.number:,} {station.words}".strip()]
        parts += [f"{part.count} {part.words}" for part in (*station.remarks, *station.lost)]
        said.append(f"{station.label}: {', '.join(parts)}")
    said += [f"{group.label}: {group.count} {group.words}" for group in standing.studies]
    return f"{'. '.join(part.rstrip('.') for part in said)}."


def _ribbon(standing: Standing) -> Iterator[Shape]:
    """Yield the stations, each with the band to the next and what leaves between them."""
    stations = standing.stations
    most = max((station.arrived for station in stations), default=0)
    tallest = ALONE if standing.notice else TALLEST
    places = STATIONS[len(STATIONS) - len(stations) :]
    if standing.notice:
        yield from _notice(standing.notice, places[0])

    def height(number: int) -> float:
        return tallest * math.sqrt(number / most) if most else 0

    for place, station in enumerate(stations):
        x = places[place]
        following = places[place + 1] if place + 1 < len(places) else None
        if following is not None:
            yield from _onward(station, x + BAR, following, height)
    for place, station in enumerate(stations):
        x = places[place]
        yield from _bar(station, x, height)
        yield from _head(x, station.label, f"{station.number:,}", station.opens)
        yield from _below(x, station)


def _notice(notice: str, end: float) -> Iterator[Shape]:
    """Yield a frame in place of the stations before inclusion, with why they are not shown."""
    width = end - 12
    lines = wrapped(notice, width - 48, LABEL)
    tall = 58 + 18.0 * len(lines)
    yield Rect(x=2.5, y=12.5, width=width, height=tall, stroke="rule", radius=6)
    middle = 2.5 + width / 2
    yield Words(x=middle, y=46, text="Before inclusion", size=LABEL, bold=True, anchor="middle")
    for number, line in enumerate(lines):
        y = 66 + 18 * number
        yield Words(x=middle, y=y, text=line, size=SMALL, fill="muted", anchor="middle")


def _onward(station: Station, x: float, end: float, height: Height) -> Iterator[Shape]:
    """Yield the band that reaches the next station, and the one that bends down and ends."""
    goes_on = height(station.goes_on)
    if station.goes_on:
        band = max(goes_on, LEAST)
        yield Rect(x=x, y=TOP, width=end - x, height=band, fill="accent-soft")
    lost = sum(said.number for said in station.lost)
    if not lost:
        return
    thick = max(height(station.goes_on + lost) - goes_on, LEAST)
    yield Path(
        points=_bend(x, TOP + goes_on, thick), fill="rule", stroke="", closed=True, stroke_width=0
    )
    yield from _lost(x + 26 + thick + 9, station.lost)


def _bend(x: float, y: float, thick: float) -> list[Point]:
    """Return the outline of a band that leaves to the right and falls to the floor."""
    left, right = x + 26, x + 26 + thick
    knee = min(y + thick + 12, FLOOR)
    outer = _curve((x + 12, y), (right, y), (right, knee))
    inner = _curve((left, min(y + thick + 18, FLOOR)), (left, y + thick), (x + 12, y + thick))
    return [(x, y), *outer, (right, FLOOR), (left, FLOOR), *inner, (x, y + thick)]


def _curve(start: Point, corner: Point, end: Point, steps: int = 12) -> list[Point]:
    """Return points of the curve that rounds a corner."""

    def at(share: float) -> Point:
        ways = ((1 - share) ** 2, 2 * share * (1 - share), share**2)
        points = (start, corner, end)
        return (
            sum(way * point[0] for way, point in zip(ways, points, strict=True)),
            sum(way * point[1] for way, point in zip(ways, points, strict=True)),
        )

    return [at(step / steps) for step in range(steps + 1)]


def _lost(x: float, lost: Sequence[Said]) -> Iterator[Shape]:
    """Yield what a band that ends stands for: one below its number, two on a line each."""
    if len(lost) == 1:
        said = lost[0]
        yield Words(x=x, y=219, text=said.count, size=LABEL, bold=True, opens=said.opens)
        yield Words(x=x, y=235, text=said.words, size=SMALL, fill="muted")
        return
    for number, said in enumerate(lost):
        y = 235 - 16 * (len(lost) - 1 - number)
        yield Words(x=x, y=y, text=said.count, size=LABEL, bold=True, opens=said.opens)
        beside = x + text_width(said.count, LABEL, bold=True) + 5
        yield Words(x=beside, y=y, text=said.words, size=SMALL, fill="muted")


def _bar(station: Station, x: float, height: Height) -> Iterator[Shape]:
    """Yield the bar of a station: what is settled filled, what is still open below it empty."""
    if not station.arrived:
        yield Rect(x=x, y=TOP, width=BAR, height=LEAST, fill="rule")
        return
    settled = height(station.arrived - station.still_open)
    whole = max(height(station.arrived), LEAST)
    if station.still_open < station.arrived:
        tall = settled if station.still_open else whole
        yield Rect(x=x, y=TOP, width=BAR, height=max(tall, LEAST), fill="accent")
    if station.still_open:
        rest = max(whole - settled, LEAST_OPEN)
        yield Rect(
            x=x + 0.5, y=TOP + settled, width=BAR - 1, height=rest, fill="paper", stroke="accent"
        )


def _head(x: float, label: str, count: str, opens: Opens | None) -> Iterator[Shape]:
    yield Words(x=x, y=26, text=count, size=NUMBER, bold=True, opens=opens)
    yield Words(x=x, y=46, text=label, size=LABEL, bold=True)


def _below(x: float, station: Station) -> Iterator[Shape]:
    """Yield the line below a station's label: its words, or the first number still open there."""
    if station.remarks:
        said = station.remarks[0]
        yield Words(
            x=x,
            y=62,
            text=f"{said.count} {said.words}",
            size=SMALL,
            fill="muted",
            opens=said.opens,
        )
    elif station.words:
        yield Words(x=x, y=62, text=station.words, size=SMALL, fill="muted")


def _squares(standing: Standing) -> Iterator[Shape]:
    """Yield the studies, a square for each, one group or two beside another."""
    groups = standing.studies
    if not groups:
        return
    begin = STATIONS[-1] + BAR
    yield Path(points=[(begin, TOP + 7), (SQUARES - 8, TOP + 7)], stroke="rule")
    places = (SQUARES, HALF) if len(groups) > 1 else (SQUARES,)
    ends = (SQUARES + END - HALF, END) if len(groups) > 1 else (END,)
    lowest = 0.0
    for group, x, end in zip(groups, places, ends, strict=True):
        yield from _head(x, group.label, group.count, group.opens)
        yield Words(x=x, y=62, text=group.words, size=SMALL, fill="muted")
        drawn = list(_group(group, x, end - x))
        yield from drawn
        lowest = max([lowest, *(shape.y + shape.height for shape in drawn)])
    if all(_fitting(group.total, ends[0] - SQUARES) for group in groups) and lowest:
        yield Words(x=SQUARES, y=lowest + 20, text="a square is a study", size=SMALL, fill="muted")


def _fitting(total: int, width: float) -> tuple[float, float, int] | None:
    """Return the largest side, step and columns in which so many squares fit; none may."""
    for side, step in SIDES:
        columns = int(width // step)
        if total <= columns * int((TALLEST - 15) // step):
            return side, step, columns
    return None


def _group(group: Studies, x: float, width: float) -> Iterator[Rect]:
    fits = _fitting(group.total, width)
    if fits is None:
        full = width - 8
        yield Rect(x=x, y=TOP + 1, width=full, height=14, stroke="edge", radius=2)
        share = full * group.done / group.total
        yield Rect(x=x, y=TOP + 1, width=share, height=14, fill="accent", radius=2)
        return
    side, step, columns = fits
    for number in range(group.total):
        fill, stroke = "paper", "edge"
        if number < group.done:
            fill, stroke = "accent", "accent"
        elif number < group.done + group.begun:
            fill, stroke = "accent-soft", "accent"
        yield Rect(
            x=x + 0.5 + number % columns * step,
            y=TOP + 1 + number // columns * step,
            width=side,
            height=side,
            fill=fill,
            stroke=stroke,
            radius=2,
        )
