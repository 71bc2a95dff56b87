"""What a person decides of duplicates: merged, parted or companions, and each taken back."""

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
from screening.choices import Stage, Verdict
from screening.querysets.queues import queue_of
from screening.services import open_stage, submit_decision
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


def waiting_pair(lead):
    records = make_records(lead, 2)
    return make_group(lead, records), *records


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
    voted = queue_of(a, Stage.TITLE_ABSTRACT).last().record
    submit_decision(reviewer=a, record=voted, stage=Stage.TITLE_ABSTRACT, verdict=Verdict.INCLUDE)
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
