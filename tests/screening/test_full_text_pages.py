"""Retrieval of full texts on the page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.services import import_file
from screening.models import FullText
from screening.services import release_records, retrieve_all, submit_decision
from screening.services.seats import deal_in_turns
from tests.factories import make_screening, make_source, ris
from tests.pages import address, count_queries

pytestmark = pytest.mark.django_db
STAGE = "title-abstract"


def make_sought(number=1):
    """Make a review in which ``number`` reports are sought: its lead and the records."""
    lead, people, records = make_screening(number)
    seek(lead, people, records)
    return lead, records


def seek(lead, people, records):
    for record in records:
        for person in people:
            submit_decision(reviewer=person, record=record, stage=STAGE, verdict="include")
    release_records(lead=lead, stage=STAGE)


def standing(record):
    row = FullText.objects.current().get(record=record)
    return row.standing, row.why


def test_without_a_released_inclusion_nothing_is_sought(as_member, lead):
    assert b"No report is sought" in as_member(lead).get(address(lead, "full-texts")).content


def test_a_report_is_marked_and_marked_back(as_member):
    lead, (record,) = make_sought()
    client = as_member(lead)
    url = address(lead, "full-texts", record.uid)
    client.post(url, {"standing": "retrieved", "why": "ignored"})
    assert standing(record) == ("retrieved", "")
    client.post(url, {"standing": "not_retrieved", "why": "No answer from the authors"})
    assert standing(record) == ("not_retrieved", "No answer from the authors")
    client.post(url, {"standing": "sought"})
    assert standing(record) == ("sought", "")


def test_what_cannot_be_obtained_needs_a_word_why(as_member):
    lead, (record, _other) = make_sought(2)
    url = address(lead, "full-texts", record.uid)
    answer = as_member(lead).post(url, {"standing": "not_retrieved", "why": " "})
    assert answer.status_code == 400
    assert answer.content.decode().count("Say why the full text could not be obtained.") == 1
    assert standing(record) == ("sought", "")


@pytest.mark.parametrize("form", [{}, {"standing": "lost"}])
def test_a_standing_that_is_none_changes_nothing(as_member, form):
    lead, (record,) = make_sought()
    assert as_member(lead).post(address(lead, "full-texts", record.uid), form).status_code == 400
    assert standing(record) == ("sought", "")


def test_all_that_are_sought_are_marked_at_once_and_the_others_stay(as_member):
    lead, (first, second, third) = make_sought(3)
    client = as_member(lead)
    client.post(
        address(lead, "full-texts", third.uid), {"standing": "not_retrieved", "why": "Lost"}
    )
    page = client.post(address(lead, "full-texts/all"), follow=True).content.decode()
    assert "2 reports marked as retrieved." in page
    assert [standing(r)[0] for r in (first, second, third)] == [
        "retrieved",
        "retrieved",
        "not_retrieved",
    ]


def test_a_record_that_is_not_sought_is_not_found(as_member):
    lead, _, (record,) = make_screening(1)
    url = address(lead, "full-texts", record.uid)
    assert as_member(lead).post(url, {"standing": "retrieved"}).status_code == 404
    assert not FullText.objects.exists()


def test_the_list_costs_the_same_for_30_and_300_reports(as_member):
    lead, people, records = make_screening(300)
    seek(lead, people, records[:30])
    client = as_member(lead)
    before = count_queries(client, address(lead, "full-texts"))
    seek(lead, people, records[30:])
    assert count_queries(client, address(lead, "full-texts")) == before


def test_marking_all_costs_the_same_for_2_reports_and_for_9():
    costs = []
    for number in (2, 9):
        lead, _ = make_sought(number)
        with CaptureQueriesContext(connection) as queries:
            assert retrieve_all(lead=lead) == number
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_each_report_is_one_click_from_where_it_can_be_had(as_member):
    lead, people, _ = make_screening(0)
    data = ris(["A report with a DOI"], DO="10.1000/one", UR="https://journal.example/1")
    import_file(lead=lead, source=make_source(lead), file_name="one.ris", data=data)
    deal_in_turns(lead=lead)
    seek(lead, people, lead.review.records.all())
    page = as_member(lead).get(address(lead, "full-texts")).content.decode()
    assert 'href="https://doi.org/10.1000/one"' in page
    assert 'href="https://journal.example/1"' in page


def test_a_refusal_says_why_on_a_page_that_does_not_list_the_report(as_member):
    lead, (record,) = make_sought()
    url = f"{address(lead, 'full-texts', record.uid)}?show=retrieved"
    page = as_member(lead).post(url, {"standing": "not_retrieved", "why": ""}).content.decode()
    assert "was not changed" in page
    assert page.count("Say why the full text could not be obtained.") == 1
