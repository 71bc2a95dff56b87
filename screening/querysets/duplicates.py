"""Reads of duplicate groups, and of the records that are merged behind others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, OuterRef, Prefetch, Subquery

from reviews.querysets import AppendOnlyQuerySet, valid
from screening.best_fields import BestFields, best_fields
from screening.choices import DuplicateStanding
from screening.querysets.rows import rows

if TYPE_CHECKING:
    from screening.models import Record

READ_AT_ONCE = 500


class DuplicateGroupQuerySet(AppendOnlyQuerySet):
    """Groups of records that may be one paper."""

    def of_standing(self, standing: str) -> Self:
        """Return the groups of which this was decided, oldest first.

        A group stands as its kept record does. Records of undone imports have left their groups.
        """
        heads = rows("DuplicateMember").current().filter(kept=True, standing=standing)
        return self.filter(pk__in=heads.order_by().values("group")).order_by("recorded_at", "uid")

    def with_members(self) -> Self:
        """Fetch the current members with records and sources, the kept one first."""
        members = (
            rows("DuplicateMember")
            .current()
            .select_related("record__batch__source", "decided_by__user")
            .defer("record__raw")
            .order_by("-kept", "record__number")
        )
        return self.prefetch_related(
            Prefetch("members", queryset=members, to_attr="current_members")
        )


def merged_behind(
    records: Iterable[Record], instant: datetime | None = None
) -> dict[int, list[Record]]:
    """Return the records merged behind each of these kept ones, by number; one query.

    ``instant`` asks as of then. The verbatim texts are left out.
    """
    merged = rows("DuplicateMember").filter(valid(instant), standing=DuplicateStanding.MERGED)
    heads = merged.filter(kept=True, record__in=[record.pk for record in records])
    own_head = heads.filter(group=OuterRef("group")).order_by()
    behind = (
        merged.filter(kept=False, group__in=heads.order_by().values("group"))
        .annotate(head=Subquery(own_head.values("record")[:1]))
        .select_related("record__batch__source")
        .defer("record__raw")
        .order_by("record__number", "record")
    )
    found: dict[int, list[Record]] = {}
    for row in behind:
        found.setdefault(row.head, []).append(row.record)
    return found


def with_best_fields(
    records: Iterable[Record], instant: datetime | None = None
) -> Iterator[BestFields[Record]]:
    """Yield the best fields of each of a stream of kept records, in its order.

    One query for every 500 records; ``instant`` asks as of then.
    """
    stream = iter(records)
    while some := list(islice(stream, READ_AT_ONCE)):
        yield from _with_best(some, instant)


def best_of(record: Record, instant: datetime | None = None) -> BestFields[Record]:
    """Return the best fields of one kept record; one query, whether anything is merged or not."""
    return next(_with_best([record], instant))


def _with_best(records: Sequence[Record], instant: datetime | None) -> Iterator[BestFields[Any]]:
    behind = merged_behind(records, instant)
    for record in records:
        yield best_fields(record, behind.get(record.pk, []))


def companions_of(records: Iterable[int]) -> list[tuple[int, int]]:
    """Return pairs of a record of these and another report of the same study, as a person said.

    What was said of a record that is merged now holds for the one it stands behind. Three queries.
    """
    wanted = set(records)
    current = rows("DuplicateMember").current()
    told = current.filter(standing=DuplicateStanding.COMPANION)
    own = _stand_for(wanted)
    groups = told.filter(record__in=[*wanted, *own]).order_by().values("group")
    members = list(told.filter(group__in=groups).order_by("group", "record__number"))
    kept = _kept_of({row.record_id for row in members})
    of_group: dict[int, list[int]] = {}
    for row in members:
        of_group.setdefault(row.group_id, []).append(kept.get(row.record_id, row.record_id))
    pairs = {
        (one, other): None
        for group in of_group.values()
        for one in group
        for other in group
        if one in wanted and one != other
    }
    return list(pairs)


def _stand_for(records: set[int]) -> set[int]:
    """Return the records merged behind these."""
    merged = rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
    groups = merged.filter(kept=True, record__in=records).order_by().values("group")
    return set(
        merged.filter(kept=False, group__in=groups).order_by().values_list("record", flat=True)
    )


def _kept_of(records: set[int]) -> dict[int, int]:
    """Return the record that each of these is merged behind, where it is."""
    merged = rows("DuplicateMember").current().filter(standing=DuplicateStanding.MERGED)
    pairs = merged.filter(
        kept=False, record__in=records, group__members__kept=True,
        group__members__standing=DuplicateStanding.MERGED,
        group__members__superseded_at__isnull=True,
    ).order_by()  # fmt: skip
    return dict(pairs.annotate(head=F("group__members__record")).values_list("record", "head"))
