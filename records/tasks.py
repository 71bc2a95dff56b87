"""Jobs of imports and of the search for duplicates, and where they stand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from records.choices import BatchStanding, JobStanding
from records.models import BatchState
from records.services import find_duplicates, finish_imports
from reviews.choices import Channel
from reviews.models import Membership, Review
from reviews.roles import Capability

# A job that was started so often and read nothing the last time is left to a person.
MOST_STARTS = 3
# Longer than it takes until the job of a lost worker is taken back.
STILL = timedelta(seconds=60)
ACTIVE = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


@task()
def import_files(review_uid: str) -> None:
    """Import the begun files of a review to their end, then look for duplicates once.

    It may run twice, at once or after having been killed: it goes on where the files were read to.
    """
    review = Review.objects.get(uid=review_uid)
    states = BatchState.objects.current().filter(review=review)
    before = states.published().count()
    finish_imports(review=review)
    lead = _who_imports(review)
    came = states.published().count() > before or states.unsearched().exists()
    if lead is not None and came:
        lead.channel = Channel.SYSTEM
        find_duplicates(lead=lead)


@task()
def search_duplicates(review_uid: str, member_uid: str) -> dict[str, int]:
    """Look for duplicates among all records of a review, as the member asked; return the totals.

    It may run twice, at once or after having been killed: a second search completes the first.
    """
    members = Membership.objects.select_related("review", "user")
    lead = members.get(review__uid=review_uid, uid=member_uid)
    return find_duplicates(lead=lead)


def enqueue_search(lead: Membership) -> None:
    """Queue the search for duplicates, unless one waits in the queue already."""
    if not _searches(lead.review).ready().exists():
        search_duplicates.enqueue(str(lead.review.uid), str(lead.uid))


def enqueue_import(review: Review) -> None:
    """Queue the job that imports the begun files, unless one waits in the queue already."""
    if not _jobs(review.uid).ready().exists():
        import_files.enqueue(str(review.uid))


def take_up_imports() -> int:
    """Queue the job of every review whose import nobody is at; return how many there were.

    Left to a person is a job that failed time after time without reading on.
    """
    begun = BatchState.objects.current().filter(standing=BatchStanding.STAGING)
    taken = 0
    for state in begun.select_related("review").order_by("review", "pk"):
        if job_standing(state) == JobStanding.ABSENT:
            import_files.enqueue(str(state.review.uid))
            taken += 1
    return taken


def job_standing(state: BatchState) -> str:
    """Return where the job of a begun import stands."""
    jobs = _jobs(state.review.uid)
    statuses = set(jobs.filter(status__in=ACTIVE).values_list("status", flat=True))
    if "RUNNING" in statuses:
        return JobStanding.RUNNING
    if statuses:
        return JobStanding.QUEUED
    failed = jobs.failed().filter(started_at__gt=state.recorded_at)
    starts = sum(len(workers) for workers in failed.values_list("worker_ids", flat=True))
    return JobStanding.BROKEN if starts >= MOST_STARTS else JobStanding.ABSENT


def is_still(state: BatchState) -> bool:
    """Say whether an import has not moved for longer than a working queue leaves it alone."""
    return state.recorded_at < timezone.now() - STILL


@dataclass(frozen=True)
class Search:
    """The search for duplicates in a review: whether it is under way, and how the last one ended.

    ``still``: it has waited longer than a working queue leaves it alone. ``last`` is the last one
    that somebody asked for; those after imports stand in their ledgers.
    """

    runs: bool
    still: bool
    last: DBTaskResult | None

    @property
    def broke_off(self) -> bool:
        """Say whether the last search did not reach its end."""
        return self.last is not None and self.last.status == TaskResultStatus.FAILED


def search_of(review: Review) -> Search:
    """Return where the search for duplicates stands."""
    searches = _searches(review)
    waiting = searches.ready().filter(enqueued_at__lt=timezone.now() - STILL)
    ended = searches.filter(finished_at__isnull=False).order_by("-finished_at")
    return Search(is_searching(review), waiting.exists(), ended.first())


def is_searching(review: Review) -> bool:
    """Say whether a job waits or runs that looks for duplicates, or will after its import."""
    if _searches(review).filter(status__in=ACTIVE).exists():
        return True
    if not _jobs(review.uid).filter(status__in=ACTIVE).exists():
        return False
    return bool(BatchState.objects.current().unsearched().filter(review=review).exists())


def _searches(review: Review) -> Any:
    return DBTaskResult.objects.filter(
        task_path=search_duplicates.module_path, args_kwargs__args__0=str(review.uid)
    )


def _jobs(review_uid: UUID) -> Any:
    return DBTaskResult.objects.filter(
        task_path=import_files.module_path, args_kwargs__args__0=str(review_uid)
    )


def _who_imports(review: Review) -> Membership | None:
    """Return who began the latest import, or another who may, where they have left."""
    members = Membership.objects.active().filter(review=review).select_related("review", "user")
    able = [member for member in members if member.can(Capability.IMPORT)]
    latest = BatchState.objects.current().published().filter(review=review).order_by("-batch_id")
    importer = latest.values_list("batch__member", flat=True).first()
    return next((member for member in able if member.pk == importer), able[0] if able else None)
