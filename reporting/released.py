"""What of screening is released at a snapshot; nothing else of it is ever reported."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from records.choices import DuplicateStanding
from records.models import DuplicateMember, Record, RecordQuerySet
from reporting.definitions import Snapshot
from reviews.models import ExclusionReason
from reviews.versions import valid_at
from screening.choices import Stage, Standing
from screening.models import Release, Resolution, ScreeningDecision, Seat


def papers(snapshot: Snapshot) -> RecordQuerySet:
    """Return the records that imports and merges leave in screening, by number."""
    return Record.objects.filter(review=snapshot.review).unmerged(snapshot.instant)


def resolutions(snapshot: Snapshot, stage: str, *verdicts: str) -> QuerySet[Resolution]:
    """Return the settlements of released records at a stage, of these verdicts or of any."""
    wanted = verdicts or (Standing.INCLUDED, Standing.EXCLUDED)
    rows = Resolution.objects.filter(review=snapshot.review).as_of(snapshot.instant)
    return rows.released(snapshot.instant).filter(stage=stage, verdict__in=wanted)


def settlement(snapshot: Snapshot, stage: str) -> Subquery:
    """Return the expression of a record's released settlement at a stage; null without one."""
    return Subquery(_of_record(snapshot, stage).values("verdict")[:1])


def reason_key(snapshot: Snapshot, stage: str) -> Subquery:
    """Return the expression of the key of the reason in that settlement; null without one."""
    return Subquery(_of_record(snapshot, stage).values("reason__key")[:1])


def reasons(snapshot: Snapshot) -> dict[UUID, str]:
    """Return the label of every reason by its key, in the review's order; one query.

    One that was taken off the list keeps the votes that name it: it stands after the others.
    """
    rows = ExclusionReason.objects.filter(
        review=snapshot.review, recorded_at__lte=snapshot.instant
    ).order_by("recorded_at", "pk")
    last = {row.key: row for row in rows}
    ordered = sorted(last.values(), key=lambda row: (_is_gone(snapshot, row), row.position, row.pk))
    return {row.key: row.label for row in ordered}


def _is_gone(snapshot: Snapshot, reason: ExclusionReason) -> bool:
    end = reason.superseded_at
    return end is not None and end <= snapshot.instant


def is_settled(snapshot: Snapshot, stage: str, *verdicts: str) -> Exists:
    """Return the condition that a record is settled and released at a stage."""
    found = _of_record(snapshot, stage)
    return Exists(found.filter(verdict__in=verdicts) if verdicts else found)


def reports_sought(snapshot: Snapshot, records: RecordQuerySet) -> RecordQuerySet:
    """Return those of ``records`` that screening of title and abstract has sent on."""
    return records.filter(is_settled(snapshot, Stage.TITLE_ABSTRACT, Standing.INCLUDED))


def votes(snapshot: Snapshot) -> QuerySet[ScreeningDecision]:
    """Return every vote on released records, superseded ones too, by record and time.

    Those on records that are merged behind another are votes on that paper, and among them.
    """
    visible = Record.objects.filter(review=snapshot.review).visible(snapshot.instant)
    return (
        ScreeningDecision.objects.filter(_is_released(snapshot), review=snapshot.review)
        .filter(recorded_at__lte=snapshot.instant, record__in=visible.order_by())
        .order_by("record__number", "record", "stage", "recorded_at", "pk")
    )


def kept_for(snapshot: Snapshot, records: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return, by each of these records that is merged behind another, the kept one; one query."""
    merged = DuplicateMember.objects.filter(
        valid_at(snapshot.instant), review=snapshot.review, standing=DuplicateStanding.MERGED
    )
    rows = list(merged.order_by().values_list("group", "kept", "record__uid"))
    heads = {group: uid for group, kept, uid in rows if kept}
    wanted = set(records)
    behind = ((group, uid) for group, kept, uid in rows if not kept and uid in wanted)
    return {uid: heads[group] for group, uid in behind if group in heads}


def seats(snapshot: Snapshot) -> QuerySet[Seat]:
    """Return every seat dealt on released records, the superseded ones too."""
    return Seat.objects.filter(
        _is_released(snapshot), review=snapshot.review, recorded_at__lte=snapshot.instant
    ).order_by("recorded_at", "pk")


def _is_released(snapshot: Snapshot) -> Exists:
    releases = Release.objects.filter(
        valid_at(snapshot.instant), record=OuterRef("record"), stage=OuterRef("stage")
    )
    return Exists(releases)


def _of_record(snapshot: Snapshot, stage: str) -> QuerySet[Resolution]:
    # Not by review as well: a planner without statistics would then look the review up, not the
    # record, and read all its settlements once for each record.
    found = Resolution.objects.as_of(snapshot.instant).released(snapshot.instant).settled()
    return found.filter(record=OuterRef("pk"), stage=stage).order_by()
