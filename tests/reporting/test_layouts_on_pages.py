"""A table in two layouts on its page, in its files, and where its cells lead."""

import csv
import io
import json
import re
from dataclasses import replace
from html import unescape

import pytest
from django.urls import reverse

from reporting.definitions import Row
from reporting.layouts import JOURNAL, LAYOUTS, laid_out, layouts_of
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_study

WITH_JOURNAL = [report.slug for report in ALL_REPORTS if report.journal is not None]


def page_of(client, lead, table, **query):
    args = [lead.review.slug, table]
    return client.get(reverse("reporting:report-detail", args=args, query=query or None))


def series(lead):
    """Make a study with two instruments, and a note on one of its numbers."""
    mean = {"estimate.centre": "mean", "n": 10, "n.unit": "patients", "estimate.spread": "sd"}
    said = {**mean, "estimate.spread_value": "1.2"}
    noted = {"text": "1.6", "note": "Read off a figure."}
    return make_study(
        lead,
        cohorts=[hip_series()],
        outcomes=[{"instrument": "VAS pain"}, {"instrument": "mHHS"}],
        results=[
            {"time.kind": "baseline", **said, "estimate.value": "6.9"},
            {"time.kind": "final_follow_up", **said, "estimate.value": noted},
            {"outcome": 1, "time.kind": "final_follow_up", **said, "estimate.value": "81"},
        ],
    )


def test_a_page_opens_in_the_journals_layout_and_offers_the_full_one(lead, as_member):
    series(lead)
    client = as_member(lead)

    page = page_of(client, lead, "outcomes").content.decode()
    full = page_of(client, lead, "outcomes", layout="full").content.decode()

    assert page.count('scope="col"') <= 10
    assert full.count('scope="col"') == len(REPORTS["outcomes"].columns)
    assert re.search(r'href="[^"]*\?layout=full">Full<', page)
    assert re.search(r'outcomes/" aria-current="true">Journal<', page)
    assert re.search(r'layout=full" aria-current="true">Full<', full)


def test_the_layout_is_kept_by_files_cells_and_another_time(lead, as_member):
    series(lead)
    client = as_member(lead)
    instant = take_snapshot(lead.review).as_text

    full = page_of(client, lead, "outcomes", layout="full", as_of=instant).content.decode()

    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', full)]
    files = [link for link in links if "/download/" in link]
    cells = [link for link in links if "/cells/" in link]
    assert len(files) >= 4
    assert cells
    assert all("layout=full" in link and "as_of=" in link for link in [*files, *cells])
    assert '<input type="hidden" name="layout" value="full">' in full
    lineage = client.get(cells[0]).content.decode()
    assert re.search(r'href="[^"]*outcomes/\?layout=full&amp;as_of=', lineage)


@pytest.mark.parametrize("table", WITH_JOURNAL)
def test_a_cell_opens_by_the_key_of_either_layout(lead, as_member, table, monkeypatch):
    series(lead)
    client = as_member(lead)
    row = Row(key="one", cells={})
    report = replace(REPORTS[table], rows=lambda _: iter([row]), one_row=None)
    monkeypatch.setattr("reporting.views.report_named", lambda snapshot, slug: report)

    for layout in LAYOUTS:
        for column in laid_out(REPORTS[table], layout).columns:
            args = [lead.review.slug, table, row.key, column.key]
            assert client.get(reverse("reporting:cell-lineage", args=args)).status_code == 200


def test_what_a_report_has_not_is_refused_as_a_file_and_not_asked_for_on_a_page(lead, as_member):
    client = as_member(lead)
    file = reverse("reporting:report-download", args=[lead.review.slug, "totals"])

    for query, said in (
        ({"layout": "journal"}, "The table “totals” has no journal layout; take full."),
        ({"part": "mhhs"}, "The table “totals” has no part “mhhs”; it has no parts."),
        ({"format": "svg"}, "The table “totals” is not written as svg; take one of csv"),
    ):
        refused = client.get(file, query)
        assert refused.status_code == 400
        assert refused.content.decode().startswith(said)
        assert page_of(client, lead, "totals", **query).status_code == 200


def test_a_file_that_is_not_in_its_usual_layout_says_so_in_its_name(lead, as_member):
    client = as_member(lead)
    file = reverse("reporting:report-download", args=[lead.review.slug, "outcomes"])

    usual = client.get(file, {"layout": "full"})["Content-Disposition"]
    other = client.get(file, {"layout": "journal"})["Content-Disposition"]

    assert usual.endswith('-outcomes.csv"')
    assert other.endswith('-outcomes-journal.csv"')


@pytest.mark.parametrize("table", ["outcomes", "demographics"])
def test_the_letters_of_files_for_programs_are_those_that_are_printed(lead, table):
    series(lead)
    make_study(lead, cohorts=[hip_series(women={"text": "9", "note": "Counted in table 2."})])
    snapshot = take_snapshot(lead.review)
    report = laid_out(REPORTS[table], JOURNAL)

    data = RENDERERS["csv"].whole(report, snapshot).decode()
    told = json.loads(RENDERERS["json"].whole(report, snapshot))["rows"]

    notes = [line["note"] for line in csv.DictReader(io.StringIO(data, newline=""))]
    assert notes == [row["note"] for row in told]
    shown = printed(report, snapshot)
    assert shown.letters
    for mark, note in shown.letters:
        of_it = [note_ for note_ in notes if f"{mark}) " in note_ and note.rstrip(".") in note_]
        marked = [row for row in shown.rows if any(mark in c.marks.split() for c in row.cells)]
        assert len(of_it) >= len(marked) > 0


def test_in_the_full_layout_a_note_has_no_letter(lead):
    series(lead)

    data = RENDERERS["csv"].whole(REPORTS["outcomes"], take_snapshot(lead.review)).decode()

    assert "after: Read off a figure" in data
    assert ") after: Read off" not in data


def test_the_columns_that_a_page_of_blocks_leaves_out_are_named(lead, as_member):
    series(lead)

    page = page_of(as_member(lead), lead, "outcomes", layout="full").content.decode()

    [named] = re.findall(r"Nothing is given for: ([^<]*)\.", page)
    assert "Source of the MCID" in named.split(", ")
    assert "After" not in named.split(", ")
    assert layouts_of(REPORTS["outcomes"]) == ("journal", "full")
