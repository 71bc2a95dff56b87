"""A large file comes in beside everybody's work: in time, in little memory, seen from outside.

In ``make soak`` the file has 50 MB; elsewhere it is smaller, and the figures leave room for
other work on the machine.
"""

import os
import time

import pytest

from ifi_review.benchmarks.measure import measured
from records.choices import BatchStanding
from records.models import Record
from records.services import finish_imports, staging
from records.tasks import import_files
from reviews.models import Review
from screening.choices import Stage
from screening.querysets.queues import queue_of
from screening.services import submit_decision
from tests.factories import make_lead, make_screening, ris
from tests.racing import at_once, fresh
from tests.records.importing import begin, state_of

SOAK = os.environ.get("IFI_SOAK") == "1"
MEGABYTES, MOST_SECONDS, MOST_MB = (50, 60, 512) if SOAK else (2, 60, 128)
RECORDS, LONGEST_WAIT = (20_000, 1.0) if SOAK else (1_500, 5.0)
VOTES = 200 if SOAK else 20
ABSTRACT = "What was found in the hips of those who came. " * 32


def search_file(megabytes: int) -> bytes:
    """Return records with abstracts, so many that they make a file of this size."""
    words = [f"{n:x} hips seen in the year {n % 97}" for n in range(megabytes * 620)]
    return b"\n".join(ris([title], AB=f"{n} {ABSTRACT}") for n, title in enumerate(words))


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.django_db
@pytest.mark.catalogue("I13")
def test_a_large_file_comes_in_by_its_job_in_a_minute_and_is_seen_coming(monkeypatch):
    lead = make_lead()
    data = search_file(MEGABYTES)
    assert len(data) >= MEGABYTES * 950_000
    batch = begin(lead, data)
    write, seen = staging._write_chunk, []

    def write_and_look(*args):
        seen.append(state_of(batch).percent)
        return write(*args)

    monkeypatch.setattr(staging, "_write_chunk", write_and_look)
    with measured() as took:
        import_files.func(str(lead.review.uid))

    assert state_of(batch).standing == BatchStanding.PUBLISHED
    assert Record.objects.filter(review=lead.review).visible().count() == MEGABYTES * 620
    assert took.seconds <= MOST_SECONDS
    assert took.peak_mb <= MOST_MB
    assert seen == sorted(seen)
    assert len(set(seen)) >= 2


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
@pytest.mark.catalogue("I50")
def test_others_vote_during_an_import_without_waiting_and_their_queue_stays():
    lead, (reviewer, _other), _records = make_screening(records=VOTES)
    begin(lead, ris([f"Title number {n} of a search" for n in range(RECORDS)], AB=ABSTRACT))
    queue = [seat.pk for seat in queue_of(reviewer, Stage.TITLE_ABSTRACT)]
    waits, left = [], []

    def vote() -> None:
        member = fresh(reviewer)
        for _ in range(VOTES):
            seat = queue_of(member, Stage.TITLE_ABSTRACT).first()
            left.append(seat.pk)
            begun = time.monotonic()
            submit_decision(
                reviewer=member, record=seat.record, stage=Stage.TITLE_ABSTRACT, verdict="exclude"
            )
            waits.append(time.monotonic() - begun)
            time.sleep(0.02)

    review = Review.objects.get(pk=lead.review_id)
    raised = at_once(vote, lambda: finish_imports(review=review))

    assert raised == [None, None]
    assert left == queue
    assert max(waits) <= LONGEST_WAIT
    assert Record.objects.filter(review=review).visible().count() == VOTES + RECORDS
