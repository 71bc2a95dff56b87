"""Queues: what each member was dealt, and what of it they have still to vote on."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from reviews.models import Membership, Review
from screening.choices import Verdict
from screening.models import Release, ScreeningDecision, Seat, SeatQuerySet


def queue_of(member: Membership, stage: str) -> SeatQuerySet:
    """Return the seats this member has still to vote on, in their own order.

    It reads nothing of what anybody else did: the seats dealt to them, less their own votes and
    what was released, as a record is that was merged into a released paper. One query.
    """
    own = ScreeningDecision.objects.current().exclude(verdict=Verdict.WITHDRAWN)
    voted = own.filter(record=OuterRef("record"), stage=stage, member=member)
    dealt: SeatQuerySet = Seat.objects.dealt(member, stage)
    released = Release.objects.current().filter(record=OuterRef("record"), stage=stage)
    return dealt.filter(~Exists(voted), ~Exists(released))


def progress_of(review: Review) -> list[dict[str, Any]]:
    """Return how many records each member was dealt and has voted on, by stage; one query.

    Counts only, never a verdict. What was released before they voted is asked of nobody.
    """
    own = ScreeningDecision.objects.standing().filter(
        record=OuterRef("record"), stage=OuterRef("stage"), member=OuterRef("member")
    )
    dealt = Seat.objects.current().in_screening().filter(review=review)
    released = Release.objects.current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
    return list(
        dealt.annotate(has_vote=Exists(own))
        .filter(Q(has_vote=True) | ~Exists(released))
        .order_by("stage", "member")
        .values("stage", "member")
        .annotate(dealt=Count("pk"), voted=Count("pk", filter=Q(has_vote=True)))
    )
