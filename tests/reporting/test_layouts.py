"""The journal layout: ten columns that join what the full one says, and say nothing else."""

import re
from decimal import Decimal

import pytest

from reporting.layouts import FULL, JOURNAL, MOST_COLUMNS, laid_out, layouts_of
from reporting.printed import printed
from reporting.reports import ALL_REPORTS, REPORTS
from tests.reporting.shapes import make_every_shape

JOURNALS = [report for report in ALL_REPORTS if report.journal is not None]
BY_STUDY = (
    "study-characteristics",
    "demographics",
    "interventions",
    "outcomes",
    "complications",
    "reoperations",
    "return-to-activity",
    "satisfaction",
    "contrasts",
    "flow",
)
MACHINE = (
    "totals",
    "codebook",
    "events",
    "further-data",
    "results-long",
    "values-long",
    "records",
    "duplicates",
    "import-ledger",
)
PERCENTAGE = re.compile(r"[<>]?\s?\d+(\.\d+)? %")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture
def snapshot(lead):
    return make_every_shape(lead)


def pairs(snapshot):
    """Yield each journal row of each report with its full row."""
    for report in JOURNALS:
        full = {row.key: row for row in report.table(snapshot).rows}
        for row in laid_out(report, JOURNAL).table(snapshot).rows:
            yield report, row, full[row.key]


def journal_cells(snapshot):
    """Yield each joined cell with where it stands and the cells that it joins."""
    for report, row, full in pairs(snapshot):
        for column in report.journal.columns:
            parts = [full.cell(key) for key in column.of or (column.key,)]
            yield f"{report.slug}/{row.key}/{column.key}", row.cell(column.key), parts


@pytest.mark.parametrize("report", JOURNALS, ids=lambda report: report.slug)
def test_a_journal_prints_at_most_ten_columns_all_out_of_the_full_ones(report):
    columns = report.journal.columns

    assert 1 < len(columns) <= MOST_COLUMNS
    assert len({column.key for column in columns}) == len(columns)
    for column in columns:
        assert set(column.of or (column.key,)) <= report.keys, column.key
        assert len(column.of) < 2 or column.write is not None, column.key


@pytest.mark.parametrize("report", JOURNALS, ids=lambda report: report.slug)
def test_what_is_said_once_leads_the_columns(report):
    once = report.journal.once

    assert tuple(column.key for column in report.journal.columns[: len(once)]) == once


@pytest.mark.parametrize("report", JOURNALS, ids=lambda report: report.slug)
def test_a_column_of_both_layouts_is_the_same_one(report):
    for column in report.journal.columns:
        assert column.key not in report.keys or column.of in ((), (column.key,)), column.key
        assert column.key not in report.keys or column.write is None, column.key


def test_every_table_by_study_has_a_journal_layout_and_tables_for_programs_have_none():
    assert all(layouts_of(REPORTS[slug]) == (JOURNAL, FULL) for slug in BY_STUDY)
    assert all(layouts_of(REPORTS[slug]) == (FULL,) for slug in MACHINE)


def test_a_key_in_both_layouts_names_the_very_same_cell(snapshot):
    compared = 0
    for report, row, full in pairs(snapshot):
        for key in report.keys & {column.key for column in report.journal.columns}:
            assert row.cell(key) == full.cell(key), f"{report.slug}/{row.key}/{key}"
            compared += 1

    assert compared > 100


def test_the_journal_names_a_row_as_the_full_table_does(snapshot):
    for report, row, full in pairs(snapshot):
        name = laid_out(report, JOURNAL).row_name(row)
        assert name == report.row_name(full), f"{report.slug}/{row.key}"


def test_a_row_is_found_by_its_key_in_either_layout(snapshot):
    for report, row, _ in pairs(snapshot):
        found = laid_out(report, JOURNAL).row(snapshot, row.key)
        assert found is not None, f"{report.slug}/{row.key}"
        assert found.cells == row.cells, f"{report.slug}/{row.key}"


def test_a_joined_cell_opens_all_that_its_parts_open(snapshot):
    opened = 0
    for place, cell, parts in journal_cells(snapshot):
        given = [part for part in parts if part.text]
        assert set(cell.sources) == {uid for part in given for uid in part.sources}, place
        assert set(cell.studies) == {uid for part in given for uid in part.studies}, place
        assert sum(part.records is not None for part in given) < 2, place
        opened += bool(cell.sources)

    assert opened > 100


def test_a_joined_cell_keeps_the_notes_of_its_parts(snapshot):
    for place, cell, parts in journal_cells(snapshot):
        assert all(part.note in cell.note for part in parts), place


def test_no_number_of_a_journal_is_missing_in_the_full_row(snapshot):
    seen = 0
    for report, row, full in pairs(snapshot):
        known = set(NUMBER.findall(" ".join(cell.text for cell in full.cells.values())))
        exact = any(cell.exact is not None for cell in full.cells.values())
        for column in report.journal.columns:
            text = row.cell(column.key).text
            # Rounded for print from the exact percentage of the full row.
            numbers = NUMBER.findall(PERCENTAGE.sub("", text) if exact else text)
            assert set(numbers) <= known, f"{report.slug}/{row.key}/{column.key}: {text}"
            seen += len(numbers)

    assert seen > 200


def test_a_percentage_of_a_journal_is_that_of_the_full_row(snapshot):
    seen = 0
    for place, cell, parts in journal_cells(snapshot):
        exact = [part.exact for part in parts if part.exact is not None]
        for found in PERCENTAGE.finditer(cell.text) if exact else ():
            number = Decimal(NUMBER.search(found.group()).group())
            assert any(abs(number - one) <= Decimal("0.5") for one in exact), place
            seen += 1

    assert seen > 10


def test_nothing_is_joined_from_blanks(snapshot):
    for place, cell, parts in journal_cells(snapshot):
        if not any(part.text for part in parts):
            assert (cell.text, cell.opens, cell.missing) == ("", False, ""), place


def test_a_missing_code_survives(snapshot):
    seen = 0
    for place, cell, parts in journal_cells(snapshot):
        given = [part for part in parts if part.text]
        codes = {part.missing for part in given}
        if len(codes) == 1 and codes != {""}:
            assert (cell.missing, cell.text) == (given[0].missing, given[0].text), place
            seen += 1
        else:
            assert not cell.missing, place

    assert seen > 10


def test_a_leading_code_is_never_printed_over(snapshot):
    for place, cell, parts in journal_cells(snapshot):
        if parts[0].missing:
            assert parts[0].text in cell.text, place


def test_no_cell_of_a_journal_speaks_the_language_of_machines(snapshot):
    for report in JOURNALS:
        for row in printed(laid_out(report, JOURNAL), snapshot).rows:
            for cell in row.cells:
                assert "_" not in cell.text, f"{report.slug}: {cell.text}"
                assert not re.search(r"\(\)|; \)|\( |^; |; $|NR \(NR\)", cell.text), cell.text


def test_a_name_is_printed_once_and_its_note_with_it(snapshot):
    rows = printed(laid_out(REPORTS["outcomes"], JOURNAL), snapshot).rows
    plain = [row.cells for row in rows if row.row.cell("study").text == "Plain 2019"]

    assert [cells[0].repeats for cells in plain] == [False, True]
    assert [cells[1].repeats for cells in plain] == [False, True]
