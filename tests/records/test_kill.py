"""A worker killed at any moment of an import leaves the whole batch visible or none of it.

Real processes, really killed. The moments are drawn: a place in the file that the import must
have passed, and some more time. In ``make soak`` 50 kills of imports of 20,000 records, 40 minutes
at the most.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from records.choices import BatchStanding
from records.models import BatchState, ImportBatch, ImportProblem, Record
from reviews.models import Membership, Review
from reviews.verification import verify_review
from tests.factories import make_lead, ris
from tests.project.database import ROOT, environment_of_another_process
from tests.records.importing import begin, state_of

SOAK = os.environ.get("IFI_SOAK") == "1"
KILLS, RECORDS, CHUNK = (50, 20_000, 1_000) if SOAK else (3, 240, 20)
KILLS_OF_ONE_IMPORT = 5 if SOAK else 3
MOST_SECONDS = 2_400 if SOAK else 120
REPEATED, REJECTED = 4, 3
BROKEN = b"TY  - JOUR\nPY  - 2001\nER  - \n"


def search_file(records: int) -> bytes:
    """Return a file with some entries twice and some that cannot be imported."""
    titles = [f"Title number {number} of a study" for number in range(records)]
    entries = [ris([title], ID=str(n), AB="Long. " * 50) for n, title in enumerate(titles)]
    for at in range(REPEATED):
        entries.insert((at + 1) * records // (REPEATED + 1), entries[at])
    for at in range(REJECTED):
        entries.insert((at + 1) * records // (REJECTED + 1), BROKEN + b"X  - %d\n" % at)
    return b"\n".join(entries)


def start_worker(name: str, log: Path) -> subprocess.Popen[bytes]:
    environment = environment_of_another_process(MEDIA_ROOT=str(settings.MEDIA_ROOT))
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.records.hasty_worker", str(CHUNK), name],
            cwd=ROOT, env=environment, stdout=file, stderr=file,
        )  # fmt: skip


def assert_all_or_nothing(batch: ImportBatch) -> None:
    """Look at the import as any reader would: in one query, so at one moment."""
    visible = Record.objects.filter(review=batch.review).visible().count()
    assert visible in {0, RECORDS}, f"{visible} records are visible"


def kill_at(batch: ImportBatch, items: int, pause: float, name: str, log: Path) -> bool:
    """Start a worker and kill it some time after it read so far; say whether it was alive."""
    worker = start_worker(name, log)
    try:
        while worker.poll() is None and state_of(batch).items_read < items:
            assert_all_or_nothing(batch)
            time.sleep(0.01)
        time.sleep(pause)
        alive = worker.poll() is None
    finally:
        worker.kill()
        worker.wait()
    assert_all_or_nothing(batch)
    return alive


def assert_whole(lead: Membership, batch: ImportBatch) -> None:
    """Prove that nothing is lost, doubled or out of balance."""
    state = state_of(batch)
    assert state.standing == BatchStanding.PUBLISHED
    found = RECORDS + REPEATED + REJECTED
    assert (state.found, state.imported) == (found, RECORDS)
    assert (state.repeated, state.rejected) == (REPEATED, REJECTED)
    rows = Record.objects.filter(review=lead.review).order_by("number")
    told = list(rows.values_list("number", "source_record_id"))
    assert [number for number, _ in told] == list(range(1, RECORDS + 1))
    assert [key for _, key in told] == [str(number) for number in range(RECORDS)]
    assert ImportProblem.objects.filter(batch=batch, rejected=True).count() == REJECTED
    assert BatchState.objects.current().filter(batch=batch).count() == 1
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.soak
@pytest.mark.timeout(MOST_SECONDS + 600)
@pytest.mark.django_db(transaction=True)
@pytest.mark.catalogue("F02", "I51")
def test_a_worker_killed_at_any_moment_leaves_all_of_an_import_or_nothing(
    tmp_path, record_property
):
    log = tmp_path / "workers.txt"
    chance = random.SystemRandom()
    until = time.monotonic() + MOST_SECONDS
    kills, data = 0, search_file(RECORDS)
    while kills < KILLS and time.monotonic() < until:
        lead = make_lead()
        batch = begin(lead, data)
        most = RECORDS + REPEATED + REJECTED
        for items in sorted(chance.randint(0, most) for _ in range(KILLS_OF_ONE_IMPORT)):
            kills += kill_at(batch, items, chance.uniform(0, 0.15), f"killed-{kills}", log)
        assert start_worker("last", log).wait(timeout=600) == 0, log.read_text()
        assert_whole(lead, batch)
    record_property("kills", kills)
    assert kills >= KILLS or time.monotonic() >= until
    assert kills
