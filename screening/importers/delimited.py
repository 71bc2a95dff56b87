"""Tables of records with a header line: comma, semicolon or tab between the columns."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.importers import columns
from screening.importers.building import Draft, build
from screening.importers.identifiers import expand_pages
from screening.importers.parsed import FileRefused, ParsedRecord, Problem
from screening.importers.tagged import Line

DELIMITERS = (",", ";", "\t", "|")
# The csv module raises at 131,072 characters; a longer abstract is cut by the caps, with a word.
LONGEST_FIELD = 2**31 - 1
csv.field_size_limit(LONGEST_FIELD)

SEPARATOR_LINE = re.compile(r"\ufeff?sep=([,;|\t])\s*$", re.IGNORECASE)
# Our own exports put one apostrophe before what a spreadsheet would run. LF stands for the CR
# that normalising line ends has turned into it.
ESCAPED = re.compile(r"'(?=[=+\-@\t\r\n])")
INITIALS = re.compile(r"[^\W\d_]{1,2}(?:[.\s-]{0,2}[^\W\d_]){0,4}\.?")
NAME_WITH_INITIALS = re.compile(r"\S.{0,80}\s[^\W\d_a-z]{1,4}\.?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, its text in the file, its cells."""

    line: int
    raw: str
    cells: list[str]


def delimiter_of(line: str) -> str:
    """Return the delimiter under which a header line names most fields, or ``""``."""
    best, most = "", 0
    for delimiter in DELIMITERS:
        known = len(columns.recognised(_cells(line, delimiter)))
        if known > most:
            best, most = delimiter, known
    return best


def is_header(line: str) -> bool:
    """Say whether a line is the header of a table of records."""
    delimiter = delimiter_of(line)
    known = columns.recognised(_cells(line, delimiter)) if delimiter else set()
    return bool({"title", "doi", "pmid"} & known) and delimiter in line


def read(
    lines: Iterable[Line], mapping: Mapping[str, str] | None = None
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table, in order, and the problems met on the way.

    Raises:
        FileRefused: the header does not say where the title is, or a quotation mark stays open.
    """
    source = iter(lines)
    header_line, delimiter = _header_line(source)
    delimiter = delimiter or delimiter_of(header_line[1]) or _commonest(header_line[1])
    table = _rows(_chain(header_line, source), delimiter)
    header = next(table)
    found = columns.positions(header.cells, mapping or {}, line=header.line)
    yield from _doubled(header, found)
    for row in table:
        if any(cell.strip() for cell in row.cells):
            yield from _records(row, found, len(header.cells))


def _header_line(source: Iterator[Line]) -> tuple[Line, str]:
    delimiter = ""
    for number, line in source:
        if stated := SEPARATOR_LINE.match(line):
            delimiter = stated.group(1)
        elif line.strip():
            return (number, line), delimiter
    raise FileRefused("The file has no header line.")


def _commonest(line: str) -> str:
    return max(DELIMITERS, key=line.count)


def _chain(first: Line, rest: Iterator[Line]) -> Iterator[Line]:
    yield first
    yield from rest


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _rows(lines: Iterator[Line], delimiter: str) -> Iterator[Row]:
    """Yield the rows of the table.

    Quotes are read strictly: a mark that stays open, or closes amid the text
    of a later line, would swallow whole records without a word. A row of one
    line whose marks are only misplaced is read leniently.
    """
    taken: list[Line] = []

    def feed() -> Iterator[str]:
        for number, line in lines:
            taken.append((number, line))
            yield f"{line}\n"

    reader = csv.reader(feed(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            if len(taken) != 1 or _unclosed(taken[0][1], delimiter):
                line = taken[0][0]
                reason = f"A quotation mark opened in the row at line {line} is not closed."
                raise FileRefused(reason, line=line) from None
            cells = _cells(taken[0][1], delimiter)
        yield Row(taken[0][0], "\n".join(line for _, line in taken), cells)


def _unclosed(line: str, delimiter: str) -> bool:
    try:
        list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _doubled(header: Row, found: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    for field, at in found.items():
        if len(at) > 1:
            named = ", ".join(f"“{header.cells[column].strip()[:40]}”" for column in at)
            words = field.replace("_", " ")
            reason = f"Several columns hold the {words} ({named}); the first filled one counts."
            yield Problem(header.line, reason)


def _records(
    row: Row, found: Mapping[str, Sequence[int]], width: int
) -> Iterator[ParsedRecord | Problem]:
    if any(cell.strip() for cell in row.cells[width:]):
        reason = f"The row has {len(row.cells)} cells and the header {width}; it was not imported."
        yield Problem(row.line, reason, rejected=True)
        return
    draft = _draft(row, found)
    if len(row.cells) < width:
        draft.note(f"The row has {len(row.cells)} cells and the header {width}.")
    yield from build(draft)


def _draft(row: Row, found: Mapping[str, Sequence[int]]) -> Draft:
    cells = [cell[1:] if ESCAPED.match(cell) else cell for cell in row.cells]
    told = {field: _first_filled(cells, at) for field, at in found.items()}
    authors, keywords = told.pop("authors", ""), told.pop("keywords", "")
    first, last = told.pop("start_page", ""), told.pop("end_page", "")
    ends = expand_pages(f"{first.strip()}-{last.strip()}") if first and last else first
    told["pages"] = told.get("pages") or ends or told.get("article_number", "")
    told.pop("article_number", None)
    told["issn"] = "; ".join(filter(None, (told.get("issn"), told.pop("isbn", ""))))
    told["year_text"] = told.pop("year", "").removesuffix(".0")
    return Draft(
        line=row.line,
        raw=row.raw,
        fields=told,
        authors=authors_in(authors),
        keywords=_keywords_in(keywords),
    )


def _first_filled(cells: Sequence[str], at: Sequence[int]) -> str:
    filled = (cells[column] for column in at if column < len(cells) and cells[column].strip())
    return next(filled, "")


def _keywords_in(text: str) -> list[str]:
    separators = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
    return re.split(separators, text)


def authors_in(text: str) -> list[str]:
    """Return the names in an authors cell.

    Semicolons, bars and line ends part names, else the word ``and``. Commas
    part them only where initials show that they do (``Smith J, Doe A`` or
    ``Smith, J., Doe, A.``); otherwise the cell is one name.
    """
    if re.search(r"[;|\n]", text):
        return [name.strip(" ,") for name in re.split(r"[;|\n]", text)]
    if " and " in text:
        return [name.strip(" ,") for name in text.split(" and ")]
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(NAME_WITH_INITIALS.fullmatch(part) for part in parts):
        return [part.removesuffix(".") for part in parts]
    if len(parts) % 2 == 0 and all(INITIALS.fullmatch(part) for part in parts[1::2]):
        return [f"{name}, {given}" for name, given in zip(parts[::2], parts[1::2], strict=True)]
    return [text]
