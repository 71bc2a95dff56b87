"""Two layouts of one table: the full one for programs, and the one that a journal prints.

A journal column joins cells of the full row; it computes nothing, so that no number can differ
between the two. What stands behind a joined cell is all that stands behind its parts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import takewhile

from reporting.definitions import (
    BLANK,
    Cell,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
    Write,
)
from reporting.printing import MISSING_TEXT, plain, rounded
from reporting.results import CENTRES, NOT_SAID, SPREADS, between

FULL, JOURNAL = "full", "journal"
LAYOUTS = {JOURNAL: "Journal", FULL: "Full"}
MOST_COLUMNS = 10
# Of fewer, a percentage has no decimals: one of them is more than one in a hundred.
FEW = 100
CODES = frozenset(MISSING_TEXT.values())
# What a table leaves unsaid of a summary, since its note says it for all of them.
USUAL = "mean"
USUAL_BESIDE = frozenset({"SD", "range"})
UNNAMED = frozenset({"not named", NOT_SAID})
COUNTS = frozenset({"", "n/N", "n by level"})
SUMMARY_NOTE = (
    "Summaries are mean (SD; range) unless said: in brackets one number is the SD, two are the "
    "lowest and the highest."
)

_HYPHEN = re.compile(r"(?<![\w–−-])-(?=[\d.])")


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
        joined = {column.key: joined_cell(column, row) for column in layout.columns}
        group = layout.group(row) if layout.group is not None else row.group
        yield replace(row, cells={**row.cells, **joined}, group=group)


def joined_cell(column: Joined, row: Row) -> Cell:
    """Return the cell of a journal column, out of the cells of the full row.

    Of numbers the hyphen in front becomes a minus sign.
    """
    if column.write is None:
        return row.cell(column.of[0] if column.of else column.key)
    cell = join([row.cell(key) for key in column.of], column.write)
    if not column.numeric:
        return cell
    text = _HYPHEN.sub("−", cell.text)
    return cell if text == cell.text else replace(cell, text=text, value=text)


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
    """Write the first cell and the others in brackets: 26 (29), or mHHS (0–100 points).

    What is not given is left out, a code is said once; where only the brackets have something, they
    keep a dash.
    """
    first, *others = (cell.text for cell in cells)
    return _bracketed(first, others)


def _bracketed(first: str, others: Iterable[str]) -> str:
    """Write texts in brackets behind the first, within its own where it ends with some."""
    inside = "; ".join(_codes_once(first, others))
    if not inside:
        return first
    if first.endswith(")"):
        return f"{first.removesuffix(')')}; {inside})"
    return f"{first or '–'} ({inside})"


def _codes_once(first: str, others: Iterable[str]) -> Iterator[str]:
    """Yield the texts that are given, of the codes only those that were not said before."""
    said = {first}
    for text in others:
        if text and not (text in CODES and text in said):
            said.add(text)
            yield text


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
    numbers = [rounded(exact, places) for places in ((0, 1) if few else (1,))]
    if not 0 < exact < 100:
        return plain(numbers[0])
    told = next((number for number in numbers if 0 < number < 100), None)
    if told is not None:
        return plain(told)
    return "< 0.1" if exact < 1 else "> 99.9"


def in_lines(separator: str) -> Write:
    """Return the writer that puts what is given behind one another."""

    def write(cells: Sequence[Cell]) -> str:
        return separator.join(cell.text for cell in cells if cell.text)

    return write


def summary_of(cells: Sequence[Cell]) -> str:
    """Write a summary out of its statistic, value, spread, lowest and highest.

    ``41.7 (11.2; 18–65)`` is a mean with SD and range; everything else is said with its words, as
    in ``median 41 (IQR 36–47)``. What several cohorts say is written cohort by cohort.
    """
    return "; ".join(_summary(*texts) for texts in places_of(cells))


def summary_in_words(cells: Sequence[Cell]) -> str:
    """Write a summary that names each of its parts by the rule of ``summary_of``."""
    [cell] = cells
    value, _, inside = cell.text.partition(" (")
    parts = inside.removesuffix(")").split("; ") if inside else []
    names = [name for name in USUAL_BESIDE if any(p.startswith(f"{name} ") for p in parts)]
    if cell.missing or not value.startswith(f"{USUAL} ") or len(names) < len(parts):
        return cell.text
    texts = [part.partition(" ")[2] for part in parts]
    return _said(USUAL, value.removeprefix(f"{USUAL} "), [("", text) for text in texts])


def in_statistic(cells: Sequence[Cell]) -> str:
    """Write an estimate in the statistic that is named beside it, by the rule of ``summary_of``."""
    statistic, estimate = (cell.text for cell in cells)
    if not estimate or estimate in CODES or statistic in COUNTS:
        return estimate
    if statistic == "per cent":
        return f"{estimate} %"
    centre, names = _words(statistic)
    value, _, inside = estimate.partition(" (") if centre else ("", "", estimate)
    texts = inside.removesuffix(")").split("; ") if inside else []
    if len(texts) != len(names):
        return f"{estimate}, {statistic}"
    return _said(centre, value, list(zip(names, texts, strict=True)))


def places_of(cells: Sequence[Cell]) -> Iterator[tuple[str, ...]]:
    """Yield the texts of cells cohort by cohort, where they have one place for each.

    A text with one place is what all of them say, and is said of each.
    """
    texts = [cell.text.split("; ") for cell in cells]
    number = max(len(places) for places in texts)
    if any(len(places) not in (1, number) for places in texts):
        yield tuple(cell.text for cell in cells)
        return
    yield from zip(*(places * (number // len(places)) for places in texts), strict=True)


def ends_of(low: str, high: str) -> str:
    """Return two ends as one text: a code that both have once, a bound without an end alone."""
    if (low == high and low in CODES) or (low.startswith("≥") and not high):
        return low
    return between(low, high)


def _summary(statistic: str, value: str, spread: str, low: str, high: str) -> str:
    given = [statistic, value, spread, low, high]
    empty = "–" if "–" in given else ""
    statistic, value, spread, low, high = ("" if text == "–" else text for text in given)
    centre, names = _words(statistic)
    named = next((name for name in names if name != "range"), "")
    ends = ends_of(low, high)
    beside = [("" if spread in CODES else named, spread), ("" if ends in CODES else "range", ends)]
    return _said(centre, value, beside) or empty


def _words(statistic: str) -> tuple[str, list[str]]:
    """Return the words for the middle and for what stands beside it: mean, and SD and range."""
    head, _, inside = statistic.partition(" (")
    if inside:
        return head, inside.removesuffix(")").split("; ")
    if head in CENTRES.values() or head in UNNAMED:
        return head, []
    return "", [name for name in head.split("; ") if name]


def _said(centre: str, value: str, beside: Iterable[tuple[str, str]]) -> str:
    """Write a value and what stands beside it, with the words that the note does not say."""
    given = [(name, text) for name, text in beside if text]
    usual = centre == USUAL and all(name in {"", *USUAL_BESIDE} for name, _ in given)
    texts = [text if usual or not name else _with_name(name, text) for name, text in given]
    if centre in UNNAMED:
        texts.append(NOT_SAID)
    if not value:
        return "; ".join(_codes_once("", texts))
    lead = "" if usual or centre in UNNAMED else f"{centre} "
    return _bracketed(f"{lead}{value}".strip(), texts)


def _with_name(name: str, text: str) -> str:
    return f"{name}: {text}" if name == SPREADS["unclear"] else f"{name} {text}"
