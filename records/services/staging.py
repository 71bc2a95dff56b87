"""How a file becomes records: chunk by chunk, out of sight, and in sight with the last one.

Each chunk is one short act, so others are hardly kept waiting, and each says how far the file was
read. Whoever finds an import broken off, after a power cut or ``kill -9``, reads on from there: no
record is lost and none comes twice. Two processes at one import are no danger either: of two that
want to write the same chunk the second finds the place moved on, and begins anew from it.
"""

import hashlib
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.db.models import Max, Q

from records import text_index, uploads
from records.choices import BatchStanding
from records.importers import FileRefused, ParsedRecord, Problem, Reading, open_file
from records.models import BatchState, ImportBatch, ImportProblem, Record, RecordText
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.choices import Channel
from reviews.models import Review
from reviews.roles import Capability
from reviews.turns import Pace, in_turns

logger = logging.getLogger(__name__)

RECORDS_A_CHUNK = 1_000
ITEMS_A_CHUNK = 5_000
CHARACTERS_A_CHUNK = 8_000_000
TURN = 1.0
COPIED = (
    "line", "raw", "source_record_id", "record_type", "title", "translated_title", "year",
    "year_text", "journal", "journal_abbreviation", "volume", "issue", "pages", "doi", "pmid",
    "pmcid", "issn", "abstract", "language", "url", "accession", "database",
)  # fmt: skip


class Overtaken(Exception):
    """Another process has read on in this import meanwhile."""


@dataclass(kw_only=True)
class Chunk:
    """What was read in one go: records, problems, and whether the file ends with it."""

    records: list[tuple[ParsedRecord, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    last: bool = False
    bytes_read: int = 0

    @property
    def items(self) -> int:
        """Return how many items of the reader the chunk holds."""
        return len(self.records) + len(self.problems)


def finish_imports(*, review: Review, channel: str = Channel.SYSTEM) -> None:
    """Import every begun file of a review, the oldest first, to its end."""
    while (batch := _oldest_unfinished(review)) is not None:
        batch.member.channel = channel
        try:
            _finish(batch)
        except Overtaken:
            logger.info("import %s is under way elsewhere", batch.uid)
            time.sleep(TURN)


def _oldest_unfinished(review: Review) -> ImportBatch | None:
    begun = BatchState.objects.current().filter(review=review, standing=BatchStanding.STAGING)
    begun = begun.select_related("batch__member__user", "batch__source").order_by("batch_id")
    state = begun.first()
    return state.batch if state else None


def _finish(batch: ImportBatch) -> None:
    try:
        with uploads.reopen(batch.file_sha256, batch.file_size) as stream:
            _read_on(batch, stream)
    except (FileRefused, uploads.FileLost) as refusal:
        _refuse(batch, str(refusal), getattr(refusal, "line", 0))


def _read_on(batch: ImportBatch, stream: BinaryIO) -> None:
    """Write what is left of a file out of sight, and publish it with the last chunk."""
    state = BatchState.objects.current().get(batch=batch)
    mapping = json.loads(state.mapping) if state.mapping else None
    reading = open_file(stream, format=state.asked_format, mapping=mapping)
    items = iter(reading)
    read = sum(1 for _ in islice(items, state.items_read))
    pace = Pace(RECORDS_A_CHUNK)
    for chunk in in_turns(_chunks(items, stream, pace), pace):
        if chunk.last and read >= audit.ANALYSED_FROM:
            # Before the records come into sight, and outside an act, for whose end others wait.
            audit.count_anew(Record, RecordText, ImportProblem, ImportBatch, BatchState)
        if not _write_chunk(batch, chunk, read, reading):
            break
        read += chunk.items
    text_index.settle()


def _chunks(
    items: Iterator[ParsedRecord | Problem], stream: BinaryIO, pace: Pace
) -> Iterator[Chunk]:
    """Yield the items by chunks that are written fast; the last one may be empty."""
    chunk, characters = Chunk(), 0
    for item in items:
        if isinstance(item, Problem):
            chunk.problems.append(item)
        else:
            chunk.records.append((item, raw_sha256(item)))
            characters += len(item.raw) + len(item.abstract)
        full = len(chunk.records) >= pace.size or chunk.items >= ITEMS_A_CHUNK
        if full or characters >= CHARACTERS_A_CHUNK:
            chunk.bytes_read = stream.tell()
            yield chunk
            chunk, characters = Chunk(), 0
    if chunk.items >= audit.ANALYSED_FROM:
        # Nearly all of the file has to be there when it is counted, before the last chunk.
        chunk.bytes_read = stream.tell()
        yield chunk
        chunk = Chunk()
    chunk.last, chunk.bytes_read = True, stream.tell()
    yield chunk


@all_or_nothing
def _write_chunk(batch: ImportBatch, chunk: Chunk, read: int, reading: Reading) -> bool:
    """Write one chunk behind the ``read`` items before it; say whether the import goes on.

    Raises:
        Overtaken: another process wrote it already.
        FileRefused: it is the last, and no entry was found in the whole file.
    """
    act = audit.begin_job(member=batch.member, capability=Capability.IMPORT)
    state = BatchState.objects.current().select_related("batch").get(batch=batch)
    if state.standing != BatchStanding.STAGING:
        return False
    if state.items_read != read:
        raise Overtaken
    rejected = sum(problem.rejected for problem in chunk.problems)
    if chunk.last and not state.found + len(chunk.records) + rejected:
        raise FileRefused("The file holds no record.")
    new = _not_repeated(batch, chunk)
    start = _last_number(act) + 1
    act.bulk_insert(
        [_record(batch, number, *pair) for number, pair in enumerate(new, start=start)],
        counted=False,
    )
    act.bulk_insert([_problem(batch, problem) for problem in chunk.problems], counted=False)
    now = act.replace(
        state,
        BatchState(
            batch=state.batch,
            standing=BatchStanding.PUBLISHED if chunk.last else BatchStanding.STAGING,
            format=reading.format,
            encoding=reading.encoding,
            found=state.found + len(chunk.records) + rejected,
            imported=state.imported + len(new),
            repeated=state.repeated + len(chunk.records) - len(new),
            rejected=state.rejected + rejected,
            items_read=read + chunk.items,
            bytes_read=batch.file_size if chunk.last else chunk.bytes_read,
            asked_format=state.asked_format,
            mapping=state.mapping,
        ),
    )
    act.log(
        "records.file_imported" if chunk.last else "records.records_staged",
        subject=batch,
        sha256=batch.file_sha256,
        found=now.found,
        imported=now.imported,
        repeated=now.repeated,
        rejected=now.rejected,
    )
    return not chunk.last


@all_or_nothing
def _refuse(batch: ImportBatch, reason: str, line: int) -> None:
    """Refuse the whole file; what was written of it before the reader knew stays hidden."""
    act = audit.begin_job(member=batch.member, capability=Capability.IMPORT)
    state = BatchState.objects.current().select_related("batch").get(batch=batch)
    if state.standing != BatchStanding.STAGING:
        return
    act.replace(
        state,
        BatchState(
            batch=state.batch,
            standing=BatchStanding.REFUSED,
            found=state.found,
            imported=state.imported,
            repeated=state.repeated,
            rejected=state.rejected,
            items_read=state.items_read,
            asked_format=state.asked_format,
            mapping=state.mapping,
            refusal=reason,
            refusal_line=line,
        ),
    )
    act.log("records.file_refused", subject=batch, sha256=batch.file_sha256)


def _not_repeated(batch: ImportBatch, chunk: Chunk) -> list[tuple[ParsedRecord, str]]:
    """Return the records whose very text neither this source nor this file gave before."""
    published = BatchState.objects.current().published().filter(batch__source=batch.source_id)
    known = Record.objects.filter(
        Q(batch=batch) | Q(batch__in=published.values("batch")),
        review=batch.review_id,
        raw_sha256__in=[digest for _, digest in chunk.records],
    )
    seen = set(known.order_by().values_list("raw_sha256", flat=True))
    new = []
    for record, digest in chunk.records:
        if digest not in seen:
            seen.add(digest)
            new.append((record, digest))
    return new


def raw_sha256(record: ParsedRecord) -> str:
    """Return the digest by which the very same record is known again."""
    return hashlib.sha256(record.raw.strip().encode()).hexdigest()


def _last_number(act: Act) -> int:
    numbers = Record.objects.filter(review=act.review).aggregate(last=Max("number"))
    return numbers["last"] or 0


def _record(batch: ImportBatch, number: int, parsed: ParsedRecord, digest: str) -> Record:
    return Record(
        batch=batch,
        number=number,
        raw_sha256=digest,
        authors="\n".join(parsed.authors),
        keywords="\n".join(parsed.keywords),
        notices="\n".join(parsed.notices),
        **{name: getattr(parsed, name) for name in COPIED},
    )


def _problem(batch: ImportBatch, problem: Problem) -> ImportProblem:
    return ImportProblem(
        batch=batch, line=problem.line, reason=problem.reason, rejected=problem.rejected
    )
