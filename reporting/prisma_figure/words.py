"""The PRISMA flow in sentences, for those who do not see the diagram."""

from collections.abc import Iterable, Iterator, Sequence

from reporting.figures.boxes import PART, PENDING, Line
from reporting.prisma_figure.boxes import Boxes, Pair

# How the head of a box is said of one and of several.
SAID = {
    "Records identified": ("record was identified", "records were identified"),
    "Records screened": ("record was screened", "records were screened"),
    "Records excluded": ("record was excluded", "records were excluded"),
    "Reports sought": ("report was sought", "reports were sought"),
    "Not retrieved": ("report was not retrieved", "reports were not retrieved"),
    "Reports assessed": ("report was assessed", "reports were assessed"),
    "Reports excluded": ("report was excluded", "reports were excluded"),
    "Identified": ("record was identified", "records were identified"),
    "Sought": ("report was sought", "reports were sought"),
    "Assessed": ("report was assessed", "reports were assessed"),
    "Excluded": ("report was excluded", "reports were excluded"),
    "Studies included": ("study was included", "studies were included"),
    "New studies included": ("new study was included", "new studies were included"),
    "Studies": ("study was included before", "studies were included before"),
    "Studies in all": ("study is in the review in all", "studies are in the review in all"),
}


def in_sentences(contents: Boxes) -> str:
    """Return every box with all its numbers in sentences, in the order of the flow."""
    return " ".join(_sentences(contents))


def _sentences(contents: Boxes) -> Iterator[str]:
    if contents.previous:
        yield f"Previous studies: {_told(contents.previous)}"
    if contents.notice:
        yield f"Before inclusion: {contents.notice.rstrip('.')}."
    else:
        yield f"Databases and registers: {_column(contents.searches.values())}"
    if contents.others:
        yield f"Other methods: {_column(contents.others.values())}"
    yield _told(contents.included)
    if contents.total:
        yield _told(contents.total)


def _column(pairs: Iterable[Pair]) -> str:
    return " ".join(_told(box) for pair in pairs for box in (pair.main, pair.side) if box)


def _told(box: Sequence[Line]) -> str:
    """Return one box as a sentence: its head, then what is below it."""
    head, *below = box
    one, many = SAID.get(head.text, (head.text, head.text))
    said = f"{head.number} {one if head.number == '1' else many}" if head.number else head.text
    clauses, own = [said], list[str]()
    for line in below:
        if line.look == PART:
            own.append(f"{line.text} {line.number}")
            continue
        clauses[-1], own = _with(clauses[-1], own), []
        clauses.append(line.text if line.look == PENDING else _small(line))
    clauses[-1] = _with(clauses[-1], own)
    if not head.number:
        return f"{said}: {'; '.join(clauses[1:])}."
    return f"{'; '.join(clauses)}."


def _with(said: str, parts: Sequence[str]) -> str:
    return f"{said} ({', '.join(parts)})" if parts else said


def _small(line: Line) -> str:
    return f"{line.text[:1].lower()}{line.text[1:]} {line.number}"
