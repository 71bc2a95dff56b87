"""Conflicts, and for whom they wait: each takes the records that it narrows.

They are few among many records, so the rows that say so are read first, along their indexes, and
no record is looked at of which none does.
"""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from records.models import RecordQuerySet
from records.querysets.papers import heads_with
from reviews.choices import SettlingRule
from reviews.models import Membership, Review
from screening.choices import ANSWERS, Standing
from screening.models import (
    DiscussionEntry,
    Resolution,
    ScreeningDecision,
    had_part,
    waits_for,
)
from screening.querysets.standing import released


def in_conflict(records: RecordQuerySet, review: int, stage: str) -> RecordQuerySet:
    """Return a review's records decided twice at ``stage`` that nothing has settled, by number."""
    return records.filter(review=review, pk__in=_conflicts(review, stage)).unmerged()


def to_hand_over(records: RecordQuerySet, review: Review, stage: str) -> RecordQuerySet:
    """Return the released conflicts at ``stage`` that wait for the two to discuss them."""
    if review.settings.settling_rule != SettlingRule.DISCUSSION:
        return records.none()
    handed = DiscussionEntry.objects.current().filter(stage=stage, hand_over=True)
    conflicts = released(in_conflict(records, review.pk, stage), stage)
    return conflicts.filter(~Exists(handed.filter(record=OuterRef("pk"))))


def to_discuss(records: RecordQuerySet, member: Membership, stage: str) -> RecordQuerySet:
    """Return the released conflicts on which this member's vote stands, by number.

    Everybody takes part whose vote stands on one of the paper's records. What was entered, or
    handed over, on a record that stands behind another now rests with it.
    """
    own = ScreeningDecision.objects.own(member, stage)
    said = {"member": member, "stage": stage, "verdict__in": ANSWERS}
    heads = heads_with("decisions", **said).filter(record=OuterRef("pk"))
    handed = DiscussionEntry.objects.current().filter(
        record=OuterRef("pk"), stage=stage, hand_over=True
    )
    conflicts = released(in_conflict(records, member.review_id, stage), stage)
    took_part = Exists(own.filter(record=OuterRef("pk"))) | Exists(heads)
    return conflicts.filter(took_part, ~Exists(handed))


def to_adjudicate(records: RecordQuerySet, adjudicator: Membership, stage: str) -> RecordQuerySet:
    """Return what waits for this member as the third person at ``stage``, by number.

    See ``waits_for``. Each record carries ``is_contested``.
    """
    review = adjudicator.review_id
    current = Resolution.objects.current().filter(review=review, stage=stage)
    contested = current.filter(contested=True).order_by()
    waiting = _conflicts(review, stage).union(contested.values("record"), all=True)
    return (
        records.filter(review=review, pk__in=waiting)
        .unmerged()
        .filter(waits_for(adjudicator, stage))
        .annotate(is_contested=Exists(contested.filter(record=OuterRef("pk"))))
    )


def judgeable(records: RecordQuerySet, adjudicator: Membership, stage: str) -> RecordQuerySet:
    """Return the records on which this member may be the third person, by number."""
    records = records.filter(review=adjudicator.review_id).unmerged()
    if adjudicator.review.settings.adjudicator_may_have_voted:
        return records
    return records.filter(~had_part(adjudicator, stage))


def _conflicts(review: int, stage: str) -> QuerySet[Any]:
    """Return the keys of the records on which the two disagree."""
    conflicts = Resolution.objects.current().filter(verdict=Standing.CONFLICT)
    return conflicts.filter(review=review, stage=stage).order_by().values("record")
