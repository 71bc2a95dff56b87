"""A new review carried through the whole job in a browser, by everybody who takes part in it."""

import csv
import re
import time
from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from reviews.models import Membership, Review
from screening.choices import Stage
from screening.models import Seat
from screening.services import submit_decision
from tests.factories import make_user

EXAMPLES = files("ifi_review.examples") / "data"
TITLE = "Treatment of ischiofemoral impingement"
INCLUDED = "results of diagnostic injections and arthroscopic resection"
ADJUDICATED = "Subtrochanteric derotation osteotomy for posterior"
BY_KEY = 8
DISCUSSED = "Diagnosis and 2-Year Outcomes of Endoscopic Treatment"


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """Return the accounts of the team."""
    return {
        name: make_user(f"{name}@example.org", full_name=name.title())
        for name in ("lead", "ann", "ben", "third")
    }


def test_a_review_from_search_file_to_printed_table(sign_in, people, accessible, tmp_path):
    lead = sign_in(people["lead"])
    create_review(lead, accessible)
    for name, role in (("ann", "Reviewer"), ("ben", "Reviewer"), ("third", "Adjudicator")):
        link = invite(lead, people[name].email, role)
        page = sign_in(people[name])
        page.goto(link)
        accessible(page)
        page.get_by_role("button", name="Accept the invitation").click()
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    import_files(lead, accessible)

    pages = {name: sign_in(people[name]) for name in ("ann", "ben", "third")}
    open_stage(lead, "Title and abstract")
    for name, goes_on in (("ann", {DISCUSSED, ADJUDICATED, INCLUDED}), ("ben", {INCLUDED})):
        screen_titles(pages[name], people[name].email, goes_on, accessible)
    close_stage(lead, "Title and abstract")
    discuss(pages, accessible)
    adjudicate(pages["third"], accessible)

    open_stage(lead, "Full text")
    retrieve_all(lead)
    for name in ("ann", "ben"):
        screen_full_texts(pages[name], people[name].email, accessible)
    close_stage(lead, "Full text")


def go(page: Page, path: str) -> None:
    page.goto(f"/reviews/{Review.objects.get().slug}/{path}")


def confirmed(page: Page, button: str) -> None:
    """Press a button and say yes to the dialog that names what it does."""
    page.get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("button").last.click()


def create_review(page: Page, accessible) -> None:
    page.goto("/")
    accessible(page)
    page.get_by_role("link", name="New review").first.click()
    page.get_by_label("Title", exact=False).first.fill(TITLE)
    page.get_by_label("Population").fill("Patients with ischiofemoral impingement")
    accessible(page)
    page.get_by_role("button", name="Create the review").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    go(page, "criteria/")
    page.get_by_label("Included is what").fill("Treatment\nAny outcome")
    page.get_by_role("button", name="Save the criteria").click()
    go(page, "exclusion-reasons/")
    page.get_by_label("Reasons, the most important first").fill("Wrong population\nWrong design")
    page.get_by_role("button", name=re.compile("Save")).click()
    expect(page.get_by_role("cell", name="Wrong design")).to_be_visible()
    accessible(page)


def invite(page: Page, email: str, role: str) -> str:
    go(page, "members/")
    form = page.locator("form[action$='/invite/']")
    form.get_by_role("textbox").fill(email)
    form.get_by_role("combobox").select_option(label=role)
    form.get_by_role("button").click()
    return page.get_by_label("Link of the invitation").input_value()


def import_files(page: Page, accessible) -> None:
    for source, name, ledger in (
        ("Web", "search_web.ris", "125"),
        ("PubMed", "search_pubmed.nbib", "23"),
    ):
        go(page, "imports/new/")
        page.get_by_label("Files").set_input_files(str(EXAMPLES / name))
        page.get_by_label("Name of the new source").fill(source)
        accessible(page)
        page.get_by_role("button", name="Import").click()
        expect(page.get_by_text(ledger).first).to_be_visible()
        accessible(page)
    go(page, "duplicates/")
    accessible(page)
    go(page, "records/")
    accessible(page)


def open_stage(page: Page, stage: str) -> None:
    go(page, "stages/")
    page.get_by_role("button", name=f"Open {stage.lower()} screening").click()
    expect(page.get_by_role("region", name=stage).get_by_text("Open", exact=True)).to_be_visible()


def close_stage(page: Page, stage: str) -> None:
    go(page, "stages/")
    confirmed(page, "Close the stage")
    expect(page.get_by_role("region", name=stage).get_by_text("Closed")).to_be_visible()


def screen_titles(page: Page, email: str, included: set[str], accessible) -> None:
    """Decide the first records by one key each, the mouse never needed, then the last one.

    What lies between is voted by the service behind the page, to keep the test short.
    """
    go(page, "screening/title-abstract/")
    accessible(page)
    seen = set()
    for _ in range(BY_KEY):
        assert page.url not in seen, "the same record came twice"
        seen.add(page.url)
        decide(page, included)
    member = Membership.objects.get(user__email=email)
    queue = Seat.objects.queue(member, Stage.TITLE_ABSTRACT).select_related("record")
    eventually(lambda: queue.count() == 125 - BY_KEY)
    for seat in list(queue)[:-1]:
        goes_on = any(words in seat.record.title for words in included)
        submit_decision(
            reviewer=member,
            record=seat.record,
            stage=Stage.TITLE_ABSTRACT,
            verdict="include" if goes_on else "exclude",
        )
    go(page, "screening/title-abstract/")
    decide(page, included)
    expect(page.get_by_text("125 of 125")).to_be_visible()
    accessible(page)


def decide(page: Page, included: set[str]) -> None:
    """Answer by one key; the next record is painted while the vote is still on its way."""
    title, before = page.locator(".record-title").inner_text(), page.url
    page.keyboard.press("i" if any(words in title for words in included) else "e")
    page.wait_for_url(lambda url: url != before)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until what was sent in the background has arrived."""
    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def discuss(pages: dict[str, Page], accessible) -> None:
    for name in ("ann", "ben"):
        page = pages[name]
        go(page, "screening/discussions/")
        page.get_by_role("link", name=re.compile(DISCUSSED)).click()
        accessible(page)
        page.get_by_role("button", name=re.compile("We include")).click()
    go(pages["ann"], "screening/discussions/")
    pages["ann"].get_by_role("link", name=re.compile(ADJUDICATED)).click()
    pages["ann"].get_by_role("button", name="Hand over to a third person").click()


def adjudicate(page: Page, accessible) -> None:
    go(page, "screening/conflicts/")
    page.get_by_role("link", name=re.compile(ADJUDICATED)).click()
    accessible(page)
    page.get_by_text("Reveal votes").click()
    expect(page.get_by_text("Ann: Included")).to_be_visible()
    page.get_by_placeholder("Why (N)").fill("The title names the treatment")
    page.get_by_role("button", name=re.compile("Include")).click()
    go(page, "screening/conflicts/")
    expect(page.get_by_role("link", name=re.compile(ADJUDICATED))).to_have_count(0)


def retrieve_all(page: Page) -> None:
    go(page, "full-texts/")
    confirmed(page, "Mark all as retrieved")
    go(page, "full-texts/?show=retrieved")
    expect(page.get_by_role("row")).to_have_count(4)


def screen_full_texts(page: Page, email: str, accessible) -> None:
    go(page, "screening/full-text/")
    accessible(page)
    for _ in range(3):
        title, before = page.locator(".record-title").inner_text(), page.url
        page.keyboard.press("i" if INCLUDED in title else "1")
        page.wait_for_url(lambda url, before=before: url != before)
    member = Membership.objects.get(user__email=email)
    eventually(lambda: not Seat.objects.queue(member, Stage.FULL_TEXT).exists())


def read_csv(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
