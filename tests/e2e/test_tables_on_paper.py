"""Every table in every layout: whole on A4 and on screens, and nothing scrolls sideways."""

import re
from collections import Counter
from collections.abc import Iterator

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from reporting.catalogue import reports_of
from reporting.layouts import laid_out, layouts_of
from reporting.printed import PrintedTable, printed
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from screening.choices import Stage
from tests.factories import make_lead
from tests.reporting.factories import hip_series, make_records, make_study, settle

WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
# Of a journal's layout so many columns still fit on a sheet that stands.
MOST_UPRIGHT = 7


@pytest.fixture
def lead(transactional_db: None) -> Membership:
    """Return the lead of a review in which every table has something to say, at some length."""
    lead = make_lead()
    mean = {"estimate.centre": "mean", "n": 12, "n.unit": "patients", "estimate.spread": "sd"}
    words = "Adults with pain at the ischiofemoral space for six months in spite of physiotherapy"
    for number in (1, 2):
        make_study(
            lead,
            label=f"Schwarzenberger-Leutheusser and colleagues 201{number}",
            study={"level_of_evidence": "IV", "country": "Nowhere", "eligibility": words},
            cohorts=[hip_series()],
            interventions=[{"category": "injection", "label": "Injection", "injections": 1}],
            procedures=[{"name": "Labral repair", "n": 1, "of": 12}],
            outcomes=[{"instrument": "mHHS", "unit": "points"}],
            results=[
                {"time.kind": kind, **mean, "estimate.value": value, "estimate.spread_value": "9"}
                for kind, value in (("baseline", "50"), ("final_follow_up", "80"))
            ],
            events=[
                {"class": kind, "affected": 1, "of": 12, "of.unit": "units"}
                for kind in ("complication", "revision")
            ],
            activities=[{"kind": "sport", "any": 8, "assessed": 10}],
            satisfactions=[{"satisfied": 9, "of": 10, "of.unit": "patients"}],
        )
    settle(lead, make_records(lead, 3), Stage.TITLE_ABSTRACT)
    return lead


def tables_of(lead: Membership) -> Iterator[tuple[str, PrintedTable]]:
    """Yield the address of every table in every layout, and what is to be read there."""
    snapshot = take_snapshot(lead.review, reader=lead)
    for report in reports_of(snapshot):
        for layout in layouts_of(report):
            address = f"/reviews/{lead.review.slug}/results/{report.slug}/?layout={layout}"
            yield address, printed(laid_out(report, layout), snapshot)


def letters(text: str) -> str:
    """Return a text without its spaces, which lines that are broken and cells add and lose."""
    return re.sub(r"[\s­￾‐-]", "", text)


def on_paper(page: Page) -> tuple[str, list[tuple[float, float]]]:
    """Return the letters that a page prints within its sheets, and the size of each sheet."""
    printed_page = page.pdf(format="A4", prefer_css_page_size=True)
    inside, sizes = [], []
    with pypdfium2.PdfDocument(printed_page) as document:
        for number in range(len(document)):
            sheet = document[number]
            words = sheet.get_textpage()
            inside.append(words.get_text_bounded())
            sizes.append(sheet.get_size())
            words.close()
            sheet.close()
    return letters("".join(inside)), sizes


def last_words(table: PrintedTable) -> list[str]:
    """Return what the last column says: its heading, and the text of each of its cells."""
    heading = table.columns[-1].heading
    return [heading, *(row.cells[-1].text for row in table.rows if row.cells[-1].text)]


def headings(table: PrintedTable) -> list[str]:
    return [column.heading for column in table.columns]


def test_on_a4_no_word_of_the_last_column_is_cut(lead, sign_in):
    page: Page = sign_in(lead.user)
    for address, table in tables_of(lead):
        page.goto(address)
        text, sheets = on_paper(page)

        # Lines of neighbouring cells lie between each other in a file, so word by word.
        said = re.split(r"[\s-]+", " ".join(last_words(table)).strip())
        for word, times in Counter(said).items():
            assert text.count(letters(word)) >= times, (address, word)
        upright = table.is_blocks or len(table.columns) <= MOST_UPRIGHT
        assert {width < height for width, height in sheets} == {upright}, address
        assert {round(max(sides) / 10) for sides in sheets} == {84}, "that is no A4"


@pytest.mark.parametrize("width", [1280, 360])
def test_on_a_screen_every_column_is_there_and_the_page_does_not_scroll_sideways(
    width, lead, sign_in
):
    page: Page = sign_in(lead.user, width=width)
    for address, table in tables_of(lead):
        page.goto(address)

        assert page.evaluate(WIDER) <= 0, f"{address} is wider than {width}"
        text = letters(page.locator("main").inner_text())
        for words in (*headings(table), *last_words(table)):
            assert letters(words) in text, (address, words)


def test_every_table_is_accessible_in_both_layouts(lead, sign_in, accessible):
    page: Page = sign_in(lead.user)
    for address, _ in tables_of(lead):
        page.goto(address)
        accessible(page)


def test_the_head_stays_in_sight_and_a_study_is_said_once(lead, sign_in):
    page: Page = sign_in(lead.user)
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(f"/reviews/{lead.review.slug}/results/complications/")
    head = page.locator("thead th").first

    page.mouse.wheel(0, 500)
    page.wait_for_function("window.scrollY > 200")

    expect(head).to_be_in_viewport()
    for told in page.locator(".told > span:not(.of)").all():
        assert (told.bounding_box() or {})["width"] <= 1


def test_the_menu_of_files_is_opened_and_closed_by_keys(lead, sign_in):
    page: Page = sign_in(lead.user)
    page.goto(f"/reviews/{lead.review.slug}/results/outcomes/")
    summary = page.locator(".files > summary")
    summary.focus()

    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Word (DOCX) for the paper")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.locator(".files .menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()
