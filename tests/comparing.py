"""Everything one person can ask the product for, and whether two worlds answer it alike.

A world is looked at by sending every request; what each changes is taken back. The clock stands
still and only the value of the CSRF token may differ.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from reporting.catalogue import reports_of
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.routes import INSIDE, Route, all_routes, samples
from tests.world import World

OF_TEXT = ("csv", "json", "ris", "html", "svg")
PACKED = b"PK\x03\x04"
TOKEN = re.compile(rb'((?:name="csrfmiddlewaretoken" value="|"token": "))[^"]+')
# Routes that name what no world holds, and why nothing is lost by leaving them out.
LEFT_OUT = {
    "account_confirm_email": "its key is in a mail; it reads the person's own address alone",
    "account_reset_password_from_key": "its key is in a mail; it reads the person's account alone",
    "reviews:invitation-accept": "its token is known to the person invited alone",
}
# Pages of a record, asked of each.
OF_RECORDS = {
    "screening:record-detail",
    "screening:record-screen",
    "screening:conflict-adjudicate",
    "screening:discussion",
}
Answer = tuple[Any, ...]


@dataclass(frozen=True)
class Request:
    """One request by its name, with what it sends; ``script``: a script asks for data."""

    name: str
    method: str
    url: str
    data: tuple[tuple[str, str], ...] = ()
    script: bool = False

    @property
    def route(self) -> str:
        """Return the route that is asked."""
        return self.name.partition(" ")[0]


def requests_of(world: World) -> list[Request]:
    """Return every route of the product, asked and sent to, with everything that it can name."""
    known, slug = samples(world), world.lead.review.slug
    found = []
    for route in all_routes():
        if route.name in LEFT_OUT:
            continue
        given = {"slug": slug} if route.path.startswith(INSIDE) else {}
        sample = {**given, **known.get(route.name, {})}
        found.append(Request(route.name, "get", route.url(**sample)))
        found.append(Request(route.name, "post", route.url(**sample)))
        for name, named in _others(world, route, sample):
            found.append(Request(f"{route.name} {name}", "get", route.url(**{**sample, **named})))
    return [*found, *_results(world)]


def _others(world: World, route: Route, sample: dict[str, Any]) -> Iterator[tuple[str, dict]]:
    """Yield what else the page of a route can name: the stages, records, studies and copies."""
    if route.path == f"{INSIDE}screening/<str:stage>/":
        yield "full text", {"stage": "full-text"}
    if route.name in OF_RECORDS:
        for name, record in world.records.items():
            of_full_text = name in {"full", "first"} and "stage" in sample
            stage = {"stage": "full-text"} if of_full_text else {}
            yield name, {"uid": record.uid, **stage}
    elif route.path.startswith(f"{INSIDE}studies/<uuid:uid>"):
        for number, study in enumerate(world.studies):
            yield f"study {number}", {"uid": study.uid}
    elif route.path == f"{INSIDE}extractions/<uuid:uid>/":
        for name, copy in world.copies.items():
            yield f"copy {name}", {"uid": copy.uid}


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
            # How often somebody asked is counted there.
            cache.clear()
            return {request: self._ask(request) for request in requests}

    def files(self, folder: Any) -> dict[str, bytes]:
        """Return every table in every format of text, and one by command with what is beside it.

        Documents, workbooks and pictures are made of the same and take minutes.
        """
        snapshot = take_snapshot(self.member.review, reader=self.member)
        made = {
            f"{report.slug}.{name}": RENDERERS[name].whole(report, snapshot)
            for report in reports_of(snapshot)
            for name in report.formats
            if name in OF_TEXT
        }
        with transaction.atomic():
            slug, path = self.member.review.slug, folder / "summary.csv"
            call_command("export", slug, "summary", out=str(path), by=self.member.user.email)
            transaction.set_rollback(True)
        return made | {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def _ask(self, request: Request) -> Answer:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        with transaction.atomic(), no_chance(self.still, self.instant, "asked"):
            queries = count()
            with connection.execute_wrapper(partial(_counted, queries)):
                accept = {"accept": "application/json"} if request.script else {}
                send = getattr(client, request.method)
                response = send(request.url, dict(request.data), headers=accept)
            content = b"".join(response) if response.streaming else response.content
            said = [str(message) for message in get_messages(response.wsgi_request)]
            transaction.set_rollback(True)
        headers = sorted((k, v) for k, v in response.items() if k != "Set-Cookie")
        if content.startswith(PACKED):
            # How much it could be packed says what is in it, and that is compared.
            headers = [pair for pair in headers if pair[0] != "Content-Length"]
            content = unpacked(content)
        return response.status_code, headers, TOKEN.sub(rb"\1", content), next(queries), said


def unpacked(package: bytes) -> bytes:
    """Return the parts of a workbook or document with their names, one behind the other."""
    with ZipFile(io.BytesIO(package)) as parts:
        return b"\n".join(name.encode() + b"\n" + parts.read(name) for name in parts.namelist())


def _counted(queries: Iterator[int], execute: Any, *statement: Any) -> Any:
    next(queries)
    return execute(*statement)


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
def no_chance(still: pytest.MonkeyPatch, instant: datetime, seed: str = "") -> Iterator[None]:
    """Let acts have the same random uids and instants as other acts done like this."""
    drawn = count()
    with still.context() as patched:
        patched.setattr("os.urandom", lambda size: _drawn(f"{seed}{next(drawn)}")[:size])
        stop_clock(patched, instant)
        yield


def _drawn(seed: str) -> bytes:
    return sha256(seed.encode()).digest()


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
