"""Everything one person can ask the product for, and whether two worlds answer it alike.

A world is looked at by sending every request; what each changes is taken back. The clock stands
still and only the value of the CSRF token may differ.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.routes import Route, all_routes, review_routes, samples
from tests.world import World

TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
# Routes that name what no world holds, and why nothing is lost by leaving them out.
LEFT_OUT = {
    "account_confirm_email": "its key is in a mail; it reads the person's own address alone",
    "account_reset_password_from_key": "its key is in a mail; it reads the person's account alone",
    "reviews:invitation-accept": "its token is known to the person invited alone",
}
Answer = tuple[Any, ...]


@dataclass(frozen=True)
class Request:
    """One request by its name, with what it sends."""

    name: str
    method: str
    url: str
    data: tuple[tuple[str, str], ...] = ()


def requests_of(world: World) -> list[Request]:
    """Return every route of the product, asked and sent to, with everything that it can name."""
    known, slug = samples(world), world.lead.review.slug
    found = []
    for route in all_routes():
        if route.name in LEFT_OUT:
            continue
        given = {"slug": slug} if route in review_routes() else {}
        for name, named in _named(world, route, known.get(route.name, {})):
            url = route.url(**given, **named)
            found += [Request(f"{route.name}{name}", method, url) for method in ("get", "post")]
    return [*found, *_results(world)]


def _named(world: World, route: Route, sample: dict[str, Any]) -> Iterator[tuple[str, dict]]:
    """Yield what a route can name: both stages, every record, study and copy."""
    chosen: dict[str, Any] = {"": sample}
    if "<str:stage>" in route.path:
        stages = ("title-abstract", "full-text")
        chosen = {f" {stage}": {**sample, "stage": stage} for stage in stages}
    things: dict[str, Any] = {}
    if route.name.startswith("screening:") and "uid" in sample:
        things = world.records
    elif "/studies/<uuid:uid>" in route.path:
        things = {f"study {number}": study for number, study in enumerate(world.studies)}
    elif "/extractions/<uuid:uid>" in route.path and "element" not in sample:
        things = world.copies
    for stage, kwargs in chosen.items():
        if things:
            for name, thing in things.items():
                yield f"{stage} {name}", {**kwargs, "uid": thing.uid}
        else:
            yield stage, kwargs


def _results(world: World) -> Iterator[Request]:
    """Yield every table, now and as of a day, its files, and a cell that opens."""
    at = f"/reviews/{world.lead.review.slug}/results"
    snapshot = take_snapshot(world.lead.review)
    yield Request("results as of", "get", f"{at}/?as_of=2999-01-01")
    for slug, report in REPORTS.items():
        yield Request(f"table {slug}", "get", f"{at}/{slug}/")
        for name in report.formats:
            yield Request(f"file {slug}.{name}", "get", f"{at}/{slug}/download/?format={name}")
        cells = ((row, *cell) for row in report.table(snapshot).rows for cell in row.cells.items())
        for row, column, _ in [found for found in cells if found[2].opens][:1]:
            yield Request(f"cell {slug}", "get", f"{at}/{slug}/cells/{row.key}/{column}/")


class Looking:
    """A person's eyes on a world: the answers to all requests, at one instant."""

    def __init__(self, member: Membership, still: pytest.MonkeyPatch) -> None:
        client = Client()
        client.force_login(member.user)
        client.get("/")
        self.member, self.still = member, still
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        # Later than whatever is done meanwhile, so that no act is pushed behind another's.
        self.instant = timezone.now() + timedelta(hours=1)

    def look(self, requests: list[Request]) -> dict[Request, Answer]:
        """Return every answer: status, headers, body, number of queries, and what is said next."""
        with self.still.context() as still:
            stop_clock(still, self.instant)
            return {request: self._ask(request) for request in requests}

    def files(self, folder: Any) -> dict[str, bytes]:
        """Return every table in every format by command, with what is written beside each."""
        with transaction.atomic():
            slug = self.member.review.slug
            call_command("export", slug, all=True, out=str(folder), by=self.member.user.email)
            transaction.set_rollback(True)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def _ask(self, request: Request) -> Answer:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        with transaction.atomic():
            connection.queries_log.clear()
            with CaptureQueriesContext(connection) as queries:
                response = getattr(client, request.method)(request.url, dict(request.data))
            content = b"".join(response) if response.streaming else response.content
            said = [str(message) for message in get_messages(response.wsgi_request)]
            transaction.set_rollback(True)
        headers = sorted((k, v) for k, v in response.items() if k != "Set-Cookie")
        return response.status_code, headers, TOKEN.sub(rb"\1", content), len(queries), said


def stop_clock(still: pytest.MonkeyPatch, instant: datetime) -> None:
    """Let the clock stand at ``instant``."""
    still.setattr("django.utils.timezone.now", lambda: instant)
    still.setattr("time.time", instant.timestamp)


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def no_chance(still: pytest.MonkeyPatch, instant: datetime) -> Iterator[None]:
    """Let acts have the same random uids and instants as other acts done like this."""
    drawn = count()
    with still.context() as patched:
        patched.setattr("os.urandom", lambda size: sha256(b"%d" % next(drawn)).digest()[:size])
        stop_clock(patched, instant)
        yield


def different(before: dict[Request, Answer], after: dict[Request, Answer]) -> list[str]:
    """Return which requests were answered in another way, and how."""
    parts = ("status", "headers", "body", "queries", "message")
    found = []
    for request, answer in before.items():
        pairs = zip(parts, answer, after[request], strict=True)
        kinds = [part for part, one, other in pairs if one != other]
        if kinds:
            found.append(f"{request.method} {request.name}: {', '.join(kinds)}")
    return found
