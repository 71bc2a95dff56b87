"""Tables as text, with a header line: comma, semicolon, tab or bar between the columns."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from records.importers import columns, headers, tables
from records.importers.parsed import MAX_ENTRY, FileRefused, Line, ParsedRecord, Problem, TableHead
from records.importers.rows import Row

DELIMITERS = (",", ";", "\t", "|")
# The csv module raises at 131,072 characters; a longer abstract is cut by the caps, with a word.
csv.field_size_limit(2**31 - 1)

SEPARATOR_LINE = re.compile(r"\ufeff?sep=([,;|\t])\s*$", re.IGNORECASE)
# Caps come before parsing: what is longer is never split, nor tried with a delimiter.
LONGEST_HEADER = 100_000
# Of a header that is not the first line, and how often a delimiter may stand in it.
LONGEST_BELOW = 20_000
MOST_BELOW = 2 * columns.MAX_COLUMNS
# Of the lines among which a header is looked for, together.
MOST_ABOVE = 1_000_000


def delimiter_of(line: str) -> str:
    """Return the delimiter under which a header line names most fields, or ``""``."""
    best, most = "", 0
    if len(line) > LONGEST_HEADER:
        return best
    for delimiter in DELIMITERS:
        if delimiter in line or not best:
            names = len(columns.recognised(_cells(line, delimiter)))
            if names > most:
                best, most = delimiter, names
    return best


def header_among(lines: Sequence[str], wanted: Collection[str] = ()) -> int | None:
    """Return which of the first lines is the header of a table of records, or ``None``.

    Args:
        lines: the first lines of a file.
        wanted: plain names of columns that a person says the header has.
    """
    return headers.position((_sniffed(line, at) for at, line in enumerate(lines)), wanted)


def format_of(line: str) -> str:
    """Return ``tsv`` for a header line whose columns are parted by tabs, else ``csv``."""
    return "tsv" if (delimiter_of(line) or _commonest(line)) == "\t" else "csv"


def read(
    lines: Iterable[Line], mapping: Mapping[str, str] | None = None, *, delimiter: str = ""
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table, in order, and the problems met on the way.

    Args:
        lines: the lines of the file with their numbers.
        mapping: field to column name, where the header alone does not say it.
        delimiter: what parts the columns, where it is not to be told by the header.

    Raises:
        FileRefused: the header does not say where the title is, or a quotation mark stays open.
    """
    table, _, (line, heading) = _table(lines, delimiter, mapping or {})
    header = next(table)
    yield from tables.records(header, table, mapping or {}, heading=heading, heading_line=line)


def head(lines: Iterable[Line], *, delimiter: str = "") -> TableHead:
    """Return the columns and first rows of a table, for a person to map.

    Raises:
        FileRefused: there is no header line, or a quotation mark stays open in the first rows.
    """
    table, told, _ = _table(lines, delimiter, {})
    read = tables.head(next(table), table, format_name="tsv" if told == "\t" else "csv")
    return replace(read, delimiter=told)


def _table(
    lines: Iterable[Line], delimiter: str, mapping: Mapping[str, str]
) -> tuple[Iterator[Row], str, Line]:
    """Return the rows from the header on, what parts their cells, and the heading above them."""
    source = iter(lines)
    above, stated = _first_lines(source)
    wanted = {columns.plain(column) for column in mapping.values() if column}
    at = header_among([line for _, line in above], wanted) or 0
    first = above[at]
    if len(first[1]) > LONGEST_HEADER:
        raise _too_long(first)
    delimiter = stated or delimiter or delimiter_of(first[1]) or _commonest(first[1])
    chained = chain(above[at:], source)
    heading = above[0] if at else (0, "")
    names = [columns.plain(cell) for cell in first[1].split("\t")]
    if delimiter == "\t" and columns.is_web_of_science(names):
        return _unquoted(chained), delimiter, heading
    return _rows(chained, delimiter), delimiter, heading


def _first_lines(source: Iterator[Line]) -> tuple[list[Line], str]:
    """Return the first lines from one that is not blank on, and the delimiter that is stated."""
    delimiter = ""
    for number, line in source:
        if stated := SEPARATOR_LINE.match(line):
            delimiter = stated.group(1)
        elif line.strip("\ufeff \t"):
            return [(number, line), *_some(source, len(line))], delimiter
    raise FileRefused("The file has no header line.")


def _some(source: Iterator[Line], size: int) -> Iterator[Line]:
    """Yield the next lines, as many as may stand above a header."""
    for number, line in islice(source, headers.WITHIN - 1):
        yield number, line
        size += len(line)
        if size > MOST_ABOVE:
            return


def _sniffed(line: str, at: int) -> list[str]:
    """Return the cells of a line that may be a header, nothing of another."""
    if len(line) > (LONGEST_BELOW if at else LONGEST_HEADER):
        return [""]
    if at and line.count(_commonest(line)) > MOST_BELOW:
        return [""]
    delimiter = delimiter_of(line) or _commonest(line)
    return _cells(line, delimiter) if delimiter in line else [""]


def _commonest(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _unquoted(lines: Iterator[Line]) -> Iterator[Row]:
    """Yield the rows of a table whose quotation marks are part of its texts."""
    for number, line in lines:
        if line.strip():
            yield Row(number, line, line.split("\t"))


def _rows(lines: Iterator[Line], delimiter: str) -> Iterator[Row]:
    """Yield the rows of the table.

    Quotes are read strictly: a mark that stays open, or closes amid the text
    of a later line, would swallow whole records without a word. A row of one
    line whose marks are only misplaced is read leniently.
    """
    most = LONGEST_HEADER
    taken: list[Line] = []
    held = 0

    def feed() -> Iterator[str]:
        nonlocal held
        for number, line in lines:
            held += len(line) + 1
            if taken and held > most:
                raise _left_open(taken[0][0])
            taken.append((number, line))
            yield f"{line}\n"

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        held = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if len(taken) != 1 or _unclosed(taken[0][1], delimiter):
                raise _left_open(taken[0][0]) from None
            cells = _cells(taken[0][1], delimiter)
        yield Row(taken[0][0], "\n".join(line for _, line in taken), cells)
        most = MAX_ENTRY


def _too_long(first: Line) -> FileRefused:
    number, line = first
    reason = f"The first line has {len(line):,} characters; no header of a table is that long."
    return FileRefused(reason, line=number)


def _left_open(line: int) -> FileRefused:
    reason = f"A quotation mark opened in the row at line {line} is not closed."
    return FileRefused(reason, line=line)


def _unclosed(line: str, delimiter: str) -> bool:
    try:
        list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False
