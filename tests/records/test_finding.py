"""Duplicates are looked for in short acts, and a second search changes nothing."""

import pytest

from records.duplicates import Group, Match
from records.models import DuplicateGroup, DuplicateMember, Record
from records.services import (
    find_duplicates,
    finding,
    import_file,
    merge_group,
    planning,
    separate_group,
)
from records.services.known_groups import KnownGroups
from records.services.planning import Plan
from reviews import turns
from reviews.models import AuditEvent
from reviews.verification import verify_review
from screening.choices import Stage
from screening.models import Seat
from screening.querysets.queues import queue_of
from screening.services import open_stage, submit_decision
from tests.factories import make_batch, make_member, make_records, make_source, ris
from tests.records.grouping import TITLE, last_event, make_group, shown, two_files, unmerged

pytestmark = pytest.mark.django_db


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
    assert queue_of(reviewers[1], Stage.TITLE_ABSTRACT).get().record == dealt


def test_a_search_that_was_broken_off_is_completed_by_the_next(lead, monkeypatch):
    batch = [f"{TITLE} in the years {year} to {year + 9}" for year in range(1900, 1912)]
    make_batch(lead, batch)
    make_batch(lead, [title + "." for title in batch])
    monkeypatch.setattr(turns, "ROWS_AN_ACT", 9)
    write, written = finding._write, []

    def killed(*args):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(write(*args))
        return written[-1]

    monkeypatch.setattr(finding, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        find_duplicates(lead=lead)
    assert 12 < len(shown(lead)) < 24

    monkeypatch.setattr(finding, "_write", write)
    totals = find_duplicates(lead=lead)

    assert totals == {"records": 24, "groups": 12, "merged": 12, "to_review": 0}
    events = AuditEvent.objects.count()
    assert find_duplicates(lead=lead) == totals
    assert AuditEvent.objects.count() == events
    assert verify_review(lead.review).problems == []


@pytest.mark.catalogue("I47")
def test_very_many_copies_are_one_group_written_piece_by_piece(lead, monkeypatch):
    source = make_source(lead)
    copies = b"".join(ris([TITLE], DO="10.1000/one", AN=str(n)) for n in range(60))
    import_file(lead=lead, source=source, file_name="a.ris", data=copies)
    monkeypatch.setattr(planning, "ROWS_OF_A_PIECE", 7)
    monkeypatch.setattr(turns, "ROWS_AN_ACT", 14)

    totals = find_duplicates(lead=lead)

    assert totals == {"records": 60, "groups": 1, "merged": 59, "to_review": 0}
    written = AuditEvent.objects.filter(verb="records.duplicates_grouped").count()
    assert written >= 5
    assert find_duplicates(lead=lead) == totals


@pytest.mark.catalogue("I48")
def test_papers_that_are_alike_in_year_and_first_words_are_never_merged_below_the_threshold(lead):
    numbers = ["twelve", "thirty", "forty", "ninety", "eighty", "seventy"]
    make_batch(lead, [f"Ischiofemoral impingement treated in {n} {n} hips" for n in numbers])
    assert find_duplicates(lead=lead)["merged"] == 0
    sizes = [group.members.current().count() for group in DuplicateGroup.objects.all()]
    assert max(sizes, default=0) <= planning.SHOWN_TOGETHER


def test_two_merged_groups_that_a_third_record_joins_become_one(lead):
    first, second, third, fourth = make_records(lead, 4)
    one, other = make_group(lead, [first, second]), make_group(lead, [third, fourth])
    for group in (one, other):
        merge_group(lead=lead, group=group)
    known = KnownGroups.of(lead.review)
    matches = tuple(Match(key, 1.0, "same") for key in (first.pk, third.pk))
    found = [Group(matches, first.pk, sure=True)]

    wanted = list(Plan(known, set()).wanted(found))
    finding._write(lead, wanted, last_event(lead).at)

    assert shown(lead) == {first.pk}
    merged = DuplicateMember.objects.current().filter(standing="merged")
    assert set(merged.values_list("group", flat=True)) == {one.pk}
    assert merged.get(record=fourth).decided_by == lead
    assert verify_review(lead.review).problems == []


def test_what_changed_after_the_rule_looked_is_left_for_the_next_run(lead):
    hidden, behind, apart, told, dealt, also, other = make_records(lead, 7)
    known, seen = KnownGroups.of(lead.review), last_event(lead).at
    pairs = [(hidden, behind), (apart, told), (dealt, also)]
    merge_group(lead=lead, group=make_group(lead, [other, hidden]))
    separate_group(lead=lead, group=make_group(lead, [apart, told]))
    open_stage(
        lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=[make_member(lead), make_member(lead)]
    )
    before = shown(lead)
    found = [
        Group(tuple(Match(r.pk, 1.0, "same") for r in pair), pair[0].pk, sure=True)
        for pair in pairs
    ]

    written = finding._write(lead, list(Plan(known, set()).wanted(found)), seen)

    assert written == 0
    assert shown(lead) == before


def test_seats_of_many_records_are_dealt_in_short_acts_to_all_pairs_alike(lead, monkeypatch):
    reviewers = [make_member(lead) for _ in range(3)]
    make_records(lead, 1)
    open_stage(lead=lead, stage=Stage.TITLE_ABSTRACT, screeners=reviewers)
    make_records(lead, 24)
    monkeypatch.setattr(turns, "ROWS_AN_ACT", 21)

    find_duplicates(lead=lead)

    dealt = Seat.objects.current().filter(review=lead.review)
    assert dealt.count() == 50
    shares = [dealt.filter(member=reviewer).count() for reviewer in reviewers]
    assert max(shares) - min(shares) <= 1
    for reviewer in reviewers:
        places = dealt.filter(member=reviewer).values_list("position", flat=True)
        assert sorted(places) == list(range(1, len(places) + 1))
    assert AuditEvent.objects.filter(verb="screening.seats_dealt").count() == 4
    assert verify_review(lead.review).problems == []
