"""Reading of search files: bytes in, records and problems out, no database.

A file is told by its content (``formats``), decoded as a stream (``decoding``)
and read entry by entry. Each format has a module with one function, ``read``:
``read(lines)`` for text, ``read(lines, mapping)`` for tables, ``read(stream)``
for XML, ``read(stream, mapping)`` for workbooks. It yields records and problems
in the order of the file, the same ones every time, and lets nothing but
``FileRefused`` out.
"""

import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import BinaryIO

from screening.importers import delimited, nbib, ris
from screening.importers.decoding import decode
from screening.importers.parsed import (
    FileRefused,
    Line,
    ParsedFile,
    ParsedRecord,
    Problem,
    TableHead,
)
from screening.importers.tagged import numbered_lines

__all__ = [
    "FORMATS",
    "FileRefused",
    "Line",
    "ParsedFile",
    "ParsedRecord",
    "Problem",
    "Reading",
    "TableHead",
    "open_file",
    "read_file",
    "table_head",
]

FORMATS = (
    "auto",
    "ris",
    "nbib",
    "pubmed-xml",
    "ovid",
    "wos",
    "endnote-xml",
    "endnote",
    "bibtex",
    "csv",
    "tsv",
    "xlsx",
)
SNIFFED_LINES = 5_000
UNREAD_FORMATS = (
    ("%0 ", "EndNote's own tagged format"),
    ("<?xml", "XML"),
    ("<xml", "XML"),
    ("<!doctype", "a web page or XML"),
    ("<html", "a web page"),
    ("@", "BibTeX"),
    ("{", "JSON"),
    ("[", "JSON"),
    ("fn ", "the tagged format of Web of Science"),
    ("vn  - ovid", "the tagged format of Ovid"),
    ("<1>", "the tagged format of Ovid"),
    ("<1.", "the tagged format of Ovid"),
)


class Reading:
    """What a file is, and its entries in file order, read as they are asked for.

    Attributes:
        format: a name of ``FORMATS`` other than ``auto``.
        encoding: ``utf-8``, ``cp1252``, ``utf-16-le``, …; empty for a workbook.
    """

    def __init__(
        self, stream: BinaryIO, *, format: str, encoding: str, mapping: Mapping[str, str] | None
    ) -> None:
        self.format = format
        self.encoding = encoding
        self._stream = stream
        self._mapping = mapping

    def __iter__(self) -> Iterator[ParsedRecord | Problem]:
        """Yield records and problems from the start of the file: the same ones every time.

        Raises:
            FileRefused: what comes later in the file shows that none of it can be imported.
        """
        self._stream.seek(0)
        decoded = decode(self._stream.read())
        yield from decoded.problems
        yield from _read(decoded.text, self.format, self._mapping)


def open_file(
    stream: BinaryIO, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> Reading:
    """Tell what a file is, and return what reads it.

    Args:
        stream: a seekable binary file, which stays open and untouched while it is read.
        format: a name of ``FORMATS``; ``auto`` tells by the content, never by a name.
        mapping: for tables, field to column name, where the header alone does not say it.

    Raises:
        FileRefused: nothing can be imported from the file as a whole.
    """
    if format not in FORMATS:
        raise FileRefused(f"There is no format “{format[:40]}”; take one of {', '.join(FORMATS)}.")
    stream.seek(0)
    decoded = decode(stream.read())
    kind = format if format != "auto" else detect(decoded.text, mapped=bool(mapping))
    return Reading(stream, format=kind, encoding=decoded.encoding, mapping=mapping)


def table_head(stream: BinaryIO, *, format: str = "auto") -> TableHead | None:
    """Return the columns of a table and its first rows, or ``None`` when the file is no table."""
    return None


def read_file(
    data: bytes, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> ParsedFile:
    """Return all records of a small search file and what a person has to know about it.

    Raises:
        FileRefused: nothing can be imported from the file as a whole.
    """
    reading = open_file(io.BytesIO(data), format=format, mapping=mapping)
    records: list[ParsedRecord] = []
    problems: list[Problem] = []
    for item in reading:
        if isinstance(item, ParsedRecord):
            records.append(item)
        else:
            problems.append(item)
    rejected = sum(problem.rejected for problem in problems)
    if not records and not rejected:
        raise FileRefused("The file holds no record.")
    return ParsedFile(
        format=reading.format,
        encoding=reading.encoding,
        found=len(records) + rejected,
        records=tuple(records),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _read(
    text: str, kind: str, mapping: Mapping[str, str] | None
) -> Iterator[ParsedRecord | Problem]:
    lines = numbered_lines(text)
    match kind:
        case "ris":
            return ris.read(lines)
        case "nbib":
            return nbib.read(lines)
        case _:
            return delimited.read(lines, mapping)


def detect(text: str, *, mapped: bool = False) -> str:
    """Return the format that a text's content shows.

    Raises:
        FileRefused: it shows none that is read here; a known other format is named.
    """
    sniffed = islice(numbered_lines(text), SNIFFED_LINES)
    lines = [line for _, line in sniffed if line.strip("\ufeff \t")]
    header = [line for line in lines[:2] if not delimited.SEPARATOR_LINE.match(line)][:1]
    if header and delimited.is_header(header[0]):
        return "csv"
    for line in lines:
        if ris.starts(line):
            return "ris"
        if nbib.starts(line):
            return "nbib"
    if sum(nbib.OWN_TAGS.match(line) is not None for line in lines) > 1:
        return "nbib"
    if mapped:
        return "csv"
    first = lines[0].strip("\ufeff \t").lower() if lines else ""
    for opening, name in UNREAD_FORMATS:
        if first.startswith(opening):
            reason = f"The file looks like {name}, which is not read; save it as RIS or CSV."
            raise FileRefused(reason)
    reason = "The file is neither RIS nor nbib, nor a table with a column for the title."
    raise FileRefused(reason)
