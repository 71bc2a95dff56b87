"""Reads of screening: which records, votes and settlements, and who may see them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from reviews.choices import SettlingRule
from reviews.querysets import AppendOnlyQuerySet, VersionedQuerySet, valid_at
from reviews.roles import Capability
from screening.choices import BatchStanding, DuplicateStanding, Standing, Verdict

if TYPE_CHECKING:
    from reviews.models import Membership, Review
    from screening.models import Record, Seat, Source


def _rows(model: str) -> Any:
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
        return self.standing_at(stage, Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT)

    def in_conflict(self, stage: str) -> Self:
        """Return the records decided twice at ``stage`` that nothing has settled, by number."""
        return self.unmerged().standing_at(stage, Standing.CONFLICT)

    def to_adjudicate(self, adjudicator: Membership, stage: str) -> Self:
        """Return what waits for this member as the third person at ``stage``, by number.

        Conflicts, and settlements that a vote contests since. Never those where they hold a seat,
        unless the review's settings allow it; and only what the two have handed over, where the
        review settles by discussion first. Each record carries ``is_contested``.
        """
        settings = adjudicator.review.settings
        current = _rows("Resolution").current().filter(record=OuterRef("pk"), stage=stage)
        contested = Exists(current.filter(contested=True))
        conflicts = (
            self.filter(review=adjudicator.review_id)
            .unmerged()
            .filter(Exists(current.filter(verdict=Standing.CONFLICT)) | contested)
            .annotate(is_contested=contested)
        )
        if settings.settling_rule == SettlingRule.DISCUSSION:
            handed = _rows("DiscussionEntry").current().filter(stage=stage, hand_over=True)
            conflicts = conflicts.filter(Exists(handed.filter(record=OuterRef("pk"))))
        if settings.adjudicator_may_have_voted:
            return conflicts
        own = _rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=adjudicator)
        return conflicts.filter(~Exists(own))

    def to_hand_over(self, review: Review, stage: str) -> Self:
        """Return the released conflicts at ``stage`` that wait for the two to discuss them."""
        if review.settings.settling_rule != SettlingRule.DISCUSSION:
            return self.none()
        handed = _rows("DiscussionEntry").current().filter(stage=stage, hand_over=True)
        conflicts = self.filter(review=review).in_conflict(stage).released(stage)
        return conflicts.filter(~Exists(handed.filter(record=OuterRef("pk"))))

    def judgeable(self, adjudicator: Membership, stage: str) -> Self:
        """Return the records on which this member may be the third person, by number."""
        records = self.filter(review=adjudicator.review_id).unmerged()
        if adjudicator.review.settings.adjudicator_may_have_voted:
            return records
        own = _rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=adjudicator)
        return records.filter(~Exists(own))

    def to_discuss(self, member: Membership, stage: str) -> Self:
        """Return the released conflicts of this member's that wait for the two, by number."""
        own = _rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=member)
        handed = (
            _rows("DiscussionEntry")
            .current()
            .filter(record=OuterRef("pk"), stage=stage, hand_over=True)
        )
        conflicts = self.filter(review=member.review_id).in_conflict(stage).released(stage)
        return conflicts.filter(Exists(own), ~Exists(handed))

    def matching(self, text: str) -> Self:
        """Return the records in whose title, authors, journal or identifiers every word stands."""
        found = self
        for word in text.split():
            places = Q(title__icontains=word) | Q(translated_title__icontains=word)
            places |= Q(authors__icontains=word) | Q(journal__icontains=word)
            places |= Q(doi__iexact=word) | Q(pmid=word)
            found = found.filter(places)
        return found

    def found_by(self, source: Source) -> Self:
        """Return the records that a file of ``source`` gave, themselves or through a duplicate."""
        behind = _rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
        behind = behind.filter(kept=False, record__batch__source=source)
        kept = (
            _rows("DuplicateMember")
            .current()
            .filter(standing=DuplicateStanding.MERGED, kept=True, group__in=behind.values("group"))
        )
        return self.filter(Q(batch__source=source) | Q(pk__in=kept.order_by().values("record")))

    def merged_with(self, record: Record) -> Self:
        """Return the other visible records of the merged group of ``record``, by number."""
        places = _rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
        groups = places.filter(record=record).order_by().values("group")
        others = places.filter(group__in=groups, record=OuterRef("pk"))
        return self.visible().filter(Exists(others)).exclude(pk=record.pk)

    def voted_on(self) -> Self:
        """Return the records that anybody has ever voted on, for who imports them."""
        votes = _rows("ScreeningDecision").filter(record=OuterRef("pk"))
        return self.filter(Exists(votes))

    def decided_by(self, member: Membership, stage: str, verdict: str) -> Self:
        """Return the records on which this member's own vote at ``stage`` is ``verdict``."""
        own = _rows("ScreeningDecision").own(member, stage).filter(verdict=verdict)
        return self.filter(Exists(own.filter(record=OuterRef("pk"))))

    def undecided_by(self, member: Membership, stage: str) -> Self:
        """Return the records dealt to this member at ``stage`` that lack their own vote."""
        queue = _rows("Seat").queue(member, stage).filter(record=OuterRef("pk"))
        return self.filter(Exists(queue.order_by()))

    def with_own_decisions(self, member: Membership) -> Self:
        """Fetch this member's own standing votes beside each record, as ``own_decisions``."""
        own = _rows("ScreeningDecision").own(member).select_related("reason").order_by("-stage")
        return self.prefetch_related(Prefetch("decisions", queryset=own, to_attr="own_decisions"))

    def dealt_at(self, stage: str) -> Self:
        """Return the records of which seats were dealt at ``stage``."""
        seats = _rows("Seat").current().filter(record=OuterRef("pk"), stage=stage)
        return self.filter(Exists(seats))

    def unreleased(self, stage: str) -> Self:
        """Return the records not released at ``stage``."""
        releases = _rows("Release").current().filter(record=OuterRef("pk"), stage=stage)
        return self.filter(~Exists(releases))

    def sought(self, standing: str = "") -> Self:
        """Return the records whose full text is sought, of one standing if given, by number."""
        wanted = Q(standing=standing) if standing else Q()
        current = _rows("FullText").current().filter(wanted, record=OuterRef("pk"))
        return self.unmerged().filter(Exists(current))

    def with_full_text(self) -> Self:
        """Fetch the current full-text row beside each record, as ``current_full_texts``."""
        current = _rows("FullText").current()
        return self.prefetch_related(
            Prefetch("full_texts", queryset=current, to_attr="current_full_texts")
        )


class DuplicateGroupQuerySet(AppendOnlyQuerySet):
    """Groups of records that may be one paper."""

    def of_standing(self, standing: str) -> Self:
        """Return the groups of which this was decided, oldest first.

        Records of undone imports count for nothing: a group needs two others to be listed.
        """
        published = (
            _rows("BatchState").published().current().filter(batch=OuterRef("record__batch"))
        )
        members = (
            _rows("DuplicateMember")
            .current()
            .filter(Exists(published), group=OuterRef("pk"), standing=standing)
            .order_by()
            .values("group")
            .annotate(records=Count("pk"))
            .filter(records__gte=2)
        )
        return self.filter(Exists(members)).order_by("recorded_at", "uid")

    def with_members(self) -> Self:
        """Fetch the current members with records and sources, the kept one first."""
        members = (
            _rows("DuplicateMember")
            .current()
            .select_related("record__batch__source", "decided_by__user")
            .order_by("-kept", "record__number")
        )
        return self.prefetch_related(
            Prefetch("members", queryset=members, to_attr="current_members")
        )


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
            _rows("ScreeningDecision")
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
        own = _rows("ScreeningDecision").current().exclude(verdict=Verdict.WITHDRAWN)
        voted = own.filter(record=OuterRef("record"), stage=stage, member=member)
        return self.dealt(member, stage).filter(~Exists(voted))

    def dealt(self, member: Membership, stage: str) -> Self:
        """Return this member's seats on records that imports and merges leave in screening."""
        own = self.current().in_screening().filter(member=member, stage=stage)
        return own.order_by("position", "pk")

    def in_screening(self) -> Self:
        """Return the seats on records that are visible and not merged behind another."""
        published = (
            _rows("BatchState")
            .current()
            .filter(batch=OuterRef("record__batch"), standing=BatchStanding.PUBLISHED)
        )
        merged = (
            _rows("DuplicateMember")
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
            _rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        return self.annotate(is_released=Exists(released))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the votes this member may see without being unblinded.

        Their own; those released; and, for who may adjudicate, those on the conflicts that they
        may settle.
        """
        released = (
            _rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        seen: Any = Q(member=viewer) | Exists(released)
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
        releases = (
            _rows("Release").current().filter(record=OuterRef("record"), stage=OuterRef("stage"))
        )
        return self.filter(Exists(releases) | Q(member=viewer), review=viewer.review_id)
