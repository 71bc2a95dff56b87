"""Decisions in long form: every vote on released records, those changed or taken back too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from reporting.cells import word
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.released import reasons, seats, votes
from reporting.reports.records import decided_records
from screening.models import ScreeningDecision

READ_AT_ONCE = 2_000
ROWS_ON_PAGE = 300
COLUMNS = (
    Column(key="record", heading="Record", numeric=True),
    Column(key="stage", heading="Stage"),
    Column(key="seat", heading="Seat", numeric=True),
    Column(key="verdict", heading="Verdict"),
    Column(key="reasons", heading="Reasons"),
    Column(key="recorded_at", heading="Recorded at"),
    Column(key="superseded_at", heading="Superseded at"),
    Column(key="late", heading="Late"),
)


def decisions_table(snapshot: Snapshot) -> Table:
    """Return the votes on released records by record, stage and time, whoever asks.

    Which of them came late, while an adjudication stood, is said to those who settle conflicts
    alone.
    """
    found = votes(snapshot)
    return Table(
        rows=_rows(snapshot, found),
        notes=(
            "Seats are numbered as they were dealt; no person is named.",
            "Late: changed while a settlement by a person stood; said to leads and adjudicators.",
        ),
        length=found.order_by().count(),
    )


def one_decision(snapshot: Snapshot, key: str) -> Row | None:
    """Return the row of one vote."""
    try:
        uid = UUID(key)
    except ValueError:
        return None
    return next(_rows(snapshot, votes(snapshot).filter(uid=uid)), None)


def _rows(snapshot: Snapshot, found: QuerySet[ScreeningDecision]) -> Iterator[Row]:
    labels = reasons(snapshot)
    dealt = seats(snapshot).filter(
        record=OuterRef("record"), stage=OuterRef("stage"), member=OuterRef("member")
    )
    rows = (
        found.select_related("record")
        .defer("record__raw", "record__abstract")
        .annotate(
            seat=Subquery(dealt.order_by("-recorded_at", "-pk").values("number")[:1]),
            why=F("reason__key"),
        )
    )
    for vote in rows.iterator(chunk_size=READ_AT_ONCE):
        yield Row(key=str(vote.uid), cells=_cells(snapshot, vote, labels))


def _cells(snapshot: Snapshot, vote: Any, labels: dict[UUID, str]) -> dict[str, Cell]:
    record = vote.record
    late = ("yes" if vote.late else "no") if snapshot.sees_late else ""
    end = vote.superseded_at
    is_past = end is not None and end <= snapshot.instant
    return {
        "record": Cell(text=str(record.number), value=record.number, records=(record.uid,)),
        "stage": word(vote.stage),
        "seat": word("" if vote.seat is None else str(vote.seat)),
        "verdict": word(vote.verdict),
        "reasons": word(labels.get(vote.why, "") if vote.why else ""),
        "recorded_at": word(_instant(vote.recorded_at)),
        "superseded_at": word(_instant(end) if is_past else ""),
        "late": word(late),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


DECISIONS_LONG = ReportDefinition(
    slug="decisions-long",
    title="Decisions in long form",
    columns=COLUMNS,
    rows=decisions_table,
    named_by=("record", "stage", "seat"),
    formats=("csv", "xlsx", "ris", "html"),
    rows_on_page=ROWS_ON_PAGE,
    one_row=one_decision,
    entries=decided_records,
    source="PRISMA 2020, items 8 and 16 (selection process, study selection)",
    from_votes=True,
)
