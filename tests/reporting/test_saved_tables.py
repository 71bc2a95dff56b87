"""Tables that a lead makes of others: their columns, and that they are reports like any other."""

import pytest

from reporting.catalogue import reports_of
from reporting.renderers import RENDERERS
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.services import save_table
from reporting.snapshot import take_snapshot
from tests.reporting.saving import (
    keys,
    people,
    save,
    texts,
    visit,
    visits,
)

pytestmark = pytest.mark.django_db


def test_columns_are_chosen_put_in_order_and_renamed(lead):
    people(lead, 12)
    heading = {"key": "patients", "heading": "People {all}"}

    report = save(lead, columns=("units", heading, "study"))

    assert texts(lead, report)[0] == ["12", "12", "Series of 12"]
    columns = report.columns_for(take_snapshot(lead.review))
    assert [column.heading for column in columns] == ["Hips", "People {all}", "Study"]
    assert (report.title, report.source) == ("My table", REPORTS["demographics"].source)


def test_every_number_is_that_of_the_report_and_opens(lead):
    people(lead, 12)
    report = save(lead, columns=("age_value", "patients"))
    snapshot = take_snapshot(lead.review)
    first = next(iter(REPORTS["demographics"].table(snapshot).rows))

    row = report.row(snapshot, first.key)

    assert row.cell("age_value") == first.cell("age_value")
    assert row.cell("age_value").sources
    assert report.row_name(row) == "Series of 12, Cohort 1"


def test_a_number_of_a_saved_table_opens_on_its_page(lead, as_member):
    people(lead, 12)
    report = save(lead)
    key = next(iter(report.table(take_snapshot(lead.review)).rows)).key

    page = as_member(lead).get(f"/reviews/{lead.review.slug}/results/own/cells/{key}/patients/")

    assert page.status_code == 200
    assert "12" in page.content.decode()


def test_a_table_of_one_column_of_names_opens_too(lead, as_member):
    people(lead, 12)
    report = save(lead, "summary", columns=("quantity",))
    key = next(iter(report.table(take_snapshot(lead.review)).rows)).key

    page = as_member(lead).get(f"/reviews/{lead.review.slug}/results/own/cells/{key}/quantity/")

    assert page.status_code == 200


def test_saved_tables_stand_after_the_reports_in_the_order_of_the_lead(lead):
    for slug in ("beta", "alpha", "gamma"):
        save(lead, slug=slug)
    save_table(
        lead=lead, slug="gamma", name="Third", table="demographics", position=0,
        spec={"columns": keys("study")},
    )  # fmt: skip

    slugs = [report.slug for report in reports_of(take_snapshot(lead.review))]

    assert slugs[-3:] == ["gamma", "beta", "alpha"]
    assert slugs[: len(ALL_REPORTS)] == [report.slug for report in ALL_REPORTS]


def test_a_label_is_the_number_of_the_report(lead):
    assert save(lead, label=" Table  S2").number == "Table S2"


@pytest.mark.parametrize("name", ["csv", "json", "html"])
def test_a_saved_table_is_written_like_any_other(lead, name):
    people(lead, 12)
    report = save(lead, columns=("study", {"key": "patients", "heading": "n"}))

    data = RENDERERS[name].whole(report, take_snapshot(lead.review)).decode()

    assert "Series of 12" in data
    if name == "csv":
        assert data.splitlines()[:2] == ["study,patients,note", "Series of 12,12,"]


@pytest.mark.parametrize("slug", [one.slug for one in ALL_REPORTS if one.rows_on_page is None])
def test_every_column_of_every_report_can_be_saved_and_says_the_same(lead, slug):
    people(lead, 12)
    visits(lead, visit(0, 3, "70"))
    base = REPORTS[slug]
    snapshot = take_snapshot(lead.review)
    before = list(base.table(snapshot).rows)

    report = save(lead, slug, columns=[column.key for column in base.columns])

    after = list(report.table(take_snapshot(lead.review)).rows)
    assert [(row.key, row.group) for row in after] == [(row.key, row.group) for row in before]
    for row, one in zip(after, before, strict=True):
        assert [row.cell(c.key).text for c in base.columns] == [
            one.cell(c.key).text for c in base.columns
        ]


def test_columns_of_the_journal_layout_stand_beside_those_of_the_full_one(lead):
    visits(lead, visit(0, 3, "70"))
    with_journal = [report for report in ALL_REPORTS if report.journal is not None]
    assert with_journal
    for base in with_journal:
        if base.rows_on_page is not None:
            continue
        joined = [column.key for column in base.journal.columns if column.key not in base.keys]
        first = base.columns[0].key
        for layout in ("full", "journal"):
            report = save(lead, base.slug, columns=[*joined, first], layout=layout)
            assert all(len(row) == len(joined) + 1 for row in texts(lead, report))
