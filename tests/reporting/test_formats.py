"""The formats: the same numbers everywhere, the same bytes for one snapshot."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from reporting.definitions import Cell, Column, ReportDefinition, Row
from reporting.renderers import RENDERERS
from reporting.renderers.csv import escaped
from reporting.reports import REPORTS
from reporting.snapshot import read_instant, take_snapshot
from reviews.services import update_settings
from tests.reporting.factories import change_value, hip_series, make_study


def table_of(*texts: str) -> ReportDefinition:
    """Return a report of one column with these texts."""
    rows = [Row(key=str(n), cells={"text": Cell(text=t, value=t)}) for n, t in enumerate(texts)]
    columns = (Column(key="text", heading="Text"),)
    return ReportDefinition(slug="t", title="T", columns=columns, rows=lambda _: iter(rows))


@pytest.mark.catalogue("E03")
def test_csv_is_utf8_without_mark_and_reads_back_equal(lead):
    texts = ['a "quoted" word', "two\nlines", "a; b, c", "Müller – ≥24", "آ", ""]

    data = RENDERERS["csv"].whole(table_of(*texts), take_snapshot(lead.review))

    assert data.startswith(b"text,note\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    assert [row[0] for row in rows[1:]] == texts


@pytest.mark.catalogue("E01")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\0", " =", "'=", "'' -"])
def test_for_spreadsheets_a_text_that_would_run_gets_one_apostrophe(lead, start):
    text = f"{start}HYPERLINK(1)"
    snapshot = take_snapshot(lead.review)

    raw = RENDERERS["csv"].whole(table_of(text), snapshot)
    safe = RENDERERS["csv"].whole(table_of(text), snapshot, spreadsheet=True)

    rows = list(csv.reader(io.StringIO(safe.decode(), newline="")))
    assert rows[1][0] == f"'{text}"
    assert raw.count(b"'") == safe.count(b"'") - 1


@pytest.mark.catalogue("E01")
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_an_escaped_text_never_starts_like_a_formula(text):
    assert escaped(text).lstrip(" ")[:1] not in {"=", "+", "-", "@", "\t", "\r", "\0", "\n"}


def test_a_negative_number_stays_a_number_for_spreadsheets(lead):
    mean = {"estimate.centre": "mean", "n": 10, "n.unit": "patients"}
    spread = {"estimate.spread": "sd", "estimate.spread_value": "1.2"}
    make_study(
        lead,
        cohorts=[hip_series()],
        outcomes=[{"instrument": "VAS pain"}],
        results=[
            {"time.kind": "baseline", **mean, "estimate.value": "6.9"},
            {"time.kind": "final_follow_up", **mean, "estimate.value": "1.6", **spread},
        ],
    )

    data = RENDERERS["csv"].whole(REPORTS["outcomes"], take_snapshot(lead.review), spreadsheet=True)

    row = next(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert (row["before"], row["after"]) == ("6.9", "1.6 (1.2)")
    assert (row["change"], row["change_from"]) == ("-5.3", "derived")


def test_every_format_prints_the_same_texts(lead):
    make_study(lead, cohorts=[hip_series(women="nr")])
    snapshot = take_snapshot(lead.review)

    for slug in ("summary", "demographics"):
        report = REPORTS[slug]
        texts = ("csv", "json", "html")
        made = {name: RENDERERS[name].whole(report, snapshot).decode() for name in texts}
        rows = json.loads(made["json"])["rows"]
        for row, line in zip(rows, csv.DictReader(io.StringIO(made["csv"])), strict=True):
            for key, cell in row["cells"].items():
                assert line[key] == cell["text"]
                printed = cell["text"].replace("_", " ") if key == "quantity" else cell["text"]
                assert printed in made["html"].replace("&#x27;", "'")


@pytest.mark.catalogue("E07")
def test_json_is_ascii_and_keeps_numbers_as_text(lead):
    make_study(lead, label="Müller 2020", cohorts=[hip_series(age__value="40.50")])

    data = RENDERERS["json"].whole(REPORTS["demographics"], take_snapshot(lead.review))

    row = json.loads(data.decode("ascii"))["rows"][0]["cells"]
    assert row["study"]["text"] == "Müller 2020"
    assert (row["age_value"]["text"], row["age_value"]["value"]) == ("40.50", "40.50")
    assert len(row["age_value"]["sources"]) == 1


@pytest.mark.catalogue("E06")
def test_an_html_file_escapes_what_studies_are_called(lead):
    make_study(lead, label="<script>alert(1)</script>", cohorts=[hip_series()])

    page = RENDERERS["html"].whole(REPORTS["demographics"], take_snapshot(lead.review)).decode()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


@pytest.mark.catalogue("E09")
def test_an_earlier_instant_gives_the_earlier_bytes_again(lead):
    study = make_study(lead, study={"country": "Swiss"}, cohorts=[hip_series()])
    before = take_snapshot(lead.review)
    earlier = {
        (slug, name): RENDERERS[name].whole(report, before)
        for slug, report in REPORTS.items()
        for name in report.formats
    }
    change_value(lead, study, "patients.treated", "11")
    update_settings(lead=lead, changes={"table_note": "changed since", "unit_plural": "knees"})

    again = take_snapshot(lead.review, before.instant + timedelta(microseconds=0))

    assert again.event_hash == before.event_hash
    for (slug, name), data in earlier.items():
        assert RENDERERS[name].whole(REPORTS[slug], again) == data
    now = RENDERERS["csv"].whole(REPORTS["summary"], take_snapshot(lead.review))
    assert now != earlier["summary", "csv"]


def test_every_row_of_a_file_carries_the_reviews_note(lead):
    update_settings(lead=lead, changes={"table_note": "illustrative"})
    make_study(lead, cohorts=[hip_series()])

    data = RENDERERS["csv"].whole(REPORTS["summary"], take_snapshot(lead.review)).decode()

    rows = list(csv.DictReader(io.StringIO(data)))
    assert list(rows[0])[-1] == "note"
    assert all(row["note"].endswith("illustrative") for row in rows)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-02-30T10:00", "", "１２"])
def test_an_instant_that_is_none_is_refused_with_an_example(text):
    with pytest.raises(ValidationError, match="2026-05-01"):
        read_instant(text)


def test_a_lost_plus_sign_and_a_bare_date_are_understood():
    assert read_instant("2026-01-01T00:00:00 02:00") == read_instant("2025-12-31T22:00:00Z")
    assert read_instant("2026-01-01") > read_instant("2026-01-01T23:59:59")


def test_before_the_review_there_is_nothing_to_report(lead):
    with pytest.raises(ValidationError, match="did not exist"):
        take_snapshot(lead.review, read_instant("1999-01-01"))
