"""Queues: what each member was dealt, and what of it they have still to vote on."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from records.choices import BatchStanding
from records.models import BatchState, Record
from reviews.models import Membership, Review
from reviews.roles import Capability, roles_with
from screening.choices import Verdict
from screening.models import Release, ScreeningDecision, Seat, SeatQuerySet
from screening.querysets.standing import dealt_at, unreleased


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


def shares_of(member: Membership) -> dict[str, tuple[int, int]]:
    """Return how many records this member was dealt and has still to vote on, by stage.

    As many as are ``dealt`` and in ``queue_of``. An import that is undone takes its records out
    of screening; while none is, no record's import need be looked up. Two queries.
    """
    own = Seat.objects.current().filter(member=member)
    undone = BatchState.objects.current().filter(review=member.review_id)
    if undone.filter(standing=BatchStanding.UNDONE).exists():
        own = own.in_screening()
    votes = ScreeningDecision.objects.current().exclude(verdict=Verdict.WITHDRAWN)
    voted = votes.filter(record=OuterRef("record"), stage=OuterRef("stage"), member=member)
    released = Release.objects.current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
    counted = own.order_by().values("stage")
    counted = counted.annotate(dealt=Count("pk"))
    counted = counted.annotate(left=Count("pk", filter=~Exists(voted) & ~Exists(released)))
    return {row["stage"]: (row["dealt"], row["left"]) for row in counted}


def own_left(member: Membership, stage: str) -> bool:
    """Return whether this member has still to vote on a record at ``stage``."""
    return queue_of(member, stage).order_by().exists()


def may_release(member: Membership, stage: str) -> bool:
    """Return whether release is offered to this lead, who screens, at ``stage``.

    Once their own seats are done and something that was dealt is not released: that does not
    depend on what anybody else answered.
    """
    if own_left(member, stage):
        return False
    records = Record.objects.filter(review=member.review_id)
    return unreleased(dealt_at(records.unmerged(), stage), stage).order_by().exists()


def orphaned(review: Review, stage: str) -> SeatQuerySet:
    """Return the seats that wait for somebody who may not screen any more, as they were dealt.

    Those on which the person's vote stands are none: the vote counts. It reads the votes of who
    left alone. One query.
    """
    able = Membership.objects.active().filter(role__in=roles_with(Capability.SCREEN))
    own = ScreeningDecision.objects.standing().filter(
        record=OuterRef("record"), stage=stage, member=OuterRef("member")
    )
    released = Release.objects.current().filter(record=OuterRef("record"), stage=stage)
    seats: SeatQuerySet = Seat.objects.current().in_screening().filter(review=review, stage=stage)
    seats = seats.filter(
        ~Exists(able.filter(pk=OuterRef("member"))), ~Exists(own), ~Exists(released)
    )
    return seats.order_by("position", "pk")


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
