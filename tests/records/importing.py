"""What tests of imports share: files that wait, imports that are broken off, the pages' forms."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

from records.models import BatchState, ImportBatch, Source
from records.services import begin_import, finish_imports, receive_file, staging
from records.tasks import import_files
from reviews import turns
from reviews.models import Membership
from tests.factories import make_source
from tests.pages import address

KEY = "5f3c1f0e-6f57-4c39-9d5c-0a4f1b3c2d1e"


class Killed(BaseException):
    """The process is gone."""


def titles(number: int) -> list[str]:
    """Return titles of so many records."""
    return [f"Title number {n} of a study" for n in range(number)]


def receive(lead: Membership, data: bytes, source: Source | None = None, **how: Any) -> ImportBatch:
    """Receive a file that then waits to be looked at."""
    chosen = {"file_name": "search.ris", **how}
    source = source or make_source(lead)
    return receive_file(lead=lead, source=source, stream=io.BytesIO(data), **chosen)


def begin(lead: Membership, data: bytes, source: Source | None = None) -> ImportBatch:
    """Begin an import that nobody works at yet."""
    batch = receive(lead, data, source)
    begin_import(lead=lead, batch=batch)
    return batch


def state_of(batch: ImportBatch) -> BatchState:
    """Return where an import stands."""
    return BatchState.objects.current().select_related("batch", "review").get(batch=batch)


def ledger(batch: ImportBatch) -> tuple[int, int, int, int]:
    """Return found, imported, repeated, rejected."""
    state = state_of(batch)
    return state.found, state.imported, state.repeated, state.rejected


def after_chunks(
    monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], Any], *, records: int = 2
) -> None:
    """Write ``records`` a chunk, and do ``act`` before the chunk after the first ``number``."""
    write, written = staging._write_chunk, []

    def write_or_act(*args: Any) -> bool:
        if len(written) == number:
            written.append("act")
            act()
        written.append("chunk")
        return write(*args)

    monkeypatch.setattr(staging, "RECORDS_A_CHUNK", records)
    monkeypatch.setattr(turns, "BREATH", 0)
    monkeypatch.setattr(staging, "_write_chunk", write_or_act)


def kill() -> None:
    """End as ``kill -9`` does: nothing below runs."""
    raise Killed


def break_off(lead: Membership, monkeypatch: pytest.MonkeyPatch, data: bytes) -> ImportBatch:
    """Begin an import whose process is killed after two chunks of two records."""
    batch = begin(lead, data)
    with monkeypatch.context() as patched:
        after_chunks(patched, 2, kill)
        with pytest.raises(Killed):
            finish_imports(review=lead.review)
    return batch


def make_job(
    lead: Membership, status: str, task: Task[Any, Any] = import_files, *args: str, **fields: Any
) -> DBTaskResult:
    """Write a job of the review into the queue, of its imports unless another task is named."""
    chosen = {
        "task_path": task.module_path,
        "args_kwargs": {"args": [str(lead.review.uid), *args], "kwargs": {}},
        "backend_name": "default",
        "run_after": get_date_max(),
        "status": status,
        "started_at": timezone.now(),
        "worker_ids": [],
        **fields,
    }
    return DBTaskResult.objects.create(**chosen)


def upload(data: bytes, name: str = "search.ris") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, data, content_type="text/plain")


def send(client: Client, lead: Membership, *files: SimpleUploadedFile, **fields: Any) -> Any:
    """Send the page of new files, and follow it to the cards."""
    fields = {"key": KEY, "name": "MEDLINE", "kind": "database", **fields}
    return client.post(
        address(lead, "imports/new"), {"uploads": list(files), **fields}, follow=True
    )


def filled_in(cards: list[Any]) -> dict[str, Any]:
    """Return what the form of the cards sends when nobody touches it."""
    data: dict[str, Any] = {"batch": [str(card.batch.uid) for card in cards]}
    for card in cards:
        data[f"{card.form.prefix}-header"] = card.header
        data.update({field.html_name: field.value() or "" for field in card.form})
    return data


def bring(client: Client, lead: Membership, *files: SimpleUploadedFile, **fields: Any) -> Any:
    """Send files, look at the cards and import them; return the page that follows."""
    cards = send(client, lead, *files, **fields).context["cards"]
    return client.post(address(lead, "imports/check"), filled_in(cards), follow=True)
