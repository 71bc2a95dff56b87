"""Reads of screening: which records, votes and settlements, and who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.querysets import AppendOnlyQuerySet, VersionedQuerySet, valid_at
from reviews.roles import Capability
from screening.choices import BatchStanding, DuplicateStanding, Standing, Verdict

if TYPE_CHECKING:
    from reviews.models import Membership


def _rows(model: str) -> QuerySet:
    return apps.get_model("screening", model)._default_manager.all()


def valid(instant: datetime | None) -> Q:
    """Return the condition that a versioned row is current, now or at ``instant``."""
    return Q(superseded_at__isnull=True) if instant is None else valid_at(instant)


class BatchStateQuerySet(VersionedQuerySet):
    """Ledgers of imports."""

    def published(self) -> Self:
        """Return the states of batches whose records are visible."""
        return self.filter(standing=BatchStanding.PUBLISHED)


class RecordQuerySet(AppendOnlyQuerySet):
    """Records, and which of them wait for whom."""

    def visible(self, instant: datetime | None = None) -> Self:
        """Return the records of published imports, now or at ``instant``, by number."""
        published = _rows("BatchState").filter(
            valid(instant), batch=OuterRef("batch"), standing=BatchStanding.PUBLISHED
        )
        return self.filter(Exists(published)).order_by("number", "pk")

    def unmerged(self, instant: datetime | None = None) -> Self:
        """Return the visible records that no merge has put behind another, by number."""
        merged = _rows("DuplicateMember").filter(
            valid(instant),
            record=OuterRef("pk"),
            kept=False,
            standing=DuplicateStanding.MERGED,
        )
        return self.visible(instant).filter(~Exists(merged))

    def standing_at(self, stage: str, *standings: str) -> Self:
        """Return the records that stand at ``stage`` in one of the ways named."""
        resolutions = _rows("Resolution").current().filter(stage=stage, verdict__in=standings)
        return self.filter(Exists(resolutions.filter(record=OuterRef("pk"))))

    def released(self, stage: str) -> Self:
        """Return the records released at ``stage``."""
        releases = _rows("Release").current().filter(record=OuterRef("pk"), stage=stage)
        return self.filter(Exists(releases))

    def decided_twice(self, stage: str) -> Self:
        """Return the records on which both seat holders' votes stand at ``stage``."""
        return self.standing_at(
            stage, Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT
        )

    def in_conflict(self, stage: str) -> Self:
        """Return the records decided twice at ``stage`` that nothing has settled, by number."""
        return self.unmerged().standing_at(stage, Standing.CONFLICT)

    def to_adjudicate(self, adjudicator: Membership, stage: str) -> Self:
        """Return the conflicts at ``stage`` this member may settle, by number.

        Never those where they hold a seat, unless the review's settings allow it.
        """
        conflicts = self.filter(review=adjudicator.review_id).in_conflict(stage)
        if adjudicator.review.settings.adjudicator_may_have_voted:
            return conflicts
        own = _rows("Seat").current().filter(
            record=OuterRef("pk"), stage=stage, member=adjudicator
        )
        return conflicts.filter(~Exists(own))

    def to_discuss(self, member: Membership, stage: str) -> Self:
        """Return the released conflicts at ``stage`` in which this member holds a seat, by number."""
        own = _rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=member)
        conflicts = self.filter(review=member.review_id).in_conflict(stage).released(stage)
        return conflicts.filter(Exists(own))


class SeatQuerySet(VersionedQuerySet):
    """Seats, in the order of each member's own queue."""

    def queue(self, member: Membership, stage: str) -> Self:
        """Return the seats this member has still to vote on, in their own order.

        It reads nothing of what anybody else did: the seats dealt to them, less their own votes.
        One query.
        """
        own = _rows("ScreeningDecision").current().exclude(verdict=Verdict.WITHDRAWN)
        voted = own.filter(record=OuterRef("record"), stage=stage, member=member)
        return self.dealt(member, stage).filter(~Exists(voted))

    def dealt(self, member: Membership, stage: str) -> Self:
        """Return this member's seats on records that imports and merges leave in screening."""
        published = _rows("BatchState").current().filter(
            batch=OuterRef("record__batch"), standing=BatchStanding.PUBLISHED
        )
        merged = _rows("DuplicateMember").current().filter(
            record=OuterRef("record"), kept=False, standing=DuplicateStanding.MERGED
        )
        return (
            self.current()
            .filter(Exists(published), ~Exists(merged), member=member, stage=stage)
            .order_by("position", "pk")
        )


class DecisionQuerySet(VersionedQuerySet):
    """Votes, and who may see them."""

    def standing(self) -> Self:
        """Return the current votes that were not withdrawn."""
        return self.current().exclude(verdict=Verdict.WITHDRAWN)

    def visible_to(self, viewer: Membership) -> Self:
        """Return the votes this member may see without being unblinded.

        Their own; those released; and, for who may adjudicate, those on the conflicts that they
        may settle.
        """
        released = _rows("Release").current().filter(
            record=OuterRef("record"), stage=OuterRef("stage")
        )
        seen = Q(member=viewer) | Exists(released)
        if viewer.can(Capability.ADJUDICATE):
            for stage in ("title-abstract", "full-text"):
                conflicts = _rows("Record").to_adjudicate(viewer, stage).order_by().values("pk")
                seen |= Q(stage=stage, record__in=conflicts)
        return self.filter(seen, review=viewer.review_id)


class ResolutionQuerySet(VersionedQuerySet):
    """Where records stand, and who may see it."""

    def settled(self) -> Self:
        """Return the rows in which a record is included or excluded."""
        return self.filter(verdict__in=[Standing.INCLUDED, Standing.EXCLUDED])

    def released(self, instant: datetime | None = None) -> Self:
        """Return the rows of records released at their stage, now or at ``instant``."""
        releases = _rows("Release").filter(
            valid(instant), record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.filter(Exists(releases))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the rows of released records, and those this member settled."""
        releases = _rows("Release").current().filter(
            record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.filter(Exists(releases) | Q(member=viewer), review=viewer.review_id)
