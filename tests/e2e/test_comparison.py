"""What was chosen in the comparison, by key or by mouse, is what Enter stores."""

import pytest
from playwright.sync_api import Locator, Page, expect

from extraction.models import CellResolution
from extraction.services import confirm_alignment, propose_alignment, submit_extraction
from tests.extraction.factories import World, fill, make_world

STORED = {"A": "7", "B": "8", "other": "9"}


@pytest.fixture
def world(transactional_db: None) -> World:
    """Return a study whose two extractions differ in one cell and are paired."""
    world = make_world()
    fill(world.first, world.a, women=STORED["A"])
    fill(world.second, world.b, women=STORED["B"])
    submit_extraction(extractor=world.first, extraction=world.a)
    submit_extraction(extractor=world.second, extraction=world.b)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    return world


def comparison(world: World, page: Page) -> Locator:
    """Open the comparison and return the row that differs."""
    page.goto(f"/reviews/{world.lead.review.slug}/studies/{world.study.uid}/comparison/")
    row = page.locator("tr[data-compared]").filter(has_text="Women")
    expect(row).to_have_count(1)
    return row


def settled() -> tuple[str, str, str]:
    """Return what the database says was taken, why, and the value that came of it."""
    row = CellResolution.objects.current().get()
    return row.choice, row.reason, row.value.text


@pytest.mark.parametrize("choice", ["A", "B"])
def test_a_key_a_reason_and_enter_store_what_the_key_chose(choice, world, sign_in):
    page = sign_in(world.adjudicator.user)
    row = comparison(world, page)
    row.locator("summary").first.focus()
    page.keyboard.press(choice.lower())
    page.keyboard.type("Table 1")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Table 1,")
    assert settled() == (choice, "Table 1", STORED[choice])


def test_a_key_stores_at_once_where_the_reason_is_given(world, sign_in):
    page = sign_in(world.adjudicator.user)
    row = comparison(world, page)
    row.get_by_label("Reason").fill("Table 2")
    row.locator("summary").first.focus()
    page.keyboard.press("b")
    expect(row).to_contain_text("Table 2,")
    assert settled() == ("B", "Table 2", "8")


def test_what_is_typed_as_a_third_value_is_what_enter_stores(world, sign_in):
    page = sign_in(world.adjudicator.user)
    row = comparison(world, page)
    row.get_by_label("Take A").check()
    row.get_by_label("Reason").fill("Neither")
    row.get_by_text("The third value").click()
    row.get_by_label("Value", exact=True).fill("9")
    row.get_by_label("Value", exact=True).press("Enter")
    expect(row).to_contain_text("Neither,")
    assert settled() == ("other", "Neither", "9")


@pytest.mark.parametrize("choice", list(STORED))
def test_without_a_script_enter_stores_what_is_ticked(choice, world, sign_in):
    page = sign_in(world.adjudicator.user, javascript=False)
    row = comparison(world, page)
    row.locator(f"input[name=choice][value={choice}]").check()
    if choice == "other":
        row.get_by_text("The third value").click()
        row.get_by_label("Value", exact=True).fill("9")
    row.get_by_label("Reason").fill("Table 3")
    row.get_by_label("Reason").press("Enter")
    expect(row).to_contain_text("Table 3,")
    assert settled() == (choice, "Table 3", STORED[choice])


@pytest.mark.parametrize("script", [True, False])
def test_enter_before_anything_is_chosen_stores_nothing(script, world, sign_in):
    page = sign_in(world.adjudicator.user, javascript=script)
    row = comparison(world, page)
    row.get_by_label("Reason").fill("Table 4")
    row.get_by_label("Reason").press("Enter")
    page.wait_for_timeout(300)
    assert not CellResolution.objects.exists()
    expect(row.get_by_label("Reason")).to_have_value("Table 4")


def test_without_a_script_a_third_value_typed_while_another_is_ticked_is_asked_about(
    world, sign_in, faults
):
    """Neither is stored, the row is named, and all that was typed is still there."""
    faults.allowed.add(409)
    page = sign_in(world.adjudicator.user, javascript=False)
    row = comparison(world, page)
    row.get_by_label("Take A").check()
    row.get_by_label("Reason").fill("Table 5")
    row.get_by_text("The third value").click()
    row.get_by_label("Value", exact=True).fill("9")
    row.get_by_label("Page").fill("12")
    row.get_by_label("Page").press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("Women: A third value is typed")
    assert not CellResolution.objects.exists()
    expect(row.get_by_label("Value", exact=True)).to_be_visible()
    for label, text in (("Reason", "Table 5"), ("Value", "9"), ("Page", "12")):
        expect(row.get_by_label(label, exact=True)).to_have_value(text)
    row.get_by_label("A third value").check()
    row.get_by_role("button", name="Settle").click()
    expect(row).to_contain_text("Table 5,")
    assert settled() == ("other", "Table 5", "9")


def test_what_is_ticked_after_typing_a_third_value_is_what_enter_stores(world, sign_in):
    page = sign_in(world.adjudicator.user)
    row = comparison(world, page)
    row.get_by_text("The third value").click()
    row.get_by_label("Value", exact=True).fill("9")
    row.get_by_label("Take B").check()
    row.get_by_label("Reason").fill("Table 6")
    row.get_by_label("Reason").press("Enter")
    expect(row).to_contain_text("Table 6,")
    assert settled() == ("B", "Table 6", "8")
