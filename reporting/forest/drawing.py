"""The forest drawn: a table with an axis as a column, one figure an instrument; no diamond."""

from collections.abc import Iterator, Sequence
from math import sqrt

from reporting.cells import row_key
from reporting.definitions import Drawing, Snapshot
from reporting.figures.shapes import Figure, Opens, Path, Rect, Shape, Words
from reporting.figures.widths import text_width, wrapped
from reporting.forest.estimates import Estimate
from reporting.forest.parts import HIGHER, LOWER, mcid_words, part_named, parts_of
from reporting.forest.sheet import (
    DASH,
    LINE,
    MARGIN,
    SMALL,
    TEXT,
    WIDTH,
    Line,
    Sheet,
    sheet_of,
)
from reporting.forest.words import sentences

HEAD, RAISED = 34.0, 4.0
LARGEST, SMALLEST = 15.0, 5.0
NOTHING = "No mean change is reported that could be drawn."


def draw_forest(snapshot: Snapshot, key: str) -> Figure:
    """Return the figure of one instrument, of the first one for an empty key.

    Raises:
        KeyError: there is no figure of this key.
    """
    part = part_named(snapshot, key)
    if part is None:
        if key:
            raise KeyError(key)
        words = Words(x=MARGIN, y=2 * LINE, text=NOTHING, fill="muted")
        title = "Study estimates of change"
        return Figure(
            title=title, description=NOTHING, width=WIDTH, height=3 * LINE, shapes=(words,)
        )
    sheet = sheet_of(part)
    shapes, height = _shapes(sheet)
    return Figure(
        title=f"Mean change in {part.title} by study, with 95 % confidence intervals",
        description=_described(sheet),
        width=sheet.width,
        height=height,
        shapes=shapes,
    )


def _parts(snapshot: Snapshot) -> Sequence[tuple[str, str]]:
    return [(part.key, part.title) for part in parts_of(snapshot)] or [("", "")]


DRAWING = Drawing(draw=draw_forest, parts=_parts)


def _shapes(sheet: Sheet) -> tuple[list[Shape], float]:
    """Return what is drawn, and how high it is."""
    heading, top = _heading(sheet)
    rows: list[Shape] = []
    y = top
    for name, lines in sheet.groups:
        head, y = _group(sheet, name, lines, y)
        rows += head
        for line in lines:
            rows += _row(sheet, line, y)
            y += line.height
    bottom = y + 6
    axis, end = _axis(sheet, bottom)
    below, height = _below_axis(sheet, end)
    grid = list(_grid(sheet, top, bottom))
    return [*grid, *heading, *rows, *axis, *below], height


def _heading(sheet: Sheet) -> tuple[list[Shape], float]:
    units = wrapped(
        f"{sheet.part.unit}, 95 % CI" if sheet.part.unit else "95 % CI", sheet.change_width, SMALL
    )
    top = 2.0
    last = top + LINE * (1 + len(units))
    bottom = last + 9
    right, width = sheet.right, sheet.width
    shapes: list[Shape] = [
        Path(points=[(0, top), (width, top)], stroke="ink"),
        Words(x=MARGIN, y=last, text="Study", bold=True),
        Words(x=sheet.n_right, y=last - LINE, text="n", bold=True, anchor="end"),
        Words(x=sheet.n_right, y=last, text="analysed", size=SMALL, fill="muted", anchor="end"),
        Words(x=sheet.months_right, y=last, text="Months", bold=True, anchor="end"),
        Words(x=right, y=top + LINE, text="Mean change", bold=True, anchor="end"),
        Path(points=[(0, bottom), (width, bottom)], stroke="ink"),
    ]
    for place, text in enumerate(units):
        y = top + LINE * (2 + place)
        shapes.append(Words(x=right, y=y, text=text, size=SMALL, fill="muted", anchor="end"))
    sides = {HIGHER: ("worse", "better →"), LOWER: ("← better", "worse")}
    if sheet.part.direction in sides:
        zero = sheet.axis.at(0)
        for text, x, anchor in zip(
            sides[sheet.part.direction], (zero - 8, zero + 8), ("end", "start"), strict=True
        ):
            shapes.append(Words(x=x, y=last, text=text, size=SMALL, fill="muted", anchor=anchor))
    return shapes, bottom


def _grid(sheet: Sheet, top: float, bottom: float) -> Iterator[Shape]:
    for tick in sheet.ticks:
        x = sheet.axis.at(tick.value)
        if tick.value:
            yield Path(points=[(x, top), (x, bottom)], stroke="rule")
    zero = sheet.axis.at(0)
    yield Path(points=[(zero, top), (zero, bottom)], stroke="ink")
    if sheet.part.mcid is not None:
        x = sheet.axis.at(sheet.part.mcid)
        yield Path(points=[(x, top), (x, bottom)], stroke="accent", stroke_width=1.4, dashed=True)


def _group(sheet: Sheet, name: str, lines: Sequence[Line], y: float) -> tuple[list[Shape], float]:
    """Return the head of a group and where its first row begins."""
    room = sheet.months_right - MARGIN
    number = len({line.one.cohort.uid for line in lines})
    count = f"{number} {'cohort' if number == 1 else 'cohorts'}"
    titles = wrapped(_capital(name), room, TEXT, bold=True)
    baseline = y + HEAD - 12
    shapes: list[Shape] = [
        Words(x=MARGIN, y=baseline + LINE * place, text=text, bold=True)
        for place, text in enumerate(titles)
    ]
    baseline += LINE * (len(titles) - 1)
    x = MARGIN + text_width(titles[-1], TEXT, bold=True) + 8
    if x + text_width(count, SMALL) > sheet.months_right:
        x, baseline = MARGIN, baseline + LINE
    shapes.append(Words(x=x, y=baseline, text=count, size=SMALL, fill="muted"))
    return shapes, baseline + 8


def _row(sheet: Sheet, line: Line, top: float) -> Iterator[Shape]:
    block = LINE * (len(line.study) + len(line.below))
    first = top + (line.height - block) / 2 + 13
    middle = top + line.height / 2
    baseline = middle + 4.5
    for place, text in enumerate(line.study):
        yield Words(x=MARGIN, y=first + LINE * place, text=text)
    for place, text in enumerate(line.below, start=len(line.study)):
        yield Words(x=MARGIN, y=first + LINE * place, text=text, size=SMALL, fill="muted")
    yield Words(x=sheet.n_right, y=baseline, text=line.n, anchor="end")
    yield Words(x=sheet.months_right, y=baseline, text=line.months, anchor="end")
    yield from _interval(sheet, line.one, middle)
    yield _square(sheet, line.one, middle)
    row, who = row_key(line.one.result), f"{line.one.study.label}, {line.one.cohort.name}"
    x = sheet.right - sheet.interval_width
    about = "" if line.n == DASH else f", {line.n}"
    about += "" if line.months == DASH else f", {line.months} months"
    opens = Opens(row=row, column="change", name=f"mean change, {who}{about}")
    yield Words(x=x, y=baseline, text=line.change, anchor="end", opens=opens)
    if line.marks:
        yield Words(x=x + 2, y=baseline - RAISED, text=line.marks, size=SMALL, fill="muted")
    if line.interval:
        opens = Opens(row=row, column="low", name=f"95 % interval, {who}")
        yield Words(x=sheet.right, y=baseline, text=line.interval, anchor="end", opens=opens)


def _interval(sheet: Sheet, one: Estimate, y: float) -> Iterator[Path]:
    """Yield both halves of the line of an interval; one that leaves the axis ends in an arrow."""
    limits, value = one.change.limits, one.change.value
    if limits is None or value is None:
        return
    axis = sheet.axis
    for limit in limits:
        kept = min(max(float(limit), axis.low), axis.high)
        yield Path(
            points=[(axis.at(value), y), (axis.at(kept), y)],
            stroke="ink",
            stroke_width=1.4,
            arrow=kept != float(limit),
        )


def _square(sheet: Sheet, one: Estimate, y: float) -> Rect:
    """Return the square of an estimate: its area follows n; it is hollow where n is not given."""
    x = sheet.axis.at(one.change.value or 0)
    n, most = one.change.n, max((line.one.change.n or 0) for line in sheet.lines)
    share = float(n / most) if n and most else 0
    side = max(SMALLEST, LARGEST * sqrt(share)) if n else SMALLEST + 3
    fill, stroke = ("ink", "") if n else ("paper", "ink")
    return Rect(x=x - side / 2, y=y - side / 2, width=side, height=side, fill=fill, stroke=stroke)


def _axis(sheet: Sheet, y: float) -> tuple[list[Shape], float]:
    shapes: list[Shape] = [
        Path(points=[(0, y), (sheet.width, y)], stroke="ink"),
        Path(points=[(sheet.plot_left, y), (sheet.plot_right, y)], stroke="ink", stroke_width=2),
    ]
    for tick in sheet.ticks:
        x = sheet.axis.at(tick.value)
        shapes.append(Path(points=[(x, y), (x, y + 5)], stroke="ink"))
        words = Words(x=x, y=y + 18, text=tick.text, size=SMALL, fill="muted", anchor="middle")
        shapes.append(words)
    unit = f", {sheet.part.unit}" if sheet.part.unit else ""
    room = sheet.plot_right - sheet.plot_left
    middle = (sheet.plot_left + sheet.plot_right) / 2
    baseline = y + 18
    for text in wrapped(f"Change in {sheet.part.title}{unit}", room, SMALL):
        baseline += LINE
        shapes.append(
            Words(x=middle, y=baseline, text=text, size=SMALL, fill="muted", anchor="middle")
        )
    return shapes, baseline + 8


def _below_axis(sheet: Sheet, y: float) -> tuple[list[Shape], float]:
    """Return what is said below the axis, in lines, and where the figure ends."""
    shapes: list[Shape] = []
    baseline = y + 6
    room = sheet.right - 2 * MARGIN
    for letter, text in [("", _legend(sheet)), *_marks(sheet)]:
        indent = MARGIN + 14 if letter else MARGIN
        for place, line in enumerate(wrapped(text, room - 14, SMALL)):
            baseline += LINE
            if letter and not place:
                raised = baseline - RAISED
                shapes.append(Words(x=MARGIN, y=raised, text=letter, size=SMALL, fill="muted"))
            shapes.append(Words(x=indent, y=baseline, text=line, size=SMALL, fill="muted"))
        baseline += 3
    return shapes, baseline + 10


def _marks(sheet: Sheet) -> list[tuple[str, str]]:
    return [(letter, note) for note, letter in sheet.letters.by_note.items()]


def _legend(sheet: Sheet) -> str:
    hollow = (
        "; a hollow square has no n" if any(x.one.change.n is None for x in sheet.lines) else ""
    )
    return (
        "Square area follows n; lines are 95 % confidence intervals, each of one cohort alone"
        f"{hollow}. {mcid_words(sheet.part)}"
    )


def _described(sheet: Sheet) -> str:
    """Return the figure in words: every row, then its notes and what is said of it."""
    part = sheet.part
    better = {HIGHER: "Higher is better. ", LOWER: "Lower is better. "}.get(part.direction, "")
    rows = " ".join(
        f"{_capital(name)}: {'; '.join(_in_words(line) for line in lines)}."
        for name, lines in sheet.groups
    )
    notes = " ".join(f"{letter}: {text}" for letter, text in _marks(sheet))
    number = len({one.cohort.uid for one in part.drawn})
    what = "1 cohort" if number == 1 else f"{number} cohorts, each"
    said = (
        f"Mean change in {part.title} of {what} with its own 95 % confidence interval.",
        f"{better}{rows}",
        f"Notes: {notes}" if notes else "",
        *sentences(part),
    )
    return " ".join(text for text in said if text)


def _in_words(line: Line) -> str:
    who = ", ".join(text for text in (line.one.study.label, " ".join(line.below)) if text)
    n = line.n if line.n != DASH else "n not given"
    months = f"{line.months} months" if line.months != DASH else "time not given"
    marks = f", note {' and '.join(line.marks.split())}" if line.marks else ""
    return f"{who}, {n}, {months}: {line.change} {line.interval or 'without interval'}{marks}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
