"""The lock of one record."""

from records.models import Record
from reviews.models import Membership


def lock_record(member: Membership, record: Record) -> Record:
    """Lock a record of the member's review and return it."""
    records = Record.objects.filter(review=member.review_id).select_for_update(no_key=True)
    locked: Record = records.get(pk=record.pk)
    return locked
