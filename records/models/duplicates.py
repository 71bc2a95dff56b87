"""Records that may be one paper, and what was decided of them.

Which records are in sight is asked of these tables, so they name ``Record`` and do not import it.
"""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Prefetch, Q

from records.choices import DuplicateStanding
from reviews.models import Membership, Review
from reviews.versions import CURRENT, AppendOnly, AppendOnlyQuerySet, Versioned


class DuplicateGroupQuerySet(AppendOnlyQuerySet):
    """Groups of records that may be one paper."""

    def of_standing(self, standing: str) -> Self:
        """Return the groups of which this was decided, oldest first.

        A group stands as its kept record does. Records of undone imports have left their groups.
        """
        heads = DuplicateMember.objects.current().filter(kept=True, standing=standing)
        return self.filter(pk__in=heads.order_by().values("group")).order_by("recorded_at", "uid")

    def to_accept(self) -> Self:
        """Return the waiting groups that the machine is sure of, least doubtful first."""
        waiting = self.of_standing(DuplicateStanding.WAITING)
        return waiting.filter(sure=True).order_by("doubt", "uid")

    def with_members(self) -> Self:
        """Fetch the current members with records and sources, the kept one first."""
        members = (
            DuplicateMember.objects.current()
            .select_related("record__batch__source", "decided_by__user")
            .defer("record__raw")
            .order_by("-kept", "record__number")
        )
        return self.prefetch_related(
            Prefetch("members", queryset=members, to_attr="current_members")
        )


class DuplicateGroup(AppendOnly):
    """Records that may be one paper; what was decided of each is in ``DuplicateMember``.

    ``sure`` and ``doubt`` (0 none to 1000, by the least alike of its records) are what the machine
    held of the group when it found it.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="duplicate_groups")
    sure = models.BooleanField(default=False)
    doubt = models.PositiveSmallIntegerField(null=True, blank=True)

    objects: ClassVar = DuplicateGroupQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["review", "doubt", "uid"], name="duplicate_group_by_doubt"),
        ]


class DuplicateMember(Versioned):
    """One record within one group: kept or not, why, and who decided (nobody: the machine).

    The rows of a group stand as the one of its kept record does; a record that was told apart from
    the rest is the only exception.
    """

    group = models.ForeignKey(DuplicateGroup, on_delete=models.PROTECT, related_name="members")
    record = models.ForeignKey(
        "records.Record", on_delete=models.PROTECT, related_name="duplicate_places"
    )
    kept = models.BooleanField()
    standing = models.CharField(max_length=20, choices=DuplicateStanding)
    score = models.CharField(max_length=10)
    why = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["group", "-kept", "record"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "record"], condition=CURRENT, name="duplicate_member_one_current"
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=CURRENT & Q(standing=DuplicateStanding.MERGED),
                name="duplicate_member_merged_once",
            ),
        ]
        indexes = [
            models.Index(
                # Its last column lets SQLite count from the index alone.
                fields=["review", "standing", "kept", "superseded_at"],
                condition=CURRENT,
                name="duplicate_member_standing",
            ),
            models.Index(
                fields=["review", "recorded_at"],
                condition=Q(decided_by__isnull=False),
                name="duplicate_member_by_person",
            ),
            models.Index(
                fields=["review", "superseded_at"],
                condition=Q(superseded_at__isnull=False),
                name="duplicate_member_ended",
            ),
        ]
