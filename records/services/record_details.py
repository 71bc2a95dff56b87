"""What people add to a record: its language and translator, and notices about the paper."""

from datetime import date

from django.core.exceptions import ValidationError

from records.choices import NoticeKind
from records.models import PublicationNotice, Record, RecordDetails
from records.services.locking import lock_record, refuse_unless_in_sight
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership
from reviews.roles import Capability


@all_or_nothing
def set_record_details(
    *, lead: Membership, record: Record, language: str, translated_by: str = "", note: str = ""
) -> RecordDetails | None:
    """Say in what language a paper is written and who translated it; blank takes it back.

    The record is locked, then the review. The same again writes nothing.

    Raises:
        ValidationError: the record is out of sight meanwhile (code ``out_of_sight``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    refuse_unless_in_sight(record)
    old = RecordDetails.objects.current().filter(record=record).first()
    texts = {"language": language, "translated_by": translated_by, "note": note}
    said = {name: " ".join(text.split()) for name, text in texts.items()}
    before = {name: getattr(old, name) if old else "" for name in said}
    if said == before:
        return old
    new = act.replace(old, RecordDetails(record=record, **said))
    act.log("records.record_details_set", subject=record)
    return new


@all_or_nothing
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
        ValidationError: the kind is none, the reference is blank (code ``blank``), or the record
            is out of sight meanwhile (code ``out_of_sight``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    refuse_unless_in_sight(record)
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


@all_or_nothing
def remove_notice(*, lead: Membership, record: Record, kind: str) -> None:
    """Take a notice back that was entered by mistake.

    Raises:
        ValidationError: there is none of this kind (code ``no_notice``), or the record is out of
            sight meanwhile (code ``out_of_sight``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    refuse_unless_in_sight(record)
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
