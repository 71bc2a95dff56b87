"""Workbooks: read row by row like any table, after the archive has passed every check."""

import io
import socket
import time
import tracemalloc
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from records.importers import FileRefused, read_file, table_head

HEADER = ["record_id", "title", "authors", "year", "journal", "volume", "pages", "doi"]
ROW = ["1", "Open reduction", "Müller A; Doe J", 2019, "J Hips", 101, "423-31", "10.1000/A.b"]
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(*rows, **sheets):
    """Return the bytes of a workbook as a spreadsheet program saves it."""
    book = openpyxl.Workbook()
    book.active.title = "refs"
    for row in rows:
        book.active.append(row)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    return saved(book)


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(sheet, *, workbook_xml="", more=()):
    """Return the bytes of a workbook made of parts written by hand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="r1" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            workbook_xml
            or f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
            '<sheet name="refs" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="r1" '
            f'Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}"/>')
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            sheet
            if sheet.startswith("<?xml") or "<worksheet" in sheet
            else f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        )
        for name, content in more:
            archive.writestr(name, content)
    return stream.getvalue()


def row(*texts, number=None):
    at = f' r="{number}"' if number else ""
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row{at}>{cells}</row>"


TABLE = row("title", "year") + row("One", "2001")


def read(data, **options):
    found = read_file(data, **options)
    assert (found.format, found.encoding) == ("xlsx", "")
    assert found.found == len(found.records) + sum(p.rejected for p in found.problems)
    return found


def problems(found):
    return [(problem.line, problem.rejected) for problem in found.problems]


def test_a_workbook_is_read_like_any_table():
    found = read(workbook(HEADER, ROW, [], ["2", "Two", "Roe R", "2020"]))
    first, second = found.records

    assert not found.problems
    assert (first.source_record_id, first.title, first.authors) == (
        "1",
        "Open reduction",
        ("Müller A", "Doe J"),
    )
    assert (first.year, first.volume, first.pages, first.doi) == (
        2019,
        "101",
        "423-431",
        "10.1000/a.b",
    )
    assert (first.line, second.line) == (2, 4)
    assert first.raw == "1,Open reduction,Müller A; Doe J,2019,J Hips,101,423-31,10.1000/A.b"


def test_a_header_is_found_below_a_heading_and_on_a_later_sheet():
    data = workbook(
        ["Search of 1 May"],
        ["made by", "somebody"],
        refs2=[["Our records"], [], ["Article Title", "DOI"], ["One", "10.1000/a"]],
    )
    found = read(data)

    assert [(r.title, r.line) for r in found.records] == [("One", 4)]
    assert problems(found) == [(1, False), (3, False)]
    assert "“Our records”" in found.problems[0].reason
    assert "refs2" in found.problems[1].reason


def test_a_hidden_sheet_is_not_taken_for_the_table():
    book = openpyxl.load_workbook(io.BytesIO(workbook(["title"], ["Hidden"])))
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("shown")
    shown.append(["title"])
    shown.append(["Shown"])

    assert [r.title for r in read(saved(book)).records] == ["Shown"]


def test_a_map_names_the_columns_of_a_workbook():
    data = workbook(["Naam", "Jaar"], ["Een heup", 2001])

    with pytest.raises(FileRefused, match="title"):
        read_file(data)
    [record] = read(data, mapping={"title": "Naam", "year": "jaar"}).records
    assert (record.title, record.year) == ("Een heup", 2001)


def test_the_head_of_a_workbook_shows_columns_first_rows_and_what_is_recognised():
    rows = [["Naam", "Year"], ["Een", 2001], [], ["Twee", 2002], ["Drie", None], ["Vier", 2004]]
    head = table_head(io.BytesIO(workbook(*rows)))

    assert (head.format, head.columns) == ("xlsx", ("Naam", "Year"))
    assert head.samples == (("Een", "2001"), ("Twee", "2002"), ("Drie", ""))
    assert head.found == {"year": "Year"}


def test_the_spreadsheet_escape_is_removed_from_workbooks_too():
    [record] = read(workbook(["title", "year"], ["'=1+1", 2001])).records

    assert record.title == "=1+1"


@pytest.mark.catalogue("I39")
def test_of_a_formula_the_saved_result_is_read_and_never_the_formula():
    sheet = row("title", "year") + (
        '<row><c t="str"><f>CONCATENATE("a","b")</f><v>Saved title</v></c>'
        "<c><f>2000+1</f><v>2001</v></c></row>"
    )
    [record] = read(parts(sheet)).records

    assert (record.title, record.year) == ("Saved title", 2001)


@pytest.mark.catalogue("I39")
def test_formulas_without_a_saved_result_are_named():
    found = read(workbook(["title", "year"], ["One", "=2000+1"]))

    assert (found.records[0].title, found.records[0].year) == ("One", None)
    assert "formulas" in found.problems[0].reason


@pytest.mark.catalogue("I39")
def test_a_cell_with_an_error_is_empty_and_named_by_its_row():
    sheet = row("title", "year") + (
        '<row r="2"><c t="inlineStr"><is><t>One</t></is></c><c t="e"><v>#REF!</v></c></row>'
    )
    found = read(parts(sheet))

    assert found.records[0].year_text == ""
    assert problems(found) == [(2, False)]


@pytest.mark.catalogue("I39")
def test_merged_cells_count_once():
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(["title", "journal", "year"], ["One", None, 2001]))
    )
    book.active.merge_cells("A2:B2")
    [record] = read(saved(book)).records

    assert (record.title, record.journal, record.year) == ("One", "", 2001)


@pytest.mark.catalogue("I39")
@pytest.mark.parametrize("mac", [False, True])
def test_dates_are_read_by_the_workbooks_own_calendar(mac):
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(["title", "date"])
    book.active.append(["One", date(2001, 3, 4)])
    book.active.append(["Two", datetime.fromisoformat("2002-03-04T05:06")])
    first, second = read(saved(book)).records

    assert (first.year, first.year_text) == (2001, "2001-03-04")
    assert (second.year, second.year_text) == (2002, "2002-03-04T05:06:00")


@pytest.mark.catalogue("I39")
def test_numbers_are_read_as_a_person_sees_them():
    sheet = row("title", "volume", "issue", "pmid") + (
        '<row><c t="inlineStr"><is><t>One</t></is></c><c><v>12.0</v></c><c><v>1.5</v></c>'
        "<c><v>1.23456E5</v></c></row>"
    )
    [record] = read(parts(sheet)).records

    assert (record.volume, record.issue, record.pmid) == ("12", "1.5", "123456")


@pytest.mark.catalogue("I39")
def test_a_million_empty_rows_cost_little():
    styled = "".join(f'<row r="{n}"><c s="0"/></row>' for n in range(3, 5_000))
    far = row("Far", "2002", number=1_048_576)

    begun = time.process_time()
    found = read(parts(TABLE + styled + far))
    assert time.process_time() - begun < 4
    assert [(r.title, r.line) for r in found.records] == [("One", 2), ("Far", 1_048_576)]


@pytest.mark.catalogue("I39")
@pytest.mark.parametrize(
    "sheet",
    [
        TABLE + row("Beyond", number=1_048_577),
        TABLE + row("Beyond", number=99_999_999_999),
        TABLE + f'<row r="{"9" * 5_000}"><c><v>1</v></c></row>',
        TABLE + '<row r="3"><c r="XFD3"><v>1</v></c></row>',
        TABLE + '<row r="3"><c r="ZZZZZZ3"><v>1</v></c></row>',
        TABLE + '<row r="3"><c t="s"><v>7</v></c></row>',
        TABLE + '<row r="3"><c><v>1e999999</v></c></row>' + row("x", number="x"),
        TABLE + "<row><c>",
    ],
    ids=range(8),
)
def test_a_sheet_beyond_a_spreadsheets_bounds_is_refused(sheet):
    begun = time.process_time()
    with pytest.raises(FileRefused):
        read_file(parts(sheet))
    assert time.process_time() - begun < 6


@pytest.mark.catalogue("I36")
def test_a_workbook_with_too_many_columns_is_refused():
    with pytest.raises(FileRefused, match="501 columns"):
        read_file(workbook(["title", *(f"c{n}" for n in range(500))], ["One"]))


def bomb(size):
    filler = b"<" + b" " * (size - 2) + b">"
    return parts(TABLE, more=[("xl/media/x.xml", filler)])


@pytest.mark.catalogue("I37")
def test_a_workbook_that_swells_a_thousandfold_is_refused_before_it_is_unpacked():
    data = bomb(100_000_000)
    assert len(data) < 200_000

    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(FileRefused, match="compressed beyond"):
        read_file(data)
    spent, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spent < 0.5
    assert peak < 5_000_000


@pytest.mark.catalogue("I37")
def test_a_workbook_that_lies_about_its_sizes_is_refused_while_it_is_unpacked():
    data = bytearray(bomb(50_000_000))
    true, lie = (50_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    assert true in data
    lying = bytes(data).replace(true, lie)

    tracemalloc.start()
    with pytest.raises(FileRefused):
        read_file(lying)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.catalogue("I37")
def test_a_workbook_larger_than_any_table_is_refused(monkeypatch):
    monkeypatch.setattr("records.importers.xlsx.MAX_INFLATED", 3_000)

    with pytest.raises(FileRefused, match="unpacks to more"):
        read_file(workbook(HEADER, ROW))


@pytest.mark.catalogue("I38")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("../../evil.txt", b"x", "outside"),
        ("xl\\..\\..\\evil.txt", b"x", "outside"),
        ("/etc/passwd", b"x", "outside"),
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/embeddings/inner.zip", b"x", "archive"),
        ("xl/embeddings/oleObject1.bin", b"PK\x03\x04 nested", "archive"),
        ("xl/embeddings/x.bin", b"\x1f\x8bnested", "archive"),
        ("customXml/item1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entities"),
        (
            "customXml/item1.xml",
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><x/>'.encode("utf-16"),
            "entities",
        ),
        ("xl/workbook.xml", b"<x/>", "two of one name"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_workbook_with_more_than_a_table_in_it_is_refused(name, content, said):
    with pytest.raises(FileRefused, match=said):
        read_file(parts(TABLE, more=[(name, content)]))


@pytest.mark.catalogue("I38")
def test_a_link_within_the_archive_is_refused():
    link = zipfile.ZipInfo("xl/link")
    link.external_attr = 0o120777 << 16

    with pytest.raises(FileRefused, match="link"):
        read_file(parts(TABLE, more=[(link, "/etc/passwd")]))


@pytest.mark.catalogue("I38")
def test_links_to_other_workbooks_are_never_followed(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError(f"opened {args}")

    links = [
        ("xl/externalLinks/externalLink1.xml", f'<externalLink xmlns="{MAIN}"/>'),
        (
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            f'<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="r1" TargetMode="External" '
            f'Type="{REL}/externalLinkPath" Target="http://127.0.0.1:9/x.xlsx"/></Relationships>',
        ),
    ]
    external = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
        '<sheet name="refs" sheetId="1" r:id="r1"/></sheets>'
        '<externalReferences><externalReference r:id="r2"/></externalReferences></workbook>'
    )
    data = parts(TABLE, workbook_xml=external, more=links)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)

    assert [r.title for r in read(data).records] == ["One"]


@pytest.mark.catalogue("I40")
def test_an_archive_that_is_no_workbook_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.ris", "TY  - JOUR\nTI  - T\nER  - \n")

    for options in ({}, {"format": "xlsx"}):
        with pytest.raises(FileRefused, match=r"ZIP|workbook"):
            read_file(stream.getvalue(), **options)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"title\nOne\n"])
def test_what_is_no_archive_is_refused_as_a_workbook(data):
    with pytest.raises(FileRefused):
        read_file(data, format="xlsx")


def test_characters_written_by_number_are_read_as_characters():
    [record] = read(parts(row("title") + row("One_x000D_ two_x0041_"))).records

    assert record.title == "One twoA"


def test_an_empty_workbook_is_refused():
    with pytest.raises(FileRefused, match="no table"):
        read_file(workbook())
