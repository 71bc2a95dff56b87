"""Records that were voted on are merged and parted, and no vote is lost."""

import pytest
from django.core.exceptions import ValidationError

from records.models import DuplicateGroup, Record
from records.services import (
    find_duplicates,
    merge_group,
    separate_group,
    tell_companions,
    undo_decision,
)
from reviews.verification import verify_review
from screening.choices import Retrieval, Standing
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.querysets.queues import queue_of
from screening.services import open_stage, release_records, set_full_text, submit_decision
from tests.factories import make_member
from tests.records.grouping import last_event, shown, standings, two_files
from tests.screening.papers import EXCLUDE, FULL, INCLUDE, TITLES, pair, stands, vote

pytestmark = pytest.mark.django_db
SAID = {
    Resolution: ("stage", "verdict", "reason", "how", "member", "note", "settled_at", "contested"),
    Release: ("stage",),
    FullText: ("standing", "why"),
}


@pytest.mark.catalogue("I49")
def test_a_wrong_merge_is_undone_with_the_vote_that_was_cast(lead):
    reviewers = [make_member(lead), make_member(lead)]
    two_files(lead)
    find_duplicates(lead=lead)
    open_stage(lead=lead, stage=TITLES, screeners=reviewers)
    kept = Record.objects.filter(review=lead.review).unmerged().get()
    submit_decision(reviewer=reviewers[0], record=kept, stage=TITLES, verdict=INCLUDE)

    separate_group(lead=lead, group=DuplicateGroup.objects.get())

    assert ScreeningDecision.objects.standing().get().record == kept
    for reviewer, left in zip(reviewers, (1, 2), strict=True):
        assert queue_of(reviewer, TITLES).count() == left


@pytest.mark.parametrize("voted", ["nobody", "first", "second"])
def test_which_record_is_kept_does_not_depend_on_votes(voted):
    lead, reviewers, (first, second), group = pair()
    if voted != "nobody":
        vote(reviewers[0], {"first": first, "second": second}[voted])

    merge_group(lead=lead, group=group)

    assert shown(lead) == {first.pk}


def test_the_record_that_a_person_chose_is_kept_whatever_was_voted_on():
    lead, reviewers, (first, second), group = pair()
    for reviewer in reviewers:
        vote(reviewer, first)

    merge_group(lead=lead, group=group, kept=second)

    assert shown(lead) == {second.pk}
    assert [queue_of(r, TITLES).get().record for r in reviewers] == [second] * 2


def votes_of(*records):
    votes = ScreeningDecision.objects.standing().filter(record__in=records)
    return sorted(votes.values_list("record", "member", "stage", "verdict"))


def what_stands(*records):
    """Return what is current of records, but for when it was written."""
    found = []
    for model, said in SAID.items():
        rows = model.objects.current().filter(record__in=records, through_group=False)
        found.append(sorted(map(str, rows.values_list("record", *said))))
    seats = Seat.objects.filter(record__in=records).values_list("uid", "superseded_at")
    return [*found, sorted(map(str, seats))]


@pytest.mark.catalogue("I49")
@pytest.mark.parametrize("undone", [False, True])
def test_two_records_with_votes_are_merged_and_parted_and_no_vote_is_lost(undone):
    lead, (a, b), (first, second), group = pair()
    vote(a, first)
    vote(b, first, EXCLUDE)
    vote(a, second, EXCLUDE)
    before, votes = what_stands(first, second), votes_of(first, second)

    merge_group(lead=lead, group=group, kept=first)

    assert votes_of(first, second) == votes
    assert shown(lead) == {first.pk}
    assert queue_of(b, TITLES).get().record == second
    assert stands(first) == Standing.UNDECIDED
    if undone:
        undo_decision(lead=lead, event=last_event(lead))
        assert standings(group) == [("waiting", True), ("waiting", False)]
    else:
        separate_group(lead=lead, group=group)
    assert votes_of(first, second) == votes
    assert what_stands(first, second) == before
    assert stands(first) == Standing.CONFLICT
    assert queue_of(b, TITLES).get().record == second
    assert verify_review(lead.review).problems == []


def test_a_merge_is_parted_after_release_and_both_go_on_where_they_stood():
    lead, (a, b), (first, second), group = pair()
    merge_group(lead=lead, group=group, kept=first)
    for reviewer in (a, b):
        vote(reviewer, first)
    assert release_records(lead=lead, stage=TITLES) == 0
    for reviewer in (a, b):
        vote(reviewer, second)
    assert release_records(lead=lead, stage=TITLES) == 1

    separate_group(lead=lead, group=group)

    assert [stands(record) for record in (first, second)] == [Standing.INCLUDED] * 2
    assert Release.objects.current().filter(through_group=False).count() == 2
    assert not queue_of(a, TITLES).exists()
    assert FullText.objects.current().filter(through_group=False).count() == 2
    assert verify_review(lead.review).problems == []


def to_full_text(lead, reviewers, *records):
    for record in records:
        for reviewer in reviewers:
            vote(reviewer, record)
    release_records(lead=lead, stage=TITLES)
    open_stage(lead=lead, stage=FULL, screeners=reviewers)
    for record in records:
        set_full_text(lead=lead, record=record, standing=Retrieval.RETRIEVED)
        for reviewer in reviewers:
            vote(reviewer, record, stage=FULL)


def test_a_merge_is_parted_after_full_text_with_every_vote_of_the_kept_one():
    lead, reviewers, (first, second), group = pair()
    to_full_text(lead, reviewers, first)
    release_records(lead=lead, stage=FULL)
    before, votes = what_stands(first, second), votes_of(first)
    stage = TITLES
    assert [queue_of(r, stage).get().record for r in reviewers] == [second] * 2

    merge_group(lead=lead, group=group)
    assert shown(lead) == {first.pk}
    assert not any(queue_of(r, stage).exists() for r in reviewers)
    separate_group(lead=lead, group=group)

    assert (what_stands(first, second), votes_of(first)) == (before, votes)
    assert [queue_of(r, stage).get().record for r in reviewers] == [second] * 2


def test_a_report_that_was_included_at_full_text_goes_behind_no_other():
    lead, reviewers, (first, second), group = pair()
    to_full_text(lead, reviewers, second)
    merge_group(lead=lead, group=group, kept=first)
    separate_group(lead=lead, group=group)
    release_records(lead=lead, stage=FULL)

    with pytest.raises(ValidationError) as refusal:
        merge_group(lead=lead, group=group, kept=first)

    assert refusal.value.code == "must_stay"
    assert f"Keep record {second.number}: it was included" in refusal.value.message
    assert shown(lead) == {first.pk, second.pk}
    merge_group(lead=lead, group=group)
    assert shown(lead) == {second.pk}


def test_two_reports_included_at_full_text_are_no_longer_merged():
    lead, reviewers, (first, second), group = pair()
    to_full_text(lead, reviewers, first, second)
    release_records(lead=lead, stage=FULL)

    with pytest.raises(ValidationError) as refusal:
        merge_group(lead=lead, group=group)

    assert refusal.value.code == "must_stay"
    assert "reports of the same study" in refusal.value.message
    assert shown(lead) == {first.pk, second.pk}
    tell_companions(lead=lead, group=group)


def test_a_merge_is_put_back_over_a_record_that_was_voted_on_since_and_its_vote_counts():
    lead, reviewers, (first, second), group = pair()
    merge_group(lead=lead, group=group, kept=first)
    separate_group(lead=lead, group=group)
    parted = last_event(lead)
    for record, verdict in ((first, INCLUDE), (second, EXCLUDE)):
        for reviewer in reviewers:
            vote(reviewer, record, verdict)

    undo_decision(lead=lead, event=parted)

    assert shown(lead) == {first.pk}
    assert stands(first) == Standing.CONFLICT
    assert verify_review(lead.review).problems == []
