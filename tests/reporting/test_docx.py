"""DOCX: the printed table as journals set it, read back cell by cell."""

import time
from dataclasses import replace
from datetime import UTC
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.template.loader import get_template
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from reporting.definitions import Cell, Column, ReportDefinition, Row, Table
from reporting.layouts import laid_out, layouts_of
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.renderers.texts import NOTHING, REPLACED, lines_of
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from tests.reporting.documents import grids, paragraphs, raised, read, text_of
from tests.reporting.factories import hip_series, make_records, make_study

IN_WORD = [report for report in REPORTS.values() if "docx" in report.formats]


def table_of(rows, *columns, **said):
    """Return a report of these rows, each a mapping of texts or cells by column."""
    made = [
        row
        if isinstance(row, Row)
        else Row(
            key=str(number),
            cells={
                key: text if isinstance(text, Cell) else Cell(text=text, value=text)
                for key, text in row.items()
            },
        )
        for number, row in enumerate(rows)
    ]
    given = columns or tuple(Column(key=key, heading=key.title()) for key in rows[0])
    return ReportDefinition(
        slug="t", title="T", columns=given, rows=lambda _: Table(rows=made), **said
    )


def document_of(lead, definition):
    return read(RENDERERS["docx"].whole(definition, take_snapshot(lead.review)))


def runs_of(document):
    """Return the runs of all tables as text, bold and italic."""
    return {
        text_of(run): {child.tag.split("}")[1] for child in run.iterfind(f"{qn('w:rPr')}/*")}
        for table in document.tables
        for run in table._tbl.iter(qn("w:r"))
    }


def expected(table):
    """Return the rows that a document has of a printed table: heads, groups, cells with letters."""
    yield [f"{c.heading} {c.unit}".strip() for c in table.columns]
    for row in table.rows:
        if row.heads:
            yield [row.heads]
        yield [f"{'' if c.repeats else c.text}{c.marks}" for c in row.cells]
    if not table.rows:
        yield [NOTHING]


def side_by_side(parts, columns):
    """Return the parts of a table that was cut as one table; parts repeat the columns of a row."""
    if len(parts) == 1:
        return parts[0]
    places = {}
    for part in parts:
        for place, head in enumerate(part[0]):
            places.setdefault(head, (part, place))
    rows = []
    for number, first in enumerate(parts[0]):
        if len(first) == 1:
            assert {tuple(part[number]) for part in parts} == {tuple(first)}
            rows.append(first)
        else:
            rows.append([places[head][0][number][places[head][1]] for head in columns])
    return rows


@pytest.fixture
def studies(lead):
    """Make two studies that fill most tables, one of them with what is not reported."""
    treated = [{"category": "injection", "cohorts": 0}]
    seen = {"time.kind": "final_follow_up", "time": 24, "estimate.centre": "mean", "n": 10}
    make_study(
        lead,
        label="Study one",
        study={"country": "Germany", "design": "Case series"},
        cohorts=[hip_series(bmi__value={"text": "NR", "note": "not in the paper"})],
        interventions=treated,
        outcomes=[{"instrument": "VAS pain"}, {"instrument": "mHHS"}],
        results=[
            {**seen, "estimate.value": "1.6", "outcome": 0},
            {**seen, "estimate.value": "88.0", "outcome": 1},
        ],
        events=[
            {"class": "complication", "type": "Haematoma", "events": 1, "affected": 1, "of": 10}
        ],
    )
    make_study(lead, label="Study two", cohorts=[hip_series()], interventions=treated)
    return lead


@pytest.mark.catalogue("E02")
@pytest.mark.parametrize("report", IN_WORD, ids=lambda report: report.slug)
def test_texts_are_those_of_the_printed_table_cell_by_cell_in_both_layouts(studies, report):
    snapshot = take_snapshot(studies.review)
    for layout in layouts_of(report):
        definition = laid_out(report, layout)
        table = printed(definition, snapshot)

        parts = grids(read(RENDERERS["docx"].whole(definition, snapshot)))

        wanted = list(expected(table))
        shown = side_by_side(parts, wanted[0])
        assert [["\n".join(lines_of(text)) for text in row] for row in wanted] == shown


def test_letters_stand_raised_in_the_cells_and_before_their_notes(studies):
    snapshot = take_snapshot(studies.review)
    definition = laid_out(REPORTS["demographics"], "journal")
    table = printed(definition, snapshot)
    document = read(RENDERERS["docx"].whole(definition, snapshot))

    in_cells = {mark for t in document.tables for marks in raised(t._tbl) for mark in marks.split()}
    below = [p for p in document.paragraphs if any(True for _ in raised(p._p))]

    assert table.letters
    assert in_cells == {letter for letter, _ in table.letters}
    [notes] = below
    assert list(raised(notes._p)) == [letter for letter, _ in table.letters]
    for letter, note in table.letters:
        assert f"{letter} {note.rstrip('.')}" in text_of(notes._p)


def test_caption_stands_above_and_notes_instant_title_and_notice_below(studies):
    snapshot = take_snapshot(studies.review)
    settings = replace(snapshot, settings=snapshot.settings).settings
    settings.notice = "For practice"
    definition = table_of([{"study": "A"}])
    rows = definition.rows
    noted = replace(definition, rows=lambda s: replace(rows(s), notes=("One note", "Another.")))

    document = read(RENDERERS["docx"].whole(noted, snapshot))

    body = [text_of(child) for child in document.element.body]
    assert body[0] == "Table. T"
    assert body[2:4] == [
        "One note. Another.",
        f"As of {snapshot.as_text}. {settings.title}. For practice.",
    ]
    [caption] = [run.text for run in document.paragraphs[0].runs if run.bold]
    assert caption == "Table. "


def test_a_numbered_report_is_captioned_with_its_number(lead):
    document = document_of(lead, table_of([{"study": "A"}], number="Table 3"))

    assert paragraphs(document)[0] == "Table 3. T"


def test_heads_are_repeated_rows_stay_whole_and_widths_are_fixed(lead):
    document = document_of(lead, table_of([{"study": "A", "text": "x"}] * 3))

    [table] = document.tables
    first, *others = table._tbl.tr_lst
    assert first.trPr.find(qn("w:tblHeader")) is not None
    assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
    assert not table.autofit
    grid = [int(c.get(qn("w:w"))) for c in table._tbl.tblGrid]
    for row in table._tbl.tr_lst:
        assert [int(w.get(qn("w:w"))) for w in row.iter(qn("w:tcW"))] == grid


def test_rules_are_horizontal_thick_at_both_ends_thin_under_the_head(lead):
    document = document_of(lead, table_of([{"study": "A", "text": "x"}] * 2))

    style = document.styles["Journal Table"].element
    ends = {e.tag.split("}")[1]: e.get(qn("w:sz")) for e in style.find(f".//{qn('w:tblBorders')}")}
    inner = [
        (number, rule.tag.split("}")[1], rule.get(qn("w:sz")))
        for number, row in enumerate(document.tables[0]._tbl.tr_lst)
        for borders in row.iter(qn("w:tcBorders"))
        for rule in borders
    ]
    assert ends == {"top": "12", "bottom": "12"}
    assert inner == [(0, "bottom", "4")] * 2


def test_totals_are_bold_and_rows_in_no_total_italic(lead):
    rows = [
        Row(key="1", cells={"study": Cell(text="Counted")}, group="injection"),
        Row(key="2", cells={"study": Cell(text="Uncounted")}, group="injection", counts=False),
        Row(key="3", cells={"study": Cell(text="Sum")}, is_total=True, group="injection"),
    ]

    runs = runs_of(document_of(lead, table_of(rows, Column(key="study", heading="Study"))))

    assert runs["Counted"] == set()
    assert runs["Uncounted"] == {"i", "iCs"}
    assert runs["Sum"] == {"b", "bCs"}
    assert runs["injection"] == {"b", "bCs", "i", "iCs"}


def test_what_the_row_above_says_is_left_empty_where_it_is_told_once(lead):
    rows = [{"study": "A", "text": "x"}, {"study": "A", "text": "y"}, {"study": "B", "text": "z"}]

    [table] = grids(document_of(lead, table_of(rows, once=("study",))))

    assert table[1:] == [["A", "x"], ["", "y"], ["B", "z"]]


def test_numbers_stand_on_the_right(lead):
    columns = (Column(key="study", heading="Study"), Column(key="n", heading="N", numeric=True))
    document = document_of(lead, table_of([{"study": "A", "n": "7"}], *columns))

    sides = [
        [jc.get(qn("w:val")) for jc in cell.iter(qn("w:jc"))]
        for row in document.tables[0]._tbl.tr_lst
        for cell in row.findall(qn("w:tc"))
    ]
    assert sides == [[], ["right"], [], ["right"]]


@pytest.mark.catalogue("E03")
def test_hostile_texts_are_kept_and_what_xml_cannot_hold_is_seen_to_be_replaced(lead):
    texts = ["]]><w:p/>&amp;", "a\0b\x0bc", "two\r\nlines", "\ufffe{0}", "𝛼 ≥ 24 – “x”", " =1+1 "]
    shown = [
        "]]><w:p/>&amp;", f"a{REPLACED}b\nc", "two\nlines", f"{REPLACED}{{0}}", texts[4], texts[5],
    ]  # fmt: skip

    [table] = grids(document_of(lead, table_of([{"text": text} for text in texts])))

    assert [row[0] for row in table[1:]] == shown


def test_a_text_of_a_script_read_from_the_right_is_set_from_the_right(lead):
    document = document_of(lead, table_of([{"text": "مرحبا (12)"}, {"text": "(12) plain آ"}]))

    _, backwards, plain = document.tables[0]._tbl.tr_lst
    assert backwards.find(f".//{qn('w:bidi')}") is not None
    assert backwards.find(f".//{qn('w:rtl')}") is not None
    assert plain.find(f".//{qn('w:bidi')}") is None


def test_the_page_stands_where_the_lines_fit_side_by_side_and_lies_where_not(lead):
    few = {f"c{n}": "12 (34)" for n in range(5)}
    many = {f"c{n}": "a text of five words" for n in range(9)}

    upright, across = (document_of(lead, table_of([row])) for row in (few, many))

    assert [s.orientation for s in upright.sections] == [WD_ORIENT.PORTRAIT]
    assert [s.orientation for s in across.sections] == [WD_ORIENT.LANDSCAPE]
    assert [(round(s.page_width.mm), round(s.page_height.mm)) for s in across.sections] == [
        (297, 210)
    ]
    for document in (upright, across):
        section = document.sections[0]
        room = section.page_width - section.left_margin - section.right_margin
        width = sum(int(c.get(qn("w:w"))) for c in document.tables[0]._tbl.tblGrid)
        assert width <= round(room / 635)


def test_a_table_too_wide_for_a_page_is_cut_and_every_part_names_its_rows(lead):
    row = {"study": "Series of 12", **{f"c{n}": f"{'wide' * 4}{n}" for n in range(40)}}

    document = document_of(lead, table_of([row], named_by=("study",)))

    parts = grids(document)
    captions = [text for text in paragraphs(document) if text.startswith("Table.")]
    assert len(parts) > 1
    assert captions == [f"Table. T (part {n} of {len(parts)})" for n in range(1, len(parts) + 1)]
    assert all(part[1][0] == "Series of 12" for part in parts)
    assert [text for part in parts for text in part[1][1:]] == list(row.values())[1:]


def test_no_word_and_no_number_is_broken_where_there_is_room(lead):
    long = "a long sentence of many words that goes on and on " * 8
    columns = (
        Column(key="study", heading="Study"),
        Column(key="age", heading="Age", unit="years", numeric=True),
        *(Column(key=f"c{n}", heading="Text") for n in range(6)),
    )
    row = {"study": "CHARACTERISTICS", "age": "47.0 (9.6; 29–63)"}
    row |= {f"c{n}": long for n in range(6)}

    document = document_of(lead, table_of([row], *columns))

    widths = [int(c.get(qn("w:w"))) / 20 for c in document.tables[0]._tbl.tblGrid]
    # Widths of Times in letters of one point, in 8 points, with 8 points of white space:
    # C .667 H .722 A .722 R .667 A .722 C .667 T .611 E .611 R .667 I .333 S .556 T .611 I .333
    # C .667 S .556; nine figures of .5, two stops and two spaces of .25, brackets .333, semicolon
    # .278, dash .5
    assert widths[0] >= 9.112 * 8 + 8
    assert widths[1] >= 6.944 * 8 + 8


def test_an_empty_table_says_what_its_page_says(lead):
    [table] = grids(document_of(lead, replace(table_of([{"a": ""}]), rows=lambda _: iter(()))))

    assert table == [["A"], [NOTHING]]
    assert NOTHING in get_template("reporting/_table.html").template.source


@pytest.mark.catalogue("E09")
def test_same_bytes_whenever_it_is_written(studies, monkeypatch):
    snapshot = take_snapshot(studies.review)
    definition = laid_out(REPORTS["prisma"], "full")
    before = RENDERERS["docx"].whole(definition, snapshot)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 40 * 365 * 86400)

    assert RENDERERS["docx"].whole(definition, snapshot) == before


def test_properties_say_what_it_is_and_as_of_when_and_nobody_made_it(studies):
    snapshot = take_snapshot(studies.review)
    data = RENDERERS["docx"].whole(REPORTS["summary"], snapshot)

    about = read(data).core_properties
    at = snapshot.instant.astimezone(UTC).replace(microsecond=0)
    assert about.title == "Summary of the included studies"
    assert about.subject == snapshot.settings.title
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert {about.created, about.modified} <= {at, at.replace(tzinfo=None)}
    with ZipFile(BytesIO(data)) as package:
        whole = b"".join(package.read(name) for name in package.namelist())
        names = package.namelist()
    assert b"python-docx" not in whole
    assert b"Macintosh" not in whole
    assert not [name for name in names if "thumbnail" in name or "customXml" in name]


def test_tables_are_described_for_those_who_do_not_see_them(lead):
    document = document_of(lead, table_of([{"study": "A", "text": "x"}]))

    properties = document.tables[0]._tbl.tblPr
    said = {e.tag.split("}")[1]: e.get(qn("w:val")) for e in properties}
    assert said["tblCaption"] == "Table. T"
    assert said["tblDescription"] == "1 rows; columns: Study, Text."
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert defaults.get(qn("w:val")) == "en-GB"


def test_a_figure_is_a_picture_with_its_description_and_its_table_follows(lead):
    make_records(lead, 3)
    snapshot = take_snapshot(lead.review)
    prisma = REPORTS["prisma"]
    drawn = prisma.figure.draw(snapshot, "")

    document = read(RENDERERS["docx"].whole(prisma, snapshot))

    [picture] = document.inline_shapes
    told = picture._inline.docPr
    assert (told.get("title"), told.get("descr")) == (drawn.title, drawn.description)
    assert abs(picture.width / picture.height - drawn.width / drawn.height) < 0.01
    section = document.sections[0]
    assert picture.width <= section.page_width - section.left_margin - section.right_margin
    assert f"Figure. {drawn.title}" in paragraphs(document)
    assert len(document.sections) == 2
    assert len(grids(document)) == 1
