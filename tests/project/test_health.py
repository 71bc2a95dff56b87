from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from ifi_review import views
from ifi_review.jobs.models import WorkerBeat

pytestmark = pytest.mark.django_db


def test_a_new_installation_is_alive_and_ready(client):
    assert client.get("/healthz").json() == {"web": "ok", "worker": "none"}
    assert client.get("/readyz").json() == {"ready": True}


@pytest.mark.catalogue("F05")
def test_a_worker_that_died_silently_makes_the_health_check_fail(client):
    WorkerBeat.objects.create(worker_id="w", seen_at=timezone.now())
    assert client.get("/healthz").json()["worker"] == "ok"
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"web": "ok", "worker": "stale"}


@pytest.mark.catalogue("F13")
def test_new_code_on_an_old_schema_is_not_ready_and_says_why(client):
    MigrationRecorder(connection).migration_qs.filter(app="jobs").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "manage.py migrate" in response.json()["reason"]


@pytest.mark.catalogue("F04")
def test_without_its_database_the_process_lives_but_is_not_ready(client, monkeypatch):
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("could not connect")

    monkeypatch.setattr(connection, "cursor", away)
    assert client.get("/healthz").json() == {"web": "ok", "worker": "unknown"}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["reason"] == "The database does not answer."


@pytest.mark.catalogue("F04", "C22")
def test_a_page_without_its_database_is_a_pause_and_says_when_to_come_back(monkeypatch):
    def away() -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("accounts.views.needs_first_run", away)
    response = Client(raise_request_exception=False).get("/setup/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Saving is paused" in response.text
    assert "locked" not in response.text


@pytest.mark.catalogue("A27")
def test_a_failure_shows_a_plain_page_and_no_data(monkeypatch):
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("accounts.views.needs_first_run", broken)
    response = Client(raise_request_exception=False).get("/setup/")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert "Content-Security-Policy" in response.headers


def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_health_answers_reading_only(client):
    assert client.post("/healthz").status_code == 405
    assert views.healthz.__name__ == "healthz"


@pytest.mark.catalogue("B29")
@pytest.mark.parametrize(
    "path",
    [
        "metrics",
        "logs/",
        "log",
        "stats",
        "status",
        "server-status",
        "debug/",
        "__debug__/",
        "silk/",
    ],
)
def test_logs_and_measures_are_at_no_address(client, lead, path):
    client.force_login(lead.user)
    assert client.get(f"/{path}").status_code == 404
