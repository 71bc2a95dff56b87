"""From the rows of a table to records, whether text or workbook held it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from records.importers import columns, notices, sideways
from records.importers.author_cells import authors_in, is_certain
from records.importers.building import Draft, build, parted
from records.importers.cells import (
    listed,
    names_a_database,
    text_of,
    unescaped,
    without_next_tag,
)
from records.importers.headers import is_sideways
from records.importers.identifiers import expand_pages, pmid_in
from records.importers.parsed import ParsedRecord, Problem, TableHead
from records.importers.rows import Row, is_filled

# PubMed's citation: `J Hip. 2001 Mar 5;3(2):10-9. doi: 10.1000/abc.`
CITATION = re.compile(
    r";(?P<volume>[^;:().]{1,20})(?:\((?P<issue>[^():]{1,30})\))?(?::(?P<pages>[A-Za-z0-9-]{1,20}))?\."
)
# Embase's: `Journal of Hips (2001) 3:2 (10-19). Date of Publication: 5 Mar 2001`
CITATION_OF_EMBASE = re.compile(
    r"(?P<journal>[^()]{1,300}(?:\([^()]{1,60}\)[^()]{0,100})?) \((?P<year>[0-9]{4})\)"
    r"(?: (?P<volume>[^\s:()]{1,20})(?::(?P<issue>[^():]{1,40}?))?)?"
    r"(?: \((?P<pages>[A-Za-z0-9-]{1,20})\))?(?=[.,\s]|\Z)"
)
LONGEST_AUTHORS = 1_000_000
SAMPLES = 3
SAMPLE_TEXT = 200
LONG_TEXTS = frozenset({"title", "abstract", "authors", "note", "notices", "keywords"})
NO_PMID = re.compile(r"\s*0*(?:\.0)?\s*")
HEADING = 60
FEW = 2


def head(header: Row, rows: Iterable[Row], *, format_name: str) -> TableHead:
    """Return the head of a table: its columns, its first rows, and what is recognised.

    Raises:
        FileRefused: the header has too many columns.
    """
    columns.refuse_too_many(header.cells, line=header.line)
    filled = (row for row in rows if is_filled(row.cells))
    first = next(filled, None)
    if first is not None and is_sideways(header.cells, first.cells):
        header, shown = _turned_head(header, chain([first], rows))
    else:
        kept = islice(chain([first] if first else [], filled), SAMPLES)
        shown = [list(row.cells) for row in kept]
    names = tuple(cell.strip("\ufeff \t\n") for cell in header.cells)
    samples = tuple(
        tuple(unescaped(cell)[:SAMPLE_TEXT] for cell in cells[: len(names)]) for cells in shown
    )
    found = {known: names[at[0]] for known, at in columns.known(header.cells).items()}
    return TableHead(format=format_name, columns=names, samples=samples, found=found)


def _turned_head(header: Row, rows: Iterable[Row]) -> tuple[Row, list[list[str]]]:
    """Return the fields of the first records of a table on its side, and their values."""
    pairs = list(islice(sideways.turned(header, rows), SAMPLES))
    names = list(dict.fromkeys(name for fields, _ in pairs for name in fields.cells))
    told = [dict(zip(fields.cells, row.cells, strict=True)) for fields, row in pairs]
    shown = [[values.get(name, "") for name in names] for values in told]
    return Row(header.line, "", names), shown


def records(
    header: Row,
    rows: Iterable[Row],
    mapping: Mapping[str, str],
    *,
    heading: str = "",
    heading_line: int = 1,
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table's rows, in order, and the problems met on the way.

    Args:
        header: the row with the names of the columns.
        rows: the rows below it.
        mapping: field to column name, where the header alone does not say it.
        heading: the first line of what stands above the header, if anything does.
        heading_line: the number of that line.

    Raises:
        FileRefused: the header does not say where the title is.
    """
    below = iter(rows)
    first = next((row for row in below if is_filled(row.cells)), None)
    lying = first is not None and is_sideways(header.cells, first.cells)
    found = {} if lying else columns.positions(header.cells, mapping, line=header.line)
    if heading:
        reason = f"What stands above the table was left out: “{heading.strip()[:HEADING]}”."
        yield Problem(heading_line, reason)
    if first is None:
        return
    below = chain([first], below)
    if lying:
        yield from _turned(header, below, mapping)
    else:
        yield from _doubled(header, {at: found[at] for at in found if at not in mapping})
        yield from _upright(header, below, found)


def _turned(
    header: Row, below: Iterable[Row], mapping: Mapping[str, str]
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table on its side.

    Raises:
        FileRefused: the mapping names an unknown field, or a column that no record has.
    """
    unseen = {_key(column): column for column in mapping.values() if column}
    for names, row in sideways.turned(header, below):
        present = set(map(_key, names.cells))
        unseen = {key: column for key, column in unseen.items() if key not in present}
        # Not every record has every field: a column that this one lacks is none of its columns.
        own = {
            field: column if _key(column) in present else "" for field, column in mapping.items()
        }
        found = columns.mapped(names.cells, own, line=row.line)
        yield from _record(row, found, len(names.cells))
    for column in unseen.values():
        raise columns.no_column(column, line=header.line)


def _key(name: str) -> str:
    # Of a name without Latin letters nothing is left when it is made plain.
    return columns.plain(name) or name.strip()


def _upright(
    header: Row, below: Iterable[Row], found: Mapping[str, Sequence[int]]
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a table with one record on each row."""
    habit = columns.habit_of_names(header.cells)
    if habit == "joined":
        yield Problem(header.line, columns.JOINED_NAMES)
    width = len(header.cells)
    empty = False
    # A line below a gap: what it is shows in whether rows follow.
    held: Row | None = None
    for row in below:
        if not is_filled(row.cells):
            empty = True
            continue
        if held is not None:
            yield from _record(held, found, width, habit=habit)
            held = None
        if row.cells == header.cells:
            yield Problem(row.line, "The header stands here once more; it is no record.")
        elif row.across:
            yield _left_out("across", row)
        elif empty and len(row.cells) == 1 and width > FEW:
            held = row
        else:
            yield from _record(row, found, width, habit=habit)
        empty = False
    if held is not None:
        yield _left_out("below", held)


def _left_out(where: str, row: Row) -> Problem:
    said = row.cells[0].strip()[:HEADING]
    return Problem(row.line, f"What stands {where} the table was left out: “{said}”.")


def _doubled(header: Row, found: Mapping[str, Sequence[int]]) -> Iterator[Problem]:
    for name, at in columns.rivals(header.cells, found).items():
        named = ", ".join(f"“{header.cells[column].strip()[:40]}”" for column in at)
        words = name.replace("_", " ")
        reason = f"Several columns hold the {words} ({named}); the first filled one counts."
        yield Problem(header.line, reason)


def _record(
    row: Row, found: Mapping[str, Sequence[int]], width: int, *, habit: str = ""
) -> Iterator[ParsedRecord | Problem]:
    if is_filled(row.cells[width:]):
        reason = f"The row has {len(row.cells)} cells and the header {width}; it was not imported."
        yield Problem(row.line, reason, rejected=True)
        return
    draft = _draft(row, found, habit)
    if len(row.cells) < width:
        draft.note(f"The row has {len(row.cells)} cells and the header {width}.")
    for note in row.notes:
        draft.note(note)
    yield from build(draft)


def _draft(row: Row, found: Mapping[str, Sequence[int]], habit: str) -> Draft:
    # What our own export wrote is taken exactly as it stands.
    own = "notices" in found
    said = _own_text if own else text_of
    told = {name: _first_filled(row.cells, at, said) for name, at in found.items()}
    authors = told.pop("authors", "")
    told.pop("group_authors", None)
    keywords = _keywords(row.cells, found, said) if told.pop("keywords", "") else []
    if not own:
        _clean(told, found)
    _paginate(told)
    told["issn"] = _numbers(row.cells, found, said)
    told.pop("isbn", None)
    told["year_text"] = told.pop("year", "").removesuffix(".0")
    if NO_PMID.fullmatch(told.get("pmid", "")):
        told["pmid"] = pmid_in(told.get("note", ""))
    told.pop("note", None)
    stated = told.pop("notices", "")
    draft = Draft(line=row.line, raw=row.raw, fields=told, keywords=keywords)
    draft.notices = stated.split("\n") if own else _notices(told)
    if len(authors) > LONGEST_AUTHORS:
        draft.note(f"The cell of the authors has {len(authors):,} characters; it was cut.")
        authors = authors[:LONGEST_AUTHORS]
    groups = _filled(row.cells, found.get("group_authors", ()), said)
    draft.authors = _people(authors, groups, habit)
    draft.parted = is_certain(authors, habit=habit)
    return draft


def _people(authors: str, groups: Sequence[str], habit: str) -> list[str]:
    """Return the persons of a row and the groups behind them, each group once."""
    people = authors_in(authors, habit=habit)
    named = (name for text in groups for name in authors_in(text[:LONGEST_AUTHORS]))
    return [*people, *dict.fromkeys(name for name in named if name not in people)]


def _own_text(cell: str) -> str:
    return "" if cell == "NA" else unescaped(cell, guarded=False)


def _clean(told: dict[str, str], found: Mapping[str, Sequence[int]]) -> None:
    """Mend what services leave in cells: lines of other formats, several links, citations."""
    for name, text in told.items():
        if "  - " in text and name not in LONG_TEXTS:
            told[name] = without_next_tag(text)
    if columns.shared(found):
        source = told["journal"]
        told["journal" if names_a_database(source) else "database"] = ""
        if CITATION_OF_EMBASE.match(source):
            told["journal"], told["citation"] = "", source
    _cite(told)


def _notices(told: Mapping[str, str]) -> list[str]:
    types = notices.of_types((told.get("record_type", ""),))
    return [*types, *notices.of_title(told.get("title", ""))]


def _paginate(told: dict[str, str]) -> None:
    first, last = told.pop("start_page", "").strip(), told.pop("end_page", "").strip()
    ends = expand_pages(f"{first}-{last}") if first and last else first or last
    told["pages"] = told.get("pages") or ends or told.get("article_number", "")
    told.pop("article_number", None)


def _cite(told: dict[str, str]) -> None:
    """Take journal, year, volume, issue and pages from a citation where no column holds them."""
    citation = told.pop("citation", "")[:2_000]
    if not citation:
        return
    if match := CITATION_OF_EMBASE.match(citation):
        pages = told.get("pages") or told.get("start_page") or told.get("article_number", "")
        given = {**told, "pages": pages}
    elif (match := CITATION.search(citation)) and not (told.get("volume") or told.get("pages")):
        given = told
    else:
        return
    for name, text in match.groupdict().items():
        if text and not given.get(name):
            told[name] = text.strip()


def _filled(cells: Sequence[str], at: Sequence[int], said: Callable[[str], str]) -> list[str]:
    texts = (said(cells[column]).strip() for column in at if column < len(cells))
    return [text for text in texts if text]


def _first_filled(cells: Sequence[str], at: Sequence[int], said: Callable[[str], str]) -> str:
    for column in at:
        if column < len(cells):
            cell = cells[column]
            if cell and not cell.isspace() and (text := said(cell)):
                return text
    return ""


def _numbers(
    cells: Sequence[str], found: Mapping[str, Sequence[int]], said: Callable[[str], str]
) -> str:
    """Return the ISSNs and ISBNs of a row, each once."""
    texts = [*_filled(cells, found.get("issn", ()), said)]
    texts += _filled(cells, found.get("isbn", ()), said)
    parts = (part for text in texts for part in (listed(text) if text[:1] == "[" else [text]))
    numbers = (number.strip() for part in parts for number in re.split("[;|]", part))
    return "; ".join(dict.fromkeys(number for number in numbers if number))


def _keywords(
    cells: Sequence[str], found: Mapping[str, Sequence[int]], said: Callable[[str], str]
) -> list[str]:
    texts = _filled(cells, found["keywords"], said)
    return [word for text in texts for word in _words_in(text)]


def _words_in(text: str) -> Sequence[str]:
    if text[:1] == "[" and len(parts := listed(text)) > 1:
        return parts
    return parted([re.sub(r"[|\n]", ";", text)], commas=True)
