"""What a browser shows of a review after its user signed out."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_screening
from tests.pages import address


@pytest.mark.catalogue("B22")
def test_going_back_after_signing_out_shows_nothing_of_the_review(sign_in):
    _, (a, _), [record] = make_screening()
    page = sign_in(a.user)
    shown = address(a, "records", record.uid)
    page.goto(shown)
    expect(page.get_by_text(record.title).first).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/accounts/login/**")

    page.go_back()
    page.go_back()

    expect(page.locator("[name=password]")).to_be_visible()
    assert page.url.endswith(f"/accounts/login/?next={shown}")
    expect(page.get_by_text(record.title)).to_have_count(0)
