"""Doubts about reports that were settled at full text: found ineligible once they are extracted."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from records.models import Record
from reviews.choices import SettlingRule
from reviews.models import ExclusionReason, Membership, ReviewSettings
from reviews.roles import Capability
from reviews.versions import CURRENT, Versioned, VersionedQuerySet
from screening.choices import DoubtStanding, Stage, Verdict
from screening.models.seats import had_part

ANSWERED = (DoubtStanding.UPHELD, DoubtStanding.DISMISSED)


class EligibilityDoubtQuerySet(VersionedQuerySet):
    """Doubts, who may know of them and who may settle them."""

    def open(self) -> Self:
        """Return the doubts that wait for a second person, the first one first."""
        waiting = self.current().filter(standing=DoubtStanding.OPEN)
        return waiting.order_by("recorded_at", "uid")

    def visible_to(self, viewer: Membership) -> Self:
        """Return the doubts that this member raised, and all for who leads or may adjudicate."""
        doubts = self.filter(review=viewer.review_id)
        if viewer.can(Capability.ADJUDICATE):
            return doubts
        return doubts.filter(member=viewer)

    def to_settle(self, settler: Membership, settings: ReviewSettings | None = None) -> Self:
        """Return the open doubts that this member may settle as the second person.

        Never their own; and where the review has a third person settle conflicts, never those on
        which they held a seat at full text, unless its settings allow it.
        """
        if not settler.can(Capability.ADJUDICATE):
            return self.none()
        doubts = self.open().filter(review=settler.review_id).exclude(member=settler)
        settings = settings or settler.review.settings
        if settings.settling_rule == SettlingRule.DISCUSSION or settings.adjudicator_may_have_voted:
            return doubts
        dealt = Record.objects.filter(had_part(settler, Stage.FULL_TEXT), pk=OuterRef("record"))
        return doubts.filter(~Exists(dealt.order_by()))


class EligibilityDoubt(Versioned):
    """That a report is not what its full text was settled as, until a second person has settled it.

    ``verdict`` is what it should be: excluded, or included again after a late exclusion.
    ``results_known`` says whether results of the study were known to who raised it. A person has
    one open doubt about a record; nothing of it depends on anybody else's.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="doubts")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=20,
        choices=[(v.value, v.label) for v in (Verdict.INCLUDE, Verdict.EXCLUDE)],
    )
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    results_known = models.BooleanField()
    standing = models.CharField(
        max_length=20, choices=DoubtStanding, default=DoubtStanding.OPEN, editable=False
    )
    settled_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(blank=True)

    objects: ClassVar = EligibilityDoubtQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "member"],
                condition=CURRENT & Q(standing=DoubtStanding.OPEN),
                name="eligibility_doubt_one_open",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.EXCLUDE, reason__isnull=False)
                | Q(verdict=Verdict.INCLUDE, reason__isnull=True),
                name="eligibility_doubt_exclusion_has_reason",
                violation_error_message="Choose a reason to exclude at full text.",
            ),
            models.CheckConstraint(
                condition=Q(standing__in=ANSWERED, settled_by__isnull=False)
                | (~Q(standing__in=ANSWERED) & Q(settled_by__isnull=True)),
                name="eligibility_doubt_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("member")),
                name="eligibility_doubt_settled_by_another",
            ),
        ]
