"""Retrieval of full texts."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from records.models import Record
from records.querysets.papers import papers_of
from records.services.locking import lock_record, refuse_unless_in_sight
from reviews import audit
from reviews.acts import all_or_nothing
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
    ended, begun = _anew([paper], standing, why.strip())
    act.supersede(*ended)
    for row in begun:
        act.insert(row)
    deal_new_seats(act, Stage.FULL_TEXT)
    act.log("screening.full_text_set", subject=record, standing=standing)
    return next(row for row in begun if row.record_id == record.pk)


@all_or_nothing
def retrieve_all(*, lead: Membership) -> int:
    """Mark every report that is still sought as retrieved, as one act; returns how many."""
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    reports = sought(Record.objects.filter(review=act.review), Retrieval.SOUGHT).order_by()
    papers = papers_of(reports.values_list("pk", flat=True))
    ended, begun = _anew(papers, Retrieval.RETRIEVED)
    act.supersede(*ended)
    act.bulk_insert(begun)
    if papers:
        deal_new_seats(act, Stage.FULL_TEXT)
        act.log("screening.full_texts_set", standing=Retrieval.RETRIEVED.value, records=len(papers))
    return len(papers)


def _anew(
    papers: Sequence[Sequence[int]], standing: str, why: str = ""
) -> tuple[list[FullText], list[FullText]]:
    """Return the rows that end and those that begin where full texts of papers stand so.

    They are of the kept record, and of each behind it that is sought itself. Two queries.
    """
    rows = FullText.objects.filter(record__in=[record for paper in papers for record in paper])
    own = set(rows.filter(through_group=False).order_by().values_list("record", flat=True))
    meant = own.union(paper[0] for paper in papers)
    current = rows.current().filter(record__in=meant).select_related("record")
    ended = list(current.order_by("record"))
    begun = [
        FullText(
            record=row.record,
            standing=standing,
            why=why,
            through_group=row.record_id not in own,
        )
        for row in ended
    ]
    return ended, begun
