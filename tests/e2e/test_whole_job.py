"""A new review carried through the whole job in a browser, by everybody who takes part in it."""

import csv
import re
import time
from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from reviews.models import Membership, Review
from screening.choices import Stage
from screening.querysets.queues import queue_of
from screening.services import submit_decision
from tests.factories import make_owner

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
        name: make_owner(f"{name}@example.org", full_name=name.title())
        for name in ("lead", "ann", "ben", "third")
    }


def test_a_review_from_search_file_to_printed_table(sign_in, people, accessible, faults, tmp_path):
    faults.allowed = {400}  # a cell that is refused answers so
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

    start_extraction(lead, accessible)
    extract(pages["ann"], women="8", accessible=accessible)
    extract(pages["ben"], women="7", accessible=accessible)
    settle(pages["third"], accessible)

    rows = {row["quantity"]: row for row in download(lead, "summary", tmp_path)}
    assert rows["patients"]["value"] == "9"
    assert rows["hips"]["value"] == "11"
    assert rows["female"]["value"] == "8"
    assert rows["follow_up_mean_lowest"]["value"] == "24.5"
    [outcome] = [row for row in download(lead, "outcomes", tmp_path) if row["after"]]
    assert outcome["before"] == "48.2 (9.9)"
    assert outcome["after"] == "88.7 (9.1)"
    assert outcome["n"] == "11"
    open_a_number(lead, accessible)


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
    page.get_by_label("Inclusion criteria").fill("Treatment\nAny outcome")
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
        page.get_by_role("button", name="Look at the files").click()
        expect(page.get_by_role("region", name="First records")).to_be_visible()
        accessible(page)
        page.get_by_role("button", name="Import this file").click()
        expect(page.get_by_text(f"{ledger} found = ")).to_be_visible()
        accessible(page)
    go(page, "sources/")
    accessible(page)
    page.get_by_role("link", name="PubMed").click()
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
    queue = queue_of(member, Stage.TITLE_ABSTRACT).select_related("record")
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
    expect(page.get_by_role("link", name="Retrieved 3")).to_be_visible()


def screen_full_texts(page: Page, email: str, accessible) -> None:
    go(page, "screening/full-text/")
    accessible(page)
    for _ in range(3):
        title, before = page.locator(".record-title").inner_text(), page.url
        page.keyboard.press("i" if INCLUDED in title else "1")
        page.wait_for_url(lambda url, before=before: url != before)
    member = Membership.objects.get(user__email=email)
    eventually(lambda: not queue_of(member, Stage.FULL_TEXT).exists())


def start_extraction(page: Page, accessible) -> None:
    go(page, "forms/")
    page.get_by_role("button", name="Publish Orthopaedic case series").click()
    accessible(page)
    go(page, "studies/")
    page.get_by_role("button", name="Create it").click()
    page.get_by_role("link", name="Assign extractors").click()
    for name in ("Ann", "Ben"):
        page.get_by_label(name).check()
    accessible(page)
    page.locator("form .btn-primary").click()
    go(page, "studies/")
    accessible(page)


def extract(page: Page, *, women: str, accessible) -> None:
    """Fill in one copy: every answer is stored as it is typed, without a button."""
    go(page, "extractions/")
    accessible(page)
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    answer(page, {"design": "Retrospective case series", "level_of_evidence": "IV"})
    add(page, "cohort")
    answer(
        page,
        {
            "label": "Arthroscopic resection",
            "cohort_kind": "whole_series",
            "counts_towards_totals": "yes",
            "patients_treated": "9",
            "units_treated": "11",
            "women": women,
            "follow_up.centre": "mean",
            "follow_up.value": "24.5",
        },
    )
    accessible(page)
    refuse_what_cannot_be(page)
    add(page, "intervention")
    answer(page, {"intervention_label": "Arthroscopic resection", "category": "arthroscopic"})
    tick(page, "cohorts", "Arthroscopic resection")
    add(page, "outcome")
    answer(page, {"instrument": "mHHS"})
    for kind, mean, sd in (("baseline", "48.2", "9.9"), ("final_follow_up", "88.7", "9.1")):
        page.get_by_role("button", name="Add result").click()
        page.wait_for_load_state()
        answer(
            page,
            {
                "time_kind": kind,
                "n": "11",
                "n_unit": "units",
                "estimate.centre": "mean",
                "estimate.value": mean,
                "estimate.spread": "sd",
                "estimate.spread_value": sd,
            },
        )
    accessible(page)
    page.get_by_role("link", name="Check and submit").click()
    accessible(page)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("cell", name="Submitted")).to_be_visible()


def answer(page: Page, answers: dict[str, str]) -> None:
    """Type answers into the last cells of their keys and wait until each is saved."""
    for key, text in answers.items():
        control = page.locator(f"[data-cell] [name$='-{key}']:not([type=hidden])").last
        if control.get_attribute("type") == "radio":
            control = page.locator(f"[data-cell] [name$='-{key}'][value='{text}']").last
            control.check()
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)
        expect(cell_of(control).locator(".cell-status")).to_contain_text("saved", ignore_case=True)


def cell_of(control: Locator) -> Locator:
    """Return the cell of a control; rows of a table name the one that they are part of."""
    box = control.locator("xpath=ancestor::*[@data-cell][1]")
    whole = box.get_attribute("data-cell")
    return control.page.locator(f"#{whole}") if whole else box


def tick(page: Page, key: str, label: str) -> None:
    cell = cell_of(page.locator(f"[data-cell] [name$='-{key}']:not([type=hidden])").last)
    cell.get_by_label(label).check()
    expect(cell.locator(".cell-status")).to_contain_text("saved", ignore_case=True)


def add(page: Page, what: str) -> None:
    page.get_by_role("button", name=f"Add {what}").click()
    page.wait_for_load_state()


def refuse_what_cannot_be(page: Page) -> None:
    """A number that cannot be read is refused beside its cell, and the stored one stays."""
    control = page.locator("[data-cell] [name$='-patients_treated']")
    cell = cell_of(control)
    for text in ("NaN", "1e309", "9,5", "-4"):
        control.fill(text)
        expect(cell.locator(".cell-status")).not_to_contain_text("saved", ignore_case=True)
        expect(control).to_have_value(text)
    control.fill("9")
    expect(cell.locator(".cell-status")).to_contain_text("saved", ignore_case=True)


def settle(page: Page, accessible) -> None:
    go(page, "adjudications/")
    accessible(page)
    page.get_by_role("link", name=re.compile("Wilson")).click()
    page.get_by_role("button", name="Propose pairs").click()
    accessible(page)
    page.get_by_role("button", name="Confirm all pairs").click()
    expect(page.get_by_role("heading", name=re.compile("Compare Wilson"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name=re.compile("Take all agreed")).click()
    row = page.get_by_role("row").filter(has_text="Women")
    row.get_by_label("Reason").fill("Table 1 names eight women")
    row.get_by_label("Kind of error").select_option(label="Misread")
    take = "Take A" if row.locator("[data-side=A]").inner_text().startswith("8") else "Take B"
    row.get_by_label(take).check()
    row.get_by_role("button", name="Settle").click()
    page.get_by_role("link", name="Check and make final").click()
    accessible(page)
    page.get_by_role("button", name="Make final").click()
    expect(page.get_by_text("Final", exact=False).first).to_be_visible()


def download(page: Page, table: str, folder) -> list[dict[str, str]]:
    go(page, f"results/{table}/?layout=full")
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV safe in a spreadsheet").click()
    path = folder / f"{table}.csv"
    started.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def open_a_number(page: Page, accessible) -> None:
    """A printed number opens to both extractors' entries and to why one of them was taken."""
    go(page, "results/")
    accessible(page)
    go(page, "results/summary/")
    accessible(page)
    page.get_by_role("row").filter(has_text="female").first.get_by_role("link").first.click()
    for words in ("Table 1 names eight women", "Ann", "Ben"):
        expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    accessible(page)
