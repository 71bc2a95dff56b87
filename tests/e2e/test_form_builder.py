"""A lead makes a form of the library and own questions, without a script or by keys alone."""

import pytest
from playwright.sync_api import Page, expect

from extraction.models import FormVersion
from extraction.services import publish_form
from tests.factories import make_lead

WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def open_builder(page: Page, lead) -> None:
    page.goto(f"/reviews/{lead.review.slug}/forms/")
    page.get_by_role("link", name="Make a form").click()
    page.get_by_role("link", name="Empty").click()


def tick(page: Page, group: str, *questions: str) -> None:
    part = page.locator("details.tick-group").filter(has=page.locator("summary", has_text=group))
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    for question in questions:
        part.get_by_label(question).first.check()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_form_is_made_previewed_and_published_without_a_script(sign_in, width):
    lead = make_lead()
    page = sign_in(lead.user, javascript=False, width=width)
    open_builder(page, lead)
    page.get_by_label("Title").fill("Drugs against migraine")
    tick(page, "Result", "Estimate", "Kind of time point")

    page.get_by_role("button", name="Add a group").click()
    expect(page).to_have_url(f"{page.url.split('#')[0]}#group-1")
    page.get_by_label("Name*", exact=True).fill("Headache diary")
    page.get_by_label("Belongs to").select_option("Cohort")
    page.get_by_role("button", name="Add a question").click()
    row = page.get_by_role("group", name="Own question 1")
    row.get_by_label("Question").fill("Days with migraine a month")
    row.get_by_label("Asked of").select_option("Headache diary (own group 1)")
    row.get_by_label("Answer").select_option("summary statistic")
    row.get_by_label("Unit").fill("days")
    assert page.evaluate(WIDEST) <= 0

    page.get_by_role("button", name="Look at the form").last.click()
    expect(page.get_by_text("It is not published yet")).to_be_visible()
    expect(page.get_by_text("Taken along")).to_contain_text("cohort, outcome")
    expect(page.get_by_text("Days with migraine a month")).to_be_visible()
    assert page.evaluate(WIDEST) <= 0
    assert not FormVersion.objects.exists()

    page.get_by_role("button", name="Change it").click()
    expect(page.locator("[id='pick-result:estimate']")).to_be_checked()
    page.get_by_role("button", name="Look at the form").last.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Drugs against migraine version 1 is published")).to_be_visible()
    assert FormVersion.objects.get().spec.field("days_with_migraine_a_month").unit == "days"


def test_a_form_is_changed_with_the_keyboard_alone(sign_in, accessible):
    lead = make_lead()
    publish_form(lead=lead)
    page = sign_in(lead.user)
    page.goto(f"/reviews/{lead.review.slug}/forms/build/")
    women = page.get_by_label("Women", exact=False).first
    women.focus()
    expect(women).to_be_checked()
    page.keyboard.press("Space")
    expect(women).not_to_be_checked()
    page.get_by_role("button", name="Look at the form").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is not published yet")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Publish").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("version 2 is published")).to_be_visible()
    accessible(page)
    assert FormVersion.objects.get(number=2).spec.meaning("cohort", "women") is None


def test_what_is_wrong_stands_beside_its_field_and_is_led_to(sign_in, faults, accessible):
    faults.allowed = {409}
    lead = make_lead()
    page = sign_in(lead.user, width=360)
    open_builder(page, lead)
    page.get_by_role("button", name="Add a question").click()
    page.get_by_role("button", name="Look at the form").last.click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("What you ticked and typed is kept")
    accessible(page)
    alert.get_by_role("link", name="Question", exact=True).click()
    expect(page.get_by_label("Question*", exact=True)).to_be_in_viewport()
    assert page.evaluate(WIDEST) <= 0
