"""Groups of records as the search for duplicates leaves them."""

from collections.abc import Sequence

from django.db import transaction

from records.models import DuplicateGroup, DuplicateMember, ImportBatch, Record
from reviews import audit
from reviews.models import AuditEvent, Membership
from tests.factories import make_batch

TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"


def unmerged(lead: Membership) -> set[str]:
    """Return the titles of the records that stand behind no other."""
    return {r.title for r in Record.objects.filter(review=lead.review).unmerged()}


def shown(lead: Membership) -> set[int]:
    """Return the keys of the records that stand behind no other."""
    return set(Record.objects.filter(review=lead.review).unmerged().values_list("pk", flat=True))


def two_files(
    lead: Membership, first: str = TITLE, second: str = TITLE + "."
) -> tuple[ImportBatch, ImportBatch]:
    """Import two files of one record each."""
    return make_batch(lead, [first]), make_batch(lead, [second])


def last_event(lead: Membership) -> AuditEvent:
    """Return what was done last in the review."""
    return AuditEvent.objects.filter(review=lead.review).latest("position")


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
        act = audit.begin_as(member=lead, capability="read")
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
        act.log("records.duplicates_grouped", groups=1)
    return group


def standings(group: DuplicateGroup) -> list[tuple[str, bool]]:
    """Return how the current rows of a group stand, in the order of their records."""
    rows = DuplicateMember.objects.current().filter(group=group).order_by("record")
    return [(row.standing, row.kept) for row in rows]
