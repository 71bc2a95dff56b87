"""Excel workbooks: checked as the archives they are, then read row by row as tables.

A workbook is a ZIP archive, which can hold a thousand times its own size.
Every part is looked at before the library sees it: what the archive says of
its parts first, then what they really inflate to, without keeping any of it.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from typing import Any, BinaryIO
from warnings import catch_warnings, simplefilter
from zipfile import BadZipFile, ZipFile, ZipInfo

from records.importers import columns, sheets
from records.importers.parsed import FileRefused, ParsedRecord, Problem, TableHead
from records.importers.rows import Row
from records.importers.sheets import Sheet

SIGNATURE = b"PK\x03\x04"
MAX_PARTS = 2_000
MAX_INFLATED = 400_000_000
MAX_STRINGS = 200_000_000
# A sheet of text shrinks to a tenth or, with much repetition, a fiftieth. Small parts may more.
MAX_RATIO = 200
SMALL = 5_000_000
MAX_ROWS = 1_048_576
ROWS_AT_ONCE = 100
MAX_CELLS = columns.MAX_COLUMNS * 4
BLOCK = 262_144
WORKBOOK = "xl/workbook.xml"
DECLARATIONS = (
    b"<!DOCTYPE",
    b"<!ENTITY",
    "<!DOCTYPE".encode("utf-16-le"),
    "<!DOCTYPE".encode("utf-16-be"),
)
UNSAVED = re.compile(
    rb"</(?:\w{1,9}:)?f>\s{0,9}(?:<(?:\w{1,9}:)?v\s?/>|<v></v>)?\s{0,9}</(?:\w{1,9}:)?c>"
)
ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!"}
)
WRITTEN = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Whatever a damaged part makes the library stumble over.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read(
    stream: BinaryIO, mapping: Mapping[str, str] | None = None
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a workbook's table, in order, and the problems met on the way.

    Args:
        stream: the workbook, seekable.
        mapping: field to column name, where the header alone does not say it.

    Raises:
        FileRefused: the archive is unsafe or damaged, or the header does not name the title.
    """
    with _opened(stream) as (found, unsaved):
        reason = "Some formulas were saved without a result; their cells are empty here."
        yield from sheets.records(found, mapping or {}, notes=(reason,) if unsaved else ())


def head(stream: BinaryIO) -> TableHead:
    """Return the columns and first rows of a workbook's table, for a person to map.

    Raises:
        FileRefused: the archive is unsafe or damaged, or no sheet holds anything.
    """
    with _opened(stream) as (found, _):
        return sheets.head(found, format_name="xlsx")


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[tuple[list[Sheet], bool]]:
    """Open a workbook that has passed every check: its visible sheets, and what is missing."""
    stream.seek(0)
    try:
        with ZipFile(stream) as archive:
            _refuse_by_the_list(archive.infolist())
            unsaved = _refuse_by_content(archive)
    except FileRefused:
        raise
    except BROKEN as error:
        raise _damaged(error) from None
    from openpyxl import load_workbook

    stream.seek(0)
    try:
        with catch_warnings():
            simplefilter("ignore")
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except BROKEN as error:
        raise _damaged(error) from None
    grids = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
    shown = [sheet for sheet in grids if sheet.sheet_state == "visible"] or grids
    yield [Sheet(sheet.title, partial(_rows, sheet)) for sheet in shown], unsaved


def _damaged(error: Exception) -> FileRefused:
    if "encrypted" in str(error) or "password" in str(error):
        return FileRefused("The workbook is encrypted; save it without a password.")
    return FileRefused("The workbook is damaged and cannot be read.")


def _refuse_by_the_list(parts: list[ZipInfo]) -> None:
    """Refuse an archive for what it says of itself, before anything is inflated."""
    names = {part.filename for part in parts}
    if WORKBOOK not in names:
        raise FileRefused("The file is a ZIP archive, not an Excel workbook.")
    if len(parts) > MAX_PARTS or len(names) < len(parts):
        raise FileRefused("The workbook has too many parts, or two of one name.")
    for part in parts:
        name = part.filename
        if ".." in re.split(r"[/\\]", name) or name.startswith(("/", "\\")) or "\x00" in name:
            raise FileRefused("A part of the workbook is named for a place outside of it.")
        if (part.external_attr >> 16) & 0o170000 == 0o120000:
            raise FileRefused("The workbook holds a link to another file.")
        if name.lower().endswith("vbaproject.bin"):
            raise FileRefused("The workbook holds macros; save it as a plain workbook (.xlsx).")
        if name.lower().endswith((".zip", ".xlsx", ".xlsm", ".gz", ".7z", ".rar")):
            raise FileRefused("The workbook holds another archive.")
        if part.flag_bits & 1:
            raise FileRefused("The workbook is encrypted; save it without a password.")
        _refuse_growth(part, part.file_size)
    if sum(part.file_size for part in parts) > MAX_INFLATED:
        raise _too_large()


def _refuse_growth(part: ZipInfo, size: int) -> None:
    if size > SMALL and size > MAX_RATIO * max(part.compress_size, 1):
        reason = "A part of the workbook is compressed beyond what a table can be; it was refused."
        raise FileRefused(reason)
    if part.filename.lower().endswith("sharedstrings.xml") and size > MAX_STRINGS:
        raise _too_large()


def _too_large() -> FileRefused:
    return FileRefused(
        f"The workbook unpacks to more than {MAX_INFLATED // 1_000_000} MB; save it as CSV."
    )


def _refuse_by_content(archive: ZipFile) -> bool:
    """Inflate every part once, keeping nothing; say whether formulas lack their results.

    The sizes of the list may be untrue. No part may declare entities; no
    workbook of a spreadsheet program does.
    """
    total = 0
    unsaved = False
    for part in archive.infolist():
        size, last = 0, b""
        with archive.open(part) as content:
            while block := content.read(BLOCK):
                if not size and block.startswith((SIGNATURE, b"\x1f\x8b")):
                    raise FileRefused("The workbook holds another archive.")
                size += len(block)
                _refuse_growth(part, size)
                seen = last + block
                if any(mark in seen for mark in DECLARATIONS):
                    raise FileRefused("The workbook declares entities, which is refused.")
                if part.filename.startswith("xl/worksheets/"):
                    unsaved = unsaved or UNSAVED.search(seen) is not None
                last = block[-64:]
        total += size
        if total > MAX_INFLATED:
            raise _too_large()
    return unsaved


def _rows(sheet: Any) -> Iterator[Row]:
    """Yield the rows of a sheet that are not empty, by their numbers.

    Raises:
        FileRefused: the sheet is damaged, or reaches beyond what a spreadsheet can hold.
    """
    sheet.reset_dimensions()
    values = sheet.iter_rows(values_only=True)
    number = 0
    while taken := _some(values, number):
        for cells in taken:
            number += 1
            if number > MAX_ROWS:
                raise FileRefused(f"The sheet has more than {MAX_ROWS:,} rows.", line=number)
            if len(cells) > MAX_CELLS:
                reason = f"The row reaches beyond column {MAX_CELLS:,}."
                raise FileRefused(reason, line=number)
            if any(cell is not None for cell in cells):
                yield _row(number, cells)


def _some(values: Iterator[tuple[Any, ...]], number: int) -> list[tuple[Any, ...]]:
    """Return the next rows; the library warns of what it leaves out, which is no table."""
    try:
        with catch_warnings():
            simplefilter("ignore")
            return list(islice(values, ROWS_AT_ONCE))
    except BROKEN:
        reason = f"The workbook is damaged near row {number + 1}."
        raise FileRefused(reason, line=number + 1) from None


def _row(number: int, cells: tuple[Any, ...]) -> Row:
    notes = []
    texts = []
    for cell in cells:
        text = cell if isinstance(cell, str) else _text(cell)
        if text[:1] == "#" and text in ERRORS:
            notes.append(f"A cell holds the error {text}; it was read as empty.")
            text = ""
        elif "_x" in text:
            text = WRITTEN.sub(_character, text)
        texts.append(text)
    return sheets.row(number, texts, notes)


def _character(found: re.Match[str]) -> str:
    """Return a character that the file format writes as its number."""
    code = int(found.group(1), 16)
    return " " if code < 32 or 0xD800 <= code <= 0xDFFF else chr(code)


def _text(value: object) -> str:
    """Return what a person sees in a cell: whole numbers without a point, dates as ISO writes."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    elif isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return "" if value is None else str(value)
