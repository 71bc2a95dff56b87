"""The lock of one record, and whether it is still there once the review is locked too."""

from django.core.exceptions import ValidationError

from records.models import Record
from reviews.models import Membership


def lock_record(member: Membership, record: Record) -> Record:
    """Lock a record of the member's review and return it."""
    records = Record.objects.filter(review=member.review_id).select_for_update(no_key=True)
    locked: Record = records.get(pk=record.pk)
    return locked


def refuse_unless_in_sight(record: Record, *, merged: bool = True) -> None:
    """Refuse a record whose import was undone; with ``merged=False`` one behind another, too.

    Asked after the review was locked: what the page saw before may have been hidden since.

    Raises:
        ValidationError: it is not in sight any more (code ``out_of_sight``).
    """
    records = Record.objects.filter(pk=record.pk)
    if not (records.visible() if merged else records.unmerged()).exists():
        raise ValidationError(
            "This record was taken out of sight meanwhile: its import was undone, or it was "
            "merged behind another. Nothing was saved.",
            code="out_of_sight",
        )
