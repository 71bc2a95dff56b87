"""Retrieval of full texts."""

from django.core.exceptions import ValidationError

from records.models import Record
from records.querysets.papers import papers_of
from records.services.locking import lock_record, refuse_unless_in_sight
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Retrieval, Stage
from screening.models import FullText, ScreeningDecision
from screening.querysets.full_texts import sought
from screening.services.seats import deal_new_seats


@all_or_nothing
def set_full_text(*, lead: Membership, record: Record, standing: str, why: str = "") -> FullText:
    """Say whether a report that is sought was retrieved; a retrieved one is dealt to two people.

    Raises:
        ValidationError: the record is out of sight meanwhile (code ``out_of_sight``), the report
            is not sought (code ``not_sought``), or somebody has voted on its full text already
            (code ``voted``).
    """
    record = lock_record(lead, record)
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    refuse_unless_in_sight(record, merged=False)
    current = FullText.objects.current().filter(record=record).first()
    if current is None:
        raise ValidationError("The full text of this record is not sought.", code="not_sought")
    if (current.standing, current.why) == (standing, why.strip()):
        return current
    [paper] = papers_of([record.pk])
    voted = ScreeningDecision.objects.filter(record__in=paper, stage=Stage.FULL_TEXT)
    if current.standing == Retrieval.RETRIEVED and voted.exists():
        raise ValidationError(
            "This full text has been voted on, so it counts as retrieved.", code="voted"
        )
    new = _set(act, paper, current, FullText(standing=standing, why=why.strip()))
    deal_new_seats(act, Stage.FULL_TEXT)
    act.log("screening.full_text_set", subject=record, standing=standing)
    return new


@all_or_nothing
def retrieve_all(*, lead: Membership) -> int:
    """Mark every report that is still sought as retrieved, as one act; returns how many."""
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    reports = list(sought(Record.objects.filter(review=act.review), Retrieval.SOUGHT))
    current = FullText.objects.current().filter(record__in=reports).select_related("record")
    for row in current.order_by("record"):
        [paper] = papers_of([row.record_id])
        _set(act, paper, row, FullText(standing=Retrieval.RETRIEVED))
    if reports:
        deal_new_seats(act, Stage.FULL_TEXT)
        act.log(
            "screening.full_texts_set", standing=Retrieval.RETRIEVED.value, records=len(reports)
        )
    return len(reports)


def _set(act: Act, paper: list[int], current: FullText, new: FullText) -> FullText:
    """Write what is known of a paper's full text, on each of its records that is sought itself."""
    rows = FullText.objects.current().filter(record__in=paper).select_related("record")
    for row in rows.exclude(pk=current.pk).exclude(through_group=True).order_by("record"):
        act.replace(row, FullText(record=row.record, standing=new.standing, why=new.why))
    own = FullText.objects.filter(record=current.record_id, through_group=False)
    new.record, new.through_group = current.record, not own.exists()
    return act.replace(current, new)
