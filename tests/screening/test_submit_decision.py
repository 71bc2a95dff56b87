"""A vote is kept as cast, changed and withdrawn, until its record is released."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import Record
from reviews.models import AuditEvent
from reviews.services import set_exclusion_reasons
from screening.choices import Settled, Stage, Standing, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.querysets.queues import queue_of
from screening.services import (
    adjudicate_conflict,
    close_stage,
    open_stage,
    release_records,
    set_full_text,
    submit_decision,
    withdraw_decision,
)
from tests.factories import make_screening

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT
INCLUDE, EXCLUDE, UNSURE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE


def current(record: Record, stage: str = TITLES) -> Resolution:
    return Resolution.objects.current().get(record=record, stage=stage)


def vote(member, record, verdict, stage=TITLES, **more):
    return submit_decision(reviewer=member, record=record, stage=stage, verdict=verdict, **more)


@pytest.mark.parametrize(
    ("first", "second", "stands", "how"),
    [
        (INCLUDE, INCLUDE, Standing.INCLUDED, Settled.AGREEMENT),
        (INCLUDE, UNSURE, Standing.INCLUDED, Settled.AGREEMENT),
        (UNSURE, UNSURE, Standing.INCLUDED, Settled.AGREEMENT),
        (EXCLUDE, EXCLUDE, Standing.EXCLUDED, Settled.AGREEMENT),
        (INCLUDE, EXCLUDE, Standing.CONFLICT, ""),
        (EXCLUDE, UNSURE, Standing.CONFLICT, ""),
    ],
)
def test_the_second_vote_makes_the_record_stand(first, second, stands, how):
    _, (a, b), [record] = make_screening()

    vote(a, record, first)
    assert current(record).verdict == Standing.UNDECIDED
    vote(b, record, second)

    assert (current(record).verdict, current(record).how) == (stands, how)
    assert AuditEvent.objects.filter(verb="screening.decision_submitted").count() == 2


def test_the_same_vote_twice_writes_nothing():
    _, (a, _), [record] = make_screening()
    first = vote(a, record, INCLUDE)
    events = AuditEvent.objects.count()

    assert vote(a, record, INCLUDE) == first
    assert AuditEvent.objects.count() == events
    assert ScreeningDecision.objects.count() == 1


def test_a_changed_vote_supersedes_the_old_one_and_undoes_the_settlement():
    _, (a, b), [record] = make_screening()
    vote(a, record, INCLUDE)
    vote(b, record, INCLUDE)

    vote(a, record, EXCLUDE)

    assert current(record).verdict == Standing.CONFLICT
    votes = ScreeningDecision.objects.filter(record=record, member=a)
    assert [(v.verdict, v.superseded_at is None) for v in votes] == [
        (INCLUDE, False),
        (EXCLUDE, True),
    ]


def test_a_withdrawn_vote_leaves_the_record_undecided_and_back_in_the_queue():
    _, (a, b), [record] = make_screening()
    vote(a, record, INCLUDE)
    vote(b, record, INCLUDE)
    assert not queue_of(a, TITLES).exists()

    withdraw_decision(reviewer=a, record=record, stage=TITLES)

    assert current(record).verdict == Standing.UNDECIDED
    assert queue_of(a, TITLES).get().record == record


def test_a_vote_that_was_never_cast_cannot_be_withdrawn():
    _, (a, _), [record] = make_screening()
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError, match="no vote"):
        withdraw_decision(reviewer=a, record=record, stage=TITLES)

    assert AuditEvent.objects.count() == events


def test_nobody_votes_without_a_seat():
    lead, _, [record] = make_screening()
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as refusal:
        vote(lead, record, INCLUDE)
    assert refusal.value.code == "not_dealt"

    assert AuditEvent.objects.count() == events
    assert not ScreeningDecision.objects.exists()


def test_after_release_a_vote_is_final():
    lead, (a, b), [record] = make_screening()
    vote(a, record, INCLUDE)
    vote(b, record, INCLUDE)
    release_records(lead=lead, stage=TITLES)

    with pytest.raises(ValidationError) as refusal:
        vote(a, record, EXCLUDE)

    assert refusal.value.code == "released"
    assert current(record).verdict == Standing.INCLUDED


def test_a_full_text_exclusion_without_a_reason_changes_nothing():
    lead, (a, b), [record] = make_screening()
    vote(a, record, INCLUDE)
    vote(b, record, INCLUDE)
    close_stage(lead=lead, stage=TITLES)
    open_stage(lead=lead, stage=Stage.FULL_TEXT, screeners=[a, b])
    set_full_text(lead=lead, record=record, standing="retrieved")
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError, match="reason"):
        vote(a, record, EXCLUDE, stage=Stage.FULL_TEXT)
    with pytest.raises(ValidationError, match="include or exclude"):
        vote(a, record, UNSURE, stage=Stage.FULL_TEXT)

    assert AuditEvent.objects.count() == events
    assert not ScreeningDecision.objects.filter(stage=Stage.FULL_TEXT).exists()


def test_two_exclusions_with_different_reasons_take_the_first_in_the_reviews_order():
    lead, (a, b), [record] = make_screening()
    population, design = set_exclusion_reasons(lead=lead, labels=["Population", "Design"])
    vote(a, record, EXCLUDE, reason=design)
    vote(b, record, EXCLUDE, reason=population)

    assert current(record).reason == population


def test_a_vote_changed_after_adjudication_is_kept_marked_late_and_settles_nothing():
    lead, (a, b), [record] = make_screening(settling_rule="third_person")
    vote(a, record, INCLUDE)
    vote(b, record, EXCLUDE)
    settled = adjudicate_conflict(
        adjudicator=lead, record=record, stage=TITLES, verdict=INCLUDE, note="on topic"
    )

    late = vote(b, record, INCLUDE)

    stands = current(record)
    assert late.late
    assert (stands.verdict, stands.how, stands.member) == (INCLUDE, Settled.ADJUDICATION, lead)
    assert (stands.contested, stands.settled_at) == (True, settled.settled_at)


@pytest.mark.catalogue("B08")
@pytest.mark.parametrize("mine", [INCLUDE, EXCLUDE, UNSURE])
@pytest.mark.parametrize("theirs", [None, INCLUDE, EXCLUDE, "adjudicated"])
def test_a_vote_costs_the_same_number_of_queries_whatever_the_other_did(mine, theirs):
    counts = []
    for others in (None, theirs):
        lead, (a, b), [record] = make_screening(settling_rule="third_person")
        if others == "adjudicated":
            vote(a, record, UNSURE)
            vote(b, record, EXCLUDE)
            adjudicate_conflict(adjudicator=lead, record=record, stage=TITLES, verdict=INCLUDE)
            withdraw_decision(reviewer=a, record=record, stage=TITLES)
        elif others:
            vote(a, record, UNSURE)
            withdraw_decision(reviewer=a, record=record, stage=TITLES)
            vote(b, record, others)
        else:
            vote(a, record, UNSURE)
            withdraw_decision(reviewer=a, record=record, stage=TITLES)
        with CaptureQueriesContext(connection) as queries:
            vote(a, record, mine)
        counts.append(len(queries))
    assert counts[0] == counts[1]
