"""Votes on records that are merged: each stays on its record, and all count for the paper."""

import pytest
from django.core.exceptions import ValidationError

from records.models import Record
from records.services import merge_group, separate_group, undo_decision
from reviews import guards
from reviews.verification import verify_review
from screening.choices import Retrieval, Settled, Standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.querysets.queues import progress_of, queue_of
from screening.services import (
    adjudicate_conflict,
    close_stage,
    open_stage,
    record_discussion,
    release_records,
)
from tests.factories import make_lead, make_member, make_records
from tests.records.grouping import last_event, make_group
from tests.screening.papers import (
    EXCLUDE,
    INCLUDE,
    TITLES,
    UNSURE,
    pair,
    proved,
    row,
    stands,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ([INCLUDE, INCLUDE, UNSURE, INCLUDE], Standing.INCLUDED),
        ([EXCLUDE] * 4, Standing.EXCLUDED),
        ([EXCLUDE, EXCLUDE, INCLUDE, INCLUDE], Standing.CONFLICT),
        ([INCLUDE, EXCLUDE, INCLUDE, EXCLUDE], Standing.CONFLICT),
        ([INCLUDE, INCLUDE, INCLUDE, None], Standing.UNDECIDED),
        ([EXCLUDE, None, INCLUDE, None], Standing.UNDECIDED),
    ],
)
@pytest.mark.parametrize("merged", ["before", "between", "after"])
def test_all_votes_count_and_any_difference_is_a_conflict(said, made, merged):
    lead, people, records, group = pair()
    places = [(member, record) for record in records for member in people]

    for number, ((member, record), verdict) in enumerate(zip(places, said, strict=True)):
        if (merged, number) in {("before", 0), ("between", 2)}:
            merge_group(lead=lead, group=group)
        if verdict:
            vote(member, record, verdict)
    if merged == "after":
        merge_group(lead=lead, group=group)

    assert stands(records[0]) == made
    assert ScreeningDecision.objects.standing().count() == sum(map(bool, said))
    assert proved(lead)


def test_a_record_that_was_never_dealt_speaks_for_the_dealt_one_behind_it():
    lead, people, [dealt, _], _ = pair()
    [late] = make_records(lead)
    for member in people:
        vote(member, dealt)

    group = make_group(lead, [late, dealt])
    merge_group(lead=lead, group=group)

    assert stands(late) == Standing.INCLUDED
    assert not Seat.objects.filter(record=late).exists()
    assert release_records(lead=lead, stage=TITLES) == 1
    assert {r.record_id for r in Release.objects.current()} == {late.pk, dealt.pk}
    assert FullText.objects.current().get(record=late).standing == Retrieval.SOUGHT
    assert proved(lead)
    separate_group(lead=lead, group=group)
    assert [r.record for r in Release.objects.current()] == [dealt]
    assert FullText.objects.current().get().record == dealt
    assert stands(late) == Standing.UNDECIDED, "it was dealt when it stood alone again"
    assert Seat.objects.current().filter(record=late).count() == 2
    assert proved(lead)


def test_a_paper_of_which_one_record_is_released_is_released_until_it_is_parted():
    lead, (a, b), (one, other), group = pair()
    for member in (a, b):
        vote(member, one)
    vote(a, other, EXCLUDE)
    release_records(lead=lead, stage=TITLES)

    merge_group(lead=lead, group=group, kept=other)

    assert stands(other) == Standing.CONFLICT
    assert to_discuss(Record.objects.all(), b, TITLES).get() == other
    assert not queue_of(b, TITLES).exists()
    assert {r["dealt"] - r["voted"] for r in progress_of(lead.review)} == {0}
    with pytest.raises(ValidationError) as refusal:
        vote(b, other)
    assert refusal.value.code == "released"
    assert close_stage(lead=lead, stage=TITLES) == 0
    separate_group(lead=lead, group=group)
    assert (stands(one), stands(other)) == (Standing.INCLUDED, Standing.UNDECIDED)
    assert queue_of(b, TITLES).get().record == other
    assert proved(lead)


@pytest.mark.catalogue("F21")
def test_verify_names_a_paper_that_stands_otherwise_than_all_its_votes_say():
    lead, people, records, group = pair()
    for member, verdict in zip(people, (INCLUDE, EXCLUDE), strict=True):
        for record in records:
            vote(member, record, verdict)
    merge_group(lead=lead, group=group)
    assert proved(lead)

    with guards.suspended():
        rows = Resolution.objects.current().filter(record=records[0])
        rows.update(verdict=Standing.INCLUDED, how=Settled.AGREEMENT)

    [uid] = rows.values_list("uid", flat=True)
    found = verify_review(lead.review).problems
    assert any(str(uid) in problem and "2 records merged" in problem for problem in found)


# Settlements


def settled(verdict=INCLUDE, **settings):
    """Return a pair of which a third person settled the first record's conflict."""
    lead, (a, b), (one, other), group = pair(settling_rule="third_person", **settings)
    vote(a, one, INCLUDE)
    vote(b, one, EXCLUDE)
    settle(lead, one, verdict)
    return lead, (a, b), (one, other), group


def settle(lead, record, verdict=INCLUDE):
    adjudicate_conflict(adjudicator=lead, record=record, stage=TITLES, verdict=verdict)


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.parametrize(("other_says", "contested"), [(INCLUDE, False), (EXCLUDE, True)])
def test_a_settlement_holds_for_the_paper_and_is_contested_by_other_votes(
    kept, other_says, contested
):
    lead, people, records, group = settled()
    for member in people:
        vote(member, records[1], other_says)
    before = row(records[0])

    merge_group(lead=lead, group=group, kept=records[kept])

    stands_now = row(records[kept])
    assert (stands_now.verdict, stands_now.how) == (Standing.INCLUDED, Settled.ADJUDICATION)
    assert stands_now.contested is contested
    assert to_adjudicate(Record.objects.all(), lead, TITLES).exists() is contested
    separate_group(lead=lead, group=group)
    now = row(records[0])
    assert (now.how, now.contested, now.settled_at) == (before.how, False, before.settled_at)
    assert row(records[1]).how == Settled.AGREEMENT
    assert proved(lead)


def test_two_settlements_that_differ_are_a_conflict_and_the_one_of_the_paper_ends_it():
    lead, (a, b), (one, other), group = settled()
    vote(a, other, INCLUDE)
    vote(b, other, EXCLUDE)
    settle(lead, other, EXCLUDE)
    merge_group(lead=lead, group=group)
    assert stands(one) == Standing.CONFLICT

    settle(lead, one, EXCLUDE)

    assert (stands(one), row(one).contested) == (Standing.EXCLUDED, False)
    assert proved(lead)
    separate_group(lead=lead, group=group)
    assert (stands(one), stands(other)) == (Standing.INCLUDED, Standing.EXCLUDED)
    undo_decision(lead=lead, event=last_event(lead))
    assert (stands(one), row(one).how) == (Standing.EXCLUDED, Settled.ADJUDICATION)
    assert proved(lead)


def test_everybody_whose_vote_stands_on_the_paper_takes_part_in_its_discussion():
    lead = make_lead()
    people = [make_member(lead) for _ in range(3)]
    one, other, _ = make_records(lead, 3)
    open_stage(lead=lead, stage=TITLES, screeners=people)
    voters = []
    for record in (one, other):
        seats = Seat.objects.filter(record=record).order_by("number").select_related("member")
        for seat, verdict in zip(seats, (INCLUDE, EXCLUDE), strict=True):
            vote(seat.member, record, verdict)
            voters.append(seat.member)
    *of_the_kept, of_the_other = dict.fromkeys(voters)
    merge_group(lead=lead, group=make_group(lead, [one, other]), kept=one)
    release_records(lead=lead, stage=TITLES)

    said = {"record": one, "stage": TITLES, "verdict": INCLUDE}
    with pytest.raises(ValidationError) as refusal:
        record_discussion(reviewer=lead, **said)
    assert refusal.value.code == "not_discussed"
    for member in of_the_kept:
        record_discussion(reviewer=member, **said)
        assert stands(one) == Standing.CONFLICT
    record_discussion(reviewer=of_the_other, **said)

    assert (stands(one), row(one).how) == (Standing.INCLUDED, Settled.DISCUSSION)
    assert proved(lead)
