"""A new user with a sample account comes from signing in to a first decision without help."""

import pytest
from playwright.sync_api import Page, expect

from ifi_review.examples import SAMPLE_PASSWORD, load_practice, sample_people
from reviews.models import Review
from screening.models import ScreeningDecision
from tests.e2e.voting import until


@pytest.fixture
def practice(transactional_db: None) -> Review:
    """Return the review to try, loaded alone."""
    load_practice(sample_people(with_passwords=True))
    return Review.objects.get(slug="practice")


@pytest.fixture
def stranger_page(browser, live_server, faults):
    """Return a function that opens a page of somebody who is not signed in."""
    contexts = []

    def open_page(width: int) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 740}
        )
        faults.watch(context)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("email", "width"), [("reviewer1", 1280), ("reviewer2", 360)])
def test_two_clicks_lead_from_signing_in_to_the_first_record(
    practice, stranger_page, accessible, email, width
):
    page = stranger_page(width)
    page.goto("/")
    page.get_by_label("Email").fill(f"{email}@example.org")
    page.locator("input[type=password]").fill(SAMPLE_PASSWORD)

    page.locator("main").get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Screen 152 titles").click()

    page.locator("summary", has_text="invented records").click()
    notice = page.get_by_role("banner").get_by_text("every record was invented")
    expect(notice).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("152 left")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Exclude", exact=False).first.click()
    expect(page.get_by_text("151 left", exact=True)).to_be_visible()
    expect(page.locator("#last")).to_contain_text("Excluded")
    expect(page.locator("#undo")).to_be_visible()
    until(ScreeningDecision.objects.filter(review=practice).exists)
