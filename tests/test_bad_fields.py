"""Every form and every address, one bad field at a time: refused in words, never a failure.

The forms are read from the pages themselves; a route that takes a form which no page of the world
shows has its fields below.
"""

import copy
import os
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from reviews.models import Review
from tests.routes import Route, all_routes, samples
from tests.world import World, make_world

PACKAGES = ("accounts", "records", "screening", "extraction", "reviews", "reporting")
BAD = {
    "digits": "9" * 400,
    "an integer too large": "9223372036854775808",
    "surrogate": "\ud800 half",
    "nul": "a\x00b",
    "megabyte": "x" * 1_000_000,
    "unknown uid": "00000000-0000-4000-8000-000000000000",
    "end of time": "9999-12-31T23:59:59-23:59",
    "beginning of time": "0001-01-01T00:00:00+23:59",
    "last day": "9999-12-31",
    "below zero": "-1",
    "blank": "",
}
# Every value for every field in soak; else each field gets one, and all fields together get all.
AT_ONCE = len(BAD) if os.environ.get("IFI_SOAK") == "1" else 1
# Pages of the log-in library, some of which accounts wraps.
OF_THE_LIBRARY = ("account_", "mfa_", "accounts:second-factor-", "accounts:recovery-codes-")
# Autosave keeps the good cells of a page and refuses the others by name.
KEEPS_THE_GOOD = {"extraction:cell-save"}
# Fields of forms that no page of the world shows just now, by route.
HIDDEN = {
    "accounts:first-run": {"email": "a@example.org", "full_name": "A", "password": "x"},
    "accounts:sign-in": {"login": "a@example.org", "password": "x", "next": "/"},
    "accounts:session-end": {"more": ""},
    "accounts:session-end-others": {"more": ""},
    "reviews:invitation-accept": {"token": ""},
    "records:import-check": {"source": "", "format": "auto", "title": "", "header": ""},
    "records:label-restore": {"more": ""},
    "records:import-cancel": {"more": ""},
    "records:import-resume": {"more": ""},
    "records:duplicate-undo": {"more": ""},
    "records:duplicate-find": {"more": ""},
    "records:duplicate-accept": {"more": ""},
    "records:duplicate-relate": {"shown": ""},
    "records:duplicate-separate": {"shown": ""},
    "screening:record-label": {"record": "", "label": "", "act": "on", "everything": ""},
    "screening:record-label-undo": {"query": ""},
    "screening:view-save": {"name": "x", "query": "q=x"},
    "screening:view-remove": {"name": "x"},
    "screening:view-restore": {"name": "x"},
    "screening:notice-remove": {"note": ""},
    "screening:stage-open": {"TITLE_ABSTRACT-screeners": ""},
    "screening:stage-release": {"more": ""},
    "screening:stage-reopen": {"more": ""},
    "screening:stage-hand-over": {"more": ""},
    "screening:stage-close": {"more": ""},
    "screening:decision-withdraw": {"more": ""},
    "screening:discussion": {"verdict": "include", "reason": "", "note": "", "hand_over": ""},
    "screening:full-text-set": {"standing": "retrieved", "why": "", "show": ""},
    "screening:full-text-set-all": {"more": ""},
    "screening:conflict-adjudicate": {"verdict": "include", "reason": "", "note": ""},
    "extraction:form-publish": {"definition": "", "slug": ""},
    "extraction:study-open": {"more": ""},
    "extraction:sheet-import": {"sheet": ""},
    "extraction:study-assign-all": {"extractors": ""},
    "extraction:study-finalise": {"reason-x": ""},
    "extraction:cell-save": {"study-design": "x", "study-design-seen": "", "part": ""},
    "extraction:cell-resolve": {"key": "design", "element": "", "act": "", "choice": "a"},
    "extraction:study-take-agreed": {"all": ""},
    "extraction:part-leave": {"element": "", "reason": "", "act": ""},
    "extraction:study-reopen": {"reason": "x"},
    "extraction:element-add": {"level": "cohort", "cohort": "", "outcome": "", "part": ""},
    "extraction:element-remove": {"part": ""},
    "extraction:element-restore": {"part": ""},
    "extraction:element-fill": {"part": ""},
    "extraction:extraction-submit": {"reason-x": ""},
    "extraction:doubt-withdraw": {"more": ""},
    "extraction:extraction-reopen": {"reason": "x"},
    "reviews:member-remove": {"more": ""},
    "reviews:invitation-revoke": {"more": ""},
    "records:label-remove": {"more": ""},
    "records:import-undo": {"more": ""},
}


class Forms(HTMLParser):
    """The forms of a page: where each goes, how, and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.found.append({"to": given.get("action", ""), "method": method, "fields": {}})
        if not self.found:
            return
        fields, name = self.found[-1]["fields"], given.get("name", "")
        if tag == "select":
            self.select = name
            fields.setdefault(name, "")
        elif tag == "option" and self.select and not fields.get(self.select):
            fields[self.select] = given.get("value", "")
        elif tag in {"input", "textarea", "button"} and name and name != "csrfmiddlewaretoken":
            is_file = given.get("type") == "file"
            fields.setdefault(name, None if is_file else given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Make one review for the whole of it; each request is rolled back."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        try:
            yield make_world()
        finally:
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)


def client_of(member: Any) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture(scope="module")
def clients(world: World, django_db_blocker) -> list[Client]:
    with django_db_blocker.unblock():
        return [client_of(one) for one in (world.lead, world.a, world.adjudicator)]


def url_of(route: Route, world: World) -> str | None:
    kwargs = dict(samples(world).get(route.name, {}))
    if route.path.startswith("reviews/<slug"):
        kwargs["slug"] = world.lead.review.slug
    if "<str:token>" in route.path:
        kwargs["token"] = "a-token"
    return None if "(?P<" in route.path else route.url(**kwargs)


def rows(review: int) -> dict[str, int]:
    found = {"chain": Review.objects.get(pk=review).chain_length}
    for model in apps.get_models():
        if model._meta.app_label in PACKAGES and model._meta.managed:
            found[model._meta.label] = model._default_manager.count()
    return found


def ask(
    client: Client, method: str, url: str, data: dict[str, Any], review: int
) -> tuple[int, dict[str, int] | None]:
    """Send a request and take back whatever it did; return its status and, if refused, the rows."""
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        if any(isinstance(value, SimpleUploadedFile) for value in data.values()):
            response = client.post(url, readable(data))
        else:
            # As a browser never would, but anybody can: half a pair of surrogates as bytes.
            body = urlencode(data, errors="surrogatepass")
            sent = {"content_type": "application/x-www-form-urlencoded"}
            response = (
                client.post(url, body, **sent) if method == "post" else client.get(f"{url}?{body}")
            )
        if response.streaming:
            b"".join(response.streaming_content)
        written = rows(review) if method == "post" and response.status_code >= 400 else None
        transaction.set_rollback(True)
    # Some of these sign in or out.
    client.cookies = cookies
    return response.status_code, written


def readable(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the test's own encoder of files cannot send."""
    return {name: value for name, value in data.items() if value != BAD["surrogate"]}


def sendable(fields: dict[str, Any]) -> dict[str, Any]:
    file = SimpleUploadedFile("a.ris", b"TY  - JOUR\nTI  - A\nER  - \n")
    return {name: file if value is None else value for name, value in fields.items()}


def forms_of(world: World, clients: list[Client]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the fields of every form of every page, by route, address and method."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    seen: set[tuple[str, str]] = set()
    for route in all_routes():
        url = url_of(route, world)
        for client in clients if url else []:
            with transaction.atomic():
                page = client.get(url)
                if page.streaming:
                    b"".join(page.streaming_content)
                transaction.set_rollback(True)
            if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
                continue
            parser = Forms()
            parser.feed(page.content.decode())
            for form in parser.found:
                to = (form["to"] or url).split("?")[0]
                try:
                    name = resolve(to).view_name
                except Resolver404:
                    continue
                if (name, form["method"]) not in seen:
                    seen.add((name, form["method"]))
                    # A button alone sends nothing, and more than was asked for must not harm it.
                    found[name, to, form["method"]] = form["fields"] or {"more": ""}
    for route in all_routes():
        if route.name in HIDDEN and (route.name, "post") not in seen:
            found[route.name, str(url_of(route, world)), "post"] = HIDDEN[route.name]
    return found


def some(place: int) -> list[str]:
    names = list(BAD)
    return [names[(place * AT_ONCE + step) % len(names)] for step in range(AT_ONCE)]


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_one_bad_field_in_any_form_is_refused_in_words_and_writes_nothing(world, clients):
    forms = forms_of(world, clients)
    failures, asked, before = [], 0, rows(world.lead.review_id)
    for (name, url, method), fields in forms.items():
        for place, field in enumerate(fields):
            for bad in some(place + len(name)):
                data = sendable({**fields, field: BAD[bad]})
                for client in clients:
                    status, rows_now = ask(client, method, url, data, world.lead.review_id)
                    asked += 1
                    if rows_now not in (None, before) and name not in KEEPS_THE_GOOD:
                        failures.append(f"{status}, and it wrote: {name} with {bad} in {field}")
                    if status >= 500:
                        failures.append(f"{status}: {method} {name} with {bad} in {field}")
                    if status not in {403, 404}:
                        break
    assert failures == []
    assert asked > 100


@pytest.mark.django_db
def test_every_route_that_takes_a_form_is_tried(world, clients):
    """A new page with a form, or a route without one, has to be among them."""
    tried = {name for name, _, method in forms_of(world, clients) if method == "post"}
    missing = []
    for route in all_routes():
        url = url_of(route, world)
        if url is None or route.name.startswith(OF_THE_LIBRARY) or route.name in tried:
            continue
        with transaction.atomic():
            statuses = {client.post(url).status_code for client in clients}
            transaction.set_rollback(True)
        if not statuses <= {405}:
            missing.append(route.name)
    assert missing == []
