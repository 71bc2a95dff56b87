"""Pages of results: the same for every role, every number opens, no page grows with the review."""

import json
import os
import re
from html import unescape
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reporting.layouts import layouts_of
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import AuditEvent
from screening.choices import Stage, Verdict
from tests.reporting.factories import (
    change_value,
    hip_series,
    make_records,
    make_study,
    release,
    settle,
    vote,
)

SOAK = os.environ.get("IFI_SOAK") == "1"
SLUGS = [report.slug for report in ALL_REPORTS]
WITH_NUMBERS = {
    "summary",
    "study-characteristics",
    "demographics",
    "interventions",
    "outcomes",
    "complications",
    "reoperations",
    "prisma",
    "screening-agreement",
}


def address(lead, table="", **query):
    name = "reporting:report-detail" if table else "reporting:report-list"
    args = [lead.review.slug, table] if table else [lead.review.slug]
    return reverse(name, args=args, query=query or None)


def estimate(value):
    return {"estimate.centre": "mean", "estimate.value": value, "estimate.spread": "sd"}


def whole_series(lead, number=1):
    """Make studies with one of everything."""
    for _ in range(number):
        make_study(
            lead,
            study={"level_of_evidence": "IV", "country": "Nowhere"},
            cohorts=[hip_series()],
            interventions=[{"category": "injection", "label": "Injection", "injections": 1}],
            procedures=[{"name": "Labral repair", "n": 1, "of": 12}],
            outcomes=[{"instrument": "mHHS", "unit": "points"}],
            results=[
                {"time.kind": "baseline", **estimate("50"), "estimate.spread_value": "9"},
                {"time.kind": "final_follow_up", **estimate("80"), "estimate.spread_value": "nr"},
            ],
            events=[
                {"class": kind, "affected": 1, "of": 12, "of.unit": "units"}
                for kind in ("complication", "revision")
            ],
            activities=[{"kind": "sport", "any": 8, "assessed": 10}],
            satisfactions=[{"satisfied": 9, "of": 10, "of.unit": "patients"}],
        )


@pytest.mark.parametrize("table", SLUGS)
def test_every_role_sees_the_same_table(lead, reviewer_a, adjudicator, observer, as_member, table):
    whole_series(lead)
    pages = set()
    for member in (lead, reviewer_a, adjudicator, observer):
        page = as_member(member).get(address(lead, table)).content.decode()
        pages.add(re.search(r"<table.*</table>", page, re.DOTALL)[0])

    assert len(pages) == 1


def test_strangers_find_nothing(lead, stranger):
    client = Client()
    client.force_login(stranger)

    for url in (address(lead), address(lead, "summary"), address(lead, "summary") + "download/"):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("table", SLUGS)
def test_every_number_on_a_page_opens(lead, reviewer_a, reviewer_b, as_member, table):
    whole_series(lead)
    (record,) = make_records(lead, 1)
    vote(lead, [(reviewer_a, record, Verdict.INCLUDE), (reviewer_b, record, Verdict.EXCLUDE)])
    release(lead, [record])
    client = as_member(lead)

    for layout in layouts_of(REPORTS[table]):
        page = client.get(address(lead, table, layout=layout)).content.decode()
        links = re.findall(r'class="(?:number|cell)-link"\s+href="([^"]+)"', page)
        assert links or table not in WITH_NUMBERS
        for link in links:
            assert client.get(unescape(link)).status_code == 200, link


def test_a_cells_page_shows_value_place_and_formula(lead, as_member):
    whole_series(lead, 2)
    url = reverse("reporting:cell-lineage", args=[lead.review.slug, "summary", "patients", "value"])

    page = as_member(lead).get(url).content.decode()

    assert "10 + 10" in page
    assert page.count("Page 4") == 2
    assert page.count("Patients treated") >= 2


def test_a_count_of_records_opens_to_the_records_a_page_at_a_time(lead, as_member):
    settle(lead, make_records(lead, 60))
    args = [lead.review.slug, "prisma", "records_screened", "value"]
    client = as_member(lead)

    page = client.get(reverse("reporting:cell-lineage", args=args)).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)[1]
    second = client.get(reverse("reporting:cell-lineage", args=args) + following)

    assert page.count("data-row") == 50
    assert second.content.decode().count("data-row") == 10


@pytest.mark.parametrize(
    "args",
    [
        ("summary", "nothing", "value"),
        ("summary", "patients", "nothing"),
        ("no-such-table", "patients", "value"),
    ],
)
def test_a_cell_that_is_not_there_is_not_found(lead, as_member, args):
    url = reverse("reporting:cell-lineage", args=[lead.review.slug, *args])

    assert as_member(lead).get(url).status_code == 404


def test_pages_of_a_list_that_are_not_there_are_not_found(lead, as_member):
    whole_series(lead)
    args = [lead.review.slug, "summary", "patients", "value"]
    for bad in ("after=999", "after=x", "before=-1", "after=²"):
        url = f"{reverse('reporting:cell-lineage', args=args)}?{bad}"
        assert as_member(lead).get(url).status_code == 404


def test_an_earlier_instant_is_shown_and_its_links_stay_there(lead, as_member):
    study = make_study(lead, cohorts=[hip_series(patients__treated=10)])
    earlier = take_snapshot(lead.review).as_text
    change_value(lead, study, "patients.treated", "11")
    client = as_member(lead)

    page = client.get(address(lead, "summary", as_of=earlier, layout="full")).content.decode()
    link = unescape(re.search(r'href="([^"]+cells/patients/value/[^"]*)"', page)[1])

    assert ">11<" not in re.sub(r"\s", "", page)
    assert unquote(link).endswith(f"as_of={earlier}")
    assert "Patients treated: 10" not in page
    assert ">Patients: 10" in client.get(link).content.decode()
    assert ">Patients: 11" in client.get(link.partition("?")[0]).content.decode()


@pytest.mark.parametrize("asked", ["nonsense", "1990-01-01"])
def test_an_instant_that_cannot_be_is_explained(lead, as_member, asked):
    client = as_member(lead)

    page = client.get(address(lead, "summary", as_of=asked))
    file = client.get(address(lead, "summary") + "download/", {"as_of": asked})

    assert page.status_code == 200
    assert "invalid-feedback" in page.content.decode()
    assert (file.status_code, file["Content-Type"]) == (400, "text/plain; charset=utf-8")


@pytest.mark.catalogue("E13")
def test_a_download_is_safe_for_spreadsheets_unless_the_raw_file_is_wanted(lead, as_member):
    make_study(lead, label="=1+1", cohorts=[hip_series()])
    client = as_member(lead)
    url = address(lead, "demographics") + "download/"

    safe, raw = client.get(url), client.get(url, {"raw": "1"})
    data = client.get(url, {"format": "json"})

    assert b"'=1+1" in safe.content
    assert b"\n=1+1" in raw.content
    assert json.loads(data.content)["table"] == "demographics"
    name = f"{lead.review.slug}-demographics.csv"
    assert safe["Content-Disposition"] == f'attachment; filename="{name}"'
    assert client.get(url, {"format": "exe"}).status_code == 400


def test_reading_changes_nothing(lead, as_member):
    whole_series(lead)
    events = AuditEvent.objects.count()
    client = as_member(lead)

    for table in SLUGS:
        client.get(address(lead, table))
        client.get(address(lead, table) + "download/")

    assert AuditEvent.objects.count() == events


def test_the_list_names_every_table_and_says_the_sentence(lead, as_member):
    whole_series(lead)

    page = as_member(lead).get(address(lead)).content.decode()

    assert all(report.title in page for report in ALL_REPORTS)
    assert ">One</a> study" in page


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def grow(lead, reviewers, number):
    """Add so many studies, and as many records with votes at both stages."""
    whole_series(lead, number)
    records = make_records(lead, number)
    for record in records:
        vote(lead, [(reviewer, record, Verdict.INCLUDE) for reviewer in reviewers])
    settle(lead, records)
    settle(lead, records, Stage.FULL_TEXT)
    # A server does this by itself once rows are committed, which those of a test never are.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.timeout(600)
@pytest.mark.catalogue("L08")
@pytest.mark.soak
def test_no_page_of_results_needs_more_queries_for_300_studies_and_records_than_for_30(
    lead, reviewer_a, reviewer_b, as_member
):
    client = as_member(lead)
    cells = [("summary", "patients"), ("prisma", "records_screened"), ("prisma", "new_studies")]
    urls = [address(lead), *(address(lead, table) for table in SLUGS)]
    urls += [
        reverse("reporting:cell-lineage", args=[lead.review.slug, *cell, "value"]) for cell in cells
    ]
    grow(lead, [reviewer_a, reviewer_b], 30)
    few = [queries(client, url) for url in urls]
    # A page that asks once more a study is told by 100 of them; `make soak` has all 300.
    grow(lead, [reviewer_a, reviewer_b], 270 if SOAK else 70)

    assert [queries(client, url) for url in urls] == few
    assert max(few) < 60, dict(zip(urls, few, strict=True))
    assert len(REPORTS) == len(ALL_REPORTS)
