"""What screening says is waiting for each member."""

import re

import pytest
from django.core.exceptions import ValidationError

from screening.models import Release
from screening.services import close_stage, open_stage, release_records, submit_decision
from screening.work import items
from tests.factories import make_lead, make_member, make_records, make_screening

pytestmark = pytest.mark.django_db
STAGE = "title-abstract"


def labels(member):
    return [item.label for item in items(member)]


def test_a_lead_is_told_to_open_the_stage_once_there_are_records(lead):
    assert labels(lead) == []
    make_records(lead, 2)
    assert labels(lead) == ["Open title and abstract screening"]


def test_a_reviewer_is_told_what_is_left_of_their_own_queue():
    _, (a, b), (first, _) = make_screening(2)
    assert labels(a) == ["Screen 2 titles"]
    submit_decision(reviewer=b, record=first, stage=STAGE, verdict="exclude")
    assert labels(a) == ["Screen 2 titles"]
    submit_decision(reviewer=a, record=first, stage=STAGE, verdict="include")
    assert labels(a) == ["Screen 1 title"]


def test_a_conflict_waits_for_the_two_only_once_it_is_released():
    lead, (a, b), (record,) = make_screening(1)
    submit_decision(reviewer=a, record=record, stage=STAGE, verdict="include")
    submit_decision(reviewer=b, record=record, stage=STAGE, verdict="exclude")
    assert labels(a) == []
    release_records(lead=lead, stage=STAGE)
    assert labels(a) == labels(b) == ["Discuss 1 record"]


def test_a_conflict_waits_for_an_adjudicator():
    lead, (a, b), (record,) = make_screening(1, settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    submit_decision(reviewer=a, record=record, stage=STAGE, verdict="include")
    submit_decision(reviewer=b, record=record, stage=STAGE, verdict="exclude")
    assert labels(judge) == ["Settle 1 conflict"]
    assert labels(a) == []


def test_a_lead_is_told_of_full_texts_to_mark():
    lead, people, (record,) = make_screening(1)
    for person in people:
        submit_decision(reviewer=person, record=record, stage=STAGE, verdict="include")
    release_records(lead=lead, stage=STAGE)
    assert labels(lead) == ["Mark 1 full text"]


def test_an_observer_has_nothing_to_do_here(observer):
    assert labels(observer) == []


def decide(people, record, *verdicts, stage=STAGE):
    for person, verdict in zip(people, verdicts, strict=True):
        submit_decision(reviewer=person, record=record, stage=stage, verdict=verdict)


def test_a_lead_is_told_of_what_to_release_and_of_discussions_that_wait():
    lead, people, (first, second) = make_screening(2)
    assert labels(lead) == []
    decide(people, first, "include", "exclude")
    assert labels(lead) == ["Release 1 record"]
    decide(people, second, "include", "exclude")
    assert labels(lead) == ["Release 2 records"]
    release_records(lead=lead, stage=STAGE)
    assert labels(lead) == ["2 discussions wait: hand over what stays open"]


def screening_lead():
    lead = make_lead()
    other = make_member(lead)
    records = make_records(lead, 2)
    open_stage(lead=lead, stage=STAGE, screeners=[lead, other])
    return lead, other, records


def test_a_lead_who_screens_is_offered_release_once_their_own_seats_are_done():
    lead, other, (first, second) = screening_lead()
    release = "Release what both have decided: title and abstract"
    assert labels(lead) == ["Screen 2 titles"]
    decide([lead, other], first, "include", "include")
    assert labels(lead) == ["Screen 1 title"]
    decide([lead], second, "include")
    assert labels(lead) == [release]
    decide([other], second, "exclude")
    assert labels(lead) == [release]
    release_records(lead=lead, stage=STAGE)
    assert release not in labels(lead)


@pytest.mark.parametrize("act", ["release", "close"])
def test_a_lead_whose_own_seats_are_not_done_releases_nothing(as_member, act):
    lead, other, (first, _) = screening_lead()
    client = as_member(lead)
    answers = []
    for voter in (lead, other):
        decide([voter], first, "include")
        page = client.post(f"/reviews/{lead.review.slug}/stages/{STAGE}/{act}/")
        answers.append(
            (
                page.status_code,
                page.context["stages"][0]["refusals"] != [],
                "come first" in str(page.content),
            )
        )
    assert answers == [(409, True, True)] * 2, "on the page of stages"
    service = {"release": release_records, "close": close_stage}[act]
    with pytest.raises(ValidationError) as refusal:
        service(lead=lead, stage=STAGE)
    assert refusal.value.code == "own_first", "asked under the lock, not by the page"
    assert not Release.objects.exists()


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("verdict", ["include", "exclude", "unsure", None])
def test_the_page_of_stages_tells_a_lead_who_screens_nothing_of_the_others(
    as_member, done, verdict
):
    lead, other, records = screening_lead()
    if done:
        for record in records:
            decide([lead], record, "include")
    client = as_member(lead)

    def look():
        page = client.get(f"/reviews/{lead.review.slug}/stages/").content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page), labels(lead)

    before = look()
    if verdict:
        for record in records:
            decide([other], record, verdict)
    assert look() == before
    assert ("Release what both have decided</button>" in before[0]) is done
