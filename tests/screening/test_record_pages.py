"""The list of records and the page of one."""

import pytest

from screening.models import Record
from screening.services import find_duplicates, release_records, submit_decision
from tests.factories import make_batch, make_member, make_records, make_screening
from tests.screening.pages import address, count_queries

pytestmark = pytest.mark.django_db
PAGE = 50


def test_an_empty_review_says_where_records_come_from(as_member, lead, reviewer_a):
    assert b"Import a file" in as_member(lead).get(address(lead, "records")).content
    page = as_member(reviewer_a).get(address(lead, "records")).content.decode()
    assert "the lead imports them" in page


def test_pages_follow_each_other_without_gap_or_repeat_and_back(as_member, lead):
    records = make_records(lead, PAGE + 10)
    client = as_member(lead)
    first = client.get(address(lead, "records")).context["page"]
    second = client.get(address(lead, "records"), {"after": first.next_cursor}).context["page"]
    back = client.get(address(lead, "records"), {"before": second.previous_cursor}).context["page"]

    assert [*first.rows, *second.rows] == records
    assert back.rows == first.rows
    assert (first.previous_cursor, second.next_cursor) == ("", "")


@pytest.mark.catalogue("Z18")
def test_a_cursor_that_was_changed_is_not_found(as_member, lead):
    make_records(lead, 2)
    assert as_member(lead).get(address(lead, "records"), {"after": "made:up"}).status_code == 404


def test_every_word_of_a_search_must_match(as_member, lead):
    make_batch(lead, ["Hip pain in adults", "Hip pain in children", "Knee pain in adults"])
    page = as_member(lead).get(address(lead, "records"), {"q": "ADULTS hip"}).context["page"]
    assert [record.title for record in page.rows] == ["Hip pain in adults"]


def test_a_filter_can_be_taken_off_again(as_member, lead):
    make_records(lead, 2)
    page = as_member(lead).get(address(lead, "records"), {"q": "nowhere", "year": "2020"})
    assert b"Nothing matches." in page.content
    assert [chip["without"] for chip in page.context["chips"]] == ["?year=2020", "?q=nowhere"]


@pytest.mark.catalogue("Z16")
def test_a_filter_that_cannot_be_read_finds_nothing_and_says_so(as_member, lead):
    make_records(lead, 2)
    answer = as_member(lead).get(address(lead, "records"), {"year": "x", "mine": "reviewer__email"})
    assert answer.status_code == 400
    assert answer.context["page"].rows == []
    assert "Enter a whole number" in answer.content.decode()


def test_my_decision_filters_by_my_own_votes_alone(as_member):
    _, (a, b), (first, second) = make_screening(2)
    submit_decision(reviewer=a, record=first, stage="title-abstract", verdict="include")
    submit_decision(reviewer=b, record=second, stage="title-abstract", verdict="include")
    client = as_member(a)

    def found(mine):
        return client.get(address(a, "records"), {"mine": mine}).context["page"].rows

    assert found("title-abstract:include") == [first]
    assert found("title-abstract:none") == [second]


def test_a_source_finds_the_records_merged_behind_those_of_another(as_member, lead):
    kept = make_batch(lead, ["The very same title of one and the same paper on hips"])
    other = make_batch(lead, ["The very same title of one and the same paper on hips"])
    find_duplicates(lead=lead)
    client = as_member(lead)
    for batch in (kept, other):
        query = {"source": batch.source.uid}
        page = client.get(address(lead, "records"), query).context["page"]
        assert len(page.rows) == 1


def test_the_list_and_the_record_cost_the_same_for_30_and_300_records(as_member, lead):
    records = make_records(lead, 30)
    client = as_member(lead)
    urls = [address(lead, "records"), address(lead, "records", records[0].uid)]
    before = [count_queries(client, url) for url in urls]
    make_records(lead, 270)
    assert [count_queries(client, url) for url in urls] == before


def test_a_record_shows_where_else_it_was_found_and_its_raw_text(as_member, lead):
    make_batch(lead, ["One title that two sources gave of the same hip paper"])
    make_batch(lead, ["One title that two sources gave of the same hip paper"])
    find_duplicates(lead=lead)
    kept = Record.objects.filter(review=lead.review).unmerged().get()
    page = as_member(lead).get(address(lead, "records", kept.uid)).content.decode()
    assert "Same paper in" in page
    assert "TI  - One title" in page


@pytest.mark.catalogue("I41")
def test_only_web_addresses_become_links(as_member, lead):
    from screening.services import import_file
    from tests.factories import make_source, ris

    data = ris(["<script>alert(1)</script>"], UR="javascript:alert(1)")
    import_file(lead=lead, source=make_source(lead), file_name="x.ris", data=data)
    record = Record.objects.get(review=lead.review)
    page = as_member(lead).get(address(lead, "records", record.uid)).content.decode()
    assert 'href="javascript' not in page
    assert "<script>alert" not in page


@pytest.mark.catalogue("Z02")
def test_a_record_of_another_review_is_not_found(as_member, lead):
    (foreign,) = make_screening(1)[2]
    assert as_member(lead).get(address(lead, "records", foreign.uid)).status_code == 404


@pytest.mark.catalogue("B12")
def test_votes_are_shown_to_others_only_once_released(as_member):
    lead, (a, b), (record,) = make_screening(1)
    reader = make_member(lead, "observer")
    url = address(lead, "records", record.uid)
    submit_decision(
        reviewer=a, record=record, stage="title-abstract", verdict="include", note="my words"
    )
    submit_decision(reviewer=b, record=record, stage="title-abstract", verdict="include")
    assert "my words" in as_member(a).get(url).content.decode()
    for other in (b, reader, lead):
        assert "my words" not in as_member(other).get(url).content.decode()

    release_records(lead=lead, stage="title-abstract")
    for anyone in (b, reader, lead):
        assert "my words" in as_member(anyone).get(url).content.decode()


def test_an_adjudicator_reads_the_votes_on_a_conflict_on_its_own_page_only(as_member):
    lead, (a, b), (record,) = make_screening(1, settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    submit_decision(
        reviewer=a, record=record, stage="title-abstract", verdict="include", note="my words"
    )
    submit_decision(reviewer=b, record=record, stage="title-abstract", verdict="exclude")
    client = as_member(judge)
    assert "my words" not in client.get(address(lead, "records", record.uid)).content.decode()
    conflict = address(lead, "screening/title-abstract/conflicts", record.uid)
    assert "my words" in client.get(conflict).content.decode()
