"""What must hold of every drawing of the flow: texts stay in their boxes and tell the table."""

from collections.abc import Iterable, Iterator

from reporting.definitions import Row
from reporting.figures.shapes import Figure, Rect, Words
from reporting.figures.widths import text_width

Span = tuple[float, float, float, float]
HEADINGS = {"Previous studies", "Databases and registers", "Other methods"}


def words_of(figure: Figure) -> list[Words]:
    return [shape for shape in figure.shapes if isinstance(shape, Words)]


def texts(figure: Figure) -> list[str]:
    return [words.text for words in words_of(figure)]


def span(words: Words) -> Span:
    """Return left, top, right and bottom of a text."""
    width = text_width(words.text, words.size, bold=words.bold)
    before = {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
    above, below = words.size * 0.8, words.size * 0.25
    if words.turned:
        top = words.y + before - width
        return words.x - above, top, words.x + below, top + width
    left = words.x - before
    return left, words.y - above, left + width, words.y + below


def is_in(inner: Span, outer: Span) -> bool:
    return (
        outer[0] <= inner[0] and outer[1] <= inner[1]
        and inner[2] <= outer[2] and inner[3] <= outer[3]
    )  # fmt: skip


def out_of_place(figure: Figure) -> Iterator[str]:
    """Yield the texts that leave their box or the figure, or lie on another text or box."""
    boxes = [
        (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
        for shape in figure.shapes
        if isinstance(shape, Rect)
    ]
    whole = (0.0, 0.0, figure.width, figure.height)
    for box in boxes:
        if not is_in(box, whole):
            yield f"a box at {box} leaves the figure"
    for place, box in enumerate(boxes):
        if any(_touch(box, other) for other in boxes[place + 1 :]):
            yield f"a box at {box} lies on another"
    spans = [(words, span(words)) for words in words_of(figure)]
    for place, (words, own) in enumerate(spans):
        around = [box for box in boxes if is_in(own, box)]
        expected = 0 if words.text in HEADINGS else 1
        if len(around) != expected or not is_in(own, whole):
            yield f"{words.text!r} stands in {len(around)} boxes"
        for other, its in spans[place + 1 :]:
            if _touch(own, its):
                yield f"{words.text!r} lies on {other.text!r}"


def _touch(one: Span, other: Span) -> bool:
    return (
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    )  # fmt: skip


def untrue(figure: Figure, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the numbers that open another number than they print, or that no row has."""
    values = {row.key: row.cell("value").value for row in rows}
    printed = {f"{value:,}" for value in values.values() if isinstance(value, int)}
    for words in words_of(figure):
        if words.opens is not None:
            said = f"{values[words.opens.row]:,}"
            if words.text not in {said, f"{said} still open"}:
                yield f"{words.text!r} opens {words.opens.row}, {said}"
        elif words.anchor == "end" and words.text not in printed:
            yield f"{words.text!r} is in no row"
