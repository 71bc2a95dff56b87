"""Whatever comes between a key and its vote, in an order that chance makes."""

import os
import random
from contextlib import suppress
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.voting import KEYS, Server, all_sent, cast, end_session, here, open_queue, until
from tests.factories import make_member, make_screening

ORDERS = 200 if os.environ.get("IFI_SOAK") == "1" else 20


class Hand:
    """Somebody who votes by key while everything else goes wrong, and what they meant."""

    def __init__(self, page: Page, server: Server, sign_in, chance: random.Random) -> None:
        self.page, self.server, self.chance = page, server, chance
        self.sign_in_again = sign_in
        self.meant: dict[str, str] = {}
        self.stack: list[str] = []
        self.done: list[str] = []
        self.left = ""
        self.queue = page.evaluate("document.querySelector('#reading').dataset.queue")
        self.offline = self.signed_out = False

    def look(self) -> str:
        """Wait for the record that the page goes to, and return its address."""
        with suppress(AssertionError):
            until(lambda: (self.page.wait_for_timeout(10), here(self.page) != self.left)[1], 2)
        return here(self.page)

    def vote(self) -> None:
        at = self.look()
        if not at:
            return
        key = self.chance.choice("ieu")
        self.page.keyboard.press(key)
        self.meant[at] = KEYS[key]
        self.stack.append(at)
        self.left = at
        self.done.append(f"{key} {at[-37:-28]}")

    def undo(self) -> None:
        self.look()
        if not self.stack:
            return
        at = self.stack.pop()
        self.stack = [one for one in self.stack if one != at]
        self.page.keyboard.press("z")
        until(lambda: (self.page.wait_for_timeout(10), here(self.page) == at)[1])
        self.meant.pop(at)
        self.left = ""
        self.done.append("undo")

    def change(self) -> None:
        self.look()
        if not self.stack:
            return
        before = here(self.page)
        if not before or not self.page.locator("#reading a[data-key=k]").count():
            return
        self.page.keyboard.press("k")
        with suppress(AssertionError):
            until(lambda: (self.page.wait_for_timeout(10), here(self.page) != before)[1], 2)
        self.left = ""
        self.done.append("previous")
        self.vote()

    def connection(self) -> None:
        self.offline = not self.offline
        self.page.context.set_offline(self.offline)
        self.done.append("offline" if self.offline else "online")

    def delay(self) -> None:
        self.server.delay = self.chance.choice([0, 0.05, 0.3])
        self.done.append(f"delay {self.server.delay}")

    def sign_out(self) -> None:
        end_session(self.page)
        self.signed_out = True
        self.done.append("signed out")

    def sign_in(self) -> None:
        self.sign_in_again()
        self.signed_out = False
        if not self.offline and self.chance.random() < 0.5:
            other = self.page.context.new_page()
            other.goto("/")
            other.close()
        self.done.append("signed in")

    def reload(self) -> None:
        if self.offline:
            self.connection()
        if self.signed_out:
            self.sign_in()
        self.page.goto(self.chance.choice([self.page.url, self.queue]))
        self.stack, self.left = [], ""
        self.done.append("reload")

    def anything(self) -> None:
        acts = [self.vote] * 10 + [self.undo] * 2 + [self.change, self.connection, self.delay]
        acts += [self.sign_out, self.sign_in, self.reload]
        self.chance.choice(acts)()


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.catalogue("F26")
@pytest.mark.catalogue("C04")
def test_whatever_the_order_of_things_exactly_the_votes_meant_are_stored(
    sign_in, give_session, server, faults
):
    faults.offline, faults.allowed = True, {403}
    lead, _, _ = make_screening(1)
    page = sign_in(make_member(lead).user)
    for seed in range(ORDERS):
        server.delay = 0
        page.goto("about:blank")
        _, (a, _), _ = make_screening(10)
        give_session(page, a.user)
        open_queue(page, a)
        hand = Hand(page, server, partial(give_session, page, a.user), random.Random(seed))
        for _ in range(12):
            hand.anything()
        server.delay = 0
        hand.reload()
        all_sent(page)

        assert cast(a) == hand.meant, (seed, hand.done)
        expect(page.locator("#messages")).to_have_text("")
