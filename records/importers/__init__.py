"""Reading of search files: bytes in, records and problems out, no database.

A file is told by its content (``detection``), decoded as a stream (``decoding``)
and read entry by entry. Each format has a module with a function ``read``, which takes the
``Text`` of line-tagged files and texts, the numbered lines of BibTeX, CSV and TSV, and the
stream itself of XML, JSON and workbooks; that of a table, web pages among them, takes the
mapping of its columns too. It yields records and problems in the order of the file, the same
ones every time, and lets nothing but ``FileRefused`` out.
"""

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from records.importers import (
    bibtex,
    cochrane,
    csl_json,
    delimited,
    ebsco_xml,
    endnote_tagged,
    endnote_xml,
    html_table,
    ictrp_xml,
    nbib,
    noteexpress,
    ovid,
    ovid_labelled,
    pmids,
    pubmed_text,
    pubmed_xml,
    refworks,
    ris,
    wos,
    xls,
    xlsx,
    xml_stream,
)
from records.importers.decoding import Coding, Text, coding_of, read_at
from records.importers.detection import detect, head_of
from records.importers.parsed import FileRefused, Line, ParsedFile, ParsedRecord, Problem, TableHead

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
    "pubmed-text",
    "pmids",
    "ovid",
    "ovid-text",
    "wos",
    "cochrane",
    "endnote-xml",
    "endnote",
    "refworks",
    "noteexpress",
    "bibtex",
    "csl-json",
    "ebsco-xml",
    "ictrp-xml",
    "csv",
    "tsv",
    "xlsx",
    "xls",
    "html",
)

TAGGED = {
    "ris": ris.read,
    "nbib": nbib.read,
    "ovid": ovid.read,
    "wos": wos.read,
    "endnote": endnote_tagged.read,
    "refworks": refworks.read,
    "noteexpress": noteexpress.read,
    "cochrane": cochrane.read,
    "ovid-text": ovid_labelled.read,
    "pubmed-text": pubmed_text.read,
    "pmids": pmids.read,
}
XML = {
    "pubmed-xml": pubmed_xml.read,
    "endnote-xml": endnote_xml.read,
    "ebsco-xml": ebsco_xml.read,
    "ictrp-xml": ictrp_xml.read,
}
WORKBOOKS = {"xlsx": xlsx, "xls": xls}
WHOLE_FILES = frozenset({*XML, *WORKBOOKS, "csl-json"})
NO_TEXT = Coding("")
LOOKED_THROUGH = 5_000_000
LONGEST_QUOTE = 1_000


class Reading:
    """What a file is, and its entries in file order, read as they are asked for.

    Attributes:
        format: a name of ``FORMATS`` other than ``auto``.
        encoding: ``utf-8``, ``cp1252``, ``utf-16-le``, …; empty for a workbook.
    """

    def __init__(
        self, stream: BinaryIO, *, format: str, coding: Coding, mapping: Mapping[str, str] | None
    ) -> None:
        self.format = format
        self.encoding = coding.encoding
        self._coding = coding
        self._stream = stream
        self._mapping = mapping

    def __iter__(self) -> Iterator[ParsedRecord | Problem]:
        """Yield records and problems from the start of the file: the same ones every time.

        Raises:
            FileRefused: what comes later in the file shows that none of it can be imported.
        """
        if self.format in WHOLE_FILES:
            yield from _whole_file(self._stream, self.format, self._mapping)
            return
        text = Text(self._stream, self._coding)
        for item in _entries(text, self.format, self._mapping):
            if text.noted:
                yield from _said(text)
            yield item
        yield from _said(text)

    def head(self) -> TableHead | None:
        """Return the columns and first rows of a table, or ``None`` for what is no table."""
        if self.format in WORKBOOKS:
            return WORKBOOKS[self.format].head(self._stream)
        if self.format == "html":
            return html_table.head(Text(self._stream, self._coding))
        if self.format not in ("csv", "tsv"):
            return None
        delimiter = "\t" if self.format == "tsv" else ""
        return delimited.head(Text(self._stream, self._coding).lines(), delimiter=delimiter)

    def lines_at(self, numbers: Collection[int]) -> dict[int, str]:
        """Return some lines of a text by their numbers, of those that stand near its beginning."""
        if self.format in WORKBOOKS or not numbers:
            return {}
        found: dict[int, str] = {}
        size = 0
        for number, line in Text(self._stream, self._coding).lines():
            if number in numbers:
                found[number] = line[:LONGEST_QUOTE]
            size += len(line)
            if len(found) == len(numbers) or size > LOOKED_THROUGH:
                break
        return found


def is_workbook(stream: BinaryIO) -> bool:
    """Say whether a file is a ZIP archive whose directory names the parts of a workbook."""
    if read_at(stream, 0, 4) != b"PK\x03\x04":
        return False
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError):
        return False


def _workbook_kind(stream: BinaryIO) -> str:
    if xls.is_old_workbook(read_at(stream, 0, 8)):
        return "xls"
    return "xlsx" if is_workbook(stream) else ""


def _said(text: Text) -> list[Problem]:
    said, text.noted = text.noted, []
    return said


def open_file(
    stream: BinaryIO, *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> Reading:
    """Tell what a file is, and return what reads it.

    Args:
        stream: a seekable binary file, which stays open and as it is while it is read.
        format: a name of ``FORMATS``; ``auto`` tells by the content, never by a name.
        mapping: for tables, field to column name, where the header alone does not say it.

    Raises:
        FileRefused: nothing can be imported from the file as a whole.
    """
    return _opened(stream, format, mapping, mapped=bool(mapping))


def _opened(
    stream: BinaryIO, format: str, mapping: Mapping[str, str] | None, *, mapped: bool
) -> Reading:
    if format not in FORMATS:
        raise FileRefused(f"There is no format “{format[:40]}”; take one of {', '.join(FORMATS)}.")
    kind = _workbook_kind(stream) if format == "auto" else format
    if kind in WORKBOOKS:
        return Reading(stream, format=kind, coding=NO_TEXT, mapping=mapping)
    coding = coding_of(stream)
    lines = head_of(Text(stream, coding))
    kind = format if format != "auto" else detect(lines, mapped=mapped)
    if kind in XML:
        # What an XML file says of its own encoding counts too.
        coding, _ = xml_stream.coding(stream)
    return Reading(stream, format=kind, coding=coding, mapping=mapping)


def table_head(stream: BinaryIO, *, format: str = "auto") -> TableHead | None:
    """Return the columns of a table and its first rows, or ``None`` when the file is no table."""
    try:
        return _opened(stream, format, None, mapped=True).head()
    except FileRefused:
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


def _entries(
    text: Text, kind: str, mapping: Mapping[str, str] | None
) -> Iterator[ParsedRecord | Problem]:
    if kind in TAGGED:
        return TAGGED[kind](text)
    if kind == "bibtex":
        return bibtex.read(text.lines())
    if kind == "html":
        return html_table.read(text, mapping)
    delimiter = "\t" if kind == "tsv" else ""
    return delimited.read(text.lines(), mapping, delimiter=delimiter)


def _whole_file(
    stream: BinaryIO, kind: str, mapping: Mapping[str, str] | None
) -> Iterator[ParsedRecord | Problem]:
    stream.seek(0)
    if kind in XML:
        return XML[kind](stream)
    if kind == "csl-json":
        return csl_json.read(stream)
    return WORKBOOKS[kind].read(stream, mapping)
