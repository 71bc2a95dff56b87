"""Reads of duplicate groups."""

from typing import Self

from django.db.models import Count, Exists, OuterRef, Prefetch

from reviews.querysets import AppendOnlyQuerySet
from screening.querysets.rows import rows


class DuplicateGroupQuerySet(AppendOnlyQuerySet):
    """Groups of records that may be one paper."""

    def of_standing(self, standing: str) -> Self:
        """Return the groups of which this was decided, oldest first.

        Records of undone imports count for nothing: a group needs two others to be listed.
        """
        published = rows("BatchState").published().current().filter(batch=OuterRef("record__batch"))
        members = (
            rows("DuplicateMember")
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
            rows("DuplicateMember")
            .current()
            .select_related("record__batch__source", "decided_by__user")
            .order_by("-kept", "record__number")
        )
        return self.prefetch_related(
            Prefetch("members", queryset=members, to_attr="current_members")
        )
