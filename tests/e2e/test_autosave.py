"""Nothing typed into an extraction is lost, nor taken for another window's."""

import re
import time
from contextlib import suppress
from typing import Any

import pytest
from django.http import HttpResponse
from playwright.sync_api import Error, expect

from extraction.models import Value
from extraction.schema.summary_parts import PARTS as SUMMARY_PARTS
from extraction.services import save_cells
from extraction.views import extractions
from tests.e2e.desk import LONGEST_DELAY, PARTS, Desk, stored
from tests.extraction.factories import World, add


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
    desk.page.get_by_role("button", name="Add cohort").click()
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


def test_enter_in_the_grid_of_results_stores_the_field_and_hands_in_no_form(world, sign_in):
    """The cells of the grid stand outside the forms that they belong to."""
    cohort = add(world.first, world.a, "cohort", label="All")
    outcome = add(world.first, world.a, "outcome", instrument="mHHS")
    result = add(world.first, world.a, "result", of=(cohort, outcome))
    page = Desk(sign_in(world.first.user), world).page
    page.goto(f"{page.url}?part={outcome.uid.hex}")
    page.evaluate("window.sameDocument = true")
    field = page.locator(f"[name='{result.uid.hex}-n']")
    field.fill("11")
    field.press("Enter")
    expect(page.locator(".results-grid .cell-status[data-state=saved]").first).to_be_visible()
    page.wait_for_timeout(300)

    assert page.evaluate("window.sameDocument === true")
    expect(field).to_be_focused()
    assert world.a.values.current().get(element=result, key="n").text == "11"


def parts_of(copy, element, key: str) -> dict[str, str]:
    """Return what the database has of a summary statistic, by part."""
    values = Value.objects.current().filter(extraction=copy, element=element)
    rows = values.filter(key__startswith=f"{key}.").answered()
    return {name.partition(".")[2]: text for name, text in rows.values_list("key", "text")}


def test_a_summary_statistic_typed_part_by_part_is_stored_whole(world, sign_in, faults, slowest):
    """One cell: every request sends all its parts, and none takes another for a window's."""
    faults.allowed = {400}
    cohort = add(world.first, world.a, "cohort", label="All")
    desk = Desk(sign_in(world.first.user), world)
    page, name = desk.page, f"{cohort.uid.hex}-age"
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.post_data or "") if "/cells/" in r.url else None)
    page.goto(f"{page.url}?part={cohort.uid.hex}")
    cell = page.locator(f"#cell-{name}")
    cell.get_by_label("Centre").select_option(label="Mean")
    cell.get_by_label("Value").press_sequentially("41.2", delay=100)
    page.keyboard.press("Tab")
    page.keyboard.type("SD")
    page.keyboard.press("Tab")
    page.keyboard.type("11.")
    page.wait_for_timeout(900)
    page.keyboard.type("3")
    cell.locator("summary", has_text="Source").click()
    cell.get_by_label("Page").fill("3")
    desk.all_saved()

    assert parts_of(world.a, cohort, "age") == {
        "centre": "mean",
        "value": "41.2",
        "spread": "sd",
        "spread_value": "11.3",
    }
    pages = Value.objects.current().filter(element=cohort, key__startswith="age.").answered()
    assert {value.page for value in pages} == {"3"}
    parts = [f"{name}.{part}=" for part in SUMMARY_PARTS if part != "unit"]
    assert all(part in body for body in sent for part in parts)
    expect(page.locator(f"#of-{cohort.uid.hex}")).to_have_text(re.compile(r"^2/"))

    before = parts_of(world.a, cohort, "age")
    cell.get_by_label("Lowest").fill("20")
    cell.get_by_label("Highest").fill("60,5")
    expect(cell.locator(".cell-status")).to_contain_text("Highest: ")
    expect(cell.get_by_label("Highest")).to_have_attribute("aria-invalid", "true")
    expect(cell.get_by_label("Value")).not_to_have_attribute("aria-invalid", "true")
    assert parts_of(world.a, cohort, "age").keys() <= {*before, "min"}
    cell.get_by_label("Highest").fill("60.5")
    desk.all_saved()
    assert parts_of(world.a, cohort, "age") == {**before, "min": "20", "max": "60.5"}


def test_in_the_grid_a_summary_statistic_is_one_cell_over_several_rows(world, sign_in):
    cohort = add(world.first, world.a, "cohort", label="All")
    outcome = add(world.first, world.a, "outcome", instrument="mHHS")
    results = [add(world.first, world.a, "result", of=(cohort, outcome)) for _ in range(2)]
    desk = Desk(sign_in(world.first.user), world)
    page = desk.page
    page.goto(f"{page.url}?part={outcome.uid.hex}")
    for result, value in zip(results, ("48.2", "88.7"), strict=True):
        name = f"{result.uid.hex}-estimate"
        page.locator(f"[name='{name}.centre']").select_option("mean")
        page.locator(f"[name='{name}.value']").press_sequentially(value, delay=50)
        page.locator(f"[name='{name}.spread']").select_option("sd")
        page.locator(f"[name='{name}.spread_value']").fill("9.9")
        expect(page.locator(f"#cell-{name} .cell-status")).to_contain_text("saved")
    desk.all_saved()
    for result, value in zip(results, ("48.2", "88.7"), strict=True):
        stored_parts = {"centre": "mean", "value": value, "spread": "sd", "spread_value": "9.9"}
        assert parts_of(world.a, result, "estimate") == stored_parts
