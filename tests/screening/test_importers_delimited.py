"""Tables: plain headers, vendors' headers, quotes, and what a spreadsheet does to them."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.renderers.csv import escaped
from screening.importers import FileRefused, read_file
from screening.importers.tables import authors_in

PLAIN = (
    "id,title,author,year,journal,volume,number,pages,doi,abstract\n"
    'x1,"A trial of things","Smith, J; Doe, A",2001,J Things,3,2,10-19,10.1000/abc,Text\n'
    'x2,"A trial of things.","Smith J",2001,Journal of Things,3,2,10-9,,\n'
)


def read(text, **options):
    found = read_file(text.encode(), **options)
    assert found.format == "csv"
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def problems(found):
    return [(problem.line, problem.rejected) for problem in found.problems]


def test_plain_headers_need_no_map():
    found = read(PLAIN)
    first, second = found.records

    assert not found.problems
    assert (first.source_record_id, second.source_record_id) == ("x1", "x2")
    assert first.authors == ("Smith, J", "Doe, A")
    assert (first.year, first.volume, first.issue, first.pages, first.doi) == (
        2001,
        "3",
        "2",
        "10-19",
        "10.1000/abc",
    )
    assert (second.pages, second.doi, second.abstract) == ("10-19", "", "")
    assert (first.line, second.line) == (2, 3)
    assert first.raw == PLAIN.split("\n")[1]


@pytest.mark.catalogue("I34")
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(delimiter):
    handle = io.StringIO()
    rows = [
        ["record_id", "title", "year"],
        ["1", 'Of "hips", knees; and\ttoes | more', "2001"],
        ["2", "Two\nlines", "2002"],
    ]
    csv.writer(handle, delimiter=delimiter, lineterminator="\n").writerows(rows)
    found = read(handle.getvalue())

    assert [r.title for r in found.records] == ['Of "hips", knees; and toes | more', "Two lines"]
    assert [r.line for r in found.records] == [2, 3]


def test_a_spreadsheets_separator_line_is_heeded():
    assert read("sep=;\ntitle;year\nA, b;2001\n").records[0].title == "A, b"


@pytest.mark.catalogue("I35")
@pytest.mark.parametrize(
    "text",
    [
        'title,year\nOne,2001\n"Two,2002\nThree,2003\n',
        'title,year\nOne,2001\n"Two,2002\n"Three",2003\n',
        'title,year\nOne,2001\n"Two,2002',
    ],
)
def test_an_unclosed_quotation_mark_refuses_the_file_and_names_the_line(text):
    with pytest.raises(FileRefused, match="line 3") as refusal:
        read_file(text.encode())
    assert refusal.value.line == 3


def test_a_misplaced_quotation_mark_within_one_line_costs_nothing():
    assert [r.year for r in read('title,year\n"A "quoted" word",2001\nTwo,2002\n').records] == [
        2001,
        2002,
    ]


@pytest.mark.catalogue("I36")
def test_of_doubled_columns_the_first_filled_one_counts_with_a_word():
    found = read("title,Title,year\n,One,2001\nTwo,Other,2002\n")

    assert [r.title for r in found.records] == ["One", "Two"]
    assert problems(found) == [(1, False)]


@pytest.mark.catalogue("I36")
def test_a_table_without_a_title_column_is_refused_until_a_map_names_it():
    text = "Naam,Jaar\nEen heup,2001\n"

    with pytest.raises(FileRefused, match="title"):
        read_file(text.encode(), format="csv")
    found = read(text, mapping={"title": "Naam", "year": "jaar"})
    assert [(r.title, r.year) for r in found.records] == [("Een heup", 2001)]


@pytest.mark.catalogue("I36")
def test_too_many_columns_are_refused():
    header = ",".join(["title", *(f"column{n}" for n in range(5_000))])

    with pytest.raises(FileRefused, match="5,001 columns"):
        read_file(f"{header}\nOne\n".encode())


@pytest.mark.parametrize(
    ("mapping", "said"), [({"titel": "title"}, "no field"), ({"title": "nothing"}, "no column")]
)
def test_a_map_to_nowhere_is_refused(mapping, said):
    with pytest.raises(FileRefused, match=said):
        read_file(PLAIN.encode(), mapping=mapping)


def test_a_map_overrides_the_header():
    found = read(
        "id,title,other\n1,Not this,But this\n", mapping={"title": "other", "number": "id"}
    )

    assert (found.records[0].title, found.records[0].issue) == ("But this", "1")


@pytest.mark.parametrize(
    "value",
    ["=1+1", "+1", "-1 mm", "@home", "'t Hart", "''quoted", "'plain", "'", "'=1", "''-2", "' +x"],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_exactly_the_spreadsheet_escape_is_removed(value, delimiter):
    text = f"title{delimiter}year\n{escaped(value)}{delimiter}2001\n"

    assert read(text).records[0].title == value


@pytest.mark.parametrize(
    ("cell", "title"),
    [("'=1", "=1"), ("''=1", "'=1"), ("'  @x", "@x"), ("'\n=1", "=1"), ("' x", "' x")],
)
def test_only_one_apostrophe_is_removed(cell, title):
    assert read(f'title,year\n"{cell}",2001\n').records[0].title == title


def test_a_row_with_more_cells_than_the_header_is_rejected_by_line():
    found = read("title,year\nOne,2001\nTwo, and more,2002\nThree,2003,\nFour,2004\n")

    assert [r.title for r in found.records] == ["One", "Three", "Four"]
    assert problems(found) == [(3, True)]


def test_a_row_cut_short_is_imported_with_a_word():
    found = read("title,year,doi\nOne,2001,10.1000/a\nTwo,20")

    assert [r.title for r in found.records] == ["One", "Two"]
    assert {line for line, _ in problems(found)} == {3}


def test_empty_rows_are_no_entries():
    found = read("title,year\n\nOne,2001\n,\n  ,  \n")

    assert (found.found, problems(found)) == (1, [])


def test_a_row_without_title_or_identifier_is_rejected_by_line_and_the_others_imported():
    found = read("id,title,year,doi\n1,One,2001,\n2,,2002,\n3,,2003,10.1000/c\n")

    assert [r.source_record_id for r in found.records] == ["1", "3"]
    assert problems(found) == [(3, True), (4, False)]


def test_a_header_without_rows_is_refused():
    with pytest.raises(FileRefused, match="no record"):
        read_file(b"id,title,year\n")


@pytest.mark.catalogue("I11")
def test_a_field_longer_than_the_csv_module_likes_is_cut_with_a_word():
    found = read(f"title,year\n{'t' * 1_000_000},2001\n")

    assert len(found.records[0].title) == 10_000
    assert problems(found) == [(2, False)]


def test_a_table_that_quotes_a_start_tag_is_a_table():
    assert read('title,abstract\nOne,"Text\nTY  - JOUR"\n').records[0].abstract == "Text TY - JOUR"


@pytest.mark.parametrize(
    ("header", "row", "field", "value"),
    [
        (
            "Authors,Title,Year,Source title,Page start,Page end,DOI,EID",
            "A B.,T,2001,J Hip,123,8,,2-s2.0-1",
            "pages",
            "123-128",
        ),
        (
            "Authors,Title,Year,Source title,Page start,Page end,DOI,EID",
            "A B.,T,2001,J Hip,123,8,,2-s2.0-1",
            "journal",
            "J Hip",
        ),
        (
            "Authors,Title,Year,Source title,Page start,Page end,DOI,EID",
            "A B.,T,2001,J Hip,123,8,,2-s2.0-1",
            "accession",
            "2-s2.0-1",
        ),
        (
            "PMID,Title,Authors,Journal/Book,Publication Year",
            '123456,T,"Smith J, Doe A.",J Hip,2001',
            "authors",
            ("Smith J", "Doe A"),
        ),
        (
            "Key,Item Type,Publication Year,Author,Title,Abstract Note",
            'K1,journalArticle,2001,"Smith, J; Doe, A",T,Text',
            "abstract",
            "Text",
        ),
        ("key,title,pubmed_id,pmc_id", "rayyan-1,T,123456.0,PMC777", "pmid", "123456"),
        ("key,title,pubmed_id,pmc_id", "rayyan-1,T,123456.0,PMC777", "pmcid", "PMC777"),
        ("Title,Covidence #,Published Year", "T,#12,2001", "source_record_id", "#12"),
        ("Article Title,Source Title,Publication Year", "T,J Hip,2001", "title", "T"),
        (
            "title,isbn,issn",
            "T,978-3-16-148410-0,0028-4793",
            "issn",
            "0028-4793; 978-3-16-148410-0",
        ),
        ("title,year", "T,2001.0", "year", 2001),
        ("title,keywords", 'T,"hip, knee"', "keywords", ("hip", "knee")),
        ("title,type,language,source", "T,trial,eng,Embase", "database", "Embase"),
        ("title,type,language,url", "T,trial,eng,https://x.org", "record_type", "trial"),
    ],
)
def test_vendors_headers_need_no_map(header, row, field, value):
    assert getattr(read(f"{header}\n{row}\n").records[0], field) == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Smith J; Doe A", ["Smith J", "Doe A"]),
        ("Smith, J. and Doe, A.", ["Smith, J.", "Doe, A."]),
        ("Smith J, van der Berg A, Doe AB", ["Smith J", "van der Berg A", "Doe AB"]),
        ("Smith, J., Doe, A. B.", ["Smith, J.", "Doe, A. B."]),
        ("Smith, J", ["Smith, J"]),
        ("Smith, John", ["Smith, John"]),
        ("Özçakar L", ["Özçakar L"]),
        ("Hip Society, Committee on Outcomes", ["Hip Society, Committee on Outcomes"]),
    ],
)
def test_names_are_parted_only_where_it_is_certain(text, names):
    assert authors_in(text) == names


VALUES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20)


@pytest.mark.catalogue("I55")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=6))
def test_what_a_spreadsheet_safe_writer_wrote_is_read_back_equal(rows):
    handle = io.StringIO()
    writer = csv.writer(handle)
    writer.writerow(["record_id", "title"])
    writer.writerows([escaped(text) for text in row] for row in rows)
    found = read(handle.getvalue())

    assert [(r.source_record_id, r.title) for r in found.records] == rows
