"""The page on which a reviewer votes, their history, and that nothing of anybody else shows."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.models import Record
from reviews.services import set_criteria, set_exclusion_reasons
from reviews.verification import verify_review
from screening.models import ScreeningDecision
from screening.querysets.queues import queue_of
from screening.services import (
    close_stage,
    open_stage,
    release_records,
    set_full_text,
    submit_decision,
    withdraw_decision,
)
from tests.factories import make_member, make_records, make_screening
from tests.pages import address, count_queries

pytestmark = pytest.mark.django_db
STAGE = "title-abstract"


def screen(member, record, stage=STAGE):
    return address(member, "screening", stage, "records", record.uid)


def queue(member, stage=STAGE):
    return [seat.record for seat in queue_of(member, stage).select_related("record")]


def own(member, record, stage=STAGE):
    return ScreeningDecision.objects.own(member, stage).filter(record=record).first()


def make_full_text(records=1):
    """Make a review whose records are all to be screened at full text."""
    lead, people, made = make_screening(records)
    reasons = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    for record in made:
        for person in people:
            submit_decision(reviewer=person, record=record, stage=STAGE, verdict="include")
    close_stage(lead=lead, stage=STAGE)
    for record in made:
        set_full_text(lead=lead, record=record, standing="retrieved")
    open_stage(lead=lead, stage="full-text", screeners=people)
    return lead, people, made, reasons


def test_without_records_the_page_says_so(as_member, lead, reviewer_a):
    page = as_member(reviewer_a).get(address(lead, "screening", STAGE)).content.decode()
    assert "No records are dealt to you" in page


def test_screening_starts_at_the_first_record_of_ones_own_queue(as_member):
    _, (a, _), _ = make_screening(3)
    answer = as_member(a).get(address(a, "screening", STAGE))
    assert answer.url == screen(a, queue(a)[0])


def test_a_vote_is_kept_and_leads_to_the_next_record(as_member):
    _, (a, _), _ = make_screening(3)
    first, second, _ = queue(a)
    answer = as_member(a).post(screen(a, first), {"verdict": "unsure", "note": "Only hips?"})
    assert answer.url == screen(a, second)
    vote = own(a, first)
    assert (vote.verdict, vote.note) == ("unsure", "Only hips?")


def test_after_a_change_the_queue_goes_on_where_it_was(as_member):
    _, (a, _), _ = make_screening(3)
    first, second, _ = queue(a)
    client = as_member(a)
    client.post(screen(a, first), {"verdict": "include"})
    seen = own(a, first).uid
    answer = client.post(screen(a, first), {"verdict": "exclude", "seen": seen})
    assert answer.url == screen(a, second)
    assert own(a, first).verdict == "exclude"


def test_a_reason_alone_is_an_exclusion(as_member):
    lead, (a, _), (record,) = make_screening(1)
    reason, _ = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    as_member(a).post(screen(a, record), {"reason": reason.uid})
    assert (own(a, record).verdict, own(a, record).reason) == ("exclude", reason)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"verdict": "withdrawn"},
        {"verdict": "maybe"},
        {"reason": "nonsense"},
        {"verdict": "include", "note": "x" * 5001},
        {"verdict": "include", "seen": "nonsense"},
    ],
)
def test_an_answer_that_cannot_be_read_changes_nothing_and_keeps_the_note(as_member, answer):
    _, (a, _), (record,) = make_screening(1)
    reply = as_member(a).post(screen(a, record), {"note": "my note", **answer})
    assert reply.status_code == 400
    assert answer.get("note", "my note") in reply.content.decode()
    assert not ScreeningDecision.objects.exists()


@pytest.mark.catalogue("Z04")
def test_a_reason_of_another_review_is_refused(as_member):
    _, (a, _), (record,) = make_screening(1)
    foreign = make_screening(1)[0]
    (reason,) = set_exclusion_reasons(lead=foreign, labels=["Foreign"])
    assert as_member(a).post(screen(a, record), {"reason": reason.uid}).status_code == 400
    assert own(a, record) is None


@pytest.mark.catalogue("C14")
@pytest.mark.parametrize("labels", [["Not adults", "Design"], ["Design"]], ids=["renamed", "gone"])
def test_a_reason_changed_while_it_is_being_chosen_keeps_the_words_that_were_chosen(
    as_member, monkeypatch, labels
):
    lead, (a, _), (record,) = make_screening(1)
    reason, _ = set_exclusion_reasons(lead=lead, labels=["Population", "Design"])

    def changed_meanwhile(**answer):
        set_exclusion_reasons(lead=lead, labels=labels)
        return submit_decision(**answer)

    monkeypatch.setattr("screening.views.voting.submit_decision", changed_meanwhile)
    client = as_member(a)
    assert client.post(screen(a, record), {"reason": reason.uid}).status_code == 302

    assert own(a, record).reason == reason
    history = client.get(address(a, "screening", STAGE, "decisions")).content.decode()
    assert "Population" in history
    assert verify_review(lead.review).problems == []


@pytest.mark.catalogue("Z07")
def test_nobody_can_vote_as_another(as_member):
    _, (a, b), (record,) = make_screening(1)
    client = as_member(a)
    for of_another in (b.uid, b.pk):
        answer = client.post(screen(a, record), {"verdict": "include", "member": of_another})
        assert answer.status_code in {400, 409}
    assert not ScreeningDecision.objects.exists()
    client.post(screen(a, record), {"verdict": "include", "reviewer": b.uid})
    assert own(a, record) is not None
    assert own(b, record) is None


def test_a_record_without_a_seat_is_not_found(as_member):
    lead, (a, _), (record,) = make_screening(1)
    third = make_member(lead)
    client = as_member(third)
    assert client.get(screen(a, record)).status_code == 404
    assert client.post(screen(a, record), {"verdict": "include"}).status_code == 404
    withdraw = screen(a, record) + "withdraw/"
    assert client.post(withdraw).status_code == 404
    assert not ScreeningDecision.objects.exists()


def test_the_last_decision_is_taken_back_and_then_the_one_before(as_member):
    _, (a, _), _ = make_screening(3)
    first, second, _ = queue(a)
    client = as_member(a)
    for record in (first, second):
        client.post(screen(a, record), {"verdict": "include"})
    for record in (second, first):
        page = client.get(address(a, "screening", STAGE), follow=True)
        assert page.context["last"].record == record
        answer = client.post(screen(a, record) + "withdraw/")
        assert answer.url == screen(a, record)
    assert not ScreeningDecision.objects.own(a).exists()


def test_taking_back_what_is_not_there_is_refused(as_member):
    _, (a, _), (record,) = make_screening(1)
    answer = as_member(a).post(screen(a, record) + "withdraw/")
    assert answer.status_code == 409
    assert "There is no vote of yours to take back." in answer.content.decode()
    assert not ScreeningDecision.objects.exists()


@pytest.mark.catalogue("C03")
def test_a_second_tab_is_told_what_was_decided_in_the_first(as_member):
    _, (a, _), (record,) = make_screening(1)
    client = as_member(a)
    client.post(screen(a, record), {"verdict": "include", "seen": ""})
    answer = client.post(screen(a, record), {"verdict": "exclude", "seen": ""})
    assert answer.status_code == 409
    assert "You decided this in another tab at" in answer.content.decode()
    assert own(a, record).verdict == "include"

    answer = client.post(screen(a, record), {"verdict": "exclude", "seen": own(a, record).uid})
    assert answer.status_code == 302
    assert own(a, record).verdict == "exclude"


@pytest.mark.catalogue("C04")
def test_the_same_answer_sent_twice_is_one_decision(as_member):
    _, (a, _), (record,) = make_screening(1)
    client = as_member(a)
    replies = [client.post(screen(a, record), {"verdict": "include"}) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [302, 302]
    assert ScreeningDecision.objects.count() == 1


def test_a_script_is_answered_in_json(as_member):
    _, (a, _), (record,) = make_screening(1)
    headers = {"accept": "application/json"}
    client = as_member(a)
    saved = client.post(screen(a, record), {"verdict": "include"}, headers=headers)
    assert (saved.status_code, saved.json()["state"]) == (200, "saved")
    refused = client.post(screen(a, record), {"verdict": "exclude"}, headers=headers)
    assert refused.status_code == 409
    assert refused.json()["state"] == "refused"
    assert "another tab" in refused.json()["message"]


def test_when_all_is_done_the_unsure_ones_are_offered_again(as_member):
    _, (a, _), records = make_screening(2)
    client = as_member(a)
    for record, verdict in zip(records, ("unsure", "include"), strict=True):
        client.post(screen(a, record), {"verdict": verdict})
    page = client.get(address(a, "screening", STAGE)).content.decode()
    assert "Done. 2 of 2." in page
    assert "1 unsure: look again?" in page
    assert screen(a, records[0]) in page


def test_after_release_the_page_shows_the_answer_and_takes_no_other(as_member):
    lead, people, (record,) = make_screening(1)
    for person in people:
        submit_decision(reviewer=person, record=record, stage=STAGE, verdict="include")
    release_records(lead=lead, stage=STAGE)
    client = as_member(people[0])
    assert b'name="verdict"' not in client.get(screen(people[0], record)).content
    seen = own(people[0], record).uid
    answer = client.post(screen(people[0], record), {"verdict": "exclude", "seen": seen})
    assert answer.status_code == 409
    assert own(people[0], record).verdict == "include"


def test_the_criteria_and_the_keys_of_the_reasons_stand_on_the_page(as_member):
    lead, (a, _), (record,) = make_screening(1)
    set_criteria(lead=lead, kind="inclusion", texts=["Adults with hip pain"])
    set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    page = as_member(a).get(screen(a, record)).content.decode()
    assert "Adults with hip pain" in page
    assert set(re.findall(r'data-key="(\w)"', page)) >= {"e", "u", "i", "n", "c", "1", "2"}


def test_full_text_asks_for_a_reason_and_knows_no_unsure(as_member):
    _, (a, _), (record,), reasons = make_full_text()
    client = as_member(a)
    url = screen(a, record, "full-text")
    assert b'value="unsure"' not in client.get(url).content
    for answer in ({"verdict": "exclude"}, {"verdict": "unsure"}):
        assert client.post(url, answer).status_code == 400
    assert own(a, record, "full-text") is None
    client.post(url, {"reason": reasons[1].uid})
    assert own(a, record, "full-text").reason == reasons[1]


def test_the_history_shows_ones_own_votes_newest_first(as_member):
    _, (a, b), (first, second) = make_screening(2)
    empty = as_member(a).get(address(a, "screening", STAGE, "decisions"))
    assert b"You have decided nothing at this stage yet." in empty.content
    for record in (first, second):
        submit_decision(reviewer=a, record=record, stage=STAGE, verdict="include")
    submit_decision(reviewer=b, record=first, stage=STAGE, verdict="exclude", note="not yours")
    page = as_member(a).get(address(a, "screening", STAGE, "decisions"))
    assert [vote.record for vote in page.context["page"].rows] == [second, first]
    assert "not yours" not in page.content.decode()


@pytest.mark.catalogue("L08")
def test_screening_and_history_cost_the_same_for_30_and_300_records(as_member):
    _, (a, _), records = make_screening(300)
    client = as_member(a)
    urls = [screen(a, records[0]), address(a, "screening", STAGE, "decisions")]

    def vote(some):
        for record in some:
            submit_decision(reviewer=a, record=record, stage=STAGE, verdict="include")

    vote(records[1:31])
    before = [count_queries(client, url) for url in urls]
    vote(records[31:120])
    assert [count_queries(client, url) for url in urls] == before


@pytest.mark.parametrize("stage", ["third", "TITLE_ABSTRACT", "include"])
def test_a_stage_that_is_none_is_not_found(as_member, lead, stage):
    assert as_member(lead).get(address(lead, "screening", stage)).status_code == 404


# What the other reviewer did before each replay of the same requests.
def _nothing(lead, b, records):
    return None


def _all_the_same(lead, b, records):
    for record in records:
        submit_decision(reviewer=b, record=record, stage=STAGE, verdict="include", note="b's")


def _all_against(lead, b, records):
    for record in records:
        submit_decision(reviewer=b, record=record, stage=STAGE, verdict="exclude", note="b's")


def _back_and_forth(lead, b, records):
    for record in records[::2]:
        submit_decision(reviewer=b, record=record, stage=STAGE, verdict="unsure")
        withdraw_decision(reviewer=b, record=record, stage=STAGE)
    _all_against(lead, b, records[:2])


WORLDS = [_nothing, _all_the_same, _all_against, _back_and_forth]


def _replay(client, a, records):
    """Send the same requests as reviewer A; return what could be told apart."""
    decisions = address(a, "screening", STAGE, "decisions")
    # The second is the first sent again, the third the same vote under an id of its own.
    first, third = ({"verdict": "unsure", "request_id": uuid4()} for _ in range(2))
    sent = [first, first, third]
    script = [
        ("get", address(a, "screening", STAGE), {}),
        ("post", screen(a, records[0]), {"verdict": "include"}),
        ("post", screen(a, records[1]), {"verdict": "exclude", "note": "mine"}),
        ("post", screen(a, records[2]), {"verdict": "unsure"}),
        *(("post", screen(a, records[4]), vote) for vote in sent),
        ("post", screen(a, records[4]) + "withdraw/", {"request_id": uuid4(), "member": a.uid}),
        ("post", screen(a, records[1]) + "withdraw/", {}),
        ("post", screen(a, records[1]) + "withdraw/", {}),
        ("post", screen(a, records[3]), {"verdict": "nonsense"}),
        ("get", screen(a, records[0]), {}),
        ("get", screen(a, records[3]), {}),
        ("get", decisions, {}),
        ("get", address(a, "records"), {}),
        ("get", address(a, "records"), {"mine": f"{STAGE}:none"}),
        ("get", address(a, "records", records[0].uid), {}),
        ("get", address(a, "records", records[3].uid), {}),
        ("get", address(a, "screening/discussions"), {}),
        ("get", address(a, "screening", STAGE, "discussions", records[0].uid), {}),
        ("get", address(a, "screening/full-text"), {}),
    ]
    for verb, url, fields in script:
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, verb)(url, fields)
        yield url, answer.status_code, _told(answer), len(queries)


def _told(answer):
    """Return body and headers less what is random or the clock's in any two runs."""
    body = answer.content.decode()
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)
    body = re.sub(r'name="seen" value="[\w-]*"', "", body)
    body = re.sub(r"\d\d:\d\d", "", body)
    headers = {k: v for k, v in answer.headers.items() if k not in {"Set-Cookie", "Expires"}}
    return body, headers


@pytest.mark.catalogue("B04")
@pytest.mark.catalogue("B05")
@pytest.mark.catalogue("B06")
@pytest.mark.parametrize("settling", ["discussion", "third_person"])
def test_a_reviewer_is_answered_the_same_whatever_the_other_did(as_member, settling):
    from django.db import transaction

    lead, (a, b), _ = make_screening(6, settling_rule=settling)
    records = list(Record.objects.filter(review=lead.review).order_by("number"))
    client = as_member(a)
    seen = []
    for world in WORLDS:
        with transaction.atomic():
            world(lead, b, records)
            seen.append(list(_replay(client, a, records)))
            transaction.set_rollback(True)
    for other in seen[1:]:
        assert other == seen[0]


def test_the_order_of_a_queue_does_not_move_when_the_other_votes():
    _, (a, b), records = make_screening(8)
    before = queue(a)
    for record in records[:5]:
        submit_decision(reviewer=b, record=record, stage=STAGE, verdict="exclude")
    assert queue(a) == before


def test_records_that_come_later_join_the_queue():
    from records.services import find_duplicates

    lead, (a, _), _ = make_screening(2)
    make_records(lead, 3)
    find_duplicates(lead=lead)
    assert len(queue(a)) == 5
