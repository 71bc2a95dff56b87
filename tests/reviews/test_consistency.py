import threading

import pytest
from django.db import connection, transaction

from reviews.consistency import one_moment
from reviews.models import AuditEvent
from reviews.services import update_settings
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
