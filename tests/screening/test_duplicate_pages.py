"""Groups of possible duplicates on the page: merge, part, undo."""

import pytest

from screening.models import DuplicateGroup, DuplicateMember, Record
from screening.services import find_duplicates
from tests.factories import make_batch, make_records
from tests.screening.pages import address, count_queries

pytestmark = pytest.mark.django_db


def make_group(lead, standing="waiting", number=0):
    """Write a group of two records, as the machine does."""
    from django.db import transaction

    from reviews import audit

    first, second = make_records(lead, 2)
    with transaction.atomic():
        act = audit.begin(member=lead)
        group = act.insert(DuplicateGroup())
        for record, kept in ((first, True), (second, False)):
            act.insert(
                DuplicateMember(
                    group=group,
                    record=record,
                    kept=kept,
                    standing=standing,
                    score="0.9",
                    why="alike titles",
                )
            )
        act.log("screening.duplicates_found", groups=1)
    return group, first, second


def standings(group):
    rows = DuplicateMember.objects.current().filter(group=group).order_by("record")
    return [(row.standing, row.kept) for row in rows]


def test_an_empty_page_says_that_nothing_waits(as_member, lead):
    assert b"No group waits for you" in as_member(lead).get(address(lead, "duplicates")).content


def test_a_group_is_shown_side_by_side_with_what_differs_marked(as_member, lead):
    make_group(lead)
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert page.count("<ins>") >= 2
    assert "alike titles" in page


def test_looking_for_duplicates_says_what_it_found(as_member, lead):
    make_batch(lead, ["Endoscopic resection of the lesser trochanter in twelve hips"])
    make_batch(lead, ["Endoscopic resection of the lesser trochanter in twelve hips."])
    answer = as_member(lead).post(address(lead, "duplicates/find"), follow=True)
    assert "Looked through 2 records: 1 duplicate merged" in answer.content.decode()


def test_the_record_that_is_chosen_is_kept(as_member, lead):
    group, _first, second = make_group(lead)
    client = as_member(lead)
    client.post(address(lead, "duplicates", group.uid, "merge"), {"kept": second.uid})
    assert standings(group) == [("merged", False), ("merged", True)]
    assert Record.objects.filter(review=lead.review).unmerged().get() == second


@pytest.mark.catalogue("I49")
def test_a_merge_can_be_undone_from_the_page_of_merged_groups(as_member, lead):
    group, first, second = make_group(lead, "merged")
    client = as_member(lead)
    merged = client.get(address(lead, "duplicates"), {"show": "merged"}).content.decode()
    assert "Undo the merge" in merged
    client.post(address(lead, "duplicates", group.uid, "separate"))
    assert {standing for standing, _ in standings(group)} == {"separate"}
    assert list(Record.objects.filter(review=lead.review).unmerged()) == [first, second]


@pytest.mark.parametrize("kept", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_record_that_is_none_of_the_review_cannot_be_kept(as_member, lead, kept):
    group, *_ = make_group(lead)
    url = address(lead, "duplicates", group.uid, "merge")
    assert as_member(lead).post(url, {"kept": kept}).status_code == 400
    assert standings(group) == [("waiting", True), ("waiting", False)]


@pytest.mark.catalogue("Z04")
def test_a_record_of_another_group_cannot_be_kept(as_member, lead):
    group, *_ = make_group(lead)
    _, other, _ = make_group(lead)
    url = address(lead, "duplicates", group.uid, "merge")
    answer = as_member(lead).post(url, {"kept": other.uid})
    assert answer.status_code == 409
    assert "not in this group" in answer.content.decode()
    assert standings(group) == [("waiting", True), ("waiting", False)]


def test_parting_twice_is_refused_in_words(as_member, lead):
    group, *_ = make_group(lead, "separate")
    answer = as_member(lead).post(address(lead, "duplicates", group.uid, "separate"))
    assert answer.status_code == 409
    assert "parted already" in answer.content.decode()


def test_the_list_costs_the_same_for_30_and_300_groups(as_member, lead):
    for _ in range(30):
        make_group(lead)
    client = as_member(lead)
    before = count_queries(client, address(lead, "duplicates"))
    for _ in range(270):
        make_group(lead)
    assert count_queries(client, address(lead, "duplicates")) == before


def test_a_second_search_finds_nothing_new(as_member, lead):
    make_group(lead)
    assert find_duplicates(lead=lead) == find_duplicates(lead=lead)
