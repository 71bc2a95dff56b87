"""What belongs to a part of an extraction is listed, filled in, removed and brought back there."""

import pytest
from playwright.sync_api import expect

from extraction.models import Element
from tests.e2e.test_every_page import WIDEST
from tests.extraction.factories import add


@pytest.mark.parametrize("script", [True, False])
def test_what_belongs_to_a_cohort_is_added_filled_in_removed_and_brought_back(
    script, world, sign_in, accessible
):
    cohort = add(world.first, world.a, "cohort", label="All")
    asked = add(world.first, world.a, "satisfaction", of=(cohort,), satisfied="9")
    add(world.first, world.a, "level", of=(asked,), level_label="Very satisfied")
    page = sign_in(world.first.user, width=360, javascript=script)
    page.goto(f"/reviews/{world.lead.review.slug}/extractions/{world.a.uid}/?part={cohort.uid.hex}")
    page.locator("summary", has_text="Points of the flow").click()
    page.get_by_role("button", name="Add point of the flow").click()
    page.get_by_role("heading", name="Point of the flow 1").wait_for()

    point = Element.objects.get(group="flow")
    page.locator(f"[name='{point.uid.hex}-flow_patients']").fill("24")
    if script:
        expect(page.locator("#unsynced")).to_have_text("All saved")
        expect(page.locator(f"#cell-{point.uid.hex}-flow_patients")).to_contain_text("saved")
        assert page.evaluate(WIDEST) <= 0
        accessible(page)
    else:
        page.locator(f"[name='{point.uid.hex}-flow_patients']").press("Enter")
        expect(page.locator(f"#of-{cohort.uid.hex}")).to_contain_text("4/")
    assert point.values.current().get().text == "24"

    page.get_by_role("button", name="Remove Point of the flow 1").click()
    expect(page.get_by_text("It can be brought back below")).to_be_visible()
    expect(page.get_by_role("heading", name="Point of the flow 1")).to_have_count(0)
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(f"[name='{point.uid.hex}-flow_patients']")).to_have_value("24")
