"""What only a merged copy says is read by who judges the record, at the same cost."""

import pytest

from records.models import Record
from records.querysets.papers import best_of, with_best_fields
from records.services import find_duplicates, import_file, separate_group
from screening.services import open_stage
from tests.factories import make_member, make_records, make_source, ris
from tests.pages import address, count_queries

pytestmark = pytest.mark.django_db
TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"
ABSTRACT = "Twelve hips were operated on and all of them improved."


@pytest.fixture
def screened(lead):
    """Return the kept record, which has no abstract, of a paper found twice, and a reviewer."""
    reviewers = [make_member(lead), make_member(lead)]
    first = ris([TITLE], DO="10.1000/one")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=first)
    open_stage(lead=lead, stage="title-abstract", screeners=reviewers)
    second = ris([TITLE], DO="10.1000/one", AB=ABSTRACT, AN="77")
    source = make_source(lead, name="The other base")
    import_file(lead=lead, source=source, file_name="b.ris", data=second)
    find_duplicates(lead=lead)
    return Record.objects.filter(review=lead.review).unmerged().get(), reviewers[0]


def test_a_reviewer_reads_the_abstract_that_only_the_merged_copy_has(as_member, screened):
    kept, reviewer = screened
    assert kept.abstract == ""
    page = as_member(reviewer).get(
        address(reviewer, "screening", "title-abstract", "records", kept.uid)
    )
    assert ABSTRACT in page.content.decode()
    assert "Abstract as The other base gives it" in page.content.decode()


def test_a_page_costs_the_same_whether_anything_is_merged_or_not(as_member, lead, screened):
    kept, reviewer = screened
    client = as_member(reviewer)
    url = address(reviewer, "screening", "title-abstract", "records", kept.uid)
    merged = count_queries(client, url)
    separate_group(lead=lead, group=kept.duplicate_places.current().get().group)
    assert count_queries(client, url) == merged
    assert ABSTRACT not in client.get(url).content.decode()


def test_the_page_of_a_record_says_what_it_took_from_which_source(as_member, lead, screened):
    kept, _ = screened
    page = as_member(lead).get(address(lead, "records", kept.uid)).content.decode()
    assert "From other records of this paper" in page
    assert "The other base" in page


def test_what_was_merged_later_is_not_in_the_best_fields_of_an_earlier_time(lead, screened):
    kept, _ = screened
    place = kept.duplicate_places.current().get()
    assert best_of(kept, place.recorded_at).record.abstract == ABSTRACT
    assert best_of(kept, kept.recorded_at).record.abstract == ""


def test_a_stream_of_records_costs_one_query_for_hundreds(
    lead, screened, django_assert_num_queries
):
    make_records(lead, 5)
    records = list(Record.objects.filter(review=lead.review).unmerged())
    with django_assert_num_queries(1):
        found = list(with_best_fields(iter(records)))
    assert [best.kept for best in found] == records
    assert [best.record.abstract for best in found].count(ABSTRACT) == 1
