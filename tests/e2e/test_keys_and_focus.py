"""Keys that a page names are the person's own, a missing reason is said at once, focus stays."""

from playwright.sync_api import expect

from accounts.services import set_key_map
from extraction.services import (
    CellInput,
    confirm_alignment,
    reopen_extraction,
    save_cells,
    submit_extraction,
)
from tests.pages import address
from tests.world import make_world


def test_excluding_at_full_text_without_a_reason_says_what_is_missing(sign_in):
    world = make_world()
    page = sign_in(world.a.user)
    page.goto(address(world.a, "screening/full-text/records", world.records["full"].uid))
    missing = page.locator("#reason-missing")
    expect(missing).to_be_hidden()

    page.keyboard.press("e")

    expect(missing).to_be_visible()
    expect(page.locator("#status")).to_contain_text("needs a reason")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.press("e")
    expect(missing).to_be_visible()


def test_without_a_script_the_link_to_exclude_leads_to_what_is_missing(sign_in):
    world = make_world()
    page = sign_in(world.a.user, javascript=False)
    page.goto(address(world.a, "screening/full-text/records", world.records["full"].uid))
    page.get_by_role("link", name="Exclude").click()
    expect(page.locator("#reason-missing")).to_be_visible()


def test_on_the_comparison_keys_are_the_persons_own_and_the_open_row_has_the_focus(sign_in):
    world = make_world()
    study, copy = world.studies[1], world.copies["2B"]
    reopen_extraction(lead=world.lead, extraction=copy, reason="misread")
    cells = [CellInput(key="design", text="Cohort study"), CellInput(key="country", text="Oz")]
    save_cells(extractor=world.b, extraction=copy, cells=cells)
    submit_extraction(extractor=world.b, extraction=copy)
    confirm_alignment(adjudicator=world.adjudicator, study=study)
    set_key_map(user=world.adjudicator.user, key_map={"take_a": "y"})
    page = sign_in(world.adjudicator.user)
    here = address(world.adjudicator, "studies", study.uid, "comparison")
    page.goto(here)
    rows = page.locator("summary[id^='settle-']")
    expect(rows).to_have_count(2)
    first, second = (rows.nth(n).get_attribute("id") for n in range(2))

    expect(page.locator("kbd", has_text="Y").first).to_be_visible()
    page.locator("#keys-open").click()
    listed = page.locator("#keys-dialog dl")
    expect(listed).to_contain_text("YThe answer of A, in the row in focus")
    page.get_by_role("button", name="Close").click()

    page.goto("/")
    page.goto(f"{here}#{second}")
    expect(page.locator(f"#{second}")).to_be_focused()
    row = page.locator("tr", has=page.locator(f"#{second}"))
    page.keyboard.press("a")
    expect(row.get_by_label("Take A")).not_to_be_checked()
    page.keyboard.press("y")
    expect(row.get_by_label("Take A")).to_be_checked()
    expect(row.get_by_label("Reason")).to_be_focused()
    assert first != second
