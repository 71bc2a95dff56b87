"""Two layouts of one table: the full one for programs, and the one that a journal prints.

A journal column joins cells of the full row; it computes nothing, so that no number can differ
between the two. What stands behind a joined cell is all that stands behind its parts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile

from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import plain, rounded

FULL, JOURNAL = "full", "journal"
LAYOUTS = {JOURNAL: "Journal", FULL: "Full"}
MOST_COLUMNS = 10
# Under so many, a percentage has no decimals: one of them is more than one in a hundred.
FEW = 100

Write = Callable[[Sequence[Cell]], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined(Column):
    """A column of a layout: the cells of the full columns ``of``, as ``write`` joins them.

    Without ``of`` it is the full column of the same key, with a heading of its own.
    """

    of: tuple[str, ...] = ()
    write: Write | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The journal layout of a table: at most ten columns.

    ``once`` are the leading columns whose text is not repeated down the table. ``notes`` explain
    the joined cells, and stand before the notes of the table. ``leaves_out`` says which rows a
    journal does not print; ``group`` under which heading a row stands, that of the table itself
    where it is not given.
    """

    columns: tuple[Joined, ...]
    once: tuple[str, ...] = ("study",)
    notes: tuple[str, ...] = ()
    leaves_out: Callable[[Row], bool] | None = None
    group: Callable[[Row], str] | None = None


def layouts_of(definition: ReportDefinition) -> tuple[str, ...]:
    """Return the names of the layouts of a report, the one that its page opens with first."""
    return (JOURNAL, FULL) if definition.journal is not None else (FULL,)


def laid_out(definition: ReportDefinition, name: str) -> ReportDefinition:
    """Return a report in one of its layouts; a report without a journal layout as it is."""
    layout = definition.journal
    if name == FULL or layout is None:
        return definition
    find = definition.one_row

    def table(snapshot: Snapshot) -> Table:
        made = definition.table(snapshot)
        rows = tuple(_relaid(layout, made.rows))
        return replace(made, rows=rows, notes=(*layout.notes, *made.notes))

    def one(snapshot: Snapshot, key: str) -> Row | None:
        row = find(snapshot, key) if find is not None else None
        return next(_relaid(layout, [row]), None) if row is not None else None

    return replace(
        definition,
        columns=layout.columns,
        rows=table,
        one_row=one if find is not None else None,
        once=layout.once,
        layout=JOURNAL,
    )


def _relaid(layout: Layout, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows with the cells of the layout beside their own, which still name them."""
    for row in rows:
        if layout.leaves_out is not None and layout.leaves_out(row):
            continue
        joined = {column.key: _cell(column, row) for column in layout.columns}
        group = layout.group(row) if layout.group is not None else row.group
        yield replace(row, cells={**row.cells, **joined}, group=group)


def _cell(column: Joined, row: Row) -> Cell:
    if column.write is None:
        return row.cell(column.of[0] if column.of else column.key)
    return join([row.cell(key) for key in column.of], column.write)


def join(cells: Sequence[Cell], write: Write) -> Cell:
    """Return several cells as one; where all that is given is missing for one reason, so is it."""
    given = [cell for cell in cells if cell.text]
    if not given:
        notes = [cell.note for cell in cells if cell.note]
        return Cell(note=" ".join(dict.fromkeys(notes))) if notes else BLANK
    codes = {cell.missing for cell in given}
    missing = codes.pop() if len(codes) == 1 else ""
    text = given[0].text if missing else write(cells)
    return Cell(
        text=text,
        value=text,
        missing=missing,
        sources=tuple(dict.fromkeys(uid for cell in given for uid in cell.sources)),
        studies=tuple(dict.fromkeys(uid for cell in given for uid in cell.studies)),
        records=next((cell.records for cell in given if cell.records is not None), None),
        formula="; ".join(dict.fromkeys(cell.formula for cell in given if cell.formula)),
        note=" ".join(dict.fromkeys(cell.note for cell in cells if cell.note)),
        page=", ".join(dict.fromkeys(cell.page for cell in given if cell.page)),
    )


def in_brackets(cells: Sequence[Cell]) -> str:
    """Write the first cell and the others in brackets: 26 (29), or 41.7 (11.2; 18–65).

    What is not given is left out; where only the brackets have something, they keep a dash.
    """
    first, *others = (cell.text for cell in cells)
    inside = "; ".join(text for text in others if text)
    if not inside:
        return first
    return f"{first or '–'} ({inside})"


def share(cells: Sequence[Cell]) -> str:
    """Write a count out of a whole and its percentage: 19/26 (73 %).

    The percentage is rounded from what it was before it was rounded: to whole numbers where the
    whole is under a hundred, else to one decimal.
    """
    count, percent = cells
    if percent.exact is None:
        said = f"{percent.text} %" if percent.text else ""
        return f"{count.text} ({said})" if count.text and said else count.text or said
    said = f"{percent_of(percent.exact, count.text)} %"
    return f"{count.text} ({said})" if count.text else said


def percent_of(exact: Decimal, count: str) -> str:
    """Return a percentage as a journal prints it beside ``n/N``; never 0 or 100 for a part."""
    whole = "".join(takewhile(str.isdigit, count.partition("/")[2].strip()))
    few = bool(whole) and int(whole) < FEW
    number = rounded(exact, 0 if few else 1)
    part = 0 < exact < FEW
    if part and number in (0, FEW):
        number = rounded(exact, 1)
    return plain(number)


def in_lines(separator: str) -> Write:
    """Return the writer that puts what is given behind one another."""

    def write(cells: Sequence[Cell]) -> str:
        return separator.join(cell.text for cell in cells if cell.text)

    return write
