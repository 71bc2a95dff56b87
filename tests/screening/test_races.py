"""Two people at the same moment: exactly one outcome, an unbroken chain, nothing lost."""

import os

import pytest

from reviews.models import Review
from reviews.verification import verify_review
from screening.choices import Stage, Standing, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.services import adjudicate_conflict, submit_decision, withdraw_decision
from tests.factories import make_screening
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 5
TITLES = Stage.TITLE_ABSTRACT


def voting(member, record, verdict):
    return lambda: submit_decision(
        reviewer=fresh(member), record=record, stage=TITLES, verdict=verdict
    )


@pytest.mark.soak
@pytest.mark.catalogue("C01")
@pytest.mark.catalogue("C02")
@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (Verdict.INCLUDE, Verdict.EXCLUDE, Standing.CONFLICT),
        (Verdict.INCLUDE, Verdict.UNSURE, Standing.INCLUDED),
    ],
)
def test_two_last_votes_at_once_give_exactly_one_outcome(first, second, stands):
    lead, (a, b), records = make_screening(records=ROUNDS)

    for record in records:
        raised = at_once(voting(a, record, first), voting(b, record, second))

        assert raised == [None, None]
        outcome = Resolution.objects.current().get(record=record, stage=TITLES)
        assert outcome.verdict == stands
        assert ScreeningDecision.objects.standing().filter(record=record).count() == 2

    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.catalogue("C06")
def test_a_changed_vote_against_an_adjudication_leaves_one_outcome():
    lead, (a, b), records = make_screening(records=ROUNDS, settling_rule="third_person")

    for record in records:
        submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)
        submit_decision(reviewer=b, record=record, stage=TITLES, verdict=Verdict.EXCLUDE)

        by_vote, by_adjudication = at_once(
            lambda record=record: withdraw_decision(reviewer=fresh(a), record=record, stage=TITLES),
            lambda record=record: adjudicate_conflict(
                adjudicator=fresh(lead), record=record, stage=TITLES, verdict=Verdict.INCLUDE
            ),
        )

        assert by_vote is None, "a reviewer is never refused because of another person"
        outcome = Resolution.objects.current().get(record=record, stage=TITLES)
        if by_adjudication is None:
            assert (outcome.verdict, outcome.contested) == (Standing.INCLUDED, True)
        else:
            assert by_adjudication.code == "no_conflict"
            assert outcome.verdict == Standing.UNDECIDED

    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.catalogue("C07")
def test_two_adjudicators_at_once_settle_a_conflict_once():
    lead, (a, b), records = make_screening(records=ROUNDS, settling_rule="third_person")

    for record in records:
        submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)
        submit_decision(reviewer=b, record=record, stage=TITLES, verdict=Verdict.EXCLUDE)

        raised = at_once(
            *[
                lambda verdict=verdict, record=record: adjudicate_conflict(
                    adjudicator=fresh(lead), record=record, stage=TITLES, verdict=verdict
                )
                for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE)
            ]
        )

        assert sorted(problem is None for problem in raised) == [False, True]
        settled = Resolution.objects.filter(record=record, how="adjudication")
        assert settled.count() == 1


@pytest.mark.catalogue("C04")
def test_a_double_click_casts_one_vote():
    _, (a, _), records = make_screening(records=ROUNDS)

    for record in records:
        raised = at_once(*[voting(a, record, Verdict.INCLUDE)] * 2)

        assert raised == [None, None]
        assert ScreeningDecision.objects.filter(record=record).count() == 1
