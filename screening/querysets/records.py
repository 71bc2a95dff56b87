"""Reads of records: which are visible, and which of them wait for whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reviews.choices import SettlingRule
from reviews.querysets import AppendOnlyQuerySet, VersionedQuerySet, valid
from screening.choices import BatchStanding, DuplicateStanding, Standing
from screening.querysets.rows import rows

if TYPE_CHECKING:
    from reviews.models import Membership, Review
    from screening.models.records import Record
    from screening.models.sources import Source


class RecordQuerySet(AppendOnlyQuerySet):
    """Records, and which of them wait for whom."""

    def visible(self, instant: datetime | None = None) -> Self:
        """Return the records of published imports, now or at ``instant``, by number."""
        published = rows("BatchState").filter(
            valid(instant), batch=OuterRef("batch"), standing=BatchStanding.PUBLISHED
        )
        return self.filter(Exists(published)).order_by("number", "pk")

    def unmerged(self, instant: datetime | None = None) -> Self:
        """Return the visible records that no merge has put behind another, by number."""
        merged = rows("DuplicateMember").filter(
            valid(instant),
            record=OuterRef("pk"),
            kept=False,
            standing=DuplicateStanding.MERGED,
        )
        return self.visible(instant).filter(~Exists(merged))

    def standing_at(self, stage: str, *standings: str) -> Self:
        """Return the records that stand at ``stage`` in one of the ways named."""
        resolutions = rows("Resolution").current().filter(stage=stage, verdict__in=standings)
        return self.filter(Exists(resolutions.filter(record=OuterRef("pk"))))

    def released(self, stage: str) -> Self:
        """Return the records released at ``stage``."""
        releases = rows("Release").current().filter(record=OuterRef("pk"), stage=stage)
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
        current = rows("Resolution").current().filter(record=OuterRef("pk"), stage=stage)
        contested = Exists(current.filter(contested=True))
        conflicts = (
            self.filter(review=adjudicator.review_id)
            .unmerged()
            .filter(Exists(current.filter(verdict=Standing.CONFLICT)) | contested)
            .annotate(is_contested=contested)
        )
        if settings.settling_rule == SettlingRule.DISCUSSION:
            handed = rows("DiscussionEntry").current().filter(stage=stage, hand_over=True)
            conflicts = conflicts.filter(Exists(handed.filter(record=OuterRef("pk"))))
        if settings.adjudicator_may_have_voted:
            return conflicts
        own = rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=adjudicator)
        return conflicts.filter(~Exists(own))

    def to_hand_over(self, review: Review, stage: str) -> Self:
        """Return the released conflicts at ``stage`` that wait for the two to discuss them."""
        if review.settings.settling_rule != SettlingRule.DISCUSSION:
            return self.none()
        handed = rows("DiscussionEntry").current().filter(stage=stage, hand_over=True)
        conflicts = self.filter(review=review).in_conflict(stage).released(stage)
        return conflicts.filter(~Exists(handed.filter(record=OuterRef("pk"))))

    def judgeable(self, adjudicator: Membership, stage: str) -> Self:
        """Return the records on which this member may be the third person, by number."""
        records = self.filter(review=adjudicator.review_id).unmerged()
        if adjudicator.review.settings.adjudicator_may_have_voted:
            return records
        own = rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=adjudicator)
        return records.filter(~Exists(own))

    def to_discuss(self, member: Membership, stage: str) -> Self:
        """Return the released conflicts of this member's that wait for the two, by number."""
        own = rows("Seat").current().filter(record=OuterRef("pk"), stage=stage, member=member)
        handed = (
            rows("DiscussionEntry")
            .current()
            .filter(record=OuterRef("pk"), stage=stage, hand_over=True)
        )
        conflicts = self.filter(review=member.review_id).in_conflict(stage).released(stage)
        return conflicts.filter(Exists(own), ~Exists(handed))

    def in_list(self, member: Membership) -> Self:
        """Return the records that imports and merges leave in the member's review, by number.

        As ``unmerged``, asked in a way that can be answered along an index: the imports in sight
        are few, so they are named once and not looked up for each record.
        """
        published = (
            rows("BatchState")
            .current()
            .filter(review=member.review_id, standing=BatchStanding.PUBLISHED)
        )
        merged = rows("DuplicateMember").current().filter(kept=False, record=OuterRef("pk"))
        return self.filter(
            ~Exists(merged.filter(standing=DuplicateStanding.MERGED)),
            review=member.review_id,
            batch__in=published.values("batch"),
        ).order_by("number")

    def found_by(self, source: Source) -> Self:
        """Return the records that a file of ``source`` gave, themselves or through a duplicate."""
        return self.found_in(rows("ImportBatch").filter(source=source))

    def found_in(self, batches: Any) -> Self:
        """Return the records that these imports gave, themselves or through a duplicate."""
        keys = batches.order_by().values("pk")
        merged = rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
        # From the record to its group to the others of it: a few steps for each row of a page.
        behind = merged.filter(
            kept=True,
            record=OuterRef("pk"),
            group__members__superseded_at__isnull=True,
            group__members__kept=False,
            group__members__standing=DuplicateStanding.MERGED,
            group__members__record__batch__in=keys,
        )
        return self.filter(Q(batch__in=keys) | Exists(behind))

    def about(self, found: QuerySet[Any], *, walked: bool) -> Self:
        """Return the records that one of these rows is about.

        ``walked``: the row is looked up for each record in turn, which is right where many have
        one; otherwise the rows come first.
        """
        if walked:
            return self.filter(Exists(found.filter(record=OuterRef("pk"))))
        return self.filter(pk__in=found.order_by().values("record"))

    def in_language(self, language: str, *, by_people: bool) -> Self:
        """Return the records in a language as their file says or, where one did, as a person."""
        if not by_people:
            return self.filter(language=language)
        said = rows("RecordDetails").current().filter(language=language)
        return self.filter(Q(language=language) | Q(pk__in=said.values("record")))

    def merged_with(self, record: Record) -> Self:
        """Return the other visible records of the merged group of ``record``, by number."""
        places = rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
        groups = places.filter(record=record).order_by().values("group")
        others = places.filter(group__in=groups, record=OuterRef("pk"))
        return self.visible().filter(Exists(others)).exclude(pk=record.pk)

    def voted_on(self) -> Self:
        """Return the records that anybody has ever voted on, for who imports them."""
        votes = rows("ScreeningDecision").filter(record=OuterRef("pk"))
        return self.filter(Exists(votes))

    def with_own_decisions(self, member: Membership) -> Self:
        """Fetch this member's own standing votes beside each record, as ``own_decisions``."""
        own = rows("ScreeningDecision").own(member).select_related("reason").order_by("-stage")
        return self.prefetch_related(Prefetch("decisions", queryset=own, to_attr="own_decisions"))

    def dealt_at(self, stage: str) -> Self:
        """Return the records of which seats were dealt at ``stage``."""
        seats = rows("Seat").current().filter(record=OuterRef("pk"), stage=stage)
        return self.filter(Exists(seats))

    def unreleased(self, stage: str) -> Self:
        """Return the records not released at ``stage``."""
        releases = rows("Release").current().filter(record=OuterRef("pk"), stage=stage)
        return self.filter(~Exists(releases))

    def sought(self, standing: str = "") -> Self:
        """Return the records whose full text is sought, of one standing if given, by number."""
        wanted = Q(standing=standing) if standing else Q()
        current = rows("FullText").current().filter(wanted, record=OuterRef("pk"))
        return self.unmerged().filter(Exists(current))

    def with_full_text(self) -> Self:
        """Fetch the current full-text row beside each record, as ``current_full_texts``."""
        current = rows("FullText").current()
        return self.prefetch_related(
            Prefetch("full_texts", queryset=current, to_attr="current_full_texts")
        )


class LabelQuerySet(AppendOnlyQuerySet):
    """Labels, and who may see them."""

    def of(self, member: Membership) -> Self:
        """Return the labels that this member may see, in use or not: their own, and shared ones."""
        return self.filter(Q(owner=member) | Q(shared=True), review=member.review_id)

    def visible_to(self, member: Membership) -> Self:
        """Return the labels in use that this member may see: their own, and the shared ones."""
        used = rows("LabelDetails").current().filter(label=OuterRef("pk"), removed=False)
        return self.of(member).filter(Exists(used))


class LabelDetailsQuerySet(VersionedQuerySet):
    """What labels are called."""

    def with_numbers(self) -> Self:
        """Say of each label how many records bear it, as ``number``."""
        borne = rows("RecordLabel").current().filter(label=OuterRef("label"), removed=False)
        counted = borne.order_by().values("label").annotate(number=Count("pk"))
        return self.annotate(number=Coalesce(Subquery(counted.values("number")), 0))
