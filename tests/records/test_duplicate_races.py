"""Duplicates decided by two at once, and looked for while people vote: one outcome each."""

import os

import pytest

from records.models import DuplicateMember, Record
from records.services import find_duplicates, merge_group, separate_group
from reviews.models import Review
from reviews.verification import verify_review
from screening.choices import Stage, Standing, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.querysets.queues import queue_of
from screening.services import open_stage, release_records, submit_decision
from tests.factories import make_batch, make_lead, make_member, make_records
from tests.racing import at_once, fresh
from tests.records.grouping import make_group

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50 if os.environ.get("IFI_SOAK") == "1" else 3
# Votes against merges, as often as the other races of votes.
VOTED = 200 if os.environ.get("IFI_SOAK") == "1" else 20
TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"


def proved(lead) -> bool:
    return verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
def test_two_leads_who_merge_and_part_a_group_at_once_leave_one_answer():
    lead = make_lead()
    other = make_member(lead, "lead")
    for _ in range(ROUNDS):
        records = make_records(lead, 2)
        group = make_group(lead, records)

        merged, parted = at_once(
            lambda group=group: merge_group(lead=fresh(lead), group=group, shown="waiting"),
            lambda group=group: separate_group(lead=fresh(other), group=group, shown="waiting"),
        )

        refused = merged or parted
        assert (merged is None) != (parted is None)
        assert refused.code == "decided"
        rows = DuplicateMember.objects.current().filter(group=group)
        assert set(rows.values_list("standing", flat=True)) == {"separate" if merged else "merged"}
        assert rows.count() == 2
    assert proved(lead)


@pytest.mark.soak
def test_a_group_is_merged_once_by_two_leads_who_keep_different_records():
    lead = make_lead()
    other = make_member(lead, "lead")
    for _ in range(ROUNDS):
        first, second = make_records(lead, 2)
        group = make_group(lead, [first, second])

        raised = at_once(
            lambda g=group, kept=first: merge_group(lead=fresh(lead), group=g, kept=kept),
            lambda g=group, kept=second: merge_group(lead=fresh(other), group=g, kept=kept),
        )

        assert sorted(problem is None for problem in raised) == [False, True]
        assert next(problem for problem in raised if problem).code == "not_waiting"
        rows = DuplicateMember.objects.current().filter(group=group)
        assert rows.filter(kept=True).count() == 1
    assert proved(lead)


@pytest.mark.soak
def test_duplicates_are_looked_for_twice_at_once_while_a_reviewer_votes():
    lead = make_lead()
    a, b = make_member(lead), make_member(lead)
    dealt = [f"{TITLE} in the years {n} to {n + 9}" for n in range(1900, 1900 + ROUNDS)]
    make_batch(lead, dealt)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=[a, b])
    make_batch(lead, [title + "." for title in dealt])
    records = [seat.record for seat in queue_of(a, Stage.TITLE_ABSTRACT)]

    raised = at_once(
        lambda: find_duplicates(lead=fresh(lead)),
        lambda: find_duplicates(lead=fresh(lead)),
        lambda: [
            submit_decision(
                reviewer=fresh(a),
                record=record,
                stage=Stage.TITLE_ABSTRACT,
                verdict=Verdict.INCLUDE,
            )
            for record in records
        ],
    )

    assert raised == [None, None, None]
    totals = find_duplicates(lead=lead)
    assert totals["merged"] + totals["to_review"] == ROUNDS
    assert ScreeningDecision.objects.standing().count() == ROUNDS
    shown = set(Record.objects.filter(review=lead.review).unmerged())
    assert set(records) <= shown
    assert proved(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C17")
@pytest.mark.parametrize("parted", [False, True])
def test_a_vote_at_the_moment_of_a_merge_is_kept_and_counts_for_the_paper(parted):
    """C17: acknowledged means kept and counted, whichever of the two came first."""
    lead = make_lead()
    a, b = make_member(lead), make_member(lead)
    records = make_records(lead, 2 * VOTED)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=[a, b])
    for kept, other in zip(records[::2], records[1::2], strict=True):
        group = make_group(lead, [kept, other])
        cast(a, kept, Verdict.INCLUDE)
        cast(b, kept, Verdict.INCLUDE)
        cast(a, other, Verdict.INCLUDE)
        if parted:
            merge_group(lead=lead, group=group)
        regroup = separate_group if parted else merge_group

        raised = at_once(
            lambda other=other: cast(fresh(b), other, Verdict.EXCLUDE),
            lambda kept=kept: cast(fresh(a), kept, Verdict.UNSURE),
            lambda group=group, regroup=regroup: regroup(lead=fresh(lead), group=group),
        )

        assert raised == [None, None, None]
        votes = ScreeningDecision.objects.standing().filter(record__in=[kept, other])
        assert votes.count() == 4
        stands = {r.record_id: r.verdict for r in Resolution.objects.current()}
        assert stands[other.pk] == Standing.CONFLICT
        assert stands[kept.pk] == (Standing.INCLUDED if parted else Standing.CONFLICT)
    assert proved(lead)


@pytest.mark.soak
@pytest.mark.catalogue("C17")
def test_the_last_vote_a_release_and_a_merge_at_once_leave_one_true_outcome():
    lead = make_lead()
    a, b = make_member(lead), make_member(lead)
    records = make_records(lead, 2 * VOTED)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=[a, b])
    for kept, other in zip(records[::2], records[1::2], strict=True):
        group = make_group(lead, [kept, other])
        for member in (a, b):
            cast(member, kept, Verdict.INCLUDE)
        cast(a, other, Verdict.INCLUDE)

        voted, released, merged = at_once(
            lambda other=other: cast(fresh(b), other, Verdict.INCLUDE),
            lambda: release_records(lead=fresh(lead), stage=Stage.TITLE_ABSTRACT),
            lambda group=group: merge_group(lead=fresh(lead), group=group),
        )

        assert (released, merged) == (None, None)
        assert voted is None or voted.code == "released"
        votes = ScreeningDecision.objects.standing().filter(record__in=[kept, other])
        assert votes.count() == (4 if voted is None else 3)
        assert Resolution.objects.current().get(record=kept).verdict == Standing.INCLUDED
    assert proved(lead)


def cast(member, record, verdict):
    submit_decision(reviewer=member, record=record, stage=Stage.TITLE_ABSTRACT, verdict=verdict)
