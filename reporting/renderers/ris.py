"""RIS for reference managers: one entry a row, one value a line, nothing lost on the way back.

The tags are those that reference managers read; what our own importer makes of them is what the
row said. Every text stands on one line. The place of a record in the review (its number, source,
file, the record it is merged behind, and where it stands) stands in the tags for custom texts.
"""

import re
from collections.abc import Iterator

from records.importers import notices
from records.importers.building import fold
from records.importers.identifiers import expand_pages
from reporting.definitions import ReportDefinition, Row, Snapshot

# A column to its tag, in the order in which a person reads an entry.
BEFORE_PAGES = (
    ("source_record_id", "ID"),
    ("title", "TI"),
    ("translated_title", "TT"),
    ("authors", "AU"),
    ("year_text", "PY"),
    ("journal", "JF"),
    ("journal_abbreviation", "J2"),
    ("volume", "VL"),
    ("issue", "IS"),
)
AFTER_PAGES = (
    ("issn", "SN"),
    ("doi", "DO"),
    ("pmid", "PM"),
    ("pmcid", "C2"),
    ("accession", "AN"),
    ("database", "DB"),
    ("language", "LA"),
    ("url", "UR"),
    ("keywords", "KW"),
    ("abstract", "AB"),
    ("record", "C1"),
    ("source_name", "C3"),
    ("file", "C4"),
    ("merged_behind", "C6"),
)
STANDING = "C7"
SAID_BEFORE = {"record": "Record ", "merged_behind": "Merged behind record "}
LISTS = frozenset({"authors", "keywords", "notices"})
# RIS for what has no type.
GENERIC = "GEN"
PAGES = re.compile(r"([A-Za-z]{0,4}[0-9]{1,9})-([A-Za-z]{0,4}[0-9]{1,9})")
SAID_IN_THE_TITLE = "(said in the title)"
TYPES = frozenset(notices.TYPES.values())


def render_ris(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the table, or the records it is about, entry by entry."""
    entries = definition.entries
    for row in entries(snapshot) if entries else definition.table(snapshot).rows:
        lines = [f"{tag}  - {text}".encode() for tag, text in _entry(row)]
        yield b"\r\n".join([*lines, b"", b""])


def _entry(row: Row) -> Iterator[tuple[str, str]]:
    yield "TY", fold(row.cell("record_type").text) or GENERIC
    yield from _tagged(row, BEFORE_PAGES)
    yield from zip(("SP", "EP"), pages_of(row.cell("pages").text), strict=False)
    yield from _tagged(row, AFTER_PAGES)
    if standing := fold(row.cell("standing").text):
        reason = fold(row.cell("exclusion_reason").text)
        yield STANDING, f"Screening: {standing}{f' ({reason})' if reason else ''}"
    for said in _values(row, "notices"):
        if not said.endswith(SAID_IN_THE_TITLE):
            yield ("M3" if said in TYPES else "N1"), said
    yield "ER", ""


def _tagged(row: Row, columns: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for column, tag in columns:
        before = SAID_BEFORE.get(column, "")
        for text in _values(row, column):
            yield tag, f"{before}{text}"


def _values(row: Row, column: str) -> list[str]:
    """Return what a column says, each value on one line."""
    cell = row.cell(column)
    if column in LISTS:
        texts = str(cell.value or "").split("\n")
    elif column == "issn":
        texts = cell.text.split("; ")
    else:
        texts = [cell.text]
    return [folded for text in texts if (folded := fold(text))]


def pages_of(text: str) -> tuple[str, ...]:
    """Return first and last page where a text is one plain range, else the text as it is."""
    text = fold(text)
    match = PAGES.fullmatch(text)
    if match and expand_pages(text) == text:
        return match.groups()
    return (text,) if text else ()
