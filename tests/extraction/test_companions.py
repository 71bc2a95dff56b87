"""Reports that a person took for reports of one study become one, and nobody is counted twice."""

import pytest

from extraction.companions import families
from extraction.models import Report, Study
from extraction.services import open_studies
from records.models import DuplicateGroup, Record
from records.services import merge_group, separate_group, tell_companions
from tests.extraction.factories import include
from tests.factories import make_records
from tests.records.grouping import make_group

pytestmark = pytest.mark.django_db


def told(lead, *records) -> DuplicateGroup:
    group = make_group(lead, records)
    tell_companions(lead=lead, group=group)
    return group


def reports_of(study) -> set[int]:
    return set(study.reports.current().values_list("record", flat=True))


def test_what_pairs_connect_is_one_family_in_the_order_of_the_keys():
    assert families([1, 2, 3, 4, 5], [(4, 2), (5, 4), (9, 1)]) == [[1], [2, 4, 5], [3]]


def test_companions_that_wait_together_are_opened_as_one_study(lead):
    first, second, third = make_records(lead, 3)
    told(lead, second, third)
    include(lead, [first, second, third])

    studies = open_studies(lead=lead)

    assert [reports_of(study) for study in studies] == [{first.pk}, {second.pk, third.pk}]
    assert open_studies(lead=lead) == []


def test_a_companion_of_a_study_is_offered_to_it_and_not_opened(lead, as_member):
    first, second, third = make_records(lead, 3)
    told(lead, first, second)
    told(lead, second, third)
    include(lead, [first])
    (study,) = open_studies(lead=lead)
    include(lead, [second, third])

    assert open_studies(lead=lead) == []

    client = as_member(lead)
    page = client.get(f"/reviews/{lead.review.slug}/studies/").content.decode()
    assert page.count("Add it to the study") == 2
    assert "not a study yet" not in page
    client.post(
        f"/reviews/{lead.review.slug}/studies/{study.uid}/reports/",
        {"record": second.uid, "kind": "article"},
    )
    assert reports_of(study) == {first.pk, second.pk}


def test_who_parts_companions_lets_each_have_a_study_of_its_own(lead):
    first, second = make_records(lead, 2)
    group = told(lead, first, second)
    separate_group(lead=lead, group=group)
    include(lead, [first, second])
    assert len(open_studies(lead=lead)) == 2


def test_what_was_said_of_a_record_holds_for_the_one_it_is_merged_behind(lead):
    first, second, copy = make_records(lead, 3)
    told(lead, first, copy)
    merge_group(lead=lead, group=make_group(lead, [second, copy]))
    include(lead, [first, second])
    (study,) = open_studies(lead=lead)
    assert reports_of(study) == {first.pk, second.pk}


def test_a_study_stays_whole_when_its_report_is_parted_from_a_duplicate_and_merged_again(lead):
    first, second = make_records(lead, 2)
    group = make_group(lead, [first, second])
    merge_group(lead=lead, group=group)
    include(lead, [first])
    (study,) = open_studies(lead=lead)

    separate_group(lead=lead, group=group)
    assert (list(Study.objects.current()), reports_of(study)) == ([study], {first.pk})
    merge_group(lead=lead, group=group)

    assert Record.objects.filter(review=lead.review).unmerged().get() == first
    assert Report.objects.current().get().record == first
    assert open_studies(lead=lead) == []
