"""What screening says is waiting for each member."""

import pytest

from screening.services import release_records, submit_decision
from screening.work import items
from tests.factories import make_member, make_records, make_screening

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
