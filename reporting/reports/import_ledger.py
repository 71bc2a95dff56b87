"""The ledger of imports: one row for each file, refused, cancelled and undone ones too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from records.models import BatchState, Record
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot

READ_AT_ONCE = 2_000
COUNTED = ("found", "imported", "repeated", "rejected")


def ledger_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the files in the order in which they were received. One query."""
    states = (
        BatchState.objects.as_of(snapshot.instant)
        .filter(review=snapshot.review)
        .select_related("batch__source", "batch__member__user")
        .order_by("batch__recorded_at", "batch__uid")
    )
    for state in states.iterator(chunk_size=READ_AT_ONCE):
        yield Row(key=str(state.batch.uid), cells=_cells(state, snapshot))


def _cells(state: BatchState, snapshot: Snapshot) -> dict[str, Cell]:
    batch = state.batch
    imported = Record.objects.filter(batch=batch).visible(snapshot.instant)
    return {
        "file": Cell(text=batch.file_name),
        "source": Cell(text=batch.source.name),
        "format": Cell(text=state.format),
        "encoding": Cell(text=state.encoding),
        **{name: _count(getattr(state, name)) for name in COUNTED},
        "imported": replace(_count(state.imported), records=imported),
        "standing": Cell(text=state.standing),
        "when": Cell(text=_utc(batch.recorded_at)),
        "by": Cell(text=str(batch.member)),
        "refusal": Cell(text=state.refusal),
        "file_sha256": Cell(text=batch.file_sha256),
        "batch": Cell(text=str(batch.uid)),
    }


def _count(number: int) -> Cell:
    return Cell(text=str(number), value=number)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


IMPORT_LEDGER = ReportDefinition(
    slug="import-ledger",
    title="Imported files",
    columns=(
        Column(key="file", heading="File"),
        Column(key="source", heading="Source"),
        Column(key="format", heading="Format"),
        Column(key="encoding", heading="Encoding"),
        Column(key="found", heading="Found", unit="records", numeric=True),
        Column(key="imported", heading="Imported", unit="records", numeric=True),
        Column(key="repeated", heading="Repeated", unit="records", numeric=True),
        Column(key="rejected", heading="Rejected", unit="records", numeric=True),
        Column(key="standing", heading="Standing"),
        Column(key="when", heading="Received"),
        Column(key="by", heading="By"),
        Column(key="refusal", heading="Refused because"),
        Column(key="file_sha256", heading="SHA-256 of the file", file_only=True),
        Column(key="batch", heading="Import", file_only=True),
    ),
    rows=ledger_rows,
    source="PRISMA-S, items 1 and 8 (databases and dates); PRISMA 2020, item 16a",
)
