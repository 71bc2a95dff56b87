"""Markdown with the tables of GitHub: the printed table with its letters and notes."""

import re
from collections.abc import Iterator

from reporting.definitions import Column, ReportDefinition, Row, Snapshot
from reporting.printed import PrintedCell, PrintedTable, printed
from reporting.renderers.texts import NOTHING, imprint, lines_of

# Each of these means something to a reader of Markdown; after a backslash it is itself.
_MEANS = re.compile(r"[\\`*_\[\]|~$]")
_HTML = re.compile(r"[&<>]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What would begin a list, a heading or a rule where a line begins.
_BEGINS = re.compile(r"^(?:[#+=-]|[0-9]+(?=[.)]))")


def render_markdown(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the table as Markdown: caption, table, notes, and as of when."""
    table = printed(definition, snapshot)
    caption = f"**Table.** {escaped(table.caption)}"
    last = f"*{escaped(imprint(definition, snapshot))}*"
    blocks = [[caption], list(_table(table)), list(_notes(table)), [last]]
    yield "\n\n".join("\n".join(lines) for lines in blocks if lines).encode() + b"\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line; breaks are those of HTML."""
    shown = (
        _MEANS.sub(r"\\\g<0>", _HTML.sub(lambda found: _ENTITIES[found[0]], line.strip()))
        for line in lines_of(text)
    )
    return "<br>".join(shown).strip()


def _table(table: PrintedTable) -> Iterator[str]:
    columns = table.columns
    yield _line([_heading(column) for column in columns])
    yield _line(["---:" if column.numeric else ":---" for column in columns])
    blanks = [""] * (len(columns) - 1)
    if not table.rows:
        yield _line([NOTHING, *blanks])
    for each in table.rows:
        if each.heads:
            yield _line([f"**{escaped(each.heads)}**", *blanks])
        yield _line([_cell(each.row, cell) for cell in each.cells])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _heading(column: Column) -> str:
    return escaped(f"{column.heading} {column.unit}".strip())


def _cell(row: Row, cell: PrintedCell) -> str:
    """Return a cell: totals bold, rows that count nowhere in italics, letters raised."""
    text = "" if cell.repeats else escaped(cell.text)
    if text and row.is_total:
        text = f"**{text}**"
    elif text and not row.counts:
        text = f"*{text}*"
    return f"{text}<sup>{cell.marks}</sup>" if cell.marks else text


def _notes(table: PrintedTable) -> Iterator[str]:
    for letter, note in table.letters:
        yield f"- <sup>{letter}</sup> {escaped(note)}"
    for note in table.notes:
        yield f"- {_BEGINS.sub(_harmless, escaped(note))}"


def _harmless(found: re.Match[str]) -> str:
    """Return what would begin a block as plain text; of a number its full stop would."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
