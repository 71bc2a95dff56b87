"""Duplicates are merged or parted, reversibly, and no vote is lost."""

import pytest
from django.core.exceptions import ValidationError

from records.choices import DuplicateStanding
from records.models import DuplicateGroup, DuplicateMember, Record
from records.services import (
    accept_sure_groups,
    find_duplicates,
    import_file,
    merge_group,
    planning,
    separate_group,
    tell_companions,
    undo_decision,
    undo_import,
)
from records.services.known_groups import KnownGroups
from reviews.models import AuditEvent
from reviews.verification import verify_review
from screening.choices import Retrieval, Stage, Standing, Verdict
from screening.models import FullText, Release, Resolution, ScreeningDecision, Seat
from screening.querysets.queues import queue_of
from screening.services import open_stage, release_records, set_full_text, submit_decision
from tests.factories import make_batch, make_member, make_records, make_source, ris
from tests.records.grouping import (
    TITLE,
    last_event,
    make_group,
    shown,
    standings,
    two_files,
)

pytestmark = pytest.mark.django_db


def test_a_person_merges_a_waiting_group_and_parts_it_again(lead):
    data = ris([TITLE], DO="10.1000/one") + ris([TITLE], DO="10.1000/two")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    find_duplicates(lead=lead)
    group = DuplicateGroup.objects.get()

    merge_group(lead=lead, group=group)
    assert Record.objects.filter(review=lead.review).unmerged().count() == 1
    separate_group(lead=lead, group=group)

    assert Record.objects.filter(review=lead.review).unmerged().count() == 2
    members = DuplicateMember.objects.current().filter(group=group)
    assert {(m.standing, m.decided_by) for m in members} == {(DuplicateStanding.SEPARATE, lead)}
    find_duplicates(lead=lead)
    assert Record.objects.filter(review=lead.review).unmerged().count() == 2


@pytest.mark.catalogue("I49")
def test_a_wrong_merge_is_undone_with_the_vote_that_was_cast(lead):
    reviewers = [make_member(lead), make_member(lead)]
    two_files(lead)
    find_duplicates(lead=lead)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    kept = Record.objects.filter(review=lead.review).unmerged().get()
    submit_decision(
        reviewer=reviewers[0], record=kept, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE
    )

    separate_group(lead=lead, group=DuplicateGroup.objects.get())

    assert ScreeningDecision.objects.standing().get().record == kept
    for reviewer, left in zip(reviewers, (1, 2), strict=True):
        assert queue_of(reviewer, Stage.TITLE_ABSTRACT).count() == left


def test_undoing_the_import_of_the_kept_record_brings_the_other_back(lead):
    first, second = two_files(lead)
    find_duplicates(lead=lead)
    kept = Record.objects.filter(review=lead.review).unmerged().get()

    undo_import(lead=lead, batch=kept.batch)

    other = second if kept.batch == first else first
    assert Record.objects.filter(review=lead.review).unmerged().get().batch == other


def test_what_does_not_wait_is_not_merged(lead):
    two_files(lead)
    find_duplicates(lead=lead)
    events = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as refusal:
        merge_group(lead=lead, group=DuplicateGroup.objects.get())

    assert refusal.value.code == "not_waiting"
    assert AuditEvent.objects.count() == events


# What a person decides

SAID = {
    Resolution: ("stage", "verdict", "reason", "how", "member", "note", "settled_at", "contested"),
    Release: ("stage",),
    FullText: ("standing", "why"),
}


def vote(reviewer, record, verdict=Verdict.INCLUDE, stage=Stage.TITLE_ABSTRACT):
    submit_decision(reviewer=reviewer, record=record, stage=stage, verdict=verdict)


def waiting_pair(lead):
    records = make_records(lead, 2)
    return make_group(lead, records), *records


def screened_pair(lead):
    """Return a waiting group of two records that two reviewers were dealt."""
    reviewers = [make_member(lead), make_member(lead)]
    group, first, second = waiting_pair(lead)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    return group, first, second, reviewers


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


def stands(record, stage=Stage.TITLE_ABSTRACT):
    return Resolution.objects.current().get(record=record, stage=stage).verdict


def test_part_of_a_group_is_merged_and_the_rest_told_apart_for_good(lead):
    records = make_records(lead, 3)
    group = make_group(lead, records)

    merge_group(lead=lead, group=group, records=records[:2])

    assert standings(group) == [("merged", True), ("merged", False), ("separate", False)]
    assert shown(lead) == {records[0].pk, records[2].pk}
    known = KnownGroups.of(lead.review)
    assert known.are_apart(records[0].pk, records[2].pk)
    assert list(known.apart()) == [(records[0].pk, records[2].pk)]


def test_companions_are_each_screened_and_never_suggested_again(lead):
    data = ris([TITLE], DO="10.1000/one") + ris([TITLE], DO="10.1000/two")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)
    find_duplicates(lead=lead)

    tell_companions(lead=lead, group=DuplicateGroup.objects.get())

    rows = DuplicateMember.objects.count()
    assert find_duplicates(lead=lead)["to_review"] == 0
    assert DuplicateMember.objects.count() == rows
    assert len(shown(lead)) == 2


def test_what_was_merged_can_be_parted_and_merged_again(lead):
    group, first, second = waiting_pair(lead)
    for _ in range(2):
        merge_group(lead=lead, group=group)
        assert shown(lead) == {first.pk}
        separate_group(lead=lead, group=group)
        assert shown(lead) == {first.pk, second.pk}
    assert verify_review(lead.review).problems == []


@pytest.mark.parametrize("voted", ["nobody", "first", "second"])
def test_which_record_is_kept_does_not_depend_on_votes(lead, voted):
    group, first, second, reviewers = screened_pair(lead)
    if voted != "nobody":
        vote(reviewers[0], {"first": first, "second": second}[voted])

    merge_group(lead=lead, group=group)

    assert shown(lead) == {first.pk}


def test_the_record_that_a_person_chose_is_kept_whatever_was_voted_on(lead):
    group, first, second, reviewers = screened_pair(lead)
    for reviewer in reviewers:
        vote(reviewer, first)

    merge_group(lead=lead, group=group, kept=second)

    assert shown(lead) == {second.pk}
    assert [queue_of(r, Stage.TITLE_ABSTRACT).get().record for r in reviewers] == [second] * 2


@pytest.mark.catalogue("I49")
@pytest.mark.parametrize("undone", [False, True])
def test_two_records_with_votes_are_merged_and_parted_and_no_vote_is_lost(lead, undone):
    group, first, second, (a, b) = screened_pair(lead)
    vote(a, first)
    vote(b, first, Verdict.EXCLUDE)
    vote(a, second, Verdict.EXCLUDE)
    before, votes = what_stands(first, second), votes_of(first, second)

    merge_group(lead=lead, group=group, kept=first)

    assert votes_of(first, second) == votes
    assert shown(lead) == {first.pk}
    assert queue_of(b, Stage.TITLE_ABSTRACT).get().record == second
    assert stands(first) == Standing.UNDECIDED
    if undone:
        undo_decision(lead=lead, event=last_event(lead))
        assert standings(group) == [("waiting", True), ("waiting", False)]
    else:
        separate_group(lead=lead, group=group)
    assert votes_of(first, second) == votes
    assert what_stands(first, second) == before
    assert stands(first) == Standing.CONFLICT
    assert queue_of(b, Stage.TITLE_ABSTRACT).get().record == second
    assert verify_review(lead.review).problems == []


def test_a_merge_is_parted_after_release_and_both_go_on_where_they_stood(lead):
    group, first, second, (a, b) = screened_pair(lead)
    merge_group(lead=lead, group=group, kept=first)
    for reviewer in (a, b):
        vote(reviewer, first)
    assert release_records(lead=lead, stage=Stage.TITLE_ABSTRACT) == 0
    for reviewer in (a, b):
        vote(reviewer, second)
    assert release_records(lead=lead, stage=Stage.TITLE_ABSTRACT) == 1

    separate_group(lead=lead, group=group)

    assert [stands(record) for record in (first, second)] == [Standing.INCLUDED] * 2
    assert Release.objects.current().filter(through_group=False).count() == 2
    assert not queue_of(a, Stage.TITLE_ABSTRACT).exists()
    assert FullText.objects.current().filter(through_group=False).count() == 2
    assert verify_review(lead.review).problems == []


def to_full_text(lead, reviewers, *records):
    for record in records:
        for reviewer in reviewers:
            vote(reviewer, record)
    release_records(lead=lead, stage=Stage.TITLE_ABSTRACT)
    open_stage(lead=lead, stage=Stage.FULL_TEXT, screeners=reviewers)
    for record in records:
        set_full_text(lead=lead, record=record, standing=Retrieval.RETRIEVED)
        for reviewer in reviewers:
            vote(reviewer, record, stage=Stage.FULL_TEXT)


def test_a_merge_is_parted_after_full_text_with_every_vote_of_the_kept_one(lead):
    group, first, second, reviewers = screened_pair(lead)
    to_full_text(lead, reviewers, first)
    release_records(lead=lead, stage=Stage.FULL_TEXT)
    before, votes = what_stands(first, second), votes_of(first)
    stage = Stage.TITLE_ABSTRACT
    assert [queue_of(r, stage).get().record for r in reviewers] == [second] * 2

    merge_group(lead=lead, group=group)
    assert shown(lead) == {first.pk}
    assert not any(queue_of(r, stage).exists() for r in reviewers)
    separate_group(lead=lead, group=group)

    assert (what_stands(first, second), votes_of(first)) == (before, votes)
    assert [queue_of(r, stage).get().record for r in reviewers] == [second] * 2


def test_a_report_that_was_included_at_full_text_goes_behind_no_other(lead):
    group, first, second, reviewers = screened_pair(lead)
    to_full_text(lead, reviewers, second)
    merge_group(lead=lead, group=group, kept=first)
    separate_group(lead=lead, group=group)
    release_records(lead=lead, stage=Stage.FULL_TEXT)

    with pytest.raises(ValidationError) as refusal:
        merge_group(lead=lead, group=group, kept=first)

    assert refusal.value.code == "must_stay"
    assert f"Keep record {second.number}: it was included" in refusal.value.message
    assert shown(lead) == {first.pk, second.pk}
    merge_group(lead=lead, group=group)
    assert shown(lead) == {second.pk}


def test_two_reports_included_at_full_text_are_no_longer_merged(lead):
    group, first, second, reviewers = screened_pair(lead)
    to_full_text(lead, reviewers, first, second)
    release_records(lead=lead, stage=Stage.FULL_TEXT)

    with pytest.raises(ValidationError) as refusal:
        merge_group(lead=lead, group=group)

    assert refusal.value.code == "must_stay"
    assert "reports of the same study" in refusal.value.message
    assert shown(lead) == {first.pk, second.pk}
    tell_companions(lead=lead, group=group)


def test_a_record_that_waits_elsewhere_is_stood_in_for_by_the_one_it_goes_behind(lead):
    first, second, third = make_records(lead, 3)
    group = make_group(lead, [first, second])
    other = make_group(lead, [second, third])

    merge_group(lead=lead, group=group)
    merged = last_event(lead)

    members = DuplicateMember.objects.current().filter(group=other)
    assert set(members.values_list("record", flat=True)) == {first.pk, third.pk}
    merge_group(lead=lead, group=other)
    assert shown(lead) == {first.pk}
    assert DuplicateMember.objects.current().filter(standing="merged", kept=True).count() == 1
    undo_decision(lead=lead, event=last_event(lead))
    assert shown(lead) == {first.pk, third.pk}
    undo_decision(lead=lead, event=merged)
    assert shown(lead) == {first.pk, second.pk, third.pk}
    waiting = DuplicateMember.objects.current().filter(group=other)
    assert set(waiting.values_list("record", flat=True)) == {second.pk, third.pk}
    assert verify_review(lead.review).problems == []


# Undo, and what is sure


def test_a_decision_is_taken_back_once(lead):
    group, *_ = waiting_pair(lead)
    separate_group(lead=lead, group=group)
    decision = last_event(lead)

    assert undo_decision(lead=lead, event=decision) == 1

    assert standings(group) == [("waiting", True), ("waiting", False)]
    with pytest.raises(ValidationError) as refusal:
        undo_decision(lead=lead, event=decision)
    assert refusal.value.code == "changed"


def test_what_was_decided_anew_since_is_not_taken_back(lead):
    group, *_ = waiting_pair(lead)
    merge_group(lead=lead, group=group)
    merged = last_event(lead)
    tell_companions(lead=lead, group=group)

    with pytest.raises(ValidationError) as refusal:
        undo_decision(lead=lead, event=merged)

    assert refusal.value.code == "changed"
    assert standings(group) == [("companion", True), ("companion", False)]


def test_only_decisions_on_duplicates_are_taken_back(lead):
    make_records(lead, 1)
    with pytest.raises(ValidationError) as refusal:
        undo_decision(lead=lead, event=last_event(lead))
    assert refusal.value.code == "no_decision"


def test_a_merge_behind_which_more_came_since_is_not_taken_back(lead):
    first, second, third = make_records(lead, 3)
    group = make_group(lead, [first, second])
    merge_group(lead=lead, group=group)
    merged = last_event(lead)
    merge_group(lead=lead, group=make_group(lead, [first, third]))

    with pytest.raises(ValidationError) as refusal:
        undo_decision(lead=lead, event=merged)

    assert refusal.value.code == "changed"
    assert shown(lead) == {first.pk}


def test_a_merge_is_put_back_over_a_record_that_was_voted_on_since_and_its_vote_counts(lead):
    group, first, second, reviewers = screened_pair(lead)
    merge_group(lead=lead, group=group, kept=first)
    separate_group(lead=lead, group=group)
    parted = last_event(lead)
    for record, verdict in ((first, Verdict.INCLUDE), (second, Verdict.EXCLUDE)):
        for reviewer in reviewers:
            vote(reviewer, record, verdict)

    undo_decision(lead=lead, event=parted)

    assert shown(lead) == {first.pk}
    assert stands(first) == Standing.CONFLICT
    assert verify_review(lead.review).problems == []


def dealt_copies(lead, papers=2, copies=2):
    """Return reviewers, with duplicates that were all dealt before anybody looked for them."""
    reviewers = [make_member(lead), make_member(lead)]
    for paper in range(papers):
        for _ in range(copies):
            make_batch(lead, [f"{TITLE} and in {paper} dancers with follow-up"])
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    return reviewers


def test_sure_groups_that_were_dealt_wait_and_are_accepted_and_undone_in_one_step(lead):
    (a, _) = dealt_copies(lead, papers=3)
    totals = find_duplicates(lead=lead)
    assert (totals["merged"], totals["to_review"]) == (0, 3)
    assert set(DuplicateGroup.objects.values_list("sure", flat=True)) == {True}
    before = shown(lead)
    vote(a, queue_of(a, Stage.TITLE_ABSTRACT).last().record)
    queue = list(queue_of(a, Stage.TITLE_ABSTRACT))

    assert accept_sure_groups(lead=lead) == 3

    accepted = last_event(lead)
    assert len(shown(lead)) == 3
    assert list(queue_of(a, Stage.TITLE_ABSTRACT)) == queue
    assert find_duplicates(lead=lead) == {"records": 6, "groups": 3, "merged": 3, "to_review": 0}
    assert undo_decision(lead=lead, event=accepted) == 3
    assert shown(lead) == before
    assert verify_review(lead.review).problems == []


def test_of_a_step_the_groups_that_were_not_changed_since_are_taken_back(lead):
    dealt_copies(lead, papers=2)
    find_duplicates(lead=lead)
    accept_sure_groups(lead=lead)
    accepted = last_event(lead)
    changed = DuplicateGroup.objects.earliest("pk")
    separate_group(lead=lead, group=changed)

    assert undo_decision(lead=lead, event=accepted) == 1

    assert {standing for standing, _ in standings(changed)} == {"separate"}
    assert len(shown(lead)) == 4


def test_many_dealt_copies_are_shown_a_few_together_and_merge_behind_one(lead):
    dealt_copies(lead, papers=1, copies=9)
    find_duplicates(lead=lead)
    sizes = [group.members.current().count() for group in DuplicateGroup.objects.all()]
    assert max(sizes) <= planning.SHOWN_TOGETHER
    assert sum(size - 1 for size in sizes) == 8

    assert accept_sure_groups(lead=lead) == len(sizes)

    assert len(shown(lead)) == 1
    assert find_duplicates(lead=lead) == {"records": 9, "groups": 1, "merged": 8, "to_review": 0}
    undo_decision(lead=lead, event=AuditEvent.objects.get(verb="records.duplicates_accepted"))
    assert len(shown(lead)) == 9
