"""What people add to a record: its language and translator, and notices about the paper."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from records.choices import NoticeKind
from records.models import PublicationNotice, Record, RecordDetails
from records.services.locking import lock_record
from reviews import audit
from reviews.models import Membership
from reviews.roles import Capability


@transaction.atomic
def set_record_details(
    *, lead: Membership, record: Record, language: str, translated_by: str = "", note: str = ""
) -> RecordDetails | None:
    """Say in what language a paper is written and who translated it; blank takes it back.

    The record is locked, then the review. The same again writes nothing.
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    old = RecordDetails.objects.current().filter(record=record).first()
    texts = {"language": language, "translated_by": translated_by, "note": note}
    said = {name: " ".join(text.split()) for name, text in texts.items()}
    before = {name: getattr(old, name) if old else "" for name in said}
    if said == before:
        return old
    new = act.replace(old, RecordDetails(record=record, **said))
    act.log("records.record_details_set", subject=record)
    return new


@transaction.atomic
def set_notice(
    *,
    lead: Membership,
    record: Record,
    kind: str,
    reference: str,
    noticed_on: date | None = None,
    note: str = "",
) -> PublicationNotice:
    """Say that a paper was retracted or corrected, or that concern was expressed, and where.

    One notice of a kind: another takes its place. The record is locked, then the review.

    Raises:
        ValidationError: the kind is none, or the reference is blank (code ``blank``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    reference = " ".join(reference.split())
    if not reference:
        raise ValidationError("Say where the notice was published.", code="blank")
    old = _current(record, kind)
    said = (reference, noticed_on, " ".join(note.split()), False)
    if old is not None and (old.reference, old.noticed_on, old.note, old.removed) == said:
        return old
    notice = PublicationNotice(
        record=record, kind=kind, reference=reference, noticed_on=noticed_on, note=said[2]
    )
    act.replace(old, notice)
    act.log("records.notice_set", subject=record, kind=kind)
    return notice


@transaction.atomic
def remove_notice(*, lead: Membership, record: Record, kind: str) -> None:
    """Take a notice back that was entered by mistake.

    Raises:
        ValidationError: there is none of this kind (code ``no_notice``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    old = _current(record, kind)
    if old is None or old.removed:
        raise ValidationError(
            f"There is no notice “{NoticeKind(kind).label}” on this record.", code="no_notice"
        )
    act.replace(
        old,
        PublicationNotice(
            record=record,
            kind=kind,
            reference=old.reference,
            noticed_on=old.noticed_on,
            note=old.note,
            removed=True,
        ),
    )
    act.log("records.notice_removed", subject=record, kind=kind)


def _current(record: Record, kind: str) -> PublicationNotice | None:
    return PublicationNotice.objects.current().filter(record=record, kind=kind).first()
