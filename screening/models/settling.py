"""Where records stand, how that was settled, and whether it is released."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from records.models import Record
from reviews.choices import SettlingRule
from reviews.models import ExclusionReason, Membership
from reviews.versions import CURRENT, Versioned, VersionedQuerySet, valid
from screening.choices import Settled, Stage, Standing, Verdict
from screening.models.seats import had_part

FULL_TEXT_EXCLUSION = Q(stage=Stage.FULL_TEXT, verdict=Verdict.EXCLUDE)


class Release(Versioned):
    """The act that lets the votes on a record at a stage be seen and take effect.

    A record that is settled anew after its release is released anew by the same act: the last
    release is the last moment at which what was released became something else.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="releases")
    stage = models.CharField(max_length=20, choices=Stage)
    # Its record has it from the paper it is merged into, until that is parted.
    through_group = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage"], condition=CURRENT, name="release_one_current"
            ),
        ]
        indexes = [models.Index(fields=["review", "recorded_at"], name="release_by_instant")]


class ResolutionQuerySet(VersionedQuerySet):
    """Where records stand, and who may see it."""

    def settled(self) -> Self:
        """Return the rows in which a record is included or excluded."""
        return self.filter(verdict__in=[Standing.INCLUDED, Standing.EXCLUDED])

    def released(self, instant: datetime | None = None) -> Self:
        """Return the rows of records released at their stage, now or at ``instant``."""
        releases = Release.objects.filter(
            valid(instant), record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.filter(Exists(releases))

    def visible_to(self, viewer: Membership) -> Self:
        """Return the rows of released records, and those this member settled."""
        releases = Release.objects.current().filter(
            record=OuterRef("record"), stage=OuterRef("stage")
        )
        return self.filter(Exists(releases) | Q(member=viewer), review=viewer.review_id)


class Resolution(Versioned):
    """Where a record stands at a stage: what two votes, a discussion or a third person made of it.

    Every vote writes the row anew, whatever the other vote was, so that a reviewer's act costs
    the same and answers the same in every case: ``undecided`` and ``conflict`` are rows too, with
    an empty ``how``. A settlement by a person stands when a vote changes later; its new row keeps
    ``settled_at`` and says ``contested``, which the lead and adjudicators see.

    The row of a kept record speaks for its paper, all records merged into one
    (``screening/papers.py``); those of the records behind it say what their own votes make of them.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="resolutions")
    stage = models.CharField(max_length=20, choices=Stage)
    verdict = models.CharField(max_length=20, choices=Standing)
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    how = models.CharField(max_length=20, blank=True, choices=Settled)
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    contested = models.BooleanField(default=False)
    # Its record has it from the paper it is merged into, until that is parted.
    through_group = models.BooleanField(default=False, editable=False)

    objects: ClassVar = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage"], condition=CURRENT, name="resolution_one_current"
            ),
            models.CheckConstraint(
                condition=Q(how="", verdict__in=[Standing.UNDECIDED, Standing.CONFLICT])
                | (~Q(how="") & Q(verdict__in=[Standing.INCLUDED, Standing.EXCLUDED])),
                name="resolution_settled_says_how",
            ),
            models.CheckConstraint(
                condition=~FULL_TEXT_EXCLUSION | Q(reason__isnull=False),
                name="resolution_full_text_exclusion_has_reason",
                violation_error_message="Choose a reason to exclude at full text.",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["", Settled.AGREEMENT], member__isnull=True)
                | Q(how__in=[Settled.DISCUSSION, Settled.ADJUDICATION], member__isnull=False),
                name="resolution_named_unless_by_agreement",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "stage", "verdict"],
                condition=CURRENT,
                name="resolution_by_verdict",
            ),
            # They are few, and asked for whenever an adjudicator opens a page of work.
            models.Index(
                fields=["review", "stage"],
                condition=CURRENT & Q(contested=True),
                name="resolution_contested",
            ),
        ]


class DiscussionEntry(Versioned):
    """What one of the two holds to be the agreed answer, or that a third person is needed."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="discussion")
    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(
        max_length=20,
        blank=True,
        choices=[(v.value, v.label) for v in (Verdict.INCLUDE, Verdict.EXCLUDE)],
    )
    reason = models.ForeignKey(
        ExclusionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hand_over = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["recorded_at", "pk"]
        verbose_name_plural = "discussion entries"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "member"],
                condition=CURRENT,
                name="discussion_entry_one_current",
            ),
            models.CheckConstraint(
                condition=Q(hand_over=True, verdict="") | (Q(hand_over=False) & ~Q(verdict="")),
                name="discussion_entry_answers_or_hands_over",
            ),
        ]


def waits_for(adjudicator: Membership, stage: str) -> Q:
    """Return the condition that a record waits for this member as the third person at ``stage``.

    Conflicts, and settlements that a vote contests since. Never those where they ever held a
    seat, unless the review's settings allow it; and only what the two have handed over, where
    the review settles by discussion first.
    """
    settings = adjudicator.review.settings
    current = Resolution.objects.current().filter(record=OuterRef("pk"), stage=stage)
    conflict = Exists(current.filter(verdict=Standing.CONFLICT))
    waits = Q(conflict | Exists(current.filter(contested=True)))
    if settings.settling_rule == SettlingRule.DISCUSSION:
        handed = DiscussionEntry.objects.current().filter(stage=stage, hand_over=True)
        waits &= Q(Exists(handed.filter(record=OuterRef("pk"))))
    if not settings.adjudicator_may_have_voted:
        waits &= ~had_part(adjudicator, stage)
    return waits
