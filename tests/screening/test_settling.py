"""A conflict is settled by the two, or by a third person who did not vote."""

import pytest
from django.core.exceptions import ValidationError

from records.models import Record
from reviews.roles import Role
from reviews.services import change_role
from screening.choices import Settled, Stage, Standing, Verdict
from screening.models import FullText, Resolution
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.services import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
    release_records,
    submit_decision,
)
from tests.factories import make_member, make_screening

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT


def conflict(**settings):
    lead, (a, b), [record] = make_screening(**settings)
    for member, verdict in ((a, Verdict.INCLUDE), (b, Verdict.EXCLUDE)):
        submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)
    return lead, a, b, record


def current(record: Record) -> Resolution:
    return Resolution.objects.current().get(record=record, stage=TITLES)


def test_the_two_settle_a_released_conflict_by_entering_the_same_answer():
    lead, a, b, record = conflict()
    release_records(lead=lead, stage=TITLES)

    record_discussion(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)
    assert current(record).verdict == Standing.CONFLICT
    record_discussion(reviewer=b, record=record, stage=TITLES, verdict=Verdict.INCLUDE)

    stands = current(record)
    assert (stands.verdict, stands.how) == (Standing.INCLUDED, Settled.DISCUSSION)
    assert {stands.member, stands.second_member} == {a, b}
    assert FullText.objects.current().get(record=record).standing == "sought"


def test_before_release_there_is_nothing_to_discuss():
    _, a, _, record = conflict()

    with pytest.raises(ValidationError) as refusal:
        record_discussion(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)
    assert refusal.value.code == "not_discussed"

    assert not to_discuss(Record.objects.all(), a, TITLES).exists()
    assert current(record).verdict == Standing.CONFLICT


def test_who_did_not_vote_discusses_nothing():
    lead, _, _, record = conflict()
    release_records(lead=lead, stage=TITLES)

    with pytest.raises(ValidationError):
        record_discussion(reviewer=lead, record=record, stage=TITLES, verdict=Verdict.INCLUDE)


def test_a_third_person_waits_until_the_two_hand_over():
    lead, a, _, record = conflict()
    release_records(lead=lead, stage=TITLES)
    adjudicator = make_member(lead, Role.ADJUDICATOR)
    settle = {"record": record, "stage": TITLES, "verdict": Verdict.EXCLUDE}

    with pytest.raises(ValidationError) as refusal:
        adjudicate_conflict(adjudicator=adjudicator, **settle)
    assert refusal.value.code == "discussion_first"
    assert not to_adjudicate(Record.objects.all(), adjudicator, TITLES).exists()

    record_discussion(reviewer=a, record=record, stage=TITLES, hand_over=True)
    assert not to_discuss(Record.objects.all(), a, TITLES).exists()
    assert to_adjudicate(Record.objects.all(), adjudicator, TITLES).get() == record
    assert adjudicate_conflict(adjudicator=adjudicator, **settle).how == Settled.ADJUDICATION


def test_the_lead_hands_over_what_the_two_leave_lying():
    lead, *_, record = conflict()

    assert hand_over_conflicts(lead=lead, stage=TITLES) == 1
    assert hand_over_conflicts(lead=lead, stage=TITLES) == 0
    assert to_adjudicate(Record.objects.all(), lead, TITLES).get() == record


@pytest.mark.catalogue("Z13")
def test_who_voted_settles_only_where_the_reviews_settings_allow_it():
    lead, a, _, record = conflict(settling_rule="third_person")
    a = change_role(lead=lead, member=a, role=Role.ADJUDICATOR)
    settle = {"adjudicator": a, "record": record, "stage": TITLES, "verdict": Verdict.INCLUDE}

    with pytest.raises(ValidationError) as refusal:
        adjudicate_conflict(**settle)

    assert refusal.value.code == "own_vote"
    assert current(record).verdict == Standing.CONFLICT


@pytest.mark.catalogue("Z14")
def test_what_is_no_conflict_is_not_adjudicated():
    lead, (a, _), [record] = make_screening(settling_rule="third_person")
    submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)

    with pytest.raises(ValidationError) as refusal:
        adjudicate_conflict(adjudicator=lead, record=record, stage=TITLES, verdict=Verdict.INCLUDE)

    assert refusal.value.code == "no_conflict"
    assert current(record).verdict == Standing.UNDECIDED


def test_an_adjudicated_record_is_no_conflict_any_more():
    lead, *_, record = conflict(settling_rule="third_person")
    settle = {"adjudicator": lead, "record": record, "stage": TITLES}
    adjudicate_conflict(**settle, verdict=Verdict.INCLUDE)

    with pytest.raises(ValidationError) as refusal:
        adjudicate_conflict(**settle, verdict=Verdict.EXCLUDE)

    assert refusal.value.code == "no_conflict"
    assert current(record).verdict == Standing.INCLUDED


def test_a_settlement_that_a_vote_contests_waits_for_a_third_person_again():
    lead, a, _, record = conflict(settling_rule="third_person")
    settle = {"adjudicator": lead, "record": record, "stage": TITLES}
    adjudicate_conflict(**settle, verdict=Verdict.INCLUDE)
    assert not to_adjudicate(Record.objects.all(), lead, TITLES).exists()

    submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.EXCLUDE)

    assert to_adjudicate(Record.objects.all(), lead, TITLES).get().is_contested
    adjudicate_conflict(**settle, verdict=Verdict.EXCLUDE)
    assert (current(record).verdict, current(record).contested) == (Standing.EXCLUDED, False)
    assert not to_adjudicate(Record.objects.all(), lead, TITLES).exists()


def test_the_pages_say_of_a_contested_settlement_that_a_vote_changed(as_member):
    lead, a, _, record = conflict(settling_rule="third_person")
    adjudicate_conflict(
        adjudicator=lead, record=record, stage=TITLES, verdict=Verdict.INCLUDE, note="on topic"
    )
    submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.EXCLUDE)
    pages = f"/reviews/{lead.review.slug}/screening"

    listed = as_member(lead).get(f"{pages}/conflicts/").content.decode()
    shown = as_member(lead).get(f"{pages}/{TITLES}/conflicts/{record.uid}/").content.decode()

    assert "a vote changed since" in listed
    assert "on topic" in shown
    assert "a vote changed since" in shown
