"""Search and jump by keyboard, the theme and the rail: the focus is never lost, choices stay."""

from playwright.sync_api import Page, expect

from tests.pages import address
from tests.world import make_world


def opened(page: Page, keys: str) -> None:
    page.keyboard.press(keys)
    expect(page.locator("#jump")).to_be_visible()
    expect(page.locator("#jump-q")).to_be_focused()


def test_a_page_and_a_record_are_reached_by_keys_alone_and_escape_gives_the_focus_back(
    sign_in, accessible
):
    world = make_world()
    page = sign_in(world.lead.user)
    page.goto(address(world.lead, "records"))
    page.keyboard.press("/")
    expect(page.locator("#id_q")).to_be_focused()
    opened(page, "Control+k")
    expect(page.locator("#jump [role=option]").first).to_be_visible()
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("#jump")).to_be_hidden()
    expect(page.locator("#id_q")).to_be_focused()

    page.goto(address(world.lead))
    opened(page, "/")
    page.keyboard.type("memb")
    expect(page.locator("#jump [aria-selected=true]")).to_have_text("Members")
    assert page.locator("#jump-q").get_attribute("aria-activedescendant") == "jump-pages-1"
    page.keyboard.press("Enter")
    page.wait_for_url("**/members/")

    record = world.records["mine"]
    opened(page, "/")
    page.keyboard.type(f"#{record.number}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/records/{record.uid}/")


def test_acts_are_narrowed_by_what_is_typed_and_arrows_go_round(sign_in):
    world = make_world()
    page = sign_in(world.a.user)
    page.goto(address(world.a))
    opened(page, "/")
    acts = page.locator("#jump [data-group=acts] [role=option]")
    expect(acts.first).to_be_visible()
    words = acts.first.inner_text()
    page.keyboard.type(words)
    expect(acts).to_have_count(1)
    chosen = page.locator("#jump [aria-selected=true]")
    expect(chosen).to_have_text(words)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text(words)
    page.keyboard.press("Control+a")
    page.keyboard.type("no such thing")
    expect(page.locator("#jump-said")).to_contain_text("Nothing is found")


def test_without_a_script_the_jump_is_a_page_and_the_theme_is_kept(sign_in):
    world = make_world()
    page = sign_in(world.lead.user, javascript=False)
    page.goto(address(world.lead))
    page.locator("#jump-open").click()
    page.get_by_role("searchbox").fill("duplic")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("main").get_by_role("link", name="Duplicates", exact=True).click()
    page.wait_for_url("**/duplicates/")

    page.locator(".theme-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/duplicates/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_theme_and_folded_rail_change_at_once_and_stay(sign_in, accessible):
    world = make_world()
    page = sign_in(world.lead.user)
    page.goto(address(world.lead))
    page.locator(".theme-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator(".theme-menu summary")).to_be_focused()

    page.locator("#rail-fold").click()
    page.goto(address(world.lead, "members"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    narrow = page.locator("#rail").bounding_box()
    assert narrow["width"] < 60
    accessible(page)
    page.locator("#rail a").first.focus()
    expect(page.get_by_role("button", name="Keep it open")).to_be_visible()
    assert page.locator(".rail-inner").bounding_box()["width"] > 200
    page.locator("#rail-fold").click()
    page.reload()
    assert page.locator("#rail").bounding_box()["width"] > 200


def test_the_record_beside_the_list_follows_j_and_k_and_escape_gives_its_row_the_focus(
    sign_in, accessible
):
    world = make_world()
    page = sign_in(world.lead.user)
    page.goto(address(world.lead, "records"))
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    title = page.locator("#panel-title")
    expect(title).to_be_visible()
    first = title.inner_text()
    page.keyboard.press("j")
    expect(title).not_to_have_text(first)
    accessible(page)
    page.keyboard.press("x")
    expect(page.locator("#selected")).to_have_text("1 selected")
    page.keyboard.press("Escape")
    expect(title).to_be_hidden()
    expect(rows.nth(1)).to_be_focused()
    assert "open=" not in page.url
