"""Whether the sums of the flow diagram hold, and why reports were excluded, for its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reporting.definitions import Row
from reporting.figures.boxes import PART, Line
from reporting.prisma import (
    BROKEN,
    HOLDS,
    IN_SCREENING,
    NO_STUDY,
    NOT_ASSESSED,
    OPEN,
    Identity,
)
from reporting.prisma_figure.boxes import Boxes, Pair, boxes

SIGNS = {HOLDS: "✓", OPEN: "○", BROKEN: "✕"}
# The rows that hold what is still open, by what it is and by the column of the diagram.
OPEN_ROWS = {
    (IN_SCREENING, "databases"): "records_still_in_screening",
    (IN_SCREENING, "others"): "other_still_in_screening",
    (NOT_ASSESSED, "databases"): "dbr_not_yet_assessed",
    (NOT_ASSESSED, "others"): "other_not_yet_assessed",
    (NO_STUDY, "both"): "reports_without_study",
}
NOTHING_PENDING = 10
# Those that add up sources or reasons.
OF_PARTS = (1, 6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One identity as its page tells it: a sign, the sum, and whether it holds, in words.

    ``row`` holds the records that are still open.
    """

    state: str
    sum: str
    word: str
    row: str = ""

    @property
    def sign(self) -> str:
        """Return the sign of the state."""
        return SIGNS[self.state]


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedBar:
    """A reason with its reports; ``share`` of 100 is the length of its bar."""

    label: str
    row: str
    reports: int
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of the list that takes the place of the drawing on narrow pages."""

    text: str
    number: str
    row: str
    parts: Sequence["Entry"] = ()


def proof(rows: Iterable[Row], proven: Iterable[Identity]) -> dict[str, Any]:
    """Return the checks, the reasons for exclusion at full text, and the boxes as a list."""
    rows = list(rows)
    reasons = _reasons(rows)
    return {
        "checks": [_check(identity) for identity in proven if not _is_idle(identity)],
        "reasons": reasons,
        "excluded": sum(reason.reports for reason in reasons),
        "flow": flow_list(boxes(rows)),
        "template": "reporting/_beside_prisma.html",
        "instead": "reporting/_list_prisma.html",
    }


def _is_idle(identity: Identity) -> bool:
    """Return whether an identity that holds says nothing: all is zero, or a sum has one part."""
    if not identity.holds or identity.number == NOTHING_PENDING:
        return False
    numbers = [identity.left, *(number for _, number in (*identity.terms, *identity.adjustments))]
    return not any(numbers) or (identity.number in OF_PARTS and len(identity.terms) == 1)


def _check(identity: Identity) -> Check:
    """Return what is said of an identity, its difference by name where it has one."""
    said = identity.equation
    if identity.column == "others":
        said += ", other methods"
    waiting = sum(number for _, number in identity.pending)
    word = f"{waiting:,} still open" if waiting else "holds"
    if identity.number == NOTHING_PENDING:
        named = [f"{number:,} {name}" for name, number in identity.pending]
        said, word = ", ".join(named) or "Nothing is pending", "still open" if named else "holds"
    if identity.state == BROKEN:
        word = f"does not hold, {identity.residual:,} unexplained"
    rows = [OPEN_ROWS.get((name, identity.column), "") for name, _ in identity.pending]
    row = rows[0] if identity.state == OPEN and len(rows) == 1 else ""
    return Check(state=identity.state, sum=said, word=word, row=row)


def _reasons(rows: Sequence[Row]) -> list[CountedBar]:
    """Return the reasons in the review's order, each with the row that has all its reports."""
    prefix = (
        "excluded:" if any(row.key.startswith("excluded:") for row in rows) else "dbr_excluded:"
    )
    found = [
        (row, number)
        for row in rows
        if row.key.startswith(prefix) and isinstance(number := row.cell("value").value, int)
    ]
    most = max((number for _, number in found), default=0)
    return [
        CountedBar(
            label=row.cell("detail").text,
            row=row.key,
            reports=number,
            share=round(100 * number / most, 1),
        )
        for row, number in found
    ]


def flow_list(contents: Boxes) -> list[Entry]:
    """Return the boxes with all their numbers as a list, parts below what they are of."""
    columns = [*contents.searches.values(), *contents.others.values()]
    lists = [
        contents.previous,
        *(_with_side(pair) for pair in columns),
        contents.included,
        contents.total,
    ]
    said = [Entry(text=contents.notice, number="", row="")] if contents.notice else []
    return [*said, *(entry for lines in lists for entry in _nested(lines))]


def _with_side(pair: Pair) -> Sequence[Line]:
    return [*pair.main, *pair.side]


def _nested(lines: Sequence[Line]) -> list[Entry]:
    entries: list[tuple[Line, list[Entry]]] = []
    for line in lines:
        if line.look == PART and entries:
            entries[-1][1].append(_entry(line))
        else:
            entries.append((line, []))
    return [_entry(line, parts) for line, parts in entries]


def _entry(line: Line, parts: Sequence[Entry] = ()) -> Entry:
    row = line.opens.row if line.opens else ""
    return Entry(text=line.text, number=line.number, row=row, parts=parts)
