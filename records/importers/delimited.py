"""Tables as text, with a header line: comma, semicolon, tab or bar between the columns."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from records.importers import columns, tables
from records.importers.parsed import MAX_ENTRY, FileRefused, Line, ParsedRecord, Problem, TableHead
from records.importers.tables import Row

DELIMITERS = (",", ";", "\t", "|")
# The csv module raises at 131,072 characters; a longer abstract is cut by the caps, with a word.
csv.field_size_limit(2**31 - 1)

SEPARATOR_LINE = re.compile(r"\ufeff?sep=([,;|\t])\s*$", re.IGNORECASE)
LONGEST_HEADER = 1_000_000


def delimiter_of(line: str) -> str:
    """Return the delimiter under which a header line names most fields, or ``""``."""
    best, most = "", 0
    for delimiter in DELIMITERS:
        if delimiter in line or not best:
            names = len(columns.recognised(_cells(line[:LONGEST_HEADER], delimiter)))
            if names > most:
                best, most = delimiter, names
    return best


def is_header(line: str) -> bool:
    """Say whether a line is the header of a table of records."""
    delimiter = delimiter_of(line)
    known = columns.recognised(_cells(line, delimiter)) if delimiter else set()
    return bool(columns.TELLING & known) and delimiter in line


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
    table, _ = _table(lines, delimiter)
    header = next(table)
    yield from tables.records(header, table, mapping or {})


def head(lines: Iterable[Line], *, delimiter: str = "") -> TableHead:
    """Return the columns and first rows of a table, for a person to map.

    Raises:
        FileRefused: there is no header line, or a quotation mark stays open in the first rows.
    """
    table, told = _table(lines, delimiter)
    read = tables.head(next(table), table, format_name="tsv" if told == "\t" else "csv")
    return replace(read, delimiter=told)


def _table(lines: Iterable[Line], delimiter: str) -> tuple[Iterator[Row], str]:
    source = iter(lines)
    first, stated = _header_line(source)
    delimiter = stated or delimiter or delimiter_of(first[1]) or _commonest(first[1])
    chained = _chain(first, source)
    names = [columns.plain(cell) for cell in first[1][:LONGEST_HEADER].split("\t")]
    if delimiter == "\t" and columns.is_web_of_science(names):
        return _unquoted(chained), delimiter
    return _rows(chained, delimiter), delimiter


def _header_line(source: Iterator[Line]) -> tuple[Line, str]:
    delimiter = ""
    for number, line in source:
        if stated := SEPARATOR_LINE.match(line):
            delimiter = stated.group(1)
        elif line.strip("\ufeff \t"):
            return (number, line), delimiter
    raise FileRefused("The file has no header line.")


def _commonest(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _chain(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest


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
    taken: list[Line] = []
    held = 0

    def feed() -> Iterator[str]:
        nonlocal held
        for number, line in lines:
            held += len(line) + 1
            if taken and held > MAX_ENTRY:
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


def _left_open(line: int) -> FileRefused:
    reason = f"A quotation mark opened in the row at line {line} is not closed."
    return FileRefused(reason, line=line)


def _unclosed(line: str, delimiter: str) -> bool:
    try:
        list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False
