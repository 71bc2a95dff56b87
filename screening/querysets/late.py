"""Reports found ineligible once they were extracted: each takes the records that it narrows."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from records.models import RecordQuerySet
from reviews.models import Review
from reviews.versions import valid
from screening.choices import DoubtStanding, Stage, Standing, Verdict
from screening.models import EligibilityDoubt, Resolution


def late_exclusions(review: Review, instant: datetime | None = None) -> QuerySet[Resolution]:
    """Return the released exclusions in force that settled a doubt, by number of the record.

    Each says in ``results_known`` whether results of the study were known to who doubted. One
    that was settled anew since, another way, is none.
    """
    doubts = EligibilityDoubt.objects.filter(
        valid(instant),
        record=OuterRef("record"),
        verdict=Verdict.EXCLUDE,
        standing=DoubtStanding.UPHELD,
        # The doubt and the settlement are written by one act.
        recorded_at=OuterRef("settled_at"),
    ).order_by()
    rows = Resolution.objects.filter(valid(instant), review=review)
    return (
        rows.filter(Exists(doubts), stage=Stage.FULL_TEXT, verdict=Standing.EXCLUDED)
        .released(instant)
        .annotate(results_known=Exists(doubts.filter(results_known=True)))
        .order_by("record__number", "record")
    )


def excluded_late(
    records: RecordQuerySet, review: Review, instant: datetime | None = None
) -> RecordQuerySet:
    """Return the records that a late exclusion keeps out."""
    settled = late_exclusions(review, instant).order_by()
    return records.filter(pk__in=settled.values("record"))
