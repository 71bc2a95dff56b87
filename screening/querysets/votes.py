"""Reads of seats, votes and settlements, and who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, Exists, OuterRef, Q

from reviews.querysets import VersionedQuerySet, valid
from reviews.roles import Capability
from screening.choices import BatchStanding, DuplicateStanding, Standing, Verdict
from screening.querysets.rows import rows

if TYPE_CHECKING:
    from reviews.models import Membership, Review
    from screening.models.votes import Seat


class SeatQuerySet(VersionedQuerySet):
    """Seats, in the order of each member's own queue."""

    def beyond(self, seat: Seat) -> Self:
        """Return the seats that come after ``seat`` in its queue, nearest first."""
        later = Q(position__gt=seat.position) | Q(position=seat.position, pk__gt=seat.pk)
        return self.filter(later).order_by("position", "pk")

    def before(self, seat: Seat) -> Self:
        """Return the seats that come before ``seat`` in its queue, nearest first."""
        earlier = Q(position__lt=seat.position) | Q(position=seat.position, pk__lt=seat.pk)
        return self.filter(earlier).order_by("-position", "-pk")

    def progress(self, review: Review) -> list[dict[str, Any]]:
        """Return how many records each member was dealt and has voted on, by stage; one query.

        Counts only, never a verdict.
        """
        own = (
            rows("ScreeningDecision")
            .standing()
            .filter(record=OuterRef("record"), stage=OuterRef("stage"), member=OuterRef("member"))
        )
        seats = self.current().in_screening().filter(review=review).annotate(has_vote=Exists(own))
        return list(
            seats.order_by("stage", "member")
            .values("stage", "member")
            .annotate(dealt=Count("pk"), voted=Count("pk", filter=Q(has_vote=True)))
        )

    def queue(self, member: Membership, stage: str) -> Self:
        """Return the seats this member has still to vote on, in their own order.

        It reads nothing of what anybody else did: the seats dealt to them, less their own votes.
        One query.
        """
        own = rows("ScreeningDecision").current().exclude(verdict=Verdict.WITHDRAWN)
        voted = own.filter(record=OuterRef("record"), stage=stage, member=member)
        return self.dealt(member, stage).filter(~Exists(voted))

    def dealt(self, member: Membership, stage: str) -> Self:
        """Return this member's seats on records that imports and merges leave in screening."""
        own = self.current().in_screening().filter(member=member, stage=stage)
        return own.order_by("position", "pk")

    def in_screening(self) -> Self:
        """Return the seats on records that are visible and not merged behind another."""
        published = (
            rows("BatchState")
            .current()
            .filter(batch=OuterRef("record__batch"), standing=BatchStanding.PUBLISHED)
        )
        merged = (
            rows("DuplicateMember")
            .current()
            .filter(record=OuterRef("record"), kept=False, standing=DuplicateStanding.MERGED)
        )
        return self.filter(Exists(published), ~Exists(merged))


class DecisionQuerySet(VersionedQuerySet):
    """Votes, and who may see them."""

    def standing(self) -> Self:
        """Return the current votes that were not withdrawn."""
        return self.current().exclude(verdict=Verdict.WITHDRAWN)

    def own(self, member: Membership, stage: str = "") -> Self:
        """Return this member's own standing votes, newest first, of one stage if given."""
        wanted = Q(stage=stage) if stage else Q()
        return self.standing().filter(wanted, member=member).order_by("-recorded_at", "uid")

    def own_or_released(self, member: Membership) -> Self:
        """Return this member's own votes and released ones, without conflicts to adjudicate.

        An adjudicator forms an opinion first, so the votes are shown on the page of the conflict
        alone.
        """
        return self.with_release().filter(Q(member=member) | Q(is_released=True))

    def with_release(self) -> Self:
        """Say of each vote whether its record is released at its stage, as ``is_released``."""
        released = (
            rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        return self.annotate(is_released=Exists(released))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the votes this member may see without being unblinded.

        Their own; those released; and, for who may adjudicate, those on the conflicts that they
        may settle.
        """
        released = (
            rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        seen: Any = Q(member=viewer) | Exists(released)
        if viewer.can(Capability.ADJUDICATE):
            for stage in ("title-abstract", "full-text"):
                conflicts = rows("Record").to_adjudicate(viewer, stage).order_by().values("pk")
                seen |= Q(stage=stage, record__in=conflicts)
        return self.filter(seen, review=viewer.review_id)


class ResolutionQuerySet(VersionedQuerySet):
    """Where records stand, and who may see it."""

    def settled(self) -> Self:
        """Return the rows in which a record is included or excluded."""
        return self.filter(verdict__in=[Standing.INCLUDED, Standing.EXCLUDED])

    def released(self, instant: datetime | None = None) -> Self:
        """Return the rows of records released at their stage, now or at ``instant``."""
        releases = rows("Release").filter(
            valid(instant), record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.filter(Exists(releases))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the rows of released records, and those this member settled."""
        releases = (
            rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        return self.filter(Exists(releases) | Q(member=viewer), review=viewer.review_id)
