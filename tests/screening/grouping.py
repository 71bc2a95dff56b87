"""Groups of records as the search for duplicates leaves them."""

from collections.abc import Sequence

from django.db import transaction

from reviews import audit
from reviews.models import Membership
from screening.models import DuplicateGroup, DuplicateMember, Record


def make_group(
    lead: Membership,
    records: Sequence[Record],
    standing: str = "waiting",
    *,
    sure: bool = False,
    doubt: int = 100,
) -> DuplicateGroup:
    """Write a group of records, the first of them kept, as the machine does."""
    with transaction.atomic():
        act = audit.begin(member=lead)
        group = act.insert(DuplicateGroup(sure=sure, doubt=doubt))
        act.bulk_insert(
            [
                DuplicateMember(
                    group=group,
                    record=record,
                    kept=record is records[0],
                    standing=standing,
                    score="0.9",
                    why="alike titles",
                )
                for record in records
            ]
        )
        act.log("screening.duplicates_found", groups=1)
    return group


def standings(group: DuplicateGroup) -> list[tuple[str, bool]]:
    """Return how the current rows of a group stand, in the order of their records."""
    rows = DuplicateMember.objects.current().filter(group=group).order_by("record")
    return [(row.standing, row.kept) for row in rows]
