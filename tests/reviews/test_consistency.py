import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from reviews.consistency import one_moment
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import find_invitation, invite, update_settings
from reviews.verification import verify_review
from tests.factories import make_lead


def meanwhile(act) -> None:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=15)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_one_moment_shows_one_state_and_keeps_no_writer_waiting():
    lead = make_lead()
    with one_moment():
        before = AuditEvent.objects.count()
        meanwhile(lambda: update_settings(lead=lead, changes={"title": "Changed"}))
        assert AuditEvent.objects.count() == before

    assert AuditEvent.objects.count() == before + 1
    with transaction.atomic():
        assert verify_review(lead.review).problems == []


@pytest.mark.catalogue("C24")
@pytest.mark.django_db(transaction=True)
def test_ten_writers_leave_one_unbroken_chain():
    lead = make_lead()
    rounds, writers = 5, 10

    def write(name: str) -> None:
        try:
            for number in range(rounds):
                update_settings(lead=lead, changes={"registration": f"{name} {number}"})
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = verify_review(lead.review)
    assert (found.problems, found.events) == ([], 1 + rounds * writers)


@pytest.mark.catalogue("F11")
@pytest.mark.django_db
def test_the_order_of_acts_is_that_of_the_chain_however_the_clock_jumps(monkeypatch):
    lead = make_lead()
    _, token = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    start, day = timezone.now(), timedelta(days=1)
    for number, jump in enumerate((-day, day, -day, timedelta(0)), start=1):
        monkeypatch.setattr(timezone, "now", lambda jump=jump: start + jump)
        update_settings(lead=lead, changes={"registration": f"Number {number}"})

    acts = list(AuditEvent.objects.filter(review=lead.review).order_by("position"))
    assert [act.at for act in acts] == sorted({act.at for act in acts})
    kept = lead.review.settings_versions.order_by("recorded_at")
    written = [row.registration for row in kept]
    assert written == ["", *(f"Number {number}" for number in (1, 2, 3, 4))]
    assert [row.superseded_at for row in kept][:-1] == [row.recorded_at for row in kept][1:]
    assert verify_review(lead.review).problems == []
    for minutes in (-5, 5):
        now = start + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert find_invitation(token) is not None
