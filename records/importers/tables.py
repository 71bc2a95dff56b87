"""From the rows of a table to records, whether text or workbook held it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from records.importers import columns, notices
from records.importers.building import Draft, build
from records.importers.identifiers import expand_pages, pmid_in
from records.importers.parsed import FileRefused, ParsedRecord, Problem, TableHead

# Our own exports put one apostrophe before what a spreadsheet would run, and before the
# apostrophes of what already looked so. LF stands for the CR that reading lines has made of it.
ESCAPED = re.compile(r"'+ *[=+\-@\t\r\n]")
INITIALS = re.compile(r"[^\W\d_]{1,2}(?:[.\s-]{0,2}[^\W\d_]){0,4}\.?")
NAME_WITH_INITIALS = re.compile(r"\S.{0,80}\s(?:[^\W\d_a-z]{1,4}\.?|(?:[^\W\d_a-z]\.[ -]?){1,5})")
# PubMed's citation: `J Hip. 2001 Mar 5;3(2):10-9. doi: 10.1000/abc.`
CITATION = re.compile(
    r";(?P<volume>[^;:().]{1,20})(?:\((?P<issue>[^():]{1,30})\))?(?::(?P<pages>[A-Za-z0-9-]{1,20}))?\."
)
# What Scopus writes where it has nothing.
NOTHING = frozenset(
    {"[no abstract available]", "[no author name available]", "[no authors found]", "[no title]"}
)
LONGEST_AUTHORS = 1_000_000
SAMPLES = 3
SAMPLE_TEXT = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, its text in the file, its cells, what is odd about it."""

    line: int
    raw: str
    cells: Sequence[str]
    notes: tuple[str, ...] = ()


def head(header: Row, rows: Iterable[Row], *, format_name: str) -> TableHead:
    """Return the head of a table: its columns, its first rows, and what is recognised.

    Raises:
        FileRefused: the header has too many columns.
    """
    columns.refuse_too_many(header.cells, line=header.line)
    names = tuple(cell.strip("\ufeff \t\n") for cell in header.cells)
    filled = (row.cells for row in rows if is_filled(row.cells))
    samples = tuple(
        tuple(unescaped(cell)[:SAMPLE_TEXT] for cell in cells[: len(names)])
        for cells in islice(filled, SAMPLES)
    )
    found = {known: names[at[0]] for known, at in columns.known(header.cells).items()}
    return TableHead(format=format_name, columns=names, samples=samples, found=found)


def records(
    header: Row, rows: Iterable[Row], mapping: Mapping[str, str]
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table's rows, in order, and the problems met on the way.

    Raises:
        FileRefused: the header does not say where the title is.
    """
    found = columns.positions(header.cells, mapping, line=header.line)
    yield from _doubled(header, {at: found[at] for at in found if at not in mapping})
    first = True
    for row in rows:
        if not is_filled(row.cells):
            continue
        if first:
            _refuse_fields_on_rows(header, row)
            first = False
        yield from _record(row, found, len(header.cells))


def is_filled(cells: Iterable[str]) -> bool:
    """Say whether some cell holds more than white space."""
    return any(cell and not cell.isspace() for cell in cells)


def unescaped(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell[:1] == "'" and ESCAPED.match(cell) else cell


def _doubled(header: Row, found: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    for name, at in columns.rivals(header.cells, found).items():
        named = ", ".join(f"“{header.cells[column].strip()[:40]}”" for column in at)
        words = name.replace("_", " ")
        reason = f"Several columns hold the {words} ({named}); the first filled one counts."
        yield Problem(header.line, reason)


def _refuse_fields_on_rows(header: Row, row: Row) -> None:
    """Refuse a table on its side: a field on each row, its name in the first cell."""
    heads = [columns.plain(cell) for cell in header.cells[:2]]
    sideways = (
        columns.plain(row.cells[0]) in columns.FIELD_OF
        and heads[0] in columns.FIELD_OF
        and not any(columns.recognised(header.cells[1:]))
    )
    if sideways and row.cells[0].strip():
        reason = "Each row holds one field, not one record; export one record on each row."
        raise FileRefused(reason, line=row.line)


def _record(
    row: Row, found: Mapping[str, Sequence[int]], width: int
) -> Iterator[ParsedRecord | Problem]:
    if is_filled(row.cells[width:]):
        reason = f"The row has {len(row.cells)} cells and the header {width}; it was not imported."
        yield Problem(row.line, reason, rejected=True)
        return
    draft = _draft(row, found)
    if len(row.cells) < width:
        draft.note(f"The row has {len(row.cells)} cells and the header {width}.")
    for note in row.notes:
        draft.note(note)
    yield from build(draft)


def _draft(row: Row, found: Mapping[str, Sequence[int]]) -> Draft:
    cells = [unescaped(cell) for cell in row.cells]
    told = {name: _first_filled(cells, at) for name, at in found.items()}
    authors = told.pop("authors", "")
    if told.pop("keywords", ""):
        keywords = [word for cell in _filled(cells, found["keywords"]) for word in _words_in(cell)]
    else:
        keywords = []
    _cite(told)
    first, last = told.pop("start_page", "").strip(), told.pop("end_page", "").strip()
    ends = expand_pages(f"{first}-{last}") if first and last else first
    told["pages"] = told.get("pages") or ends or told.get("article_number", "")
    told.pop("article_number", None)
    numbers = [*_filled(cells, found.get("issn", ())), *_filled(cells, found.get("isbn", ()))]
    told["issn"] = "; ".join(dict.fromkeys(numbers))
    told.pop("isbn", None)
    told["year_text"] = told.pop("year", "").removesuffix(".0")
    told["pmid"] = told.get("pmid") or pmid_in(told.get("note", ""))
    told.pop("note", None)
    said = told.pop("notices", "")
    draft = Draft(line=row.line, raw=row.raw, fields=told, keywords=keywords)
    draft.notices = said.split("\n") if "notices" in found else _notices(told)
    if len(authors) > LONGEST_AUTHORS:
        draft.note(f"The cell of the authors has {len(authors):,} characters; it was cut.")
    draft.authors = authors_in(authors[:LONGEST_AUTHORS])
    return draft


def _notices(told: Mapping[str, str]) -> list[str]:
    types = notices.of_types((told.get("record_type", ""),))
    return [*types, *notices.of_title(told.get("title", ""))]


def _cite(told: dict[str, str]) -> None:
    """Take volume, issue and pages from a citation where no column holds them."""
    citation = told.pop("citation", "")[:2_000]
    if not citation or told.get("volume") or told.get("pages"):
        return
    if match := CITATION.search(citation):
        for name, text in match.groupdict().items():
            if text and not told.get(name):
                told[name] = text


def _filled(cells: Sequence[str], at: Sequence[int]) -> list[str]:
    texts = (cells[column].strip() for column in at if column < len(cells))
    return [text for text in texts if text and text.lower() not in NOTHING]


def _first_filled(cells: Sequence[str], at: Sequence[int]) -> str:
    for column in at:
        if column < len(cells):
            text = cells[column]
            if text and not text.isspace():
                return "" if text[0] == "[" and text.strip().lower() in NOTHING else text
    return ""


def _words_in(text: str) -> list[str]:
    separators = r"[;|\n]" if re.search(r"[;|\n]", text) else ","
    return re.split(separators, text)


def authors_in(text: str) -> list[str]:
    """Return the names in an authors cell.

    Semicolons, bars and line ends part names, else the word ``and``. Commas
    part them only where initials show that they do (``Smith J, Doe A`` or
    ``Smith, J., Doe, A.``); otherwise the cell is one name.
    """
    if re.search(r"[;|\n]", text):
        return [name.strip(" ,").removesuffix(" and") for name in re.split(r"[;|\n]", text)]
    if " and " in text:
        names = [name.strip(" ,") for name in text.split(" and ")]
        return names[:-1] if names[-1] == "others" else names
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and all(NAME_WITH_INITIALS.fullmatch(part) for part in parts):
        # PubMed ends the list, not the name, with a point.
        listed = not any(part.endswith(".") for part in parts[:-1])
        return [*parts[:-1], parts[-1].removesuffix(".") if listed else parts[-1]]
    if len(parts) % 2 == 0 and all(INITIALS.fullmatch(part) for part in parts[1::2]):
        return [f"{name}, {given}" for name, given in zip(parts[::2], parts[1::2], strict=True)]
    return [text]
