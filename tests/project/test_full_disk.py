"""A disk that is full or lets nobody write: a pause in words, nothing broken, and on it goes."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client

from records.models import ImportBatch
from reviews.models import Review
from reviews.verification import verify_review
from tests.factories import make_lead, make_screening, ris
from tests.pages import address
from tests.records.importing import send, upload

UNLIMITED = 2**30


def patient_client(user: object) -> Client:
    """Return a signed-in client that is shown what a person is shown."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database find no more room, as it does on a full disk."""
    if connection.vendor != "sqlite":

        def no_room(execute, sql, *more):
            if sql.startswith("INSERT"):
                raise OperationalError("could not extend file: No space left on device")
            return execute(sql, *more)

        with connection.execute_wrapper(no_room):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute(f"PRAGMA max_page_count = {UNLIMITED}")


@contextmanager
def read_only() -> Iterator[None]:
    """Let the database be one that nobody may write to."""
    if connection.vendor != "sqlite":

        def refused(execute, sql, *more):
            if sql.startswith("INSERT"):
                raise OperationalError("cannot execute INSERT in a read-only transaction")
            return execute(sql, *more)

        with connection.execute_wrapper(refused):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "disk",
    [
        pytest.param(full_disk, marks=pytest.mark.catalogue("F07")),
        pytest.param(read_only, marks=pytest.mark.catalogue("F08")),
    ],
)
def test_a_database_that_takes_nothing_more_is_read_on_and_goes_on_once_it_does(disk):
    lead, (a, _), [record] = make_screening()
    client = patient_client(a.user)
    page = address(a, "screening/title-abstract/records", record.uid)
    # More than any page of the database may have left.
    vote = {"verdict": "include", "note": "long " * 900}

    with disk():
        refused = client.post(page, vote)
        assert refused.status_code == 503
        assert "Saving is paused" in refused.text
        assert client.get(page).status_code == 200

    assert not record.decisions.exists()
    assert client.post(page, vote).status_code == 302
    assert record.decisions.get().note == vote["note"].strip()
    assert verify_review(Review.objects.get(pk=lead.review_id)).problems == []


@pytest.mark.django_db
@pytest.mark.catalogue("D19", "F07", "F08")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_file_for_which_there_is_no_room_leaves_nothing_behind(
    monkeypatch, settings, tmp_path, number
):
    settings.MEDIA_ROOT = tmp_path
    lead = make_lead()
    client = patient_client(lead.user)
    file = ris(["One", "Two"])

    def cut_off(stream: File, *size: int) -> Iterator[bytes]:
        yield file[:20]
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(File, "chunks", cut_off)
        refused = send(client, lead, upload(file))

    assert refused.status_code == 503
    assert "Saving is paused" in refused.text
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []
    assert not ImportBatch.objects.exists()
    assert send(client, lead, upload(file)).status_code == 200
    assert default_storage.exists(f"imports/{ImportBatch.objects.get().file_sha256[:2]}")
