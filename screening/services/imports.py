"""Imports: files become records, whole or not at all, and the ledger balances."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from reviews import audit
from reviews.audit import Act
from reviews.models import Membership
from screening.choices import BatchStanding
from screening.importers import FileRefused, ParsedFile, ParsedRecord, read_file
from screening.models import (
    BatchState,
    ImportBatch,
    Record,
    ScreeningDecision,
    Source,
    SourceDetails,
)
from screening.services.merging import forget_records
from screening.services.seats import deal_open_stages

COPIED = (
    "line",
    "raw",
    "source_record_id",
    "record_type",
    "title",
    "translated_title",
    "year",
    "year_text",
    "journal",
    "journal_abbreviation",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "issn",
    "abstract",
    "language",
    "url",
    "accession",
    "database",
)


@transaction.atomic
def add_source(*, lead: Membership, name: str, **details: Any) -> Source:
    """Name a place where records come from: database, register or other method.

    Raises:
        ValidationError: the name is blank or taken (code ``source_taken``).
    """
    act = audit.begin(member=lead)
    name = name.strip()
    if Source.objects.filter(review=act.review, name=name).exists():
        raise ValidationError("The review has a source of this name.", code="source_taken")
    source = act.insert(Source(name=name))
    act.insert(SourceDetails(source=source, **details))
    act.log("screening.source_added", subject=source, name=name)
    return source


@transaction.atomic
def update_source(*, lead: Membership, source: Source, **details: Any) -> SourceDetails:
    """Complete what PRISMA-S asks about a search; what is not named stays."""
    act = audit.begin(member=lead)
    old = SourceDetails.objects.current().select_related("source").get(source=source)
    kept = {
        name: getattr(old, name) for name in ("kind", "platform", "search_string", "searched_on")
    }
    new = act.replace(old, SourceDetails(source=source, **{**kept, **details}))
    act.log("screening.source_updated", subject=source)
    return new


def import_file(
    *,
    lead: Membership,
    source: Source,
    file_name: str,
    data: bytes,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
) -> ImportBatch:
    """Import one file into the review, whole or not at all.

    The file is read before anything is locked. A record whose very text this source gave before,
    or that stands in the file twice, is counted as repeated. A refused file leaves a batch whose
    ledger says why.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    batch = ImportBatch(
        source=source, file_name=shown_name(file_name), file_sha256=sha256, file_size=len(data)
    )
    try:
        parsed = read_file(data, format=format, mapping=mapping)
    except FileRefused as refusal:
        problem = {"line": refusal.line, "reason": str(refusal), "rejected": True}
        return _record_refusal(lead=lead, batch=batch, problem=problem)
    return _publish(lead=lead, batch=batch, parsed=parsed)


@transaction.atomic
def undo_import(*, lead: Membership, batch: ImportBatch) -> BatchState:
    """Hide the records of an import that nobody has voted on; nothing is deleted.

    Raises:
        ValidationError: it is not in force (code ``not_published``), or somebody has voted on
            one of its records (code ``voted``).
    """
    act = audit.begin(member=lead)
    state = BatchState.objects.current().select_related("batch").get(batch=batch)
    if state.standing != BatchStanding.PUBLISHED:
        raise ValidationError("This import is not in force.", code="not_published")
    if ScreeningDecision.objects.filter(record__batch=batch).exists():
        raise ValidationError(
            "Records of this import have been voted on, so it stays.", code="voted"
        )
    new = act.replace(
        state,
        BatchState(
            batch=state.batch,
            standing=BatchStanding.UNDONE,
            format=state.format,
            encoding=state.encoding,
            found=state.found,
            imported=state.imported,
            repeated=state.repeated,
            rejected=state.rejected,
            problems=state.problems,
        ),
    )
    forget_records(act, batch)
    deal_open_stages(act)
    act.log("screening.import_undone", subject=batch)
    return new


def shown_name(file_name: str) -> str:
    """Return a file's name as it is shown: the last part, without what cannot be seen, 255 long."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    return " ".join(seen.split())[:255] or "unnamed file"


@transaction.atomic
def _record_refusal(
    *, lead: Membership, batch: ImportBatch, problem: dict[str, Any]
) -> ImportBatch:
    act = audit.begin(member=lead)
    batch.member = lead
    act.insert(batch)
    act.insert(
        BatchState(batch=batch, standing=BatchStanding.REFUSED, problems=json.dumps([problem]))
    )
    act.log("screening.file_refused", subject=batch, sha256=batch.file_sha256)
    return batch


@transaction.atomic
def _publish(*, lead: Membership, batch: ImportBatch, parsed: ParsedFile) -> ImportBatch:
    act = audit.begin(member=lead)
    batch.member = lead
    act.insert(batch)
    new = list(_not_repeated(batch.source, parsed.records))
    start = _last_number(act)
    act.bulk_insert(
        [_record(batch, number, parsed) for number, parsed in enumerate(new, start=start + 1)]
    )
    state = act.insert(
        BatchState(
            batch=batch,
            standing=BatchStanding.PUBLISHED,
            format=parsed.format,
            encoding=parsed.encoding,
            found=parsed.found,
            imported=len(new),
            repeated=len(parsed.records) - len(new),
            rejected=parsed.found - len(parsed.records),
            problems=json.dumps(
                [
                    {"line": p.line, "reason": p.reason, "rejected": p.rejected}
                    for p in parsed.problems
                ]
            ),
        )
    )
    act.log(
        "screening.file_imported",
        subject=batch,
        sha256=batch.file_sha256,
        found=state.found,
        imported=state.imported,
        repeated=state.repeated,
        rejected=state.rejected,
    )
    return batch


def _not_repeated(source: Source, records: Iterable[ParsedRecord]) -> Iterable[ParsedRecord]:
    published = BatchState.objects.current().published().filter(batch__source=source)
    earlier = Record.objects.filter(batch__in=published.values("batch"))
    seen = set(earlier.order_by().values_list("raw_sha256", flat=True))
    for record in records:
        digest = _raw_sha256(record)
        if digest not in seen:
            seen.add(digest)
            yield record


def _raw_sha256(record: ParsedRecord) -> str:
    return hashlib.sha256(record.raw.strip().encode()).hexdigest()


def _last_number(act: Act) -> int:
    numbers = Record.objects.filter(review=act.review).aggregate(last=Max("number"))
    return numbers["last"] or 0


def _record(batch: ImportBatch, number: int, parsed: ParsedRecord) -> Record:
    return Record(
        batch=batch,
        number=number,
        raw_sha256=_raw_sha256(parsed),
        authors="\n".join(parsed.authors),
        keywords="\n".join(parsed.keywords),
        **{name: getattr(parsed, name) for name in COPIED},
    )
