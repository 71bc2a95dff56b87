"""What the page of a study says of doubts about its reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from extraction.models import Report, Study
from extraction.querysets.late import doubts_shown, doubts_to_settle, excluded_late_of, included_of
from records.models import Record
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import DoubtStanding
from screening.models import EligibilityDoubt


@dataclass(frozen=True)
class ShownDoubt:
    """One doubt, and what it is to who reads it."""

    row: EligibilityDoubt
    own: bool
    may_settle: bool


@dataclass(frozen=True)
class StudyDoubts:
    """What one member is told: open doubts, answers to their own, and what was excluded late."""

    rows: Sequence[ShownDoubt]
    excluded: Sequence[Record]
    may_report: bool


def doubts_about(member: Membership, study: Study) -> StudyDoubts:
    """Return what a member may know of doubts about the reports of a study.

    The queries are as many, whatever doubts others have.
    """
    reports = Report.objects.current().filter(study=study).order_by().values("record")
    shown = doubts_shown(member).current().filter(record__in=reports)
    rows = shown.select_related("record", "member__user", "reason").order_by("recorded_at", "uid")
    waiting = doubts_to_settle(member).filter(record__in=reports).order_by()
    may_settle = set(waiting.values_list("pk", flat=True))
    return StudyDoubts(
        rows=[
            ShownDoubt(row, row.member_id == member.pk, row.pk in may_settle)
            for row in rows
            if row.standing == DoubtStanding.OPEN
            or (row.standing == DoubtStanding.DISMISSED and row.member_id == member.pk)
        ],
        excluded=list(excluded_late_of(study)),
        may_report=member.can(Capability.EXTRACT) and included_of(study).exists(),
    )
