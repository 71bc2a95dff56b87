"""Reports: the records that screening included, and whether they belong to a study yet."""

from django.db.models import Exists, OuterRef

from extraction.companions import families
from extraction.models import Report
from records.models import Record, RecordQuerySet
from records.querysets.companions import companions_of
from reviews.models import Review
from screening.choices import Stage, Standing
from screening.querysets.standing import released, standing_at


def included_reports(review: Review) -> RecordQuerySet:
    """Return the records included at full text and released, by number."""
    stage = Stage.FULL_TEXT
    records = Record.objects.filter(review=review).unmerged()
    return released(standing_at(records, stage, Standing.INCLUDED), stage)


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
