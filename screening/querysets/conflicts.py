"""Conflicts, and for whom they wait: each takes the records that it narrows."""

from django.db.models import Exists, OuterRef

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
from screening.querysets.standing import released, standing_at


def in_conflict(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records decided twice at ``stage`` that nothing has settled, by number."""
    return standing_at(records.unmerged(), stage, Standing.CONFLICT)


def to_hand_over(records: RecordQuerySet, review: Review, stage: str) -> RecordQuerySet:
    """Return the released conflicts at ``stage`` that wait for the two to discuss them."""
    if review.settings.settling_rule != SettlingRule.DISCUSSION:
        return records.none()
    handed = DiscussionEntry.objects.current().filter(stage=stage, hand_over=True)
    conflicts = released(in_conflict(records.filter(review=review), stage), stage)
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
    conflicts = released(in_conflict(records.filter(review=member.review_id), stage), stage)
    took_part = Exists(own.filter(record=OuterRef("pk"))) | Exists(heads)
    return conflicts.filter(took_part, ~Exists(handed))


def to_adjudicate(records: RecordQuerySet, adjudicator: Membership, stage: str) -> RecordQuerySet:
    """Return what waits for this member as the third person at ``stage``, by number.

    See ``waits_for``. Each record carries ``is_contested``.
    """
    contested = Resolution.objects.current().filter(
        record=OuterRef("pk"), stage=stage, contested=True
    )
    return (
        records.filter(review=adjudicator.review_id)
        .unmerged()
        .filter(waits_for(adjudicator, stage))
        .annotate(is_contested=Exists(contested))
    )


def judgeable(records: RecordQuerySet, adjudicator: Membership, stage: str) -> RecordQuerySet:
    """Return the records on which this member may be the third person, by number."""
    records = records.filter(review=adjudicator.review_id).unmerged()
    if adjudicator.review.settings.adjudicator_may_have_voted:
        return records
    return records.filter(~had_part(adjudicator, stage))
