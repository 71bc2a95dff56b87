"""Groups of possible duplicates on the page: merge, part, undo."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from records.models import Record
from records.services import find_duplicates
from records.tasks import STILL, search_duplicates
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import change_role
from tests.factories import make_batch, make_member, make_records
from tests.pages import address, count_queries
from tests.records.grouping import TITLE, last_event, make_group, standings, unmerged
from tests.records.importing import make_job

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def pair(lead, standing="waiting", **what):
    """Return a group of two records, and the two."""
    first, second = make_records(lead, 2)
    return make_group(lead, [first, second], standing, **what), first, second


def test_an_empty_page_says_that_nothing_waits(as_member, lead):
    assert b"No group waits for you" in as_member(lead).get(address(lead, "duplicates")).content


def test_a_group_is_shown_side_by_side_with_what_differs_marked(as_member, lead):
    pair(lead)
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert page.count("<ins>") >= 2
    assert "alike titles" in page


def test_looking_for_duplicates_says_what_it_found(as_member, lead):
    make_batch(lead, [TITLE, TITLE + "."])
    client = as_member(lead)
    answer = client.post(address(lead, "duplicates/find"), follow=True)
    assert "Duplicates are being looked for" not in answer.content.decode()
    told = client.get(address(lead, "duplicates/search"), **HTMX).content.decode()
    assert "Looked through 2 records: 1 is a duplicate of another, 0 groups need a look." in told
    assert len(unmerged(lead)) == 1


@pytest.mark.parametrize("status", ["READY", "RUNNING"])
def test_a_search_that_waits_or_runs_is_shown_and_asked_after(as_member, lead, status):
    make_job(lead, status, search_duplicates, str(lead.uid))
    client = as_member(lead)
    page = client.get(address(lead, "duplicates")).content.decode()
    assert "Duplicates are being looked for" in page
    assert "every 2s" in client.get(address(lead, "duplicates/search"), **HTMX).content.decode()


def test_a_search_that_no_worker_takes_up_says_so(as_member, lead):
    job = make_job(lead, "READY", search_duplicates, str(lead.uid))
    client = as_member(lead)
    words = b"No background worker has taken this up"
    assert words not in client.get(address(lead, "duplicates/search"), **HTMX).content
    DBTaskResult.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - 2 * STILL)
    assert words in client.get(address(lead, "duplicates/search"), **HTMX).content


def test_a_search_that_waits_is_not_queued_twice(as_member, lead):
    make_batch(lead, [TITLE, TITLE + "."])
    make_job(lead, "READY", search_duplicates, str(lead.uid))
    as_member(lead).post(address(lead, "duplicates/find"))
    assert len(unmerged(lead)) == 2


def test_a_search_that_broke_off_says_so_and_what_to_do(as_member, lead):
    make_job(lead, "FAILED", search_duplicates, str(lead.uid), finished_at=timezone.now())
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert "The last search for duplicates broke off" in page


def test_the_last_search_that_was_asked_for_stays_on_the_page(as_member, lead):
    make_job(
        lead, "SUCCESSFUL", search_duplicates, str(lead.uid),
        finished_at=timezone.now(), return_value={"records": 1234},
    )  # fmt: skip
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert "Last looked through 1,234 records" in page


@pytest.mark.catalogue("Z21")
def test_the_search_is_made_as_the_member_who_asked_and_still_may(lead):
    make_batch(lead, [TITLE, TITLE + "."])
    other = make_member(lead, Role.LEAD)
    change_role(lead=lead, member=other, role=Role.REVIEWER)
    events = AuditEvent.objects.count()
    with pytest.raises(ValidationError, match="part in this review has changed"):
        search_duplicates.func(str(lead.review.uid), str(other.uid))
    assert AuditEvent.objects.count() == events
    search_duplicates.func(str(lead.review.uid), str(lead.uid))
    assert last_event(lead).actor == lead


def test_the_record_that_is_chosen_is_kept(as_member, lead):
    group, _first, second = pair(lead)
    client = as_member(lead)
    client.post(address(lead, "duplicates", group.uid, "merge"), {"kept": second.uid})
    assert standings(group) == [("merged", False), ("merged", True)]
    assert Record.objects.filter(review=lead.review).unmerged().get() == second


@pytest.mark.catalogue("I49")
def test_a_merge_can_be_undone_from_the_page_of_merged_groups(as_member, lead):
    group, first, second = pair(lead, "merged")
    client = as_member(lead)
    merged = client.get(address(lead, "duplicates"), {"show": "merged"}).content.decode()
    assert "Undo the merge" in merged
    client.post(address(lead, "duplicates", group.uid, "separate"))
    assert {standing for standing, _ in standings(group)} == {"separate"}
    assert list(Record.objects.filter(review=lead.review).unmerged()) == [first, second]


@pytest.mark.parametrize("kept", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_record_that_is_none_of_the_review_cannot_be_kept(as_member, lead, kept):
    group, *_ = pair(lead)
    url = address(lead, "duplicates", group.uid, "merge")
    assert as_member(lead).post(url, {"kept": kept}).status_code == 400
    assert standings(group) == [("waiting", True), ("waiting", False)]


@pytest.mark.catalogue("Z04")
def test_a_record_of_another_group_cannot_be_kept(as_member, lead):
    group, *_ = pair(lead)
    _, other, _ = pair(lead)
    url = address(lead, "duplicates", group.uid, "merge")
    answer = as_member(lead).post(url, {"kept": other.uid})
    assert answer.status_code == 409
    assert "not in this group" in answer.content.decode()
    assert standings(group) == [("waiting", True), ("waiting", False)]


def test_parting_twice_is_refused_in_words(as_member, lead):
    group, *_ = pair(lead, "separate")
    answer = as_member(lead).post(address(lead, "duplicates", group.uid, "separate"))
    assert answer.status_code == 409
    assert "parted already" in answer.content.decode()


def test_the_list_costs_the_same_for_one_page_and_for_many(as_member, lead):
    records = make_records(lead, 200)
    for place in range(0, 60, 2):
        make_group(lead, records[place : place + 2])
    client = as_member(lead)
    before = count_queries(client, address(lead, "duplicates"))
    for place in range(60, 200, 2):
        make_group(lead, records[place : place + 2], sure=True)
    assert count_queries(client, address(lead, "duplicates")) == before


def test_groups_wait_least_doubtful_first(as_member, lead):
    most, _, last = pair(lead, doubt=300)
    least, first, _ = pair(lead, doubt=20)
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert page.index(str(least.uid)) < page.index(str(most.uid))
    assert page.index(f"No. {first.number}") < page.index(f"No. {last.number}")


def test_what_a_merge_would_show_is_marked_for_each_choice_of_the_record_kept(as_member, lead):
    _, first, second = pair(lead)
    page = as_member(lead).get(address(lead, "duplicates")).content.decode()
    assert f'data-survives="{first.uid}"' in page
    assert f'data-survives="{second.uid}"' in page
    assert "shown" in page


def test_some_records_of_a_group_are_merged_and_the_rest_told_apart(as_member, lead):
    records = make_records(lead, 3)
    group = make_group(lead, records)
    chosen = [record.uid for record in records[:2]]
    url = address(lead, "duplicates", group.uid, "merge")
    as_member(lead).post(url, {"kept": records[1].uid, "record": chosen})
    assert standings(group) == [("merged", False), ("merged", True), ("separate", False)]


def test_reports_of_one_study_have_a_tab_of_their_own(as_member, lead):
    group, *_ = pair(lead)
    client = as_member(lead)
    client.post(address(lead, "duplicates", group.uid, "relate"))
    page = client.get(address(lead, "duplicates"), {"show": "companion"}).content.decode()
    assert str(group.uid) in page
    assert standings(group) == [("companion", True), ("companion", False)]


def test_the_last_decision_is_undone_from_the_page_and_the_place_is_kept(as_member, lead):
    group, *_ = pair(lead)
    client = as_member(lead)
    client.post(address(lead, "duplicates", group.uid, "separate"))
    event = AuditEvent.objects.latest("position")
    assert (
        f"duplicates/undo/{event.uid}/" in client.get(address(lead, "duplicates")).content.decode()
    )
    undone = client.post(f"{address(lead, 'duplicates/undo', event.uid)}?show=merged&x=1")
    assert undone.url == address(lead, "duplicates") + "?show=merged"
    assert standings(group) == [("waiting", True), ("waiting", False)]
    again = client.post(address(lead, "duplicates/undo", event.uid))
    assert again.status_code == 409
    assert "changed since" in again.content.decode()


def test_all_sure_groups_are_accepted_as_one_step_and_undone_later_from_the_history(
    as_member, lead
):
    groups = [pair(lead, sure=True)[0] for _ in range(3)]
    doubtful, *_ = pair(lead)
    client = as_member(lead)
    assert "Accept all sure (3)" in client.get(address(lead, "duplicates")).content.decode()
    answer = client.post(address(lead, "duplicates/accept"), follow=True).content.decode()
    assert "3 groups merged." in answer
    event = AuditEvent.objects.latest("position")
    for _ in range(2):
        client.post(address(lead, "duplicates", doubtful.uid, "separate"))
    assert answer.count(str(event.uid)) == 2
    client.post(address(lead, "duplicates/undo", event.uid))
    assert {standings(group)[0][0] for group in groups} == {"waiting"}
    assert standings(doubtful)[0][0] == "separate"


def test_what_somebody_else_decided_meanwhile_is_not_decided_over(as_member, lead):
    group, *_ = pair(lead)
    client = as_member(lead)
    client.post(address(lead, "duplicates", group.uid, "separate"), {"shown": "waiting"})
    for act in ("merge", "relate"):
        answer = client.post(address(lead, "duplicates", group.uid, act), {"shown": "waiting"})
        assert answer.status_code == 409
        assert "decided meanwhile: Not a duplicate" in answer.content.decode()
    assert standings(group) == [("separate", True), ("separate", False)]


def test_a_key_is_answered_with_the_decided_group_and_the_counts_alone(as_member, lead):
    group, *_ = pair(lead)
    client = as_member(lead)
    url = address(lead, "duplicates", group.uid, "separate")
    answer = client.post(url, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert 'id="duplicate-state" hx-swap-oob="true"' in page
    refused = client.post(url, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert f'id="group-{group.uid}"' in refused.content.decode()
    assert "parted already" in refused.content.decode()


def test_a_second_search_finds_nothing_new(as_member, lead):
    pair(lead)
    assert find_duplicates(lead=lead) == find_duplicates(lead=lead)
