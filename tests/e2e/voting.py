"""Voting by key in a browser: what the tests of the kept votes do and look at."""

import threading
import time

import pytest
from playwright.sync_api import Page

from screening.choices import Stage
from screening.models import ScreeningDecision
from screening.views import voting
from tests.factories import PASSWORD

STAGE = Stage.TITLE_ABSTRACT
KEYS = {"i": "include", "e": "exclude", "u": "unsure"}


class Server:
    """How the server of the test answers votes: after ``delay`` seconds, while ``opened``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.delay = 0.0
        self.opened = threading.Event()
        self.opened.set()
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()
        for name in ("submit_decision", "withdraw_decision"):
            monkeypatch.setattr(voting, name, self._slow(getattr(voting, name)))

    def _slow(self, service):
        def act(**fields):
            with self._lock:
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                time.sleep(self.delay)
                self.opened.wait(60)
                return service(**fields)
            finally:
                with self._lock:
                    self.at_once -= 1

        return act


def start(member) -> str:
    return f"/reviews/{member.review.slug}/screening/{STAGE}/"


def open_queue(page: Page, member) -> None:
    page.goto(start(member))
    page.wait_for_load_state("networkidle")


def here(page: Page) -> str:
    """Return the address of the record that can be judged now."""
    return page.evaluate(
        "document.querySelector('#vote') ? document.querySelector('#reading').dataset.here : ''"
    )


def press(page: Page, keys: str) -> dict[str, str]:
    """Press keys, each at a record of its own, and return what was meant by them."""
    meant = {}
    for key in keys:
        at = here(page)
        assert at not in meant, "the same record came twice"
        page.keyboard.press(key)
        meant[at] = KEYS[key]
    assert "" not in meant, "a key was dead"
    return meant


def cast(member) -> dict[str, str]:
    """Return the standing votes of a member by the address of their record."""
    votes = ScreeningDecision.objects.standing().filter(member=member).select_related("record")
    return {f"{start(member)}records/{vote.record.uid}/": vote.verdict for vote in votes}


def kept(page: Page) -> int:
    return len(page.evaluate("window.keptVotes.mine()"))


def until(holds, seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.05)


def all_sent(page: Page) -> None:
    until(lambda: page.wait_for_timeout(50) or kept(page) == 0)


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def sign_in_by_form(page: Page, user) -> None:
    # No hand is quicker than a page: its scripts move what would be clicked.
    page.wait_for_url("**/accounts/login/**")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
