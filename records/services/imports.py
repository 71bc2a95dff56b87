"""Imports: files are received, looked at, imported whole or not at all, and can be undone."""

import hashlib
import io
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError

from records import previews, uploads, uses
from records.choices import BatchStanding
from records.importers import FileRefused, open_file
from records.models import BatchState, ColumnMapping, ImportBatch, Source
from records.services.merging import forget_records
from records.services.staging import finish_imports
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability

CARRIED = (
    "format", "encoding", "found", "imported", "repeated", "rejected", "items_read", "bytes_read",
    "asked_format", "mapping", "refusal", "refusal_line",
)  # fmt: skip
NO_MAPPING = "{}"
UNFINISHED = (BatchStanding.RECEIVED, BatchStanding.STAGING)


def receive_file(
    *,
    lead: Membership,
    source: Source,
    file_name: str,
    stream: BinaryIO,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    request_key: str = "",
) -> ImportBatch:
    """Keep a file that is to be imported from ``source``; nothing of it is imported yet.

    The same file in the same request (a double click, a retry) is one batch. A file that cannot be
    read as a whole leaves a batch that says why; a table whose header says nothing waits for
    somebody to say which column is which.
    """
    sha256, size = uploads.keep(stream)
    refusal, found_format = None, ""
    try:
        found_format = open_file(stream, format=format, mapping=mapping).format
    except FileRefused as refused:
        head = None if mapping else previews.head_of(stream, format)
        refusal, found_format = (None, head.format) if head else (refused, "")
    return _receive(
        lead=lead,
        batch=ImportBatch(
            source=source,
            file_name=shown_name(file_name),
            file_sha256=sha256,
            file_size=size,
            request_key=f"{request_key}:{sha256[:32]}" if request_key else "",
        ),
        state=BatchState(
            standing=BatchStanding.REFUSED if refusal else BatchStanding.RECEIVED,
            format=found_format,
            asked_format=format[:20],
            mapping=json.dumps(dict(mapping), sort_keys=True) if mapping else "",
            refusal=str(refusal or ""),
            refusal_line=refusal.line if refusal else None,
        ),
    )


@all_or_nothing
def _receive(*, lead: Membership, batch: ImportBatch, state: BatchState) -> ImportBatch:
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    if batch.request_key:
        same = ImportBatch.objects.filter(review=act.review, request_key=batch.request_key)
        if earlier := same.first():
            return earlier
    batch.member = lead
    act.insert(batch)
    state.batch = batch
    act.insert(state)
    refused = state.standing == BatchStanding.REFUSED
    verb = "records.file_refused" if refused else "records.file_received"
    act.log(verb, subject=batch, sha256=batch.file_sha256)
    return batch


@all_or_nothing
def begin_import(
    *,
    lead: Membership,
    batch: ImportBatch,
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    header_sha256: str = "",
) -> BatchState:
    """Say that a received file shall be imported, read as ``format`` with this ``mapping``.

    What is not given stays as it was received. With the digest of a table's header the mapping is
    remembered for the next file that has the same; an empty one forgets what was remembered.

    Raises:
        ValidationError: it does not wait (code ``not_received``), or the very same file is being
            imported from this source just now (code ``under_way``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    state = _state(batch)
    if state.standing != BatchStanding.RECEIVED:
        raise ValidationError("This import does not wait to be begun.", code="not_received")
    same = BatchState.objects.current().filter(
        standing=BatchStanding.STAGING,
        batch__source=batch.source_id,
        batch__file_sha256=batch.file_sha256,
    )
    if same.exists():
        raise ValidationError(
            "The same file is being imported from this source just now.", code="under_way"
        )
    new = _again(state, BatchStanding.STAGING)
    if format is not None:
        new.asked_format = format
    if mapping is not None:
        new.mapping = json.dumps(dict(mapping), sort_keys=True) if mapping else ""
    act.replace(state, new)
    if header_sha256:
        _remember(act, header_sha256, new.mapping)
    act.log("records.import_begun", subject=batch)
    return new


@all_or_nothing
def cancel_import(*, lead: Membership, batch: ImportBatch) -> BatchState:
    """Give up an import that has not ended; what was read of it stays hidden.

    Raises:
        ValidationError: it has ended (code ``ended``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    state = _state(batch)
    if state.standing not in UNFINISHED:
        raise ValidationError("This import has ended already.", code="ended")
    new = act.replace(state, _again(state, BatchStanding.CANCELLED))
    act.log("records.import_cancelled", subject=batch)
    return new


@all_or_nothing
def undo_import(*, lead: Membership, batch: ImportBatch) -> BatchState:
    """Hide the records of an import that nobody has said anything of; nothing is deleted.

    Raises:
        ValidationError: it is not in force (code ``not_published``), or a package above objects,
            since somebody has worked on one of its records.
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    state = _state(batch)
    if state.standing != BatchStanding.PUBLISHED:
        raise ValidationError("This import is not in force.", code="not_published")
    if (refusal := uses.objection(batch)) is not None:
        raise refusal
    new = act.replace(state, _again(state, BatchStanding.UNDONE))
    uses.regrouped(act, forget_records(act, batch))
    act.log("records.import_undone", subject=batch)
    return new


def import_file(
    *,
    lead: Membership,
    source: Source,
    file_name: str,
    stream: BinaryIO | None = None,
    data: bytes = b"",
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
) -> ImportBatch:
    """Receive one file and import it before returning, whole or not at all.

    A record whose very text this source gave before, or that stands in the file twice, is counted
    as repeated. A refused file leaves a batch whose ledger says why. What was begun before and
    broken off is imported first.

    Raises:
        ValidationError: the member lost the right meanwhile.
    """
    batch = receive_file(
        lead=lead,
        source=source,
        file_name=file_name,
        stream=io.BytesIO(data) if stream is None else stream,
        format=format,
        mapping=mapping,
    )
    if _state(batch).standing == BatchStanding.RECEIVED:
        try:
            _begin_behind_others(lead=lead, batch=batch)
        except ValidationError:
            cancel_import(lead=lead, batch=batch)
            raise
        finish_imports(review=lead.review, channel=lead.channel)
    return batch


def _begin_behind_others(*, lead: Membership, batch: ImportBatch) -> None:
    """Begin an import once the same file, which somebody began and perhaps left, is imported."""
    try:
        begin_import(lead=lead, batch=batch)
    except ValidationError as refusal:
        if refusal.code != "under_way":
            raise
        finish_imports(review=lead.review, channel=lead.channel)
        begin_import(lead=lead, batch=batch)


def known_mapping(review_id: int, header_sha256: str) -> dict[str, str]:
    """Return the mapping that was given for a table of this header before, or an empty one."""
    known = ColumnMapping.objects.current().filter(review=review_id, header_sha256=header_sha256)
    row = known.first()
    return row.read() if row else {}


def header_sha256(columns: tuple[str, ...]) -> str:
    """Return the digest by which a table's header is known again."""
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()


def shown_name(file_name: str) -> str:
    """Return a file's name as it is shown: the last part, without what cannot be seen, 255 long."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in last)
    return " ".join(seen.split())[:255] or "unnamed file"


def _state(batch: ImportBatch) -> BatchState:
    state: BatchState = BatchState.objects.current().select_related("batch").get(batch=batch)
    return state


def _again(state: BatchState, standing: str) -> BatchState:
    carried: dict[str, Any] = {name: getattr(state, name) for name in CARRIED}
    return BatchState(batch=state.batch, standing=standing, **carried)


def _remember(act: Act, header: str, mapping: str) -> None:
    known = ColumnMapping.objects.current().filter(review=act.review, header_sha256=header)
    old = known.first()
    said = mapping or NO_MAPPING
    if said != (old.mapping if old else NO_MAPPING):
        act.replace(old, ColumnMapping(header_sha256=header, mapping=said))
