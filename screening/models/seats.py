"""Seats: who votes on what."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from records.choices import BatchStanding, DuplicateStanding
from records.models import BatchState, DuplicateMember, Record
from reviews.models import Membership
from reviews.versions import CURRENT, Versioned, VersionedQuerySet
from screening.choices import Stage


class SeatQuerySet(VersionedQuerySet):
    """Seats, in the order of each member's own queue."""

    def beyond(self, seat: "Seat") -> Self:
        """Return the seats that come after ``seat`` in its queue, nearest first."""
        later = Q(position__gt=seat.position) | Q(position=seat.position, pk__gt=seat.pk)
        return self.filter(later).order_by("position", "pk")

    def before(self, seat: "Seat") -> Self:
        """Return the seats that come before ``seat`` in its queue, nearest first."""
        earlier = Q(position__lt=seat.position) | Q(position=seat.position, pk__lt=seat.pk)
        return self.filter(earlier).order_by("-position", "-pk")

    def dealt(self, member: Membership, stage: str) -> Self:
        """Return this member's seats on records that imports leave in screening."""
        own = self.current().in_screening().filter(member=member, stage=stage)
        return own.order_by("position", "pk")

    def in_screening(self) -> Self:
        """Return the seats on records that are visible.

        Those behind another are among them: a merge changes nobody's queue, whatever was said.
        """
        published = BatchState.objects.current().filter(
            batch=OuterRef("record__batch"), standing=BatchStanding.PUBLISHED
        )
        return self.filter(Exists(published))


def had_part(member: Membership, stage: str) -> Q:
    """Return the condition that a record was ever dealt to this member at ``stage``.

    Nobody votes without a seat. Seats taken away since count, and those on the records merged
    behind it: they are the same paper.
    """
    dealt = Seat.objects.filter(member=member, stage=stage).order_by()
    behind = DuplicateMember.objects.current().filter(
        record=OuterRef("pk"),
        standing=DuplicateStanding.MERGED,
        kept=True,
        group__members__superseded_at__isnull=True,
        group__members__standing=DuplicateStanding.MERGED,
        group__members__record__in=dealt.values("record"),
    )
    return Q(Exists(dealt.filter(record=OuterRef("pk")))) | Q(Exists(behind))


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
