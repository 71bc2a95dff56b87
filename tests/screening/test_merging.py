"""Duplicates are merged or parted, reversibly, and no vote is lost."""

import pytest
from django.core.exceptions import ValidationError

from reviews.models import AuditEvent
from screening.choices import DuplicateStanding, Stage, Verdict
from screening.models import DuplicateGroup, DuplicateMember, Record, ScreeningDecision, Seat
from screening.services import (
    find_duplicates,
    import_file,
    merge_group,
    open_stage,
    separate_group,
    submit_decision,
    undo_import,
)
from tests.factories import make_batch, make_member, make_source, ris

pytestmark = pytest.mark.django_db
TITLE = "Endoscopic resection of the lesser trochanter in twelve hips"


def unmerged(lead) -> set[str]:
    return {r.title for r in Record.objects.filter(review=lead.review).unmerged()}


def two_files(lead, first=TITLE, second=TITLE + "."):
    return make_batch(lead, [first]), make_batch(lead, [second])


def test_a_sure_group_is_merged_by_the_machine_and_a_second_run_changes_nothing(lead):
    two_files(lead)

    totals = find_duplicates(lead=lead)

    assert totals == {"records": 2, "groups": 1, "merged": 1, "to_review": 0}
    assert len(unmerged(lead)) == 1
    rows = DuplicateMember.objects.count()
    assert find_duplicates(lead=lead) == totals
    assert DuplicateMember.objects.count() == rows
    assert not DuplicateMember.objects.filter(decided_by__isnull=False).exists()


def test_a_third_copy_joins_the_group_that_stands(lead):
    two_files(lead)
    find_duplicates(lead=lead)
    make_batch(lead, [TITLE.upper()])

    assert find_duplicates(lead=lead) == {"records": 3, "groups": 1, "merged": 2, "to_review": 0}


def test_a_doubtful_group_waits_and_hides_nothing(lead):
    data = ris([TITLE], DO="10.1000/one") + ris([TITLE], DO="10.1000/two")
    import_file(lead=lead, source=make_source(lead), file_name="a.ris", data=data)

    totals = find_duplicates(lead=lead)

    assert (totals["merged"], totals["to_review"]) == (0, 1)
    assert Record.objects.filter(review=lead.review).unmerged().count() == 2
    assert find_duplicates(lead=lead) == totals


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
        assert Seat.objects.queue(reviewer, Stage.TITLE_ABSTRACT).count() == left


@pytest.mark.catalogue("B04")
@pytest.mark.parametrize("voted", [True, False])
def test_the_machine_keeps_the_record_being_screened_whoever_has_voted(lead, voted):
    reviewers = [make_member(lead), make_member(lead)]
    dealt = make_batch(lead, [TITLE]).records.get()
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    if voted:
        submit_decision(
            reviewer=reviewers[0], record=dealt, stage=Stage.TITLE_ABSTRACT, verdict="include"
        )
    make_batch(lead, [TITLE + "!"])

    find_duplicates(lead=lead)

    assert Record.objects.filter(review=lead.review).unmerged().get() == dealt
    assert Seat.objects.queue(reviewers[1], Stage.TITLE_ABSTRACT).get().record == dealt


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
