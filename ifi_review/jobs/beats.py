"""Signs of life, and what becomes of the job of a worker that gave none."""

import logging
from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ifi_review.jobs.models import WorkerBeat

logger = logging.getLogger(__name__)

BEAT = timedelta(seconds=5)
# Six beats that did not come; what a lost worker was at waits no longer than this.
DEAD = timedelta(seconds=30)
MAX_STARTS = 3


def beat(worker_id: str) -> None:
    """Note that the worker lives."""
    WorkerBeat.objects.update_or_create(worker_id=worker_id, defaults={"seen_at": timezone.now()})


def say_goodbye(worker_id: str) -> None:
    """Forget a worker that ends as it should."""
    WorkerBeat.objects.filter(worker_id=worker_id).delete()


def reap() -> int:
    """Queue the jobs of dead workers again, and return how many jobs were taken from them.

    A job that has been started three times is quarantined as failed: it is likely what killed
    its workers. Jobs are taken by comparing and setting, so of two reapers one wins.
    """
    now = timezone.now()
    alive = set(
        WorkerBeat.objects.filter(seen_at__gt=now - DEAD).values_list("worker_id", flat=True)
    )
    taken = 0
    for job in DBTaskResult.objects.running().filter(started_at__lt=now - DEAD):
        if job.worker_ids and job.worker_ids[-1] in alive:
            continue
        if len(job.worker_ids) < MAX_STARTS:
            new: dict[str, object] = {"status": "READY"}
        else:
            new = {
                "status": "FAILED",
                "finished_at": now,
                "exception_class_path": "ifi_review.jobs.beats.WorkerLost",
                "traceback": f"The worker was lost {MAX_STARTS} times while it ran this job.",
            }
        seen = DBTaskResult.objects.filter(pk=job.pk, status="RUNNING", started_at=job.started_at)
        if seen.update(**new):
            taken += 1
            logger.warning("job %s lost its worker; now %s", job.pk, new["status"])
    if alive:
        WorkerBeat.objects.filter(seen_at__lte=now - DEAD).delete()
    return taken


class WorkerLost(Exception):
    """The worker died while it ran the job."""


def workers_state() -> str:
    """Return ``ok``, ``none`` (no worker was ever needed) or ``stale``.

    Stale: a worker died without being replaced, or work waits and nobody is there. One query
    while a worker lives.
    """
    now = timezone.now()
    last_seen = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    if last_seen and last_seen > now - DEAD:
        return "ok"
    waiting = DBTaskResult.objects.ready().filter(enqueued_at__lt=now - DEAD)
    if last_seen or waiting.exists():
        return "stale"
    return "none"
