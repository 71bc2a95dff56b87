"""What the log tells, and that nothing depends on it."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from reviews.roles import Role
from reviews.services import invite
from reviews.services.people import token_of
from tests.factories import PASSWORD, make_batch, make_screening, make_user
from tests.pages import address

pytestmark = pytest.mark.django_db
A_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ (WARNING|ERROR) django\.[a-z.]+: ")


def handler() -> logging.StreamHandler:
    """Return the handler that the settings give the log."""
    of_all = logging.getLogger("django").handlers
    [found] = [each for each in of_all if each.get_name() == "stderr"]
    assert isinstance(found, logging.StreamHandler)
    return found


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what is written to the log."""
    cache.clear()
    stream = io.StringIO()
    before = handler().setStream(stream)
    yield stream
    handler().setStream(before)
    cache.clear()


def fail(**answer: object) -> None:
    raise RuntimeError("a failure")


@pytest.mark.catalogue("A26")
@pytest.mark.parametrize("end", ["%0A", "%0D", "%0D%0A", "%E2%80%A8", "%1B[2K"])
def test_what_was_sent_forges_no_line_of_the_log(end, client, log):
    client.get(f"/no-such-page{end}2026-01-01 00:00:00,000 ERROR django.request: forged/")
    [line] = log.getvalue().splitlines()
    assert A_LINE.match(line)
    assert "forged" in line
    assert line.isprintable()


@pytest.mark.catalogue("A26")
def test_no_password_token_abstract_or_note_stands_in_the_log(client, log, monkeypatch):
    lead, (a, _), [record] = make_screening()
    user = make_user("ada@example.org")
    invitation, _ = invite(lead=lead, email="new@example.org", role=Role.REVIEWER)
    secrets = [PASSWORD, "a wrong password", token_of(invitation), "an abstract", "my own note"]
    monkeypatch.setattr("screening.views.voting.submit_decision", fail)
    client = Client(raise_request_exception=False)

    for password in ("a wrong password", PASSWORD):
        client.post("/accounts/login/", {"login": user.email, "password": password})
    client.get(f"/invitations/{token_of(invitation)}/")
    make_batch(lead, ["an abstract"])
    client.force_login(a.user)
    page = address(a, "screening/title-abstract/records", record.uid)
    failed = client.post(page, {"verdict": "include", "note": "my own note"})

    assert failed.status_code == 500
    told = log.getvalue()
    assert "a failure" in told
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.catalogue("F30")
def test_a_log_that_cannot_be_written_stops_nobody(client, monkeypatch):
    _, (a, _), [record] = make_screening()
    client.force_login(a.user)
    page = address(a, "screening/title-abstract/records", record.uid)
    answers = []

    with suppress(OSError), Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        before = handler().setStream(full)
        answers += [client.get("/no-such-page/"), client.post(page, {"verdict": "include"})]
    handler().stream = before

    assert [answer.status_code for answer in answers] == [404, 302]
    assert record.decisions.count() == 1
