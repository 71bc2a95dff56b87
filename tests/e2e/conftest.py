"""A real browser that fails the test on what a user should never meet."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.voting import Server
from tests.extraction.factories import World, make_world

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the journeys where there is no browser; ``REQUIRE_ALL=1`` makes that a failure."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.timeout(300))
            if CHROMIUM is None and os.environ.get("REQUIRE_ALL") != "1":
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Write under a failure what each open page showed, and what it still waited for."""
    report = yield
    if report.when == "call" and report.failed and "faults" in getattr(item, "funcargs", {}):
        report.sections.append(("Open pages", item.funcargs["faults"].seen()))
    return report


@pytest.fixture(autouse=True, scope="session")
def _django_in_the_browsers_event_loop() -> Iterator[None]:
    # Playwright's loop runs in the test's thread, where Django refuses to query by default.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's own browser, without a look at the network."""
    assert CHROMIUM, "no Chromium on this machine"
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


class Faults:
    """What went wrong in the pages of one context.

    ``allowed`` statuses are part of the story, and so are ``expected_words`` of the console, and
    lost connections where ``offline`` is set.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        self.found: list[str] = []
        self.allowed: set[int] = set()
        self.expected_words: set[str] = set()
        self.offline = False
        self.contexts: list[BrowserContext] = []
        self.waited_for: dict[Any, str] = {}

    def watch(self, context: BrowserContext) -> None:
        """Collect console errors, failed responses and requests that leave the server."""
        self.contexts.append(context)
        context.on("page", self._watch_page)
        context.on("request", self._request)
        context.on("response", self._response)
        for over in ("requestfinished", "requestfailed"):
            context.on(over, lambda request: self.waited_for.pop(request, None))

    def seen(self) -> str:
        """Return the address and the first words of every open page, and open requests."""
        pages = [page for context in self.contexts for page in context.pages]
        lines = []
        for page in pages:
            words = "(did not answer)"
            with suppress(Exception):
                words = page.inner_text("body", timeout=2000)[:800]
            lines.append(f"{page.url}\n{words}")
        return "\n\n".join([*lines, f"waited for: {[*self.waited_for.values()]}", *self.found])

    def _watch_page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        words = self.expected_words | {f"status of {status}" for status in self.allowed}
        expected = any(each in message.text for each in words)
        expected |= self.offline and "net::ERR_" in message.text
        if message.type == "error" and not expected:
            self.found.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        self.waited_for[request] = f"{request.method} {request.url}"
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.found.append(f"request leaves the server: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.allowed:
            self.found.append(f"{response.status} {response.url}")


@pytest.fixture
def faults(live_server: Any) -> Iterator[Faults]:
    """Return the list of faults, which must be empty at the end."""
    watched = Faults(live_server.url)
    yield watched
    assert watched.found == []


@pytest.fixture
def sign_in(browser: Any, live_server: Any, faults: Faults) -> Iterator[Any]:
    """Return a function that gives a member a browser of their own, signed in."""
    contexts: list[BrowserContext] = []

    def open_browser(user: Any, *, width: int = 1280, javascript: bool = True) -> Page:
        client = Client()
        client.force_login(user)
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        faults.watch(context)
        contexts.append(context)
        return context.new_page()

    yield open_browser
    for context in contexts:
        context.close()
    connection.close()


@pytest.fixture
def accessible() -> Any:
    """Return a check that a page has no violation that axe knows of."""

    def check(page: Page) -> None:
        # A click is over before the page it leads to is there.
        expect(page.locator("main")).to_be_visible()
        page.wait_for_load_state()
        results = Axe().run(page)
        broken = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]][:3])
            for rule in results.response["violations"]
        ]
        assert broken == [], page.url

    return check


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return the server that takes votes, to be slowed down."""
    return Server(monkeypatch)


@pytest.fixture
def give_session(live_server):
    """Return a function that signs a person in as another tab does: a new session, a new secret."""

    def give(page: Page, user) -> None:
        client = Client()
        client.force_login(user)
        page.context.clear_cookies(name="csrftoken")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        page.context.add_cookies([{**cookie, "url": live_server.url}])

    return give


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """Return a study that two people extract with the form that ships."""
    settings.ACCOUNT_RATE_LIMITS = False
    return make_world(definition=None)
