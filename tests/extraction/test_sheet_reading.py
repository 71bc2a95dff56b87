"""The rows of a sheet: what is read, and what is refused with its line."""

import pytest

from extraction.sheets import SheetRefused, read_sheet
from extraction.sheets.reading import DELIMITERS
from tests.extraction.sheet_data import HEADER, ONDA, sheet


def refused(data: bytes) -> str:
    with pytest.raises(SheetRefused) as refusal:
        read_sheet(data)
    return str(refusal.value)


def head(*names: str) -> bytes:
    return ",".join(names or HEADER).encode() + b"\n"


ROW = b"Onda 2014,cohort,S,,women,12\n"


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_rows_are_read_with_their_lines_whatever_parts_the_columns(delimiter):
    rows = read_sheet(sheet(ONDA, delimiter=delimiter)).rows

    assert [row.line for row in rows] == list(range(2, len(ONDA) + 2))
    assert [tuple(getattr(row, name) for name in HEADER) for row in rows] == ONDA


def test_a_mark_at_the_beginning_and_capitals_in_the_header_say_nothing():
    data = b"\xef\xbb\xbf" + head("Study", "GROUP", "Element", "Parent", " Question ", "Value")

    assert read_sheet(data + ROW).rows[0].study == "Onda 2014"


def test_blank_rows_and_what_programs_leave_out_at_the_end_of_a_row_are_passed_over():
    data = head(*HEADER, "page", "quote") + b",,,,,,,\n\n" + ROW

    (row,) = read_sheet(data).rows
    assert (row.line, row.value, row.page) == (4, "12", "")


def test_a_row_over_several_lines_has_the_line_it_begins_on():
    rows = read_sheet(head() + b'A,cohort,S,,label,"two\nlines"\n' + ROW).rows

    assert [(row.line, row.value) for row in rows] == [(2, "two\nlines"), (4, "12")]


def test_columns_that_a_sheet_does_not_have_are_named_as_not_read():
    data = head(*HEADER, "extractor", "note") + ROW.replace(b"\n", b",AB,as printed\n")

    read = read_sheet(data)
    assert read.unread == ("extractor",)
    assert read.rows[0].note == "as printed"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'-none", "-none"),
        ("' @x", " @x"),
        ("'quoted'", "'quoted'"),
        ("-0.5", "-0.5"),
        ('="0123"', '="0123"'),
    ],
)
def test_exactly_the_escape_of_our_own_files_is_removed(cell, value):
    (row,) = read_sheet(sheet([("A", "cohort", "S", "", "label", cell)])).rows

    assert row.value == value.strip()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (head(), "no row below"),
        (b"PK\x03\x04rest", "workbook"),
        ("study,group".encode("utf-16"), "UTF-16"),
        (head() + ROW + b"M\xfcller,cohort,S,,women,1\n", "Line 3: The file is not UTF-8"),
        (head() + ROW + b"A\x00,cohort,S,,women,1\n", "Line 3: The file holds a NUL"),
        (head("study", "group", "element", "question", "value") + ROW, "lacks the column “parent”"),
        (head("a", "b") + ROW, "lacks the columns “study”"),
        (head(*HEADER, "value") + ROW, "Line 1, value: The header names “value” twice"),
        (head() + b'A,cohort,S,,label,"open\n' + ROW, "Line 2: A quotation mark opened"),
        (head() + ROW + b'A,cohort,S,,label,"a"b\n', "Line 3: A quotation mark stands amid"),
        (head() + b"A,cohort,S,,label,Smith, Jones\n", "Line 2: The row has 7 cells"),
        (head(*HEADER, "") + b"A,cohort,S,,label,x,y\n", "Line 2: “y” stands in a column"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_what_is_no_sheet_is_refused_in_words(data, says):
    assert says in refused(data)


def test_of_very_many_problems_the_rest_is_counted():
    said = refused(head() + b"A,cohort,S,,label,x,y\n" * 70)

    assert "Line 2:" in said
    assert "20 more problems" in said
