"""Every page fits a phone, holds in the dark, and does its work without a script."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from records.models import Record
from reviews.models import Membership
from screening.models import ScreeningDecision
from tests.factories import ris
from tests.routes import review_routes, samples
from tests.world import World, make_world

# Files, not pages.
DOWNLOADS = {"reporting:report-download", "records:import-download"}
WIDEST = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Return a review in the middle of everything."""
    return make_world()


def pages_of(world: World, member: Membership) -> list[str]:
    """Return the address of every page this member can open."""
    known, slug = samples(world), world.lead.review.slug
    client = Client()
    client.force_login(member.user)
    addresses = [
        route.url(slug=slug, **known.get(route.name, {}))
        for route in review_routes()
        if route.capability in member.capabilities and route.name not in DOWNLOADS
    ]
    return [address for address in addresses if client.get(address).status_code == 200]


@pytest.mark.parametrize("who", ["lead", "a", "adjudicator"])
def test_every_page_fits_a_phone_and_is_accessible_in_the_dark(who, world, sign_in, accessible):
    member = getattr(world, who)
    for user in User.objects.all():
        user.theme, user.full_name = "dark", ""
        user.email = (
            f"maximiliane.schwarzenberger.{user.pk}@orthopaedics.university-hospital.example"
        )
        user.save()
    addresses = pages_of(world, member)
    assert len(addresses) > 10
    page = sign_in(member.user, width=360)
    for address in addresses:
        page.goto(address)
        assert page.evaluate(WIDEST) <= 0, f"{address} is wider than the phone"
        accessible(page)


def test_a_vote_is_cast_changed_and_taken_back_without_a_script(world, sign_in):
    page = sign_in(world.a.user, javascript=False)
    page.goto(f"/reviews/{world.lead.review.slug}/screening/title-abstract/")
    title = page.locator(".record-title").inner_text()

    page.get_by_role("button", name="Include").click()
    own = ScreeningDecision.objects.standing().filter(member=world.a, record__title=title)
    assert own.get().verdict == "include"

    page.get_by_role("button", name="Undo").click()
    assert not own.exists()
    expect(page.locator(".record-title")).to_have_text(title)


def test_an_extraction_is_saved_without_a_script_and_what_cannot_be_is_kept(world, sign_in, faults):
    faults.allowed = {400}
    copy = world.copies["1A"]
    page: Page = sign_in(world.a.user, javascript=False)
    page.goto(f"/reviews/{world.lead.review.slug}/extractions/{copy.uid}/")
    page.get_by_role("link", name="All patients").click()
    cell = "[data-cell] [name$='-{}']:not([type=hidden])"

    page.locator(cell.format("women")).fill("13,5")
    page.locator(cell.format("age.value")).fill("41.2")
    page.locator(cell.format("women")).press("Enter")

    expect(page.locator(cell.format("women"))).to_have_value("13,5")
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    assert copy.values.current().get(key="age.value").number == "41.2"
    assert not copy.values.filter(key="women").exists()


def test_a_file_is_looked_at_imported_and_undone_without_a_script(world, sign_in):
    page = sign_in(world.lead.user, javascript=False)
    review = world.lead.review
    before = Record.objects.filter(review=review).visible().count()
    page.goto(f"/reviews/{review.slug}/imports/new/")
    given = {"name": "new.ris", "mimeType": "text/plain", "buffer": ris(["One", "Two"])}
    page.get_by_label("Files").set_input_files(given)
    page.get_by_label("Name of the new source").fill("A register")

    page.get_by_role("button", name="Look at the files").click()
    expect(page.get_by_role("region", name="First records")).to_contain_text("Two")
    page.get_by_role("button", name="Import this file").click()
    expect(page.get_by_text("2 found = 2 imported")).to_be_visible()
    assert Record.objects.filter(review=review).visible().count() == before + 2

    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("its records are hidden everywhere").first).to_be_visible()
    assert Record.objects.filter(review=review).visible().count() == before
