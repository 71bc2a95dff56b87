"""Duplicates: one row for each record of a group, merged or waiting for a person."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from records.choices import BatchStanding, DuplicateStanding
from records.models import BatchState, DuplicateMember
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot
from reviews.versions import valid_at

MACHINE = "machine"
READ_AT_ONCE = 2_000


def duplicate_rows(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the members of each group, the kept record first; a parted group is none.

    Nor are other reports of the same study. A group is settled or waiting as a whole. Two queries.
    """
    published = BatchState.objects.filter(
        valid_at(snapshot.instant),
        batch=OuterRef("record__batch"),
        standing=BatchStanding.PUBLISHED,
    )
    members = (
        DuplicateMember.objects.as_of(snapshot.instant)
        .filter(Exists(published), review=snapshot.review)
        .filter(standing__in=(DuplicateStanding.MERGED, DuplicateStanding.WAITING))
        .select_related("group", "record", "decided_by__user")
        .defer("record__raw", "record__abstract")
        .order_by("group__recorded_at", "group__uid", "-kept", "record__number")
    )
    for member in members.iterator(chunk_size=READ_AT_ONCE):
        yield Row(key=str(member.uid), cells=_cells(member))


def _cells(member: DuplicateMember) -> dict[str, Cell]:
    record = member.record
    return {
        "record": Cell(text=str(record.number), value=record.number, records=(record.uid,)),
        "source_record_id": Cell(text=record.source_record_id),
        "group": Cell(text=str(member.group.uid)),
        "kept": Cell(text="yes" if member.kept else "no"),
        "score": Cell(text=member.score),
        "decided_by": Cell(text=_decided_by(member)),
        "why": Cell(text=member.why),
    }


def _decided_by(member: DuplicateMember) -> str:
    if member.standing == DuplicateStanding.WAITING:
        return ""
    return str(member.decided_by) if member.decided_by else MACHINE


DUPLICATES = ReportDefinition(
    slug="duplicates",
    title="Duplicate records",
    columns=(
        Column(key="record", heading="Record", numeric=True),
        Column(key="source_record_id", heading="Id in its file"),
        Column(key="group", heading="Group"),
        Column(key="kept", heading="Kept"),
        Column(key="score", heading="Score", numeric=True),
        Column(key="decided_by", heading="Decided by"),
        Column(key="why", heading="Why"),
    ),
    rows=duplicate_rows,
    source="PRISMA-S, item 16 (deduplication)",
)
