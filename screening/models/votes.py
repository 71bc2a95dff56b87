"""Stages, seats, votes, settlements and full texts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reviews.models import CURRENT, ExclusionReason, Membership, Versioned
from screening.choices import Retrieval, Settled, Stage, StageStanding, Standing, Verdict
from screening.models.records import Record
from screening.querysets.votes import DecisionQuerySet, ResolutionQuerySet, SeatQuerySet

FULL_TEXT_EXCLUSION = Q(stage=Stage.FULL_TEXT, verdict=Verdict.EXCLUDE)


class StageState(Versioned):
    """Whether a stage is open for votes."""

    stage = models.CharField(max_length=20, choices=Stage)
    standing = models.CharField(max_length=20, choices=StageStanding)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "stage"], condition=CURRENT, name="stage_state_one_current"
            ),
        ]


class Screener(Versioned):
    """A member among whom the seats of a stage are dealt."""

    stage = models.CharField(max_length=20, choices=Stage)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stage", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "member"], condition=CURRENT, name="screener_once_a_stage"
            ),
        ]


class Seat(Versioned):
    """Who votes on what: dealt before voting, two to a record and stage, never the same person.

    ``position`` is the place in this member's own queue, in a seeded order.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="seats")
    stage = models.CharField(max_length=20, choices=Stage)
    number = models.PositiveSmallIntegerField()
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="seats")
    position = models.PositiveIntegerField()

    objects: ClassVar = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "number"], condition=CURRENT, name="seat_dealt_once"
            ),
            models.UniqueConstraint(
                fields=["record", "stage", "member"], condition=CURRENT, name="seat_never_both"
            ),
            models.CheckConstraint(condition=Q(number__in=[1, 2]), name="seat_is_first_or_second"),
        ]
        indexes = [models.Index(fields=["member", "stage", "position"], name="seat_in_queue_order")]


class ScreeningDecision(Versioned):
    """One reviewer's vote on one record at one stage; a change or undo is a new row.

    ``late`` marks a vote changed while an adjudication stands.
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

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage", "member"],
                condition=CURRENT,
                name="screening_decision_one_current",
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


class Resolution(Versioned):
    """Where a record stands at a stage: what two votes, a discussion or a third person made of it.

    Every vote writes the row anew, whatever the other vote was, so that a reviewer's act costs
    the same and answers the same in every case: ``undecided`` and ``conflict`` are rows too, with
    an empty ``how``. A settlement by a person stands when a vote changes later; its new row keeps
    ``settled_at`` and says ``contested``, which the lead and adjudicators see.
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
            )
        ]


class Release(Versioned):
    """The act that lets the votes on a record at a stage be seen and take effect."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="releases")
    stage = models.CharField(max_length=20, choices=Stage)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "stage"], condition=CURRENT, name="release_one_current"
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


class FullText(Versioned):
    """Whether the full text of a record was sought, retrieved or not, and why not."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="full_texts")
    standing = models.CharField(max_length=20, choices=Retrieval)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="full_text_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(standing=Retrieval.NOT_RETRIEVED) | ~Q(why=""),
                name="full_text_not_retrieved_says_why",
                violation_error_message="Say why the full text could not be obtained.",
            ),
        ]
