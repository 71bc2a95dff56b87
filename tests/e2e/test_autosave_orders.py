"""Whatever comes between typing and its answer, in every order of a few and in orders of chance."""

import os
import random
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from extraction.services import save_cells
from extraction.views import extractions
from tests.e2e.desk import LONGEST_DELAY, PARTS, Desk, stored

SOAK = os.environ.get("IFI_SOAK") == "1"
ROUNDS = 200 if SOAK else 20
LENGTH = 9 if SOAK else 6
SCRIPTS = (
    Path(settings.BASE_DIR) / "static/js/autosave-machine.js",
    Path(__file__).parent / "autosave_orders.js",
)
# Not among the letters: those of the codes for missing values.
LETTERS = "bdgklmopstvwxyz"
KEYS = ("design", "country", "centre", "eligibility", "comparator", "funding")


def test_every_order_of_what_can_happen_to_a_cell_ends_with_what_was_typed(browser):
    page = browser.new_page()
    for script in SCRIPTS:
        page.evaluate(script.read_text(encoding="utf-8"))
    tried = page.evaluate("(length) => window.autosaveOrders(length)", LENGTH)
    page.close()
    assert tried["failures"] == []
    assert tried["orders"] > 10_000


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Let the server take its time before it stores and before it answers."""
    chance = random.Random(1)

    def delayed(**asked: Any) -> object:
        before = chance.uniform(0, LONGEST_DELAY)
        time.sleep(before)
        saved = save_cells(**asked)
        time.sleep(chance.uniform(0, LONGEST_DELAY - before))
        return saved

    monkeypatch.setattr(extractions, "save_cells", delayed)
    return chance


class Hours:
    """One person's work at one copy, in an order that chance makes."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk, self.chance = desk, chance
        self.page = desk.page
        self.signed_in = self.online = True
        self.meant = {(key, part): "" for key in KEYS for part in PARTS}

    def act(self, key: str) -> str:
        acts = ["type"] * 6 + ["leave", "network", "reload", "session"]
        name = self.chance.choice(acts)
        getattr(self, name)(key)
        return name

    def type(self, key: str) -> None:
        part = self.chance.choice(PARTS)
        control = self.desk.control(key, part)
        length = len(self.meant[key, part])
        control.press("End")
        if length > 24:
            control.press("Control+a")
            control.press("Backspace")
            self.meant[key, part] = ""
        for letter in self.chance.choices(LETTERS, k=self.chance.randint(1, 4)):
            self.page.keyboard.type(letter)
            self.meant[key, part] += letter
            self.page.wait_for_timeout(self.chance.uniform(80, 200))
        if self.chance.random() < 0.3:
            self.page.wait_for_timeout(self.chance.uniform(500, 1_000))

    def leave(self, key: str) -> None:
        self.page.evaluate("document.activeElement.blur()")

    def network(self, key: str) -> None:
        self.online = not self.online
        self.page.context.set_offline(not self.online)

    def reload(self, key: str) -> None:
        if not self.online:
            self.network(key)
        self.page.reload()
        if not self.signed_in:
            self.desk.sign_in(self.page)
            self.signed_in = True
        self.desk.unfold()

    def session(self, key: str) -> None:
        if not self.online:
            self.network(key)
        if self.signed_in:
            self.desk.sign_out()
        else:
            self.desk.sign_in()
        self.signed_in = not self.signed_in

    def settle(self) -> None:
        if not self.online:
            self.network("")
        if not self.signed_in:
            self.session("")
        self.page.evaluate("window.dispatchEvent(new Event('focus'))")
        self.desk.all_saved()


@pytest.mark.soak
@pytest.mark.timeout(1_800 if SOAK else 300)
def test_every_character_is_stored_whatever_comes_between_typing_and_its_answer(
    world, sign_in, faults, slow
):
    faults.allowed = {403}
    faults.expected_words = {"ERR_INTERNET_DISCONNECTED"}
    hours = Hours(Desk(sign_in(world.first.user), world), random.Random(7))
    for number in range(ROUNDS):
        key = KEYS[number % len(KEYS)]
        done = [hours.act(key) for _ in range(hours.chance.randint(3, 6))]
        hours.settle()
        meant = tuple(hours.meant[key, part] for part in PARTS)
        shown = tuple(hours.desk.control(key, part).input_value() for part in PARTS)
        assert (stored(world.a, key), shown) == (meant, meant), f"round {number}: {done}"
    expect(hours.page.locator(".cell-kept")).to_have_count(0)
