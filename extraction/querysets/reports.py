"""Reports: the records that screening included, and whether they belong to a study yet."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from extraction.companions import families
from extraction.models import Extraction, Report, final_consensus
from records.models import Record, RecordQuerySet
from records.querysets.companions import companions_of
from reviews.models import Review
from reviews.versions import valid
from screening.choices import Stage, Standing
from screening.models import Resolution
from screening.querysets.standing import included


def included_reports(review: Review, instant: datetime | None = None) -> RecordQuerySet:
    """Return the records that screening includes, now or at ``instant``, by number.

    Those that a full text includes are few among many records, so they are named first.
    """
    read = Resolution.objects.filter(
        valid(instant), review=review, stage=Stage.FULL_TEXT, verdict=Standing.INCLUDED
    )
    records = Record.objects.filter(review=review, pk__in=read.order_by().values("record"))
    return included(records.unmerged(instant), instant)


def reported_copies(review: Review, instant: datetime | None = None) -> QuerySet[Extraction]:
    """Return the final consensus copies of the studies of which a report is included.

    The same reports as the flow diagram counts: a study whose reports were all excluded anew is in
    no table, and its data stay.
    """
    records = included_reports(review, instant).order_by()
    reports = Report.objects.filter(valid(instant), study=OuterRef("study"), record__in=records)
    return final_consensus(instant).filter(Exists(reports), review=review)


def reports_without_study(review: Review) -> RecordQuerySet:
    """Return the included and released records that belong to no study yet, by number."""
    reports = Report.objects.current().filter(record=OuterRef("pk"))
    return included_reports(review).filter(~Exists(reports))


def reports_to_open(review: Review) -> RecordQuerySet:
    """Return the waiting reports of which studies can be made, by number.

    One whose companion has a study already is to be added to that one instead.
    """
    return reports_without_study(review).exclude(pk__in=list(companion_studies(review)))


def companion_studies(review: Review) -> dict[int, int]:
    """Return, of the waiting reports, those a person took for another report of an opened study.

    Record to study, the lowest number of several.
    """
    waiting = list(reports_without_study(review).values_list("pk", flat=True))
    pairs = companions_of(waiting)
    elsewhere = sorted({other for _, other in pairs} - set(waiting))
    reports = Report.objects.current().filter(record__in=elsewhere)
    study_of = dict(reports.order_by("-study__number").values_list("record", "study"))
    number = dict(reports.values_list("study", "study__number"))
    found: dict[int, int] = {}
    for family in families([*waiting, *elsewhere], pairs):
        studies = [study_of[record] for record in family if record in study_of]
        if studies:
            lowest = min(studies, key=number.__getitem__)
            found.update({record: lowest for record in family if record not in study_of})
    return {record: study for record, study in found.items() if record in set(waiting)}
