"""Tables of web pages, such as services save under the name ``.xls``."""

import hashlib
import io
import time
from pathlib import Path

import pytest

from records.importers import FileRefused, read_file, table_head

HEAD = "<tr><th>Title<th>Authors<th>Year</tr>"


def page(*rows, head=HEAD):
    return ("<html><body><table>" + head + "".join(rows) + "</table></body></html>").encode()


def row(*cells):
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


EXCEL = (Path(__file__).parent / "files" / "saved_as_excel.html").read_bytes()


def test_a_web_page_named_as_an_old_workbook_is_read_from_its_table_of_records():
    found = read_file(EXCEL)

    assert (found.format, found.found) == ("html", 2)
    first, second = found.records
    assert first.title == "Hip & knee, p < 0.05"
    assert first.authors == ("Doe J", "Roe R", "Poe E")
    assert (first.year, first.doi) == (2001, "10.1000/abc")
    assert first.abstract == "Aim. H2O."
    assert (second.title, second.authors, second.year) == ("Second", (), 2002)
    assert [(p.line, p.reason) for p in found.problems] == [
        (8, "What stands above the table was left out: “Search of 12 March 2021”.")
    ]


def test_a_cell_that_reaches_down_moves_no_cell_below_it():
    found = read_file(page("<tr><td>One<td rowspan=2>Doe J<td>2001", "<tr><td>Two<td>2002"))

    assert [(r.title, r.authors, r.year) for r in found.records] == [
        ("One", ("Doe J",), 2001),
        ("Two", (), 2002),
    ]


def test_a_table_within_a_cell_of_a_layout_is_found():
    inner = page(row("One", "Doe J", 2001)).decode()
    found = read_file(f"<table><tr><td>Results</td><td>{inner}</td></tr></table>".encode())

    assert [record.title for record in found.records] == ["One"]


def test_later_tables_with_the_same_header_go_on_and_others_are_named():
    more = "<table>" + HEAD + row("Two", "Roe R", 2002) + "</table>"
    other = "\n<table><tr><td>Title<td>PMID</tr>" + row("Three", 123) + "</table>"
    found = read_file(page(row("One", "Doe J", 2001)) + (more + other).encode())

    assert [record.title for record in found.records] == ["One", "Two"]
    assert "no record" in found.problems[0].reason
    assert found.problems[1].reason == "Another table begins here; it was not read. Its rows: 1."


def test_a_later_table_without_a_header_goes_on_where_it_is_as_wide_and_is_named():
    wide = "<table>" + row("Two", "Roe R", 2002) + row("Three", "Poe E", "") + "</table>\n"
    narrow = "<table>" + row("Four", 2004) + row("Five", 2005) + "</table>"
    found = read_file(page(row("One", "Doe J", 2001)) + (wide + narrow).encode())

    assert [record.title for record in found.records] == ["One", "Two", "Three"]
    assert [problem.reason for problem in found.problems] == [
        "Another table begins here; it was read as rows of the first one. Its rows: 2.",
        "Another table begins here; it was not read. Its rows: 2.",
    ]


def test_no_number_of_later_tables_is_left_unsaid():
    narrow = "<table>" + row("Four", 2004) + "</table>"
    found = read_file(page(row("One", "Doe J", 2001)) + (narrow * 150).encode())

    assert len(found.problems) == 100
    assert found.problems[-1].reason == (
        "Here and below begin 51 more tables; they were not read. Their rows: 51."
    )


def test_a_row_too_long_is_rejected_and_words_below_the_table_are_named():
    last = "<tr><td colspan=3>2 records</td></tr>"
    found = read_file(page(row("One", "Doe J", 2001), row("Two", "Roe R", 2002, "more"), last))

    assert (found.found, len(found.records)) == (2, 1)
    assert [problem.rejected for problem in found.problems] == [True, False]
    assert "2 records" in found.problems[1].reason


def test_words_across_the_table_between_its_records_are_named_and_no_record():
    found = read_file(
        page(row("One", "Doe J", 2001), "<tr><td colspan=3>2002", row("Two", "", 2002))
    )

    assert [record.title for record in found.records] == ["One", "Two"]
    assert ["across the table" in problem.reason for problem in found.problems] == [True]


def test_cells_that_reach_down_past_rows_without_cells_are_counted_by_row():
    found = read_file(page("<tr><td>One<td rowspan=3>Doe J<td>2001<tr>", "<tr><td>Two<td>2002"))

    assert [(r.title, r.authors, r.year) for r in found.records] == [
        ("One", ("Doe J",), 2001),
        ("Two", (), 2002),
    ]


@pytest.mark.catalogue("I53")
def test_rows_without_a_cell_of_their_own_are_not_filled_by_cells_above():
    reaching = "<td rowspan=65534>x" * 1_500
    data = page(row("One", "Doe J", 2001), f"<tr>{reaching}", "<tr>" * 20_000)

    begun = time.process_time()
    assert [record.title for record in read_file(data).records] == ["One"]
    assert time.process_time() - begun < 2


def test_a_page_that_breaks_off_says_so_at_its_last_row():
    found = read_file(b"<table>" + HEAD.encode() + b"<tr><td>One<td>Doe J<td>20")

    assert [record.title for record in found.records] == ["One"]
    assert found.problems[0].reason == "The page ends within this row."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_of_a_page_is_told(encoding):
    data = page(row("Größe", "Doe J", 2001)).decode().encode(encoding)

    assert [record.title for record in read_file(data).records] == ["Größe"]


def test_columns_with_unknown_names_are_mapped_by_a_person():
    data = page(row("Een", "Doe J", 2001), head="<tr><td>Titel<td>Auteurs<td>Jaar")
    head = table_head(io.BytesIO(data))
    found = read_file(data, mapping={"title": "Titel", "year": "Jaar"})

    assert (head.format, head.columns) == ("html", ("Titel", "Auteurs", "Jaar"))
    assert head.samples == (("Een", "Doe J", "2001"),)
    assert [(record.title, record.year) for record in found.records] == [("Een", 2001)]
    with pytest.raises(FileRefused, match="web page"):
        read_file(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html>\n<html><body>Sign in</body></html>",
        b"<html><table><tr><td>Title</td></tr></table></html>",
        b"<div><table><tr><td>Menu<td>Help</tr></table></div>",
    ],
)
def test_a_page_without_a_table_of_records_is_refused_as_a_web_page(data):
    with pytest.raises(FileRefused, match="web page"):
        read_file(data)
    assert table_head(io.BytesIO(data)) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (page("<tr><td>One<td>A<td>2001<tr>" + "<td>" * 3_000), "beyond column"),
        (page("<tr><td>One" + "<table><tr><td>" * 20), "within each other"),
        (page(row("One", "", "")) + b"<a " * 100_000, "no end"),
        (page(row("One", "", "")) + b"<!-- <tr>", "no end"),
        (page("<tr>" + "<td rowspan=65534>x" * 1_500, "<tr><td>" * 20_000), "reach into"),
        (page("<tr><td colspan=500>x<td colspan=500>y" * 20_000), "reach into"),
        (page(row("One", "", "")) + b"<script>", "no end"),
    ],
)
def test_what_a_page_has_too_much_of_refuses_it(data, said):
    with pytest.raises(FileRefused, match=said):
        read_file(data)


def test_a_row_beyond_the_cap_is_cut_and_that_is_named():
    found = read_file(page(row("One", "x" * 2_100_000, 2001)))

    assert found.records[0].title == "One"
    assert any("it was cut" in problem.reason for problem in found.problems)


@pytest.mark.catalogue("I54")
def test_a_million_random_bytes_in_a_page_end_in_records_or_a_refusal():
    noise = hashlib.shake_256(b"html").digest(1_000_000)
    for data in (EXCEL + noise, EXCEL[:900] + noise + EXCEL[900:]):
        try:
            first = read_file(data, format="html")
        except FileRefused:
            continue
        assert first == read_file(data, format="html")
