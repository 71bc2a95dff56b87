"""Tables of web pages: what many services and programs save under the name ``.xls``."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from records.importers import columns, headers, html_rows, tables
from records.importers.decoding import Text
from records.importers.html_rows import Found
from records.importers.parsed import FileRefused, Line, ParsedRecord, Problem, TableHead
from records.importers.rows import Row, is_filled

# The elements with which a page or a piece of one begins.
BEGINNING = re.compile(
    r"<(?:html|head|meta|title|link|base|style|script|body|table|caption|thead|tbody|tr|div|center"
    r"|span|font|main|section|form|br|hr|p|b|h[1-6])[\s/>]",
    re.IGNORECASE,
)
NO_TABLE = "The web page holds no table of records; save it as RIS or CSV."
# Later tables of one kind that are named one by one.
MANY = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """The table that holds the records: its number in the page, and which row is its header."""

    number: int
    at: int


@dataclass(slots=True)
class _Later:
    """A table after that of the records, or the last and several of its kind.

    Attributes:
        line: where its first filled row stands.
        kind: whether its rows go on with the records: ``same`` (below the same header), ``read``
            (as wide, without a header) or ``passed``.
        rows: how many filled rows it has below its header.
        tables: how many tables it stands for.
    """

    line: int
    kind: str
    rows: int = 0
    tables: int = 1

    def said(self) -> Problem:
        read = "read as rows of the first one" if self.kind == "read" else "not read"
        if self.tables == 1:
            reason = f"Another table begins here; it was {read}. Its rows: {self.rows:,}."
        else:
            reason = (
                f"Here and below begin {self.tables:,} more tables; they were {read}."
                f" Their rows: {self.rows:,}."
            )
        return Problem(self.line, reason)


def begins(text: str) -> bool:
    """Say whether a text begins as web pages do, what may stand before the first element aside."""
    return BEGINNING.match(text) is not None


def shows(lines: Iterable[str], *, mapped: bool = False) -> bool:
    """Say whether the first lines of a web page show a table of records.

    Args:
        lines: the first lines of the file.
        mapped: whether a person says what the columns hold, so that any table will do.

    Raises:
        FileRefused: the markup is too much.
    """
    return _chosen(enumerate(lines, 1), (), mapped=mapped, whole=False) is not None


def read(text: Text, mapping: Mapping[str, str] | None = None) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of the first table with a header that is recognised, and the problems.

    Args:
        text: the web page.
        mapping: field to column name, where the header alone does not say it.

    Raises:
        FileRefused: no table holds records, its header names no title, or the markup is too much.
    """
    mapping = mapping or {}
    heading, header, rows, others = _table(text, mapping)
    yield from tables.records(
        header,
        rows,
        mapping,
        heading=next(filter(str.strip, heading.cells)) if heading else "",
        heading_line=heading.line if heading else 1,
    )
    for table in others:
        yield table.said()


def head(text: Text) -> TableHead:
    """Return the columns and first rows of the table that holds the records, for a person to map.

    Raises:
        FileRefused: no table holds records, or the markup is too much.
    """
    _, header, rows, _ = _table(text, {})
    return tables.head(header, rows, format_name="html")


def _table(
    text: Text, mapping: Mapping[str, str]
) -> tuple[Row | None, Row, Iterator[Row], list[_Later]]:
    """Return the heading of the table, its header, its rows, and the tables after it.

    The last are found while the rows are taken.
    """
    wanted = {columns.plain(column) for column in mapping.values() if column}
    choice = _chosen(text.again().lines(), wanted, mapped=True)
    if choice is None:
        raise FileRefused(NO_TABLE)
    found = html_rows.rows(text.lines())
    above: list[Row] = []
    widths: set[int] = set()
    for each in found:
        if each.number == choice.number and each.row is not None:
            above.append(each.row)
            if len(above) > choice.at:
                widths = {len(each.row.cells), each.width}
                break
    header = above.pop()
    others: list[_Later] = []
    heading = next((row for row in above if is_filled(row.cells)), None)
    return heading, header, _below(found, choice.number, header, widths, others), others


def _chosen(
    lines: Iterable[Line], wanted: Collection[str], *, mapped: bool, whole: bool = True
) -> Choice | None:
    """Return the first table whose header is recognised, else the first that looks like a table.

    Args:
        lines: the lines of the page.
        wanted: plain names of columns that a person says the header has.
        mapped: whether a table without a header that is recognised will do.
        whole: whether the lines are all that the page has.
    """
    first: dict[int, list[Row]] = {}
    spare: Choice | None = None
    for found in html_rows.rows(lines, longest=html_rows.LONGEST_FIRST, whole=whole):
        kept = first.setdefault(found.number, [])
        if found.row is None:
            del first[found.number]
        elif len(kept) >= headers.WITHIN:
            continue
        else:
            kept.append(found.row)
            if len(kept) < headers.WITHIN:
                continue
        at = _header_among(kept, wanted)
        if at is not None:
            return Choice(found.number, at)
        if mapped and spare is None and _is_table_like(kept):
            spare = Choice(found.number, _first_filled(kept))
    return spare


def _header_among(rows: Sequence[Row], wanted: Collection[str]) -> int | None:
    """Return which row is a header with something below it, ``None`` where none is."""
    at = headers.position([row.cells for row in rows], wanted)
    if at is None or not any(is_filled(row.cells) for row in rows[at + 1 :]):
        return None
    return at


def _first_filled(rows: Sequence[Row]) -> int:
    return next(at for at, row in enumerate(rows) if is_filled(row.cells))


def _is_table_like(rows: Sequence[Row]) -> bool:
    """Say whether rows may be a table of records whose header is in unknown words."""
    filled = [row.cells for row in rows if is_filled(row.cells)]
    if len(filled) < headers.FEW or len(filled[0]) < headers.FEW:
        return False
    names = [cell.strip() for cell in filled[0]]
    short = all(name and len(name) <= headers.LONGEST_NAME for name in names)
    return short and len(set(names)) == len(names)


def _below(
    found: Iterable[Found], chosen: int, header: Row, widths: Collection[int], others: list[_Later]
) -> Iterator[Row]:
    """Yield the rows below the header, and those of later tables that go on with them."""
    width = len(header.cells)
    later: dict[int, _Later] = {}
    for each in found:
        if chosen in each.within or each.number < chosen:
            continue
        if each.row is None:
            _keep(others, later.pop(each.number, None))
            continue
        if each.number != chosen:
            if not is_filled(each.row.cells):
                continue
            if each.number not in later:
                later[each.number] = _later(each.row, header, as_wide=each.width in widths)
            table = later[each.number]
            table.rows += 1
            if table.kind == "passed":
                continue
        yield _padded(each.row, width, across=each.span >= width)


def _later(first: Row, header: Row, *, as_wide: bool) -> _Later:
    """Return what a later table is by its first filled row."""
    if first.cells == header.cells:
        return _Later(first.line, "same")
    if headers.position([first.cells]) is not None:
        return _Later(first.line, "passed", -1)
    return _Later(first.line, "read" if as_wide else "passed")


def _keep(others: list[_Later], table: _Later | None) -> None:
    """Keep what is to be said of a later table that is at its end, in bounded memory."""
    if table is None or table.kind == "same":
        return
    alike = [each for each in others if each.kind == table.kind]
    if len(alike) < MANY:
        others.append(table)
    else:
        alike[-1].tables += 1
        alike[-1].rows += table.rows


def _padded(row: Row, width: int, *, across: bool) -> Row:
    """Return a row as wide as the header, but one cell across the table by itself.

    The first is a record. The second is none: it says how many there are, or who made the table.
    """
    if across and len(row.cells) == 1 and width > headers.FEW:
        return replace(row, across=True)
    return replace(row, cells=[*row.cells, *[""] * (width - len(row.cells))])
