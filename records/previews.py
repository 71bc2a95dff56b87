"""A look into a file before it is imported: what it is, and its first records. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from records import uploads
from records.importers import FileRefused, ParsedRecord, Problem, TableHead, open_file, table_head
from records.importers.decisions import decisions_seen
from records.models import ImportBatch
from records.problem_kinds import ProblemKind, kinds_of, quote_lines

ITEMS_READ = 1_000
RECORDS_SHOWN = 5
KINDS_SHOWN = 8


@dataclass(kw_only=True)
class Preview:
    """What the beginning of a file shows.

    ``found`` counts the records of the part that was read, the whole file where ``whole``.
    ``decisions`` says where decisions of another program stand in it, if any do.
    ``refusal`` says why the file cannot be imported as it is read now, at ``line`` if not 0.
    """

    format: str = ""
    encoding: str = ""
    head: TableHead | None = None
    records: tuple[ParsedRecord, ...] = ()
    problems: tuple[ProblemKind, ...] = ()
    found: int = 0
    problem_count: int = 0
    whole: bool = False
    decisions: str = ""
    refusal: str = ""
    line: int = 0


def look_into(batch: ImportBatch, *, read_as: str, mapping: Mapping[str, str]) -> Preview:
    """Read the beginning of a received file as ``read_as``, with the columns of ``mapping``."""
    try:
        with uploads.reopen(batch.file_sha256, batch.file_size) as stream:
            preview = Preview(head=head_of(stream, read_as))
            try:
                _read(stream, preview, read_as, mapping)
            except FileRefused as refusal:
                preview.refusal, preview.line = str(refusal), refusal.line
            return preview
    except uploads.FileLost as lost:
        return Preview(refusal=str(lost))


def head_of(stream: BinaryIO, read_as: str) -> TableHead | None:
    """Return the head of a table of two columns at least, ``None`` of any other file."""
    stream.seek(0)
    try:
        head = table_head(stream, format=read_as)
    except FileRefused:
        return None
    return head if head and len(head.columns) > 1 else None


def _read(stream: BinaryIO, preview: Preview, read_as: str, mapping: Mapping[str, str]) -> None:
    reading = open_file(stream, format=read_as, mapping=mapping or None)
    preview.format, preview.encoding = reading.format, reading.encoding
    items = list(islice(reading, ITEMS_READ + 1))
    preview.whole = len(items) <= ITEMS_READ
    records = [item for item in items[:ITEMS_READ] if isinstance(item, ParsedRecord)]
    problems = [item for item in items[:ITEMS_READ] if isinstance(item, Problem)]
    preview.records = tuple(records[:RECORDS_SHOWN])
    preview.problems = tuple(kinds_of(problems)[:KINDS_SHOWN])
    quote_lines(preview.problems, stream, read_as=preview.format)
    preview.decisions = decisions_seen(preview.head.columns if preview.head else (), records)
    preview.problem_count = len(problems)
    preview.found = len(records) + sum(problem.rejected for problem in problems)
    if preview.whole and not preview.found:
        preview.refusal = "The file holds no record."
