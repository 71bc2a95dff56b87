"""Run in a process of its own: an old workbook comes in, its cells go out as lines of JSON.

The file is a stranger's and its format is old, so this process has little
memory and little time, and writes nothing but its answer. Lines are
``["sheet", name, visible]`` and ``["row", number, texts, notes]`` below it;
``["refused", reason]`` ends the answer.
"""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd import biffh, xldate

try:
    import resource
except ImportError:
    # Windows has no such limits; there the time of the process is limited alone.
    resource = None  # type: ignore[assignment]

MEMORY = 1_500_000_000
SECONDS = 60
ANSWER = 500_000_000
OPEN_FILES = 32
DAMAGED = "The workbook is damaged and cannot be read."
ENCRYPTED = "The workbook is encrypted; save it without a password."
# What an encrypted new workbook is wrapped in has the signature of an old one.
WRAPPED = "EncryptedPackage".encode("utf-16-le")


class Unheard(io.TextIOBase):
    """Where the library's warnings go."""

    def write(self, said: str, /) -> int:
        """Forget what is said."""
        return len(said)


def limit() -> None:
    """Take away what reading a workbook does not need, where the system can."""
    if resource is None:
        return
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def answer(data: bytes) -> Iterator[list[object]]:
    """Yield the sheets of a workbook and their rows, or why it is refused."""
    try:
        book = xlrd.open_workbook(
            file_contents=data, logfile=Unheard(), on_demand=True, ragged_rows=True
        )
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            yield ["sheet", sheet.name.replace("\x00", ""), sheet.visibility == 0]
            yield from rows(book, sheet)
            book.unload_sheet(number)
    except MemoryError:
        yield ["refused", "The workbook takes more memory than it may; save it as CSV."]
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the library raise
        yield ["refused", refusal(str(error), data)]


def refusal(said: str, data: bytes) -> str:
    """Return why a workbook is refused, in plain words."""
    if "ncrypted" in said or WRAPPED in data:
        return ENCRYPTED
    if "Can't find workbook" in said:
        return "The file is an old Office document, but no Excel workbook."
    return DAMAGED


def rows(book: Any, sheet: Any) -> Iterator[list[object]]:
    """Yield the rows of a sheet that are not empty, as texts a person would see."""
    for number in range(sheet.nrows):
        notes: list[str] = []
        texts = [text(book, cell, notes) for cell in sheet.row(number)]
        if any(texts):
            yield ["row", number + 1, texts, notes]


def text(book: Any, cell: Any, notes: list[str]) -> str:
    """Return what a person sees in a cell; an error is empty, and named."""
    if cell.ctype == biffh.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == biffh.XL_CELL_NUMBER:
        whole = cell.value.is_integer() and abs(cell.value) < 1e15
        return str(int(cell.value) if whole else cell.value)
    if cell.ctype == biffh.XL_CELL_DATE:
        return date_text(cell.value, book.datemode)
    if cell.ctype == biffh.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == biffh.XL_CELL_ERROR:
        error = biffh.error_text_from_code.get(cell.value, "#ERROR")
        notes.append(f"A cell holds the error {error}; it was read as empty.")
    return ""


def date_text(value: float, mode: int) -> str:
    """Return a date as ISO writes it, by the workbook's own calendar."""
    try:
        moment = xldate.xldate_as_datetime(value, mode)
    except (ValueError, OverflowError, xldate.XLDateError):
        return str(value)
    if value < 1:
        return str(moment.time().isoformat())
    return str(moment.date().isoformat() if value == int(value) else moment.isoformat())


def main() -> None:
    """Answer for the workbook on standard input."""
    limit()
    try:
        for line in answer(sys.stdin.buffer.read()):
            sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()
    except (MemoryError, OSError):
        # There is no memory even to say so, or no room for the answer.
        sys.exit(1)


if __name__ == "__main__":
    main()
