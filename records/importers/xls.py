"""Old Excel workbooks (``.xls``): read in a process of their own, then row by row as tables."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from records.importers import sheets
from records.importers.parsed import FileRefused, ParsedRecord, Problem, TableHead
from records.importers.rows import Row
from records.importers.sheets import Sheet

# An OLE2 document; the streams of Excel 2, 3, 4 and 5 without one around them.
SIGNATURES = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
PROCESS = Path(__file__).with_name("xls_process.py")
SECONDS = 120


def is_old_workbook(beginning: bytes) -> bool:
    """Say whether a file begins as old workbooks do; other old Office documents do too."""
    return beginning.startswith(SIGNATURES)


def read(
    stream: BinaryIO, mapping: Mapping[str, str] | None = None
) -> Iterator[ParsedRecord | Problem]:
    """Yield the records of a workbook's table, in order, and the problems met on the way.

    Args:
        stream: the workbook, seekable.
        mapping: field to column name, where the header alone does not say it.

    Raises:
        FileRefused: it is no workbook, damaged or too much, or its header names no title.
    """
    with _opened(stream) as found:
        yield from sheets.records(found, mapping or {})


def head(stream: BinaryIO) -> TableHead:
    """Return the columns and first rows of a workbook's table, for a person to map.

    Raises:
        FileRefused: it is no workbook, damaged or too much, or no sheet holds anything.
    """
    with _opened(stream) as found:
        return sheets.head(found, format_name="xls")


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[list[Sheet]]:
    stream.seek(0)
    with TemporaryFile() as given, TemporaryFile() as told:
        shutil.copyfileobj(stream, given)
        given.seek(0)
        _run(given, told)
        yield _sheets(told)


def _run(given: IO[bytes], told: IO[bytes]) -> None:
    """Have the process read the workbook, and wait for its answer.

    Raises:
        FileRefused: it ran out of time, or was ended for what it took.
    """
    # `-P`: what lies beside the program is not to be taken for the libraries it imports.
    command = [sys.executable, "-P", str(PROCESS)]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command,
            stdin=given,
            stdout=told,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode:
        raise _too_much()


def _too_much() -> FileRefused:
    return FileRefused("The workbook takes more time or memory than it may; save it as CSV.")


def _sheets(told: IO[bytes]) -> list[Sheet]:
    """Return the visible sheets of the answer, or all where none is visible."""
    found: list[tuple[Sheet, bool]] = []
    told.seek(0)
    while line := told.readline():
        if line.startswith(b'["row"'):
            continue
        kind, *rest = json.loads(line)
        if kind == "refused":
            raise FileRefused(rest[0])
        name, visible = rest
        found.append((Sheet(name, partial(_rows, told, told.tell())), visible))
    shown = [sheet for sheet, visible in found if visible]
    return shown or [sheet for sheet, _ in found]


def _rows(told: IO[bytes], at: int) -> Iterator[Row]:
    """Yield the rows of the sheet that the answer gives from ``at`` on."""
    while True:
        told.seek(at)
        line = told.readline()
        at = told.tell()
        if not line.startswith(b'["row"'):
            return
        _, number, texts, notes = json.loads(line)
        yield sheets.row(number, texts, notes)
