"""A vote that a browser sends twice is one vote, and one from another account's page is none."""

import os
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from reviews.models import AuditEvent, Review
from reviews.services import set_exclusion_reasons
from reviews.verification import verify_review
from screening.choices import Stage, Verdict
from screening.models import Resolution, ScreeningDecision
from screening.services import (
    adjudicate_conflict,
    close_stage,
    release_records,
    submit_decision,
    withdraw_decision,
)
from screening.views import reading
from tests.factories import make_screening
from tests.pages import address
from tests.racing import at_once, fresh

pytestmark = pytest.mark.django_db
ROUNDS = 200 if os.environ.get("IFI_SOAK") == "1" else 20
TITLES = Stage.TITLE_ABSTRACT
INCLUDE, EXCLUDE, WITHDRAWN = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.WITHDRAWN
SCRIPT = {"accept": "application/json"}


def vote(member, record, verdict=INCLUDE, **sent):
    return submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict, **sent)


def withdraw(member, record, **sent):
    return withdraw_decision(reviewer=member, record=record, stage=TITLES, **sent)


def rows():
    """Return everything that a vote writes, and how many events there are."""
    votes = ScreeningDecision.objects.order_by("pk").values_list("uid", "verdict", "superseded_at")
    stands = Resolution.objects.order_by("pk").values_list("uid", "superseded_at")
    return list(votes), list(stands), AuditEvent.objects.count()


def own(member, record):
    return ScreeningDecision.objects.current().filter(member=member, record=record).first()


def screen(member, record, *more):
    return address(member, "screening", TITLES.value, "records", record.uid, *more)


def changed(lead, a, record):
    vote(a, record, EXCLUDE)


def withdrawn(lead, a, record):
    withdraw(a, record)


def closed(lead, a, record):
    close_stage(lead=lead, stage=TITLES)


def released(lead, a, record):
    release_records(lead=lead, stage=TITLES)


@pytest.mark.catalogue("C04")
@pytest.mark.catalogue("F25")
@pytest.mark.parametrize("since", [changed, withdrawn, closed, released])
def test_a_vote_sent_again_is_answered_as_before_and_changes_nothing_whatever_happened_since(since):
    lead, (a, b), [record] = make_screening()
    vote(b, record, INCLUDE)
    request = uuid4()
    first = vote(a, record, INCLUDE, request_id=request, seen=())
    since(lead, a, record)
    before = rows()

    assert vote(a, record, INCLUDE, request_id=request, seen=()) == first
    assert rows() == before
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.catalogue("C04")
def test_a_withdrawal_sent_again_does_not_take_back_a_later_vote():
    _, (a, _), [record] = make_screening()
    vote(a, record, INCLUDE)
    request = uuid4()
    first = withdraw(a, record, request_id=request)
    vote(a, record, EXCLUDE)
    before = rows()

    assert withdraw(a, record, request_id=request) == first
    assert rows() == before
    assert own(a, record).verdict == EXCLUDE


def test_the_same_vote_under_a_new_id_is_a_row_so_that_the_id_is_remembered():
    _, (a, _), [record] = make_screening()
    vote(a, record, INCLUDE)
    request = uuid4()
    second = vote(a, record, INCLUDE, request_id=request)
    assert ScreeningDecision.objects.filter(member=a).count() == 2
    vote(a, record, EXCLUDE)

    assert vote(a, record, INCLUDE, request_id=request) == second
    assert own(a, record).verdict == EXCLUDE


def test_the_same_vote_again_contests_no_settlement():
    lead, (a, b), [record] = make_screening(settling_rule="third_person")
    vote(a, record, INCLUDE)
    vote(b, record, EXCLUDE)
    adjudicate_conflict(adjudicator=lead, record=record, stage=TITLES, verdict=EXCLUDE)

    assert not vote(a, record, INCLUDE, request_id=uuid4()).late
    assert not Resolution.objects.current().get(record=record, stage=TITLES).contested

    assert vote(a, record, EXCLUDE, request_id=uuid4()).late
    assert vote(a, record, EXCLUDE, request_id=uuid4()).late
    assert Resolution.objects.current().get(record=record, stage=TITLES).contested


def test_an_id_used_on_one_record_is_refused_on_another():
    _, (a, b), (first, second) = make_screening(2)
    request = uuid4()
    vote(a, first, INCLUDE, request_id=request)
    before = rows()

    with pytest.raises(ValidationError) as refusal:
        vote(a, second, INCLUDE, request_id=request)

    assert refusal.value.code == "request_reused"
    assert rows() == before
    assert vote(b, first, EXCLUDE, request_id=request).verdict == EXCLUDE, "ids are a member's own"


@pytest.mark.catalogue("C05")
def test_votes_of_one_record_are_taken_in_order_though_the_page_saw_none_of_them():
    _, (a, _), [record] = make_screening()
    include, exclude, back, again = (uuid4() for _ in range(4))

    vote(a, record, INCLUDE, request_id=include, seen=())
    vote(a, record, EXCLUDE, request_id=exclude, seen={include})
    withdraw(a, record, request_id=back, seen={exclude})
    vote(a, record, INCLUDE, request_id=again, seen=())

    cast = ScreeningDecision.objects.order_by("recorded_at").values_list("verdict", "request_id")
    assert list(cast) == [
        (INCLUDE, include),
        (EXCLUDE, exclude),
        (WITHDRAWN, back),
        (INCLUDE, again),
    ]


@pytest.mark.catalogue("C03")
@pytest.mark.parametrize("act", [vote, withdraw], ids=["vote", "withdrawal"])
def test_what_was_cast_elsewhere_since_is_neither_overwritten_nor_taken_back(act):
    _, (a, _), [record] = make_screening()
    mine, elsewhere = uuid4(), uuid4()
    vote(a, record, EXCLUDE, request_id=mine)
    vote(a, record, Verdict.UNSURE, request_id=elsewhere, seen={mine})
    before = rows()

    with pytest.raises(ValidationError, match=r"in another tab at .*: Unsure") as refusal:
        act(a, record, request_id=uuid4(), seen={mine})

    assert refusal.value.code == "cast_elsewhere"
    assert rows() == before


@pytest.mark.soak
@pytest.mark.catalogue("C04")
@pytest.mark.django_db(transaction=True)
def test_one_vote_sent_twice_at_once_is_one_row():
    lead, (a, _), records = make_screening(ROUNDS)

    for record in records:
        request = uuid4()
        raised = at_once(
            *[
                lambda record=record, request=request: vote(
                    fresh(a), record, INCLUDE, request_id=request, seen=()
                )
            ]
            * 2
        )
        assert raised == [None, None]
        assert ScreeningDecision.objects.filter(record=record).count() == 1

    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.catalogue("C03")
@pytest.mark.django_db(transaction=True)
def test_of_two_different_votes_of_one_reviewer_at_once_the_second_is_told_of_the_first():
    _, (a, _), records = make_screening(ROUNDS)

    for record in records:
        raised = at_once(
            *[
                lambda record=record, verdict=verdict: vote(
                    fresh(a), record, verdict, request_id=uuid4(), seen=()
                )
                for verdict in (INCLUDE, EXCLUDE)
            ]
        )
        assert sorted(getattr(problem, "code", "") for problem in raised) == ["", "cast_elsewhere"]
        assert ScreeningDecision.objects.filter(record=record).count() == 1


@pytest.mark.catalogue("F25")
def test_a_script_that_sends_a_vote_again_is_told_that_it_is_saved(as_member):
    _, (a, _), [record] = make_screening()
    client = as_member(a)
    sent = {"verdict": "include", "seen": "", "member": a.uid, "request_id": uuid4()}
    client.post(screen(a, record), sent, headers=SCRIPT)
    seen = own(a, record).uid
    client.post(screen(a, record), {"verdict": "exclude", "seen": seen}, headers=SCRIPT)
    before = rows()

    answer = client.post(screen(a, record), sent, headers=SCRIPT)

    assert (answer.status_code, answer.json()["state"]) == (200, "saved")
    assert rows() == before


def test_a_vote_sent_again_is_saved_even_where_its_reason_is_gone_since(as_member):
    lead, (a, _), [record] = make_screening()
    reason, _ = set_exclusion_reasons(lead=lead, labels=["Wrong population", "Wrong design"])
    client = as_member(a)
    sent = {"reason": reason.uid, "member": a.uid, "request_id": uuid4()}
    assert client.post(screen(a, record), sent, headers=SCRIPT).status_code == 200
    set_exclusion_reasons(lead=lead, labels=["Wrong design"])
    before = rows()

    assert client.post(screen(a, record), sent, headers=SCRIPT).json()["state"] == "saved"
    assert rows() == before
    other = {**sent, "request_id": uuid4()}
    assert client.post(screen(a, record), other, headers=SCRIPT).status_code == 400
    assert rows() == before


def test_a_script_takes_a_vote_back_and_may_send_that_twice(as_member):
    _, (a, _), [record] = make_screening()
    client = as_member(a)
    cast = vote(a, record, INCLUDE)
    sent = {"member": a.uid, "request_id": uuid4(), "seen": cast.uid}
    for _ in range(2):
        answer = client.post(screen(a, record, "withdraw"), sent, headers=SCRIPT)
        assert (answer.status_code, answer.json()["state"]) == (200, "saved")
    assert ScreeningDecision.objects.filter(member=a).count() == 2

    answer = client.post(screen(a, record, "withdraw"), {"request_id": "nonsense"}, headers=SCRIPT)
    assert (answer.status_code, answer.json()["state"]) == (400, "refused")


@pytest.mark.catalogue("Z07")
@pytest.mark.parametrize("headers", [SCRIPT, {}], ids=["script", "page"])
def test_what_another_accounts_page_sends_is_refused_and_changes_nothing(as_member, headers):
    _, (a, b), [record] = make_screening()
    known = uuid4()
    vote(a, record, INCLUDE, request_id=known)
    vote(b, record, EXCLUDE)
    before = rows()
    client = as_member(b)
    for request in (known, uuid4()):
        sent = {
            "verdict": "include",
            "member": a.uid,
            "request_id": request,
            "seen": own(b, record).uid,
        }
        for url in (screen(b, record), screen(b, record, "withdraw")):
            answer = client.post(url, sent, headers=headers)
            assert answer.status_code == 409
            assert "opened by another account" in answer.content.decode()
            assert rows() == before


def test_an_answer_of_data_brings_a_token_that_the_next_vote_is_taken_with():
    _, (a, _), (first, second) = make_screening(2)
    client = Client(enforce_csrf_checks=True)
    client.force_login(a.user)
    page = client.get(screen(a, first))
    token = page.context["csrf_token"]
    for record in (first, second):
        answer = client.post(
            screen(a, record), {"verdict": "include"}, headers={**SCRIPT, "x-csrftoken": str(token)}
        )
        assert answer.json()["state"] == "saved"
        token = answer.json()["token"]


def test_both_forms_of_the_page_say_whose_it_is(as_member):
    _, (a, _), (first, _) = make_screening(2)
    vote(a, first, INCLUDE)
    page = as_member(a).get(screen(a, first)).content.decode()
    main = page.partition("<template")[0]
    assert main.count(f'name="member" value="{a.uid}"') == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_page_counts_and_the_newest_vote_it_names_are_of_one_moment(as_member, monkeypatch):
    """A browser counts what it keeps on top of what the page names."""
    _, (a, _), records = make_screening(3)
    unpatched = reading.queue_of

    def after_another_vote(member, stage):
        monkeypatch.setattr(reading, "queue_of", unpatched)
        at_once(lambda: vote(a, records[1]))
        return unpatched(member, stage)

    monkeypatch.setattr(reading, "queue_of", after_another_vote)

    page = as_member(a).get(screen(a, records[0]))

    assert (page.context["newest"], page.context["left"], page.context["today"]) == (None, 3, 0)
    assert ScreeningDecision.objects.filter(member=a).count() == 1
