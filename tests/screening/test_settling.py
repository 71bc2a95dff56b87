"""A conflict is settled by the two, or by a third person who did not vote."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from records.models import Record
from reviews import audit
from reviews.roles import Role
from reviews.services import change_role, update_settings
from screening.choices import Settled, Stage, Standing, Verdict
from screening.models import FullText, Resolution, ScreeningDecision, Seat
from screening.querysets.conflicts import judgeable, to_adjudicate, to_discuss
from screening.services import (
    adjudicate_conflict,
    hand_over_conflicts,
    record_discussion,
    release_records,
    submit_decision,
    withdraw_decision,
)
from tests.factories import make_member, make_screening
from tests.racing import fresh
from tests.records.grouping import make_group

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
    assert hand_over_conflicts(lead=lead, stage=TITLES) == 0, "nobody may know of it yet"
    release_records(lead=lead, stage=TITLES)

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


def replace_seat(lead, record, old, new):
    """Take a seat from one member and give it to another, as the dealing of seats does."""
    with transaction.atomic():
        act = audit.begin_as(member=lead, capability="read")
        seat = Seat.objects.current().get(record=record, stage=TITLES, member=old)
        act.supersede(seat)
        act.insert(Seat(record=record, stage=TITLES, number=seat.number, member=new, position=1))
        act.log("screening.seats_dealt", stage=TITLES, records=1)


@pytest.mark.parametrize("voted", [True, False])
def test_who_ever_held_a_seat_on_a_record_never_settles_it(voted):
    lead, (a, b), [record] = make_screening(settling_rule="third_person")
    once, third = (make_member(lead, Role.ADJUDICATOR) for _ in range(2))
    replace_seat(lead, record, b, once)
    if voted:
        vote = {"record": record, "stage": TITLES}
        submit_decision(reviewer=once, **vote, verdict=Verdict.INCLUDE)
        withdraw_decision(reviewer=once, **vote)
    replace_seat(lead, record, once, b)
    for member, verdict in ((a, Verdict.INCLUDE), (b, Verdict.EXCLUDE)):
        submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)

    assert_not_theirs(once, record)
    assert to_adjudicate(Record.objects.all(), third, TITLES).get() == record
    update_settings(lead=lead, changes={"adjudicator_may_have_voted": True})
    once = fresh(once)
    assert to_adjudicate(Record.objects.all(), once, TITLES).get() == record


def test_who_had_a_seat_on_a_record_behind_this_one_never_settles_it():
    lead, (a, b), records = make_screening(2, settling_rule="third_person")
    record, behind = records
    once = make_member(lead, Role.ADJUDICATOR)
    replace_seat(lead, behind, b, once)
    for member, verdict in ((a, Verdict.INCLUDE), (b, Verdict.EXCLUDE)):
        submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)
    assert to_adjudicate(Record.objects.all(), once, TITLES).get() == record
    make_group(lead, [record, behind], "merged")

    assert_not_theirs(once, record)


def assert_not_theirs(adjudicator, record):
    records = Record.objects.all()
    assert not to_adjudicate(records, adjudicator, TITLES).exists()
    assert not judgeable(records, adjudicator, TITLES).filter(pk=record.pk).exists()
    others = ScreeningDecision.objects.filter(record=record).visible_to(adjudicator)
    assert not others.exclude(member=adjudicator).exists()
    with pytest.raises(ValidationError) as refusal:
        adjudicate_conflict(
            adjudicator=adjudicator, record=record, stage=TITLES, verdict=Verdict.INCLUDE
        )
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
