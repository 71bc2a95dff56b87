"""Votes, and who may see them."""

from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from records.choices import DuplicateStanding
from records.models import DuplicateMember, Record
from records.querysets.papers import papers_of
from reviews.models import ExclusionReason, Membership
from reviews.roles import Capability
from reviews.versions import CURRENT, Versioned, VersionedQuerySet
from screening.choices import Stage, Verdict
from screening.models.settling import FULL_TEXT_EXCLUSION, Release, waits_for


class DecisionQuerySet(VersionedQuerySet):
    """Votes, and who may see them."""

    def standing(self) -> Self:
        """Return the current votes that were not withdrawn."""
        return self.current().exclude(verdict=Verdict.WITHDRAWN)

    def on_paper(self, record: Record) -> Self:
        """Return the votes on a record and on those it is merged with."""
        [paper] = papers_of([record.pk])
        return self.filter(record__in=paper)

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

    def sent_as(self, member: Membership, request_id: UUID | None) -> Self:
        """Return the row that this member's request of that id wrote, superseded or not."""
        if request_id is None:
            return self.none()
        return self.filter(member=member, request_id=request_id)

    def with_release(self) -> Self:
        """Say of each vote whether its record is released at its stage, as ``is_released``."""
        released = Release.objects.current().filter(
            record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.annotate(is_released=Exists(released))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the votes this member may see without being unblinded.

        Their own; those released; and, for who may adjudicate, those on the conflicts that they
        may settle.
        """
        released = Release.objects.current().filter(
            record=OuterRef("record"), stage=OuterRef("stage")
        )
        seen: Any = Q(member=viewer) | Exists(released)
        if viewer.can(Capability.ADJUDICATE):
            unmerged = Record.objects.filter(review=viewer.review_id).unmerged()
            for stage in Stage:
                waiting = unmerged.filter(waits_for(viewer, stage)).order_by()
                seen |= Q(stage=stage, record__in=waiting.values("pk"))
                behind = DuplicateMember.objects.current().filter(
                    record=OuterRef("record"),
                    kept=False,
                    standing=DuplicateStanding.MERGED,
                    group__members__superseded_at=None,
                    group__members__kept=True,
                    group__members__standing=DuplicateStanding.MERGED,
                    group__members__record__in=waiting.values("pk"),
                )
                seen |= Q(Exists(behind), stage=stage)
        return self.filter(seen, review=viewer.review_id)


class ScreeningDecision(Versioned):
    """One reviewer's vote on one record at one stage; a change or undo is a new row.

    ``late`` marks a vote changed while an adjudication stands. ``request_id`` is the id that the
    browser gave the request which wrote the row, so that a request sent twice is known again.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    late = models.BooleanField(default=False)
    request_id = models.UUIDField(null=True, blank=True, editable=False)

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "member"],
                condition=CURRENT,
                name="screening_decision_one_current",
            ),
            models.UniqueConstraint(
                fields=["member", "request_id"],
                condition=Q(request_id__isnull=False),
                name="screening_decision_once_a_request",
            ),
            models.CheckConstraint(
                condition=~FULL_TEXT_EXCLUSION | Q(reason__isnull=False),
                name="screening_decision_full_text_exclusion_has_reason",
                violation_error_message="Choose a reason to exclude at full text.",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.EXCLUDE) | Q(reason__isnull=True),
                name="screening_decision_reason_only_with_exclusion",
                violation_error_message="A reason goes with an exclusion only.",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.FULL_TEXT, verdict=Verdict.UNSURE),
                name="screening_decision_full_text_is_sure",
                violation_error_message="At full text the answer is include or exclude.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "stage", "verdict"],
                condition=CURRENT,
                name="decision_by_verdict",
            ),
        ]
