"""Companions: records that a person took for different reports of one study."""

from collections.abc import Iterable

from django.db.models import F

from records.choices import DuplicateStanding
from records.models import DuplicateMember


def companions_of(records: Iterable[int]) -> list[tuple[int, int]]:
    """Return pairs of a record of these and another report of the same study, as a person said.

    What was said of a record that is merged now holds for the one it stands behind. Three queries.
    """
    wanted = set(records)
    current = DuplicateMember.objects.current()
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
    merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
    groups = merged.filter(kept=True, record__in=records).order_by().values("group")
    return set(
        merged.filter(kept=False, group__in=groups).order_by().values_list("record", flat=True)
    )


def _kept_of(records: set[int]) -> dict[int, int]:
    """Return the record that each of these is merged behind, where it is."""
    merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
    pairs = merged.filter(
        kept=False, record__in=records, group__members__kept=True,
        group__members__standing=DuplicateStanding.MERGED,
        group__members__superseded_at__isnull=True,
    ).order_by()  # fmt: skip
    return dict(pairs.annotate(head=F("group__members__record")).values_list("record", "head"))
