"""Nothing typed into an extraction is lost, nor taken for another window's."""

import os
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from playwright.sync_api import Error, Locator, Page, expect

from extraction.models import Extraction, Value
from extraction.services import save_cells
from extraction.views import extractions
from tests.extraction.factories import World, add, make_world
from tests.factories import PASSWORD

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
PARTS = ("text", "page", "quote")
LONGEST_DELAY = 0.4


def test_every_order_of_what_can_happen_to_a_cell_ends_with_what_was_typed(browser):
    page = browser.new_page()
    for script in SCRIPTS:
        page.evaluate(script.read_text(encoding="utf-8"))
    tried = page.evaluate("(length) => window.autosaveOrders(length)", LENGTH)
    page.close()
    assert tried["failures"] == []
    assert tried["orders"] > 10_000


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """Return a study that two people extract with the form that ships."""
    settings.ACCOUNT_RATE_LIMITS = False
    return make_world(definition=None)


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


@pytest.fixture
def slowest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every answer of the server take as long as it may."""

    def delayed(**asked: Any) -> object:
        saved = save_cells(**asked)
        time.sleep(LONGEST_DELAY)
        return saved

    monkeypatch.setattr(extractions, "save_cells", delayed)


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch, world: World) -> list[str]:
    """Hold back a page that was written until the text put here is part of what is stored."""
    wanted: list[str] = []
    edit_page = extractions.edit_page

    def held(*asked: Any) -> HttpResponse:
        written = edit_page(*asked)
        until = time.monotonic() + 20
        while wanted and time.monotonic() < until:
            if world.a.values.current().filter(text__contains=wanted[0]).exists():
                wanted.clear()
            time.sleep(0.3)
        return written

    monkeypatch.setattr(extractions, "edit_page", held)
    return wanted


class Desk:
    """One person with the form in one tab and another tab beside it."""

    def __init__(self, page: Page, world: World) -> None:
        self.page, self.world, self.user = page, world, world.first.user
        self.address = f"/reviews/{world.lead.review.slug}/extractions/{world.a.uid}/"
        self.beside = page.context.new_page()
        self.open()

    def open(self) -> None:
        self.page.goto(self.address)
        self.unfold()

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")

    def control(self, key: str, part: str = "text") -> Locator:
        name = f"study-{key}" if part == "text" else f"study-{key}-{part}"
        return self.page.locator(f"[data-cell] [name='{name}']:not([type=hidden])")

    def status(self, key: str) -> Locator:
        return self.page.locator(f"#cell-study-{key} .cell-status")

    def reload_typing(self, key: str, texts: list[str]) -> None:
        """Load the form again and go on typing until it comes: each text after the last is stored.

        By a script: the driver would wait for the page that is on its way.
        """
        script = """([name, texts]) => {
            const field = document.querySelector(`[data-cell] [name="${name}"]`);
            const type = () => {
                if (!texts.length) return;
                field.value += texts.shift();
                field.dispatchEvent(new Event("input", { bubbles: true }));
            };
            document.addEventListener("autosave:saved", type);
            window.setTimeout(type, 1000);
            window.setTimeout(() => window.location.reload());
        }"""
        with self.page.expect_event("domcontentloaded"):
            self.page.evaluate(script, [f"study-{key}", texts])
        self.unfold()

    def sign_out(self) -> None:
        self.beside.goto("/accounts/logout/")
        self.beside.get_by_role("button", name="Log out").click()
        self.beside.wait_for_url(lambda url: "logout" not in url)

    def sign_in(self, tab: Page | None = None, email: str = "") -> None:
        tab = tab or self.beside
        if "/accounts/login/" not in tab.url:
            tab.goto("/accounts/login/")
        tab.locator("[name=login]").fill(email or self.user.email)
        tab.locator("[name=password]").fill(PASSWORD)
        tab.locator("[name=password]").press("Enter")
        tab.wait_for_url(lambda url: "login" not in url)
        # What a browser says when one comes back to a tab; without a screen all have the focus.
        if tab != self.page:
            self.page.evaluate("window.dispatchEvent(new Event('focus'))")

    def all_saved(self) -> None:
        expect(self.page.locator("#unsynced")).to_have_text("All saved", timeout=20_000)


def stored(copy: Extraction, key: str) -> tuple[str, str, str]:
    """Return what the database has of a cell: value, page and quote."""
    rows = Value.objects.current().filter(extraction=copy, key=key)
    return rows.values_list("text", "page", "quote").first() or ("", "", "")


@pytest.mark.catalogue("C09")
def test_value_page_and_quote_typed_one_after_the_other_are_one_persons_own(
    world, sign_in, slowest
):
    desk = Desk(sign_in(world.first.user), world)
    typed = ("Case series", "12", "we treated eleven hips")
    for part, text in zip(PARTS, typed, strict=True):
        desk.control("design", part).press_sequentially(text, delay=120)
    desk.all_saved()
    assert stored(world.a, "design") == typed


def test_what_is_typed_while_an_answer_is_awaited_is_sent_after_it(world, sign_in, slowest):
    desk = Desk(sign_in(world.first.user), world)
    control = desk.control("country")
    control.press_sequentially("Swit", delay=100)
    with desk.page.expect_request("**/cells/"):
        pass
    control.press_sequentially("zer", delay=30)
    desk.page.wait_for_timeout(1_000)
    control.press_sequentially("land", delay=100)
    desk.all_saved()
    expect(desk.status("country")).to_contain_text("saved")
    assert stored(world.a, "country")[0] == "Switzerland"


@pytest.mark.parametrize("unsent", ["", "land"])
def test_a_page_written_before_a_value_was_stored_shows_what_was_stored(
    world, sign_in, overtaken, unsent
):
    desk = Desk(sign_in(world.first.user), world)
    control = desk.control("country")
    control.press_sequentially("Swit", delay=20)
    desk.all_saved()

    overtaken.append("zer")
    desk.reload_typing("country", ["zer", unsent] if unsent else ["zer"])

    expect(control).to_have_value(f"Switzer{unsent}")
    desk.all_saved()
    control.press("End")
    control.press_sequentially("!", delay=20)
    desk.all_saved()
    expect(desk.page.locator(".cell-kept")).to_have_count(0)
    assert stored(world.a, "country")[0] == f"Switzer{unsent}!"


def test_what_was_stored_stays_in_the_browser_for_a_minute_only(world, sign_in):
    page = sign_in(world.first.user)
    page.clock.install()
    desk = Desk(page, world)
    desk.control("country").press_sequentially("Peru")
    page.clock.run_for(2_000)
    desk.all_saved()
    kept = "Object.keys(window.localStorage).filter((key) => key.startsWith('stored:')).length"
    assert page.evaluate(kept) == 1
    page.clock.run_for(130_000)
    assert page.evaluate(kept) == 0


def test_what_is_typed_after_the_session_ended_is_kept_and_sent_after_signing_in_again(
    world, sign_in, faults
):
    faults.allowed = {403}
    desk = Desk(sign_in(world.first.user), world)
    desk.sign_out()
    desk.control("country").press_sequentially("Austria", delay=80)
    expect(desk.status("country")).to_contain_text("you are signed out")
    expect(desk.status("country")).to_contain_text("kept here")
    assert stored(world.a, "country")[0] == ""
    with desk.page.context.expect_page() as opened:
        desk.status("country").get_by_role("link", name="Sign in").click()
    desk.beside = opened.value
    desk.beside.wait_for_load_state()
    desk.sign_in()
    desk.all_saved()
    assert stored(world.a, "country")[0] == "Austria"
    # The other forms of the page have the new token too.
    desk.page.get_by_role("button", name="Add a cohort").click()
    expect(desk.page.locator(".part-title")).to_have_text("Cohort 1")


@pytest.mark.catalogue("F27")
def test_what_was_typed_before_a_tab_broke_down_is_stored_from_the_next_one(world, sign_in, faults):
    faults.expected_words = {"ERR_INTERNET_DISCONNECTED"}
    desk = Desk(sign_in(world.first.user), world)
    context = desk.page.context
    context.set_offline(True)
    desk.control("country").press_sequentially("Portugal", delay=20)
    with desk.page.expect_event("crash"), suppress(Error):
        desk.page.goto("chrome://crash")
    desk.page.close()
    assert stored(world.a, "country")[0] == ""

    context.set_offline(False)
    desk.page = context.new_page()
    desk.open()

    expect(desk.control("country")).to_have_value("Portugal")
    desk.all_saved()
    assert stored(world.a, "country")[0] == "Portugal"


def test_whoever_signs_out_is_told_what_is_kept_and_not_stored(world, sign_in, faults):
    faults.expected_words = {"ERR_INTERNET_DISCONNECTED"}
    desk = Desk(sign_in(world.first.user), world)
    desk.page.context.set_offline(True)
    desk.control("country").press_sequentially("Chile", delay=20)
    expect(desk.status("country")).to_contain_text("no network")
    desk.page.get_by_text("Account", exact=True).click()
    told = "1 answer of your extractions is kept in this browser and not stored yet"
    expect(desk.page.locator(".menu-panel [data-drafts]")).to_contain_text(told)
    desk.page.context.set_offline(False)
    desk.all_saved()
    desk.page.get_by_text("Account", exact=True).click()
    desk.page.get_by_text("Account", exact=True).click()
    expect(desk.page.locator(".menu-panel [data-drafts]")).to_be_hidden()
    assert stored(world.a, "country")[0] == "Chile"


def test_what_one_account_typed_is_neither_sent_nor_shown_under_another_in_the_same_browser(
    world, sign_in, faults
):
    faults.allowed = {403, 404}
    desk = Desk(sign_in(world.first.user), world)
    desk.sign_out()
    desk.sign_in(email=world.second.user.email)
    desk.control("country").press_sequentially("Austria", delay=80)
    expect(desk.status("country")).to_contain_text("somebody else is signed in")
    desk.beside.goto(f"/reviews/{world.lead.review.slug}/extractions/{world.b.uid}/")
    expect(desk.beside.get_by_text("Austria")).to_have_count(0)
    assert not Value.objects.filter(key="country").exists()
    desk.sign_out()
    desk.sign_in()
    desk.all_saved()
    assert stored(world.a, "country")[0] == "Austria"


@pytest.mark.catalogue("C09")
def test_what_another_window_stored_is_replaced_only_by_who_has_read_of_it(world, sign_in, faults):
    faults.allowed = {409}
    desk = Desk(sign_in(world.first.user), world)
    desk.beside.goto(desk.address)
    there = desk.beside.locator("[data-cell] [name='study-country']")
    there.press_sequentially("Norway")
    expect(desk.beside.locator("#unsynced")).to_have_text("All saved")

    control = desk.control("country")
    control.press_sequentially("Sweden")
    expect(desk.status("country")).to_contain_text("“Norway”")
    control.blur()
    desk.open()
    expect(desk.page.locator("#cell-study-country .cell-kept")).to_contain_text("“Sweden”")
    assert stored(world.a, "country")[0] == "Norway"

    desk.page.get_by_role("button", name="Use it").click()
    desk.all_saved()
    assert stored(world.a, "country")[0] == "Sweden"
    there.press_sequentially("!")
    button = desk.beside.get_by_role("button", name="Store mine instead")
    button.click()
    expect(desk.beside.locator("#unsynced")).to_have_text("All saved")
    assert stored(world.a, "country")[0] == "Norway!"


@pytest.mark.catalogue("F28")
def test_a_browser_that_keeps_nothing_still_stores_and_says_what_it_cannot(world, sign_in, faults):
    faults.allowed = {403}
    page = sign_in(world.first.user)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked'); } })"
    )
    desk = Desk(page, world)
    desk.control("country").press_sequentially("Peru")
    desk.all_saved()
    assert stored(world.a, "country")[0] == "Peru"
    desk.sign_out()
    desk.control("country").press_sequentially("?")
    expect(desk.status("country")).to_contain_text("Leave this page open")


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


def test_enter_in_the_grid_of_results_stores_the_field_and_hands_in_no_form(world, sign_in):
    """The cells of the grid stand outside the forms that they belong to."""
    cohort = add(world.first, world.a, "cohort", label="All")
    outcome = add(world.first, world.a, "outcome", instrument="mHHS")
    result = add(world.first, world.a, "result", of=(cohort, outcome))
    page = Desk(sign_in(world.first.user), world).page
    page.goto(f"{page.url}?part={outcome.uid.hex}")
    page.evaluate("window.sameDocument = true")
    field = page.locator(f"[name='{result.uid.hex}-mean']")
    field.fill("81.5")
    field.press("Enter")
    expect(page.locator(".results-grid .cell-status[data-state=saved]").first).to_be_visible()
    page.wait_for_timeout(300)

    assert page.evaluate("window.sameDocument === true")
    expect(field).to_be_focused()
    assert world.a.values.current().get(element=result, key="mean").text == "81.5"
