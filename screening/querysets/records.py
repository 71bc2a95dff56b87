"""Reads of records: which are visible, and which of them wait for whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Prefetch, Q

from reviews.choices import SettlingRule
from reviews.querysets import AppendOnlyQuerySet, valid
from screening.choices import BatchStanding, DuplicateStanding, Standing
from screening.querysets.rows import rows

if TYPE_CHECKING:
    from reviews.models import Membership, Review
    from screening.models import Record, Source


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
        behind = rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
        behind = behind.filter(kept=False, record__batch__source=source)
        kept = (
            rows("DuplicateMember")
            .current()
            .filter(standing=DuplicateStanding.MERGED, kept=True, group__in=behind.values("group"))
        )
        return self.filter(Q(batch__source=source) | Q(pk__in=kept.order_by().values("record")))

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

    def decided_by(self, member: Membership, stage: str, verdict: str) -> Self:
        """Return the records on which this member's own vote at ``stage`` is ``verdict``."""
        own = rows("ScreeningDecision").own(member, stage).filter(verdict=verdict)
        return self.filter(Exists(own.filter(record=OuterRef("pk"))))

    def undecided_by(self, member: Membership, stage: str) -> Self:
        """Return the records dealt to this member at ``stage`` that lack their own vote."""
        queue = rows("Seat").queue(member, stage).filter(record=OuterRef("pk"))
        return self.filter(Exists(queue.order_by()))

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

    def visible_to(self, member: Membership) -> Self:
        """Return the labels in use that this member may see: their own, and the shared ones."""
        used = rows("LabelDetails").current().filter(label=OuterRef("pk"), removed=False)
        seen = Q(owner=member) | Q(shared=True)
        return self.filter(Exists(used), seen, review=member.review_id)
