"""What a vote loses against: an import undone, a member removed. Nothing acknowledged is lost."""

import os

import pytest

from records.models import Record
from records.services import undo_import
from reviews.models import AuditEvent, Review
from reviews.roles import Role
from reviews.services import add_member, remove_member
from reviews.verification import verify_review
from screening.choices import Stage, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.services import (
    record_discussion,
    release_records,
    submit_decision,
    withdraw_decision,
)
from screening.services.seats import deal_in_turns
from tests.factories import make_batch, make_screening
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 20
TITLES = Stage.TITLE_ABSTRACT


def voting(member, record):
    return lambda: submit_decision(
        reviewer=fresh(member), record=record, stage=TITLES, verdict=Verdict.INCLUDE
    )


def sound(lead) -> bool:
    return verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.catalogue("C06")
@pytest.mark.catalogue("C19")
def test_an_acknowledged_vote_is_on_a_record_in_sight_or_the_undo_was_refused():
    lead, (a, _), _ = make_screening()

    for number in range(ROUNDS):
        batch = make_batch(lead, [f"Paper {number} on undoing and voting at once"])
        deal_in_turns(lead=lead)
        record = batch.records.get()

        by_vote, by_undo = at_once(
            voting(a, record), lambda batch=batch: undo_import(lead=fresh(lead), batch=batch)
        )

        in_sight = Record.objects.filter(pk=record.pk).visible().exists()
        voted = ScreeningDecision.objects.filter(record=record).exists()
        if by_vote is None:
            assert (in_sight, voted, by_undo.code) == (True, True, "voted")
        else:
            assert (in_sight, voted, by_vote.code, by_undo) == (False, False, "not_dealt", None)

    assert sound(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C16")
def test_no_vote_follows_the_removal_of_who_cast_it():
    lead, (a, _), records = make_screening(records=ROUNDS)

    for record in records:
        by_vote, by_removal = at_once(
            voting(a, record), lambda: remove_member(lead=fresh(lead), member=fresh(a))
        )

        assert by_removal is None
        verbs = list(
            AuditEvent.objects.filter(review=lead.review)
            .order_by("-position")
            .values_list("verb", flat=True)[:2]
        )
        voted = ScreeningDecision.objects.filter(record=record).exists()
        assert verbs[0] == "reviews.member_removed", "nothing of theirs comes after it"
        if by_vote is None:
            assert (voted, verbs[1]) == (True, "screening.decision_submitted")
        else:
            assert (voted, by_vote.code) == (False, "right_lost")
        add_member(lead=lead, user=a.user, role=Role.REVIEWER)

    assert sound(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C16")
def test_no_vote_is_taken_back_after_the_removal_of_who_cast_it():
    lead, (a, _), records = make_screening(records=ROUNDS)

    for record in records:
        voting(a, record)()
        by_withdrawal, by_removal = at_once(
            lambda record=record: withdraw_decision(reviewer=fresh(a), record=record, stage=TITLES),
            lambda: remove_member(lead=fresh(lead), member=fresh(a)),
        )

        assert by_removal is None
        stands = ScreeningDecision.objects.standing().filter(record=record).exists()
        if by_withdrawal is not None:
            assert (stands, by_withdrawal.code) == (True, "right_lost")
        else:
            assert not stands
        add_member(lead=lead, user=a.user, role=Role.REVIEWER)

    assert sound(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C04")
def test_a_double_click_that_settles_a_discussion_settles_it_once():
    lead, (a, b), records = make_screening(records=ROUNDS)
    for record in records:
        for member, verdict in ((a, Verdict.INCLUDE), (b, Verdict.EXCLUDE)):
            submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)
    release_records(lead=lead, stage=TITLES)

    for record in records:
        said = {"record": record, "stage": TITLES, "verdict": Verdict.INCLUDE}
        record_discussion(reviewer=a, **said)

        raised = at_once(
            *[lambda said=said: record_discussion(reviewer=fresh(b), **said)] * 2,
        )

        refused = [problem.code for problem in raised if problem is not None]
        assert refused == ["not_discussed"]
        settled = Resolution.objects.filter(record=record, how="discussion")
        assert settled.count() == 1

    assert sound(lead)
