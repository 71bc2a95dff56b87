"""Two people at once on one doubt, and a report that changes while a doubt is settled."""

import os
from collections import Counter

import pytest

from extraction.querysets.reports import included_reports
from records.services import merge_group
from reviews.verification import verify_review
from screening.choices import DoubtStanding, Standing, Verdict
from screening.models import EligibilityDoubt, Resolution
from screening.services import raise_doubt, settle_doubt, withdraw_doubt
from tests.factories import make_records
from tests.racing import at_once, fresh
from tests.records.grouping import make_group
from tests.screening.late import FULL, make_extracted

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20 if os.environ.get("IFI_SOAK") == "1" else 3


def doubts_of(it):
    return [it.doubt(it.a, record=record) for record in it.records]


def settling(member, doubt, *, uphold=True):
    return lambda: settle_doubt(settler=fresh(member), doubt=doubt, uphold=uphold)


def codes(raised):
    return Counter(getattr(problem, "code", problem) for problem in raised)


def verdict(record):
    return Resolution.objects.current().get(record=record, stage=FULL).verdict


@pytest.mark.soak
def test_two_who_settle_at_once_settle_it_once():
    it = make_extracted(ROUNDS)
    for doubt in doubts_of(it):
        raised = at_once(settling(it.lead, doubt), settling(it.third, doubt, uphold=False))

        assert codes(raised) == {None: 1, "settled": 1}
        now = EligibilityDoubt.objects.current().get(record=doubt.record)
        excluded = raised[0] is None
        assert now.standing == (DoubtStanding.UPHELD if excluded else DoubtStanding.DISMISSED)
        assert (verdict(doubt.record) == Standing.EXCLUDED) is excluded
    assert verify_review(it.lead.review).problems == []


@pytest.mark.soak
def test_a_doubt_taken_back_while_it_is_settled_has_one_end():
    it = make_extracted(ROUNDS)
    for doubt in doubts_of(it):
        raised = at_once(
            settling(it.third, doubt),
            lambda doubt=doubt: withdraw_doubt(member=fresh(it.a), doubt=doubt),
        )

        assert codes(raised) == {None: 1, "settled": 1}
        assert (verdict(doubt.record) == Standing.EXCLUDED) is (raised[0] is None)
    assert verify_review(it.lead.review).problems == []


@pytest.mark.soak
def test_two_who_raise_a_doubt_at_once_are_both_heard():
    it = make_extracted(ROUNDS)
    for record in it.records:
        said = {"record": record, "reason": it.reason(), "results_known": False}
        raised = at_once(
            *[
                lambda who=who, said=said: raise_doubt(member=fresh(who), **said)
                for who in (it.a, it.b, it.a)
            ]
        )

        assert raised == [None, None, None]
        doubts = EligibilityDoubt.objects.open().filter(record=record)
        assert {doubt.member_id for doubt in doubts} == {it.a.pk, it.b.pk}
        assert len(doubts) == 2
    assert verify_review(it.lead.review).problems == []


@pytest.mark.soak
def test_a_merge_at_the_same_moment_and_a_settlement_both_hold():
    it = make_extracted(ROUNDS)
    for doubt in doubts_of(it):
        [copy] = make_records(it.lead, 1)
        group = make_group(it.lead, [doubt.record, copy], sure=True)
        raised = at_once(
            settling(it.third, doubt),
            lambda group=group: merge_group(lead=fresh(it.lead), group=group),
        )

        assert raised == [None, None]
        assert verdict(doubt.record) == Standing.EXCLUDED
    assert not included_reports(it.lead.review).exists()
    assert verify_review(it.lead.review).problems == []


@pytest.mark.soak
def test_of_two_doubts_settled_at_once_one_excludes_and_answers_both():
    it = make_extracted(ROUNDS)
    for record in it.records:
        first, second = (it.doubt(member, record=record) for member in (it.a, it.b))
        raised = at_once(settling(it.third, first), settling(it.lead, second))

        assert codes(raised) == {None: 1, "settled": 1}
        rows = EligibilityDoubt.objects.current().filter(record=record, verdict=Verdict.EXCLUDE)
        assert {row.standing for row in rows} == {DoubtStanding.UPHELD}
    assert verify_review(it.lead.review).problems == []
