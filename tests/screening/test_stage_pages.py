"""Stages on the page: opening, progress, release, closing."""

import re

import pytest

from screening.models import Release, Screener, Seat, StageState
from screening.services import release_records, set_full_text, submit_decision
from tests.factories import make_member, make_records, make_screening
from tests.pages import address, count_queries

pytestmark = pytest.mark.django_db
OPEN = "stages/title-abstract/open"


def decide(people, record, *verdicts):
    for person, verdict in zip(people, verdicts, strict=True):
        submit_decision(reviewer=person, record=record, stage="title-abstract", verdict=verdict)


def test_reviewers_are_ticked_before_the_stage_is_opened(as_member, lead, reviewer_a, reviewer_b):
    page = as_member(lead).get(address(lead, "stages")).content.decode()
    for reviewer in (reviewer_a, reviewer_b):
        at = page.index(f'value="{reviewer.uid}"')
        assert "checked" in page[at : at + 120]
    at = page.index(f'value="{lead.uid}"')
    assert "checked" not in page[at : at + 120]


def test_opening_deals_the_records_to_the_people_ticked(as_member, lead, reviewer_a, reviewer_b):
    make_records(lead, 3)
    form = {"TITLE_ABSTRACT-screeners": [reviewer_a.uid, reviewer_b.uid]}
    page = as_member(lead).post(address(lead, OPEN), form, follow=True).content.decode()
    assert "Title and abstract screening is open" in page
    assert Seat.objects.dealt(reviewer_a, "title-abstract").count() == 3


def test_one_person_alone_cannot_screen(as_member, lead, reviewer_a, reviewer_b):
    answer = as_member(lead).post(
        address(lead, OPEN), {"TITLE_ABSTRACT-screeners": [reviewer_a.uid]}
    )
    assert answer.status_code == 400
    assert "Choose at least two people." in answer.content.decode()
    assert not StageState.objects.exists()
    assert not Screener.objects.exists()


@pytest.mark.catalogue("Z04")
def test_a_member_of_another_review_cannot_be_ticked(as_member, lead, reviewer_a):
    _, (foreign, _), _ = make_screening(1)
    form = {"TITLE_ABSTRACT-screeners": [reviewer_a.uid, foreign.uid]}
    assert as_member(lead).post(address(lead, OPEN), form).status_code == 400
    assert not StageState.objects.filter(review=lead.review).exists()


def test_opening_twice_is_refused(as_member):
    lead, people, _ = make_screening(1)
    form = {"TITLE_ABSTRACT-screeners": [person.uid for person in people]}
    answer = as_member(lead).post(address(lead, OPEN), form)
    assert answer.status_code == 409
    assert StageState.objects.count() == 1


@pytest.mark.catalogue("B20")
def test_progress_is_counts_and_never_a_verdict(as_member):
    lead, people, records = make_screening(3)
    worlds = []
    for verdict in ("include", "exclude", "unsure"):
        decide(people[:1], records[0], verdict)
        stage = as_member(lead).get(address(lead, "stages")).context["stages"][0]
        worlds.append([(p["member"], p["dealt"], p["voted"]) for p in stage["people"]])
    assert worlds == [[(people[0], 3, 1), (people[1], 3, 0)]] * 3


def test_release_takes_what_both_have_decided(as_member):
    lead, people, (first, second) = make_screening(2)
    decide(people, first, "include", "exclude")
    decide(people[:1], second, "include")
    client = as_member(lead)
    assert b"Release 1 record<" in client.get(address(lead, "stages")).content
    page = client.post(address(lead, "stages/title-abstract/release"), follow=True)
    assert "1 record released." in page.content.decode()
    assert [row.record for row in Release.objects.all()] == [first]


@pytest.mark.catalogue("Z14")
def test_a_stage_with_missing_votes_is_not_closed(as_member):
    lead, people, (first, _) = make_screening(2)
    decide(people, first, "include", "include")
    client = as_member(lead)
    assert b"Close the stage" not in client.get(address(lead, "stages")).content
    answer = client.post(address(lead, "stages/title-abstract/close"))
    assert answer.status_code == 409
    assert "Records still wait for a vote" in answer.content.decode()
    assert not Release.objects.exists()
    assert StageState.objects.current().get().standing == "open"


def test_a_stage_is_closed_and_opened_again(as_member):
    lead, people, (record,) = make_screening(1)
    decide(people, record, "include", "include")
    client = as_member(lead)
    assert "release 1 record?" in client.get(address(lead, "stages")).content.decode()
    client.post(address(lead, "stages/title-abstract/close"))
    assert StageState.objects.current().get().standing == "closed"
    client.post(address(lead, "stages/title-abstract/reopen"))
    assert StageState.objects.current().get().standing == "open"
    answer = client.post(address(lead, "stages/title-abstract/reopen"))
    assert answer.status_code == 409


def test_conflicts_that_are_not_settled_are_handed_over(as_member):
    lead, people, (record,) = make_screening(1)
    judge = make_member(lead, "adjudicator")
    decide(people, record, "include", "exclude")
    release_records(lead=lead, stage="title-abstract")
    client = as_member(lead)
    assert b"Hand over to the adjudicators" in client.get(address(lead, "stages")).content
    client.post(address(lead, "stages/title-abstract/hand-over"))
    assert b"Hand over to the adjudicators" not in client.get(address(lead, "stages")).content
    page = as_member(judge).get(address(lead, "screening/conflicts"))
    assert page.context["page"].rows == [record]


def test_the_page_has_one_filled_button_and_it_is_the_next_act(as_member):
    lead, people, (first, second) = make_screening(2)
    client, seen = as_member(lead), []

    def filled():
        page = client.get(address(lead, "stages")).content.decode()
        return re.findall(r'class="btn btn-primary"[^>]*>([^<]*)<', page)

    seen.append(filled())
    decide(people, first, "include", "include")
    seen.append(filled())
    client.post(address(lead, "stages/title-abstract/release"))
    decide(people, second, "exclude", "exclude")
    client.post(address(lead, "stages/title-abstract/release"))
    seen.append(filled())
    client.post(address(lead, "stages/title-abstract/close"))
    set_full_text(lead=lead, record=first, standing="retrieved")
    seen.append(filled())
    assert seen == [[], ["Release 1 record"], ["Close the stage"], ["Open full text screening"]]


def test_a_stage_is_told_as_four_acts_in_numbers(as_member):
    lead, people, (first, _) = make_screening(2)
    decide(people, first, "include", "exclude")
    client = as_member(lead)

    def flow(place):
        return client.get(address(lead, "stages")).context["stages"][place]["flow"]

    assert flow(0) == [
        ("Deal", "done", "2 records to 2 people"),
        ("Vote", "doing", "2 of 4 votes"),
        ("Release", "none", "0 of 2 records"),
        ("Close", "none", "once every vote is in"),
    ]
    assert [act[1:] for act in flow(1)] == [("none", "nothing yet"), *[("none", "")] * 3]


@pytest.mark.parametrize("act", ["open", "release", "close", "reopen", "hand-over"])
def test_a_stage_that_is_none_is_not_found(as_member, lead, act):
    assert as_member(lead).post(address(lead, "stages/third", act)).status_code == 404


def test_the_page_costs_the_same_for_2_and_20_people_and_3_and_300_records(as_member):
    lead, _, _ = make_screening(3)
    client = as_member(lead)
    before = count_queries(client, address(lead, "stages"))
    make_records(lead, 297)
    for _ in range(18):
        make_member(lead)
    assert count_queries(client, address(lead, "stages")) == before
