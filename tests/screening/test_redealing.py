"""Who leaves in mid-stage leaves no stage blocked: their seats without a vote pass on."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from reviews.models import AuditEvent, Review
from reviews.roles import Role
from reviews.services import add_member, change_role, remove_member
from reviews.verification import verify_review
from screening.choices import Stage, Standing, Verdict
from screening.models import Resolution, Screener, ScreeningDecision, Seat
from screening.querysets.queues import orphaned, queue_of
from screening.services import (
    close_stage,
    deal_seats_anew,
    open_stage,
    submit_decision,
    withdraw_decision,
)
from screening.services.seats import deal_in_turns
from tests.factories import make_batch, make_lead, make_member, make_records, make_screening
from tests.pages import address
from tests.world import TITLES

pytestmark = pytest.mark.django_db


def vote(member, record, verdict=Verdict.INCLUDE):
    return submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)


def queue(member) -> list[int]:
    return list(queue_of(member, TITLES).values_list("record", flat=True))


def holders(record) -> set[int]:
    seats = Seat.objects.current().filter(record=record, stage=TITLES)
    return set(seats.values_list("member", flat=True))


def three(records=6):
    """Make an open stage of three people, dealt among them."""
    lead = make_lead()
    people = [make_member(lead, full_name=f"Reviewer {letter}") for letter in "ABC"]
    made = make_records(lead, records)
    open_stage(lead=lead, stage=TITLES, screeners=people)
    return lead, people, made


def sound(lead) -> bool:
    return verify_review(Review.objects.get(pk=lead.review_id)).problems == []


def test_the_seats_of_who_left_pass_to_who_still_screens():
    lead, (a, b, c), records = three()
    own = queue(a)
    voted, *left = own
    vote(a, next(record for record in records if record.pk == voted))
    before = {member.pk: queue(member) for member in (b, c)}
    remove_member(lead=lead, member=a)

    assert deal_seats_anew(lead=lead, stage=TITLES) == (len(left), 0, 0)

    assert not orphaned(lead.review, TITLES).exists()
    assert all(len(holders(record)) == 2 for record in records), "nobody holds both"
    for member in (b, c):
        now = queue(member)
        assert now[: len(before[member.pk])] == before[member.pk], "what was dealt stays in order"
        assert set(now[len(before[member.pk]) :]) <= set(left)
    assert a.pk in holders(voted), "a vote that was cast stays, and its seat with it"
    assert ScreeningDecision.objects.standing().filter(member=a).count() == 1
    assert sound(lead)


def test_a_stage_that_somebody_left_is_closed_in_the_end():
    lead, (a, b, c), records = three()
    for record in records:
        if a.pk in holders(record) and b.pk in holders(record):
            vote(a, record)
    remove_member(lead=lead, member=a)
    with pytest.raises(ValidationError, match="deal them anew"):
        close_stage(lead=lead, stage=TITLES)
    deal_seats_anew(lead=lead, stage=TITLES)
    for record in records:
        for member in (b, c):
            if member.pk in holders(record):
                vote(member, record)

    assert close_stage(lead=lead, stage=TITLES) == len(records)
    assert (
        not Resolution.objects.current()
        .filter(review=lead.review, verdict=Standing.UNDECIDED)
        .exists()
    )


@pytest.mark.catalogue("B23")
def test_who_takes_a_seat_inherits_no_answer():
    lead, (a, b), [record] = make_screening()
    vote(a, record, Verdict.EXCLUDE)
    withdraw_decision(reviewer=a, record=record, stage=TITLES)
    remove_member(lead=lead, member=a)
    new = make_member(lead)

    assert deal_seats_anew(lead=lead, stage=TITLES, people=[new]) == (1, 0, 0)

    assert queue(new) == [record.pk]
    assert not ScreeningDecision.objects.filter(member=new).exists()
    assert holders(record) == {b.pk, new.pk}
    vote(new, record)
    vote(b, record)
    current = Resolution.objects.current().get(record=record, stage=TITLES)
    assert current.verdict == Standing.INCLUDED, "what was taken back counts for nobody"


def test_who_comes_back_finds_none_of_the_seats_that_passed_on():
    lead, (a, _), [record] = make_screening()
    remove_member(lead=lead, member=a)
    new = make_member(lead)
    deal_seats_anew(lead=lead, stage=TITLES, people=[new])
    back = add_member(lead=lead, user=a.user, role=Role.REVIEWER)
    with pytest.raises(ValidationError) as refusal:
        vote(back, record)
    assert refusal.value.code == "not_dealt"


@pytest.mark.catalogue("Z12")
def test_nobody_gets_both_seats_of_a_record():
    lead, (a, b), records = make_screening(3)
    remove_member(lead=lead, member=a)
    deal_seats_anew(lead=lead, stage=TITLES, people=[make_member(lead)])
    remove_member(lead=lead, member=b)
    rows = Seat.objects.count(), Screener.objects.count(), AuditEvent.objects.count()

    one = Screener.objects.current().exclude(member=b).get(stage=TITLES).member
    dealt, left, _ = deal_seats_anew(lead=lead, stage=TITLES, people=[one])
    assert (dealt, left) == (0, 3)
    assert Seat.objects.count() == rows[0]
    with pytest.raises(ValidationError) as refusal:
        deal_seats_anew(lead=lead, stage=TITLES, people=[one])
    assert refusal.value.code == "nobody_free"
    assert AuditEvent.objects.count() == rows[2] + 1, "only that somebody screens no more"
    assert all(len(holders(record)) == 2 for record in records)


def test_a_person_joins_an_open_stage_and_is_dealt_what_comes_later():
    lead, (a, b), _ = make_screening(2)
    new = make_member(lead)
    before = queue(a), queue(b)
    assert deal_seats_anew(lead=lead, stage=TITLES, people=[new]) == (0, 0, 0)
    assert (queue(a), queue(b)) == before
    make_batch(lead, [f"Later paper {number}" for number in range(6)])
    deal_in_turns(lead=lead)
    assert len(queue(new)) == 4, "two of the three pairs"


def test_nothing_is_dealt_to_who_left_and_it_waits_for_a_second_person():
    lead, (a, b), _ = make_screening(1)
    remove_member(lead=lead, member=a)
    batch = make_batch(lead, ["Later paper"])
    assert deal_in_turns(lead=lead) == 0
    assert not Seat.objects.filter(record__batch=batch).exists()
    new = make_member(lead)
    deal_seats_anew(lead=lead, stage=TITLES, people=[new])
    assert holders(batch.records.get()) == {b.pk, new.pk}


def test_who_became_an_observer_has_left_too():
    lead, (a, _), _ = make_screening(2)
    change_role(lead=lead, member=a, role=Role.OBSERVER)
    assert orphaned(lead.review, TITLES).count() == 2


@pytest.mark.catalogue("Z04")
def test_nobody_of_another_review_takes_a_seat():
    lead, (a, _), _ = make_screening(1)
    _, (foreign, _), _ = make_screening(1)
    remove_member(lead=lead, member=a)
    with pytest.raises(ValidationError) as refusal:
        deal_seats_anew(lead=lead, stage=TITLES, people=[foreign])
    assert refusal.value.code == "screeners"
    assert orphaned(lead.review, TITLES).count() == 1


def test_to_whom_a_seat_goes_does_not_depend_on_the_votes_of_others():
    lead, (a, b, c), records = three()

    def dealt(verdict: str) -> list:
        with transaction.atomic():
            for record in records:
                for member in (b, c):
                    if verdict and member.pk in holders(record):
                        vote(member, record, verdict)
            remove_member(lead=lead, member=a)
            deal_seats_anew(lead=lead, stage=TITLES)
            seats = Seat.objects.current().values_list("record", "number", "member", "position")
            found = sorted(seats)
            transaction.set_rollback(True)
        return found

    assert dealt("") == dealt(Verdict.INCLUDE) == dealt(Verdict.EXCLUDE)


def test_the_page_tells_of_orphaned_seats_and_deals_them_anew(as_member):
    lead, (a, _), _ = make_screening(3)
    client, url = as_member(lead), address(lead, "stages")
    assert "people who have left" not in client.get(url).content.decode()
    remove_member(lead=lead, member=a)
    assert "3 places of people who have left" in client.get(url).content.decode()
    new = make_member(lead, full_name="Newly Come")
    form = {"TITLE_ABSTRACT-anew-takers": [new.uid]}
    page = client.post(address(lead, "stages/title-abstract/deal-anew"), form, follow=True)
    assert "3 places dealt anew." in page.content.decode()
    assert len(queue(new)) == 3
    assert "people who have left" not in client.get(url).content.decode()
    refused = client.post(
        address(lead, "stages/title-abstract/deal-anew"), {form.popitem()[0]: "x"}
    )
    assert refused.status_code == 400


def test_a_stage_that_is_not_open_deals_nothing_anew(as_member):
    lead, _, _ = make_screening(1)
    answer = as_member(lead).post(address(lead, f"stages/{Stage.FULL_TEXT}/deal-anew"))
    assert answer.status_code == 409
