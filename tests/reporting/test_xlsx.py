"""Workbooks: the texts of the CSV, numbers as numbers, nothing that runs, nothing lost."""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from reporting.definitions import Cell, Column, ReportDefinition, Row, Table
from reporting.layouts import JOURNAL, laid_out
from reporting.renderers import RENDERERS
from reporting.renderers.xlsx import sheets
from reporting.renderers.xlsx.holding import (
    MOST_CHARACTERS,
    PIECE,
    SheetNames,
    held,
    is_long,
    pieces,
)
from reporting.renderers.xlsx.workbooks import written
from reporting.reports import ALL_REPORTS, REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study

STARTS = ["=", "+", "-", "@", "\t", "\n", " =", "'=", "'' -"]


def table_of(*texts: str, slug: str = "t", **more) -> ReportDefinition:
    """Return a report of one column with these texts."""
    rows = [Row(key=str(n), cells={"text": Cell(text=t, value=t)}) for n, t in enumerate(texts)]
    columns = (Column(key="text", heading="Text"),)
    return ReportDefinition(
        slug=slug, title="T", columns=columns, rows=lambda _: iter(rows), **more
    )


def number(text: str, value: Decimal | int | str | None = None) -> Cell:
    """Return the cell of a number."""
    return Cell(text=text, value=Decimal(text) if value is None else value)


def opened(data: bytes) -> openpyxl.Workbook:
    """Return a workbook as it is read again."""
    return openpyxl.load_workbook(io.BytesIO(data))


def made(definition: ReportDefinition, lead) -> openpyxl.Workbook:
    """Return a table's workbook, read again."""
    return opened(RENDERERS["xlsx"].whole(definition, take_snapshot(lead.review)))


def shown(cell) -> str:
    """Return what a cell shows: a number with the decimals of its format."""
    if cell.value is None:
        return ""
    if cell.data_type == "n":
        return f"{Decimal(str(cell.value)):.{len(cell.number_format.partition('.')[2])}f}"
    return unescape(cell.value)


def rows_of(sheet) -> list[list[str]]:
    """Return the rows of a sheet as shown, without the heads of groups."""
    rows = [list(row) for row in sheet.iter_rows(min_row=2)]
    heads = [row[0].font.b and not any(cell.value for cell in row[1:]) for row in rows]
    return [[shown(c) for c in row] for row, head in zip(rows, heads, strict=True) if not head]


def a_review(lead) -> None:
    """Give the review a study with complications, and one that says little."""
    make_study(
        lead,
        label="=HYPERLINK(1)",
        cohorts=[hip_series(age__value="40.50", age__centre="mean")],
        interventions=[{"category": "arthroscopic"}],
        events=[
            {"class": "complication", "events": 3, "affected": 2, "of": 14, "of.unit": "units"},
        ],
    )
    make_study(lead, label="B", cohorts=[hip_series(women="nr")])


@pytest.mark.parametrize("slug", ["summary", "demographics", "complications", "values-long"])
def test_a_sheet_shows_what_the_csv_says(lead, slug):
    a_review(lead)
    snapshot = take_snapshot(lead.review)

    sheet = opened(RENDERERS["xlsx"].whole(REPORTS[slug], snapshot))[slug]

    data = RENDERERS["csv"].whole(REPORTS[slug], snapshot).decode()
    lines = list(csv.reader(io.StringIO(data, newline="")))[1:]
    assert rows_of(sheet) == lines
    assert len(lines) > 3


def test_numbers_are_numbers_with_the_decimals_as_printed(lead):
    cells = [number("40.50"), number("-5.3"), number("0"), number("7", 7), number("0.000000012")]
    rows = [Row(key=str(n), cells={"text": cell}) for n, cell in enumerate(cells)]
    definition = ReportDefinition(
        slug="t", title="T", columns=table_of().columns, rows=lambda _: iter(rows)
    )

    found = [row[0] for row in made(definition, lead)["t"].iter_rows(min_row=2)]

    assert [cell.data_type for cell in found] == ["n"] * 5
    assert [cell.value for cell in found] == [40.5, -5.3, 0, 7, 1.2e-08]
    formats = [cell.number_format for cell in found]
    assert formats == ["0.00", "0.0", "0", "0", "0.000000000"]


@pytest.mark.parametrize(
    "cell",
    [
        Cell(text="26787234", value="26787234"),
        number("0123"),
        number("-0.0"),
        number("1234567890123456"),
        number("+5"),
        Cell(text="< 0.05", value=Decimal("0.05")),
        Cell(text="12/26", value="12/26"),
        Cell(text="1-2", value="1-2"),
        Cell(text="TRUE", value="TRUE"),
        Cell(text="#N/A", value="#N/A"),
    ],
)
def test_what_only_looks_like_a_number_or_a_date_stays_the_text_it_is(lead, cell):
    definition = ReportDefinition(
        slug="t",
        title="T",
        columns=table_of().columns,
        rows=lambda _: iter([Row(key="1", cells={"text": cell})]),
    )

    found = made(definition, lead)["t"]["A2"]

    assert (found.data_type, found.value) == ("s", cell.text)


@pytest.mark.catalogue("E01", "E02")
@pytest.mark.parametrize("start", STARTS)
def test_nothing_in_a_workbook_runs_and_every_text_is_what_it_was(lead, start):
    text = f"{start}HYPERLINK(1)"

    book = made(table_of(text, f"{start}cmd|' /C calc'!A0"), lead)

    cell = book["t"]["A2"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)
    every = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in every if cell.value is not None} == {"s"}
    assert not any(cell.hyperlink for cell in every)


def test_a_plain_text_has_no_mark_of_quotation(lead):
    assert not made(table_of("Müller – ≥24"), lead)["t"]["A2"].quotePrefix


@pytest.mark.catalogue("E04")
def test_what_xml_cannot_hold_is_seen_to_be_replaced(lead):
    texts = ["a\x00b\x1bc", "d\ufffee", "f\r\ng\rh\ti", "_x0041_", " both ends "]

    found = [row[0] for row in made(table_of(*texts), lead)["t"].iter_rows(min_row=2)]

    assert [shown(cell) for cell in found] == [
        "a␀b␛c",
        "d�e",
        "f\ng\nh\ti",
        "_x0041_",
        " both ends ",
    ]
    # Without its escape a spreadsheet would read the letter A.
    assert found[3].value == "_x005F_x0041_"


@pytest.mark.catalogue("E04")
@given(st.text(max_size=20))
def test_any_text_is_held_in_characters_of_xml(text):
    whole = held(text)

    assert all(c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
               for c in whole)  # fmt: skip


@pytest.mark.catalogue("E04")
def test_a_text_too_long_for_a_cell_is_cut_with_a_word_and_nothing_is_lost(lead):
    text = "0123456789" * 4000
    fits = "x" * MOST_CHARACTERS

    book = made(table_of(text, fits), lead)

    cut, whole = book["t"]["A2"].value, book["t"]["A3"].value
    assert cut.startswith(text[:PIECE])
    assert cut.endswith("[cut; the sheet Provenance has the whole text]")
    assert whole == fits
    behind = list(book["Provenance"].iter_rows(min_row=2, values_only=True))
    assert "".join(row[6] for row in behind) == text
    assert [row[:6] for row in behind] == [("t", "t", 2, "0", "text", n) for n in (1, 2, 3)]


@pytest.mark.catalogue("E04")
@given(
    st.lists(st.sampled_from(["_x0041_", "\N{BONE}", "a", "\x00"]), min_size=1).map(
        lambda parts: "".join(parts) * (40_000 // len("".join(parts)))
    )
)
def test_no_piece_is_more_than_a_cell_takes(text):
    found = list(pieces(text))

    assert "".join(found) == text
    assert not any(is_long(piece) for piece in found)


@pytest.mark.catalogue("E04")
def test_a_table_longer_than_a_sheet_goes_on_in_further_ones(lead, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)

    book = made(table_of(*"abcdefg"), lead)

    assert book.sheetnames[:3] == ["t", "t (2)", "t (3)"]
    said = [[row[0] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames]
    assert said[:3] == [["Text", *"abc"], ["Text", *"def"], ["Text", "g"]]


@pytest.mark.catalogue("E09")
def test_time_passing_between_two_exports_leaves_no_trace(lead, monkeypatch):
    a_review(lead)
    snapshot = take_snapshot(lead.review)
    now = datetime.now

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return now(tz) + timedelta(days=400)

    for definition in (REPORTS["complications"], laid_out(REPORTS["complications"], JOURNAL)):
        before = RENDERERS["xlsx"].whole(definition, snapshot)
        with monkeypatch.context() as patch:
            patch.setattr("openpyxl.writer.excel.datetime.datetime", Later)
            patch.setattr("time.time", lambda: 1_900_000_000.0)
            assert RENDERERS["xlsx"].whole(definition, snapshot) == before
    with ZipFile(io.BytesIO(before)) as package:
        core = package.read("docProps/core.xml").decode()
    stamp = f"{snapshot.instant:%Y-%m-%dT%H:%M:%SZ}"
    assert core.count(stamp) == 2


def test_totals_are_bold_what_does_not_count_is_slanted_and_groups_have_heads(lead):
    a_review(lead)

    sheet = made(REPORTS["complications"], lead)["complications"]

    rows = list(sheet.iter_rows(min_row=2))
    heads = [row[0].value for row in rows if not any(cell.value for cell in row[1:])]
    assert heads == ["arthroscopic", "not stated"]
    totals = [row[0] for row in rows if str(row[0].value).startswith("Total")]
    assert totals
    assert all(cell.font.b for cell in totals)
    slanted = {row[0].value for row in rows if row[0].font.i}
    assert slanted == {"B"}
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])


def test_a_row_is_as_high_as_its_texts_and_columns_of_numbers_are_on_the_right(lead):
    long = ReportDefinition(
        slug="t",
        title="T",
        columns=(Column(key="a", heading="A"), Column(key="n", heading="N", numeric=True)),
        rows=lambda _: iter(
            [
                Row(key="1", cells={"a": Cell(text="word " * 20), "n": Cell(text="3/12")}),
                Row(key="2", cells={"a": Cell(text="word"), "n": number("5")}),
                Row(key="3", cells={"a": Cell(text="word\n" * 100)}),
            ]
        ),
    )

    sheet = made(long, lead)["t"]

    # A hundred characters in a column of 46, and never more than twelve lines of fifteen points.
    assert sheet.column_dimensions["A"].width == 46
    assert [sheet.row_dimensions[n].height for n in (2, 3, 4)] == [45, None, 180]
    assert [sheet.cell(n, 2).alignment.horizontal for n in (1, 2, 3)] == ["right"] * 3
    assert sheet["A2"].alignment.horizontal is None


def test_headings_have_their_units_and_the_notes_name_the_keys(lead):
    book = made(REPORTS["complications"], lead)

    headings = [cell.value for cell in book["complications"][1]]
    assert headings[5:8] == ["Events, n", "Affected, n/N", "Affected, % computed"]
    said = list(book["Notes"].iter_rows(min_row=2, values_only=True))
    keys = [row[2] for row in said if row[1] == "column"]
    assert keys == [*(c.key for c in REPORTS["complications"].columns), "note"]
    assert [row[3] for row in said if row[1] == "column"] == headings


def test_notes_say_of_what_the_workbook_is_and_what_the_review_says_of_its_tables(lead):
    update_settings(lead=lead, changes={"notice": "Invented.", "votes_note": "demonstration"})
    snapshot = take_snapshot(lead.review)
    definition = REPORTS["screening-agreement"]

    said = opened(RENDERERS["xlsx"].whole(definition, snapshot))["Notes"]

    found = {row[1]: row[3] for row in said.iter_rows(min_row=2, values_only=True)}
    assert found["notice"] == "Invented."
    assert found["as of"] == snapshot.as_text
    assert found["chain head"] == snapshot.event_hash
    assert found["layout"] == "full"
    assert found["source"] == definition.source
    assert found["note"] == "Votes: demonstration."


def test_provenance_says_what_a_cell_was_made_from(lead):
    a_review(lead)
    snapshot = take_snapshot(lead.review)
    definition = REPORTS["complications"]

    book = opened(RENDERERS["xlsx"].whole(definition, snapshot))

    total = definition.row(snapshot, "total-arthroscopic-units")
    cell = total.cell("affected_percent")
    behind = [
        row
        for row in book["Provenance"].iter_rows(min_row=2, values_only=True)
        if row[3:5] == (total.key, "affected_percent")
    ]
    assert [row[6:10] for row in behind] == [
        ("14.3", "; ".join(map(str, cell.sources)), None, "2 ÷ 14 × 100")
    ]
    # The row that it names is the row that it is about.
    assert book[behind[0][1]].cell(behind[0][2], 1).value == total.cell("study").text


def test_one_workbook_has_a_sheet_a_table_and_notes_and_provenance_once(lead):
    a_review(lead)
    snapshot = take_snapshot(lead.review)

    book = opened(written(ALL_REPORTS, snapshot, "All tables"))

    assert book.sheetnames == [*(report.slug for report in ALL_REPORTS), "Notes", "Provenance"]
    titles = {
        row[0]: row[3]
        for row in book["Notes"].iter_rows(min_row=2, values_only=True)
        if row[1] == "title"
    }
    assert titles == {report.slug: report.title for report in ALL_REPORTS}
    behind = {row[0] for row in book["Provenance"].iter_rows(min_row=2, values_only=True)}
    assert {"complications", "demographics", "summary"} <= behind


def test_a_table_called_like_another_sheet_gets_a_name_of_its_own(lead):
    tables = [table_of("a", slug="notes"), table_of("b", slug="t"), table_of("c", slug="T")]

    book = opened(written(tables, take_snapshot(lead.review), "Tables"))

    assert book.sheetnames == ["notes (2)", "t", "T (2)", "Notes", "Provenance"]


@given(st.lists(st.text(max_size=40) | st.sampled_from(["History", "a" * 31, "A" * 40, "''"])))
def test_names_of_sheets_are_ones_that_a_workbook_takes(wanted):
    names = SheetNames()

    found = [names.of(name) for name in wanted]

    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\\n\t\r")
        assert name.casefold() != "history"
        assert name.strip("'") == name


def test_a_caption_and_the_notes_of_a_table_are_written_whole(lead):
    note = "n" * 40_000
    definition = table_of("a")
    full = ReportDefinition(
        slug="t",
        title="T",
        columns=definition.columns,
        rows=lambda _: Table(rows=(), notes=(note,), caption="What is shown"),
    )

    said = list(made(full, lead)["Notes"].iter_rows(min_row=2, values_only=True))

    assert "".join(row[3] for row in said if row[1] == "note") == note
    assert [row[3] for row in said if row[1] == "caption"] == ["What is shown"]
