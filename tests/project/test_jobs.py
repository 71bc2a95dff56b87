"""What becomes of a job whose worker died."""

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from ifi_review.jobs.beats import DEAD, MAX_STARTS, beat, reap, say_goodbye, workers_state
from ifi_review.jobs.models import WorkerBeat
from ifi_review.management.commands.worker import show_life
from records.choices import JobStanding
from records.models import Record
from records.tasks import import_files, job_standing, take_up_imports
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import remove_member
from tests.factories import make_member, ris
from tests.project.database import ROOT, environment_of_another_process
from tests.records.importing import begin, state_of, titles

LONG_AGO = DEAD + timedelta(seconds=30)


def make_job(**fields: object) -> DBTaskResult:
    now = timezone.now()
    chosen = {
        "task_path": "tests.project.tasks.note",
        "args_kwargs": {"args": [], "kwargs": {}},
        "backend_name": "default",
        "run_after": get_date_max(),
        "status": "RUNNING",
        "started_at": now - LONG_AGO,
        "worker_ids": ["lost"],
        **fields,
    }
    return DBTaskResult.objects.create(**chosen)


@pytest.mark.django_db
@pytest.mark.catalogue("F02")
def test_the_job_of_a_dead_worker_is_queued_again():
    job = make_job()
    assert reap() == 1
    job.refresh_from_db()
    assert job.status == "READY"
    assert reap() == 0


@pytest.mark.django_db
def test_the_job_of_a_living_worker_is_left_alone():
    beat("lost")
    job = make_job()
    assert reap() == 0
    job.refresh_from_db()
    assert job.status == "RUNNING"


@pytest.mark.django_db
@pytest.mark.catalogue("F06")
def test_a_job_that_kills_its_workers_is_quarantined_with_a_reason():
    job = make_job(worker_ids=["a"] * MAX_STARTS)
    assert reap() == 1
    job.refresh_from_db()
    assert job.status == "FAILED"
    assert "lost" in job.traceback
    assert job.finished_at is not None


@pytest.mark.django_db
def test_a_job_that_another_reaper_took_meanwhile_is_not_taken_twice(monkeypatch):
    job = make_job()
    real = DBTaskResult.objects.running

    def stale_answer():
        rows = list(real())
        DBTaskResult.objects.filter(pk=job.pk).update(started_at=timezone.now())
        return Rows(rows)

    class Rows(list):
        def filter(self, **conditions):
            return self

    monkeypatch.setattr(DBTaskResult.objects, "running", stale_answer)
    assert reap() == 0
    job.refresh_from_db()
    assert job.status == "RUNNING"


@pytest.mark.django_db
def test_signs_of_life_are_replaced_and_end_with_a_goodbye():
    beat("w")
    beat("w")
    assert WorkerBeat.objects.count() == 1
    assert workers_state() == "ok"
    say_goodbye("w")
    assert workers_state() == "none"


@pytest.mark.django_db
@pytest.mark.catalogue("F05")
def test_work_that_waits_with_nobody_there_is_noticed():
    job = make_job(status="READY", worker_ids=[])
    DBTaskResult.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - LONG_AGO)
    assert workers_state() == "stale"


def worker(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a real worker on the database of this test."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--no-reload", "--no-startup-delay", *arguments],
        cwd=ROOT, env=environment_of_another_process(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def wait_for(job: DBTaskResult, status: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.status == status:
            return
        time.sleep(0.1)
    pytest.fail(f"the job is {job.status}, not {status}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.catalogue("F02", "F05")
def test_a_job_survives_the_killing_of_its_worker(tmp_path):
    mark = tmp_path / "runs"
    arguments = {"args": [], "kwargs": {"path": str(mark), "seconds_at_first": 60}}
    job = make_job(status="READY", started_at=None, worker_ids=[], args_kwargs=arguments)

    first = worker("--worker-id", "first")
    wait_for(job, "RUNNING")
    first.send_signal(signal.SIGKILL)
    first.wait()
    job.refresh_from_db()
    assert job.status == "RUNNING"

    # A minute passes.
    WorkerBeat.objects.update(seen_at=timezone.now() - LONG_AGO)
    DBTaskResult.objects.update(started_at=timezone.now() - LONG_AGO)

    assert worker("--worker-id", "second", "--batch").wait(timeout=60) == 0
    job.refresh_from_db()
    assert job.status == "SUCCESSFUL"
    assert job.worker_ids == ["first", "second"]
    assert mark.read_text() == "startedstarteddone"
    assert not WorkerBeat.objects.exists()


def import_jobs(**conditions: object) -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path=import_files.module_path, **conditions))


@pytest.fixture
def queue(settings):
    """Queue jobs as an installation does, where tests run them at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.mark.django_db
def test_an_import_whose_job_was_never_queued_is_taken_up_once(lead, queue):
    batch = begin(lead, ris(["One"]))
    assert job_standing(state_of(batch)) == JobStanding.ABSENT
    show_life("w")
    show_life("w")
    (job,) = import_jobs(status="READY")
    assert job.args_kwargs["args"] == [str(lead.review.uid)]
    assert job_standing(state_of(batch)) == JobStanding.QUEUED


@pytest.mark.django_db
def test_a_job_that_ran_before_the_import_was_begun_does_not_count(lead, queue):
    make_import_job(lead, "SUCCESSFUL", 0)
    begin(lead, ris(["One"]))
    assert take_up_imports() == 1


def make_import_job(lead, status, starts):
    return make_job(
        task_path=import_files.module_path,
        args_kwargs={"args": [str(lead.review.uid)], "kwargs": {}},
        status=status,
        started_at=timezone.now(),
        worker_ids=["w"] * starts,
    )


@pytest.mark.django_db
@pytest.mark.catalogue("F06")
def test_an_import_that_gets_no_further_is_left_to_a_person_after_three_starts(lead, queue):
    batch = begin(lead, ris(["One"]))
    make_import_job(lead, "FAILED", 1)
    assert take_up_imports() == 1
    make_import_job(lead, "FAILED", 2)
    DBTaskResult.objects.filter(status="READY").delete()
    assert take_up_imports() == 0
    assert job_standing(state_of(batch)) == JobStanding.BROKEN


@pytest.mark.django_db
def test_an_import_that_read_on_before_its_job_failed_is_taken_up_again(lead, queue):
    make_import_job(lead, "FAILED", 3)
    begin(lead, ris(["One"]))
    assert take_up_imports() == 1


@pytest.mark.django_db
def test_the_job_imports_every_begun_file_and_then_looks_for_duplicates_once(lead):
    paper = ris(["Deep gluteal syndrome in forty hips of runners"], DO="10.1000/g")
    batches = [begin(lead, ris(titles(3))), begin(lead, paper), begin(lead, paper)]

    for _ in range(2):
        import_files.call(str(lead.review.uid))

    assert {state_of(batch).standing for batch in batches} == {"published"}
    records = Record.objects.filter(review=lead.review)
    assert (records.visible().count(), records.unmerged().count()) == (5, 4)
    (event,) = AuditEvent.objects.filter(verb="records.duplicates_found")
    assert (event.actor, event.channel) == (lead, "system")


@pytest.mark.django_db
def test_duplicates_are_looked_for_by_another_where_the_importer_has_left(lead):
    gone = make_member(lead, Role.LEAD)
    begin(gone, ris(["One"]))
    remove_member(lead=lead, member=gone)
    import_files.call(str(lead.review.uid))
    assert AuditEvent.objects.get(verb="records.duplicates_found").actor == lead
