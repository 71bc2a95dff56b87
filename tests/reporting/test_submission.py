"""Submission tables: the manuscript's tables and figures in one document, numbered."""

import time

import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from reporting.catalogue import report_named, reports_of
from reporting.definitions import Cell, Column, ReportDefinition, Row, Table
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.renderers.docx.fitting import fitted
from reporting.reports import REPORTS
from reporting.services import save_table
from reporting.snapshot import take_snapshot
from reporting.submission import SUBMISSION, manuscript
from tests.reporting.documents import grids, paragraphs, raised, read
from tests.reporting.factories import hip_series, make_study

SPEC = {"columns": [{"key": "study"}, {"key": "patients_treated"}]}


def numbers(lead):
    return {r.number: r.slug for r in manuscript(take_snapshot(lead.review)).reports}


def notes(lead):
    return list(manuscript(take_snapshot(lead.review)).notes)


def document_of(lead):
    return read(RENDERERS["docx"].whole(SUBMISSION, take_snapshot(lead.review)))


def captions(document):
    """Return the captions that stand above tables and below figures."""
    return [
        text
        for each, text in zip(document.paragraphs, paragraphs(document), strict=True)
        if each.style.name in ("caption", "Caption", "Figure Caption") and text
    ]


@pytest.fixture
def injected(lead):
    """Make a study of which treatment, people, visits and complications are reported."""
    seen = {"n": 10, "estimate.centre": "mean", "estimate.spread": "sd"}
    seen |= {"estimate.spread_value": 1, "n.unit": "patients"}
    make_study(
        lead,
        label="Study one",
        cohorts=[hip_series(bmi__value={"text": "NR", "note": "not in the paper"})],
        interventions=[{"category": "injection", "cohorts": 0, "label": "Guided injection"}],
        outcomes=[{"instrument": "VAS pain"}, {"instrument": "mHHS"}],
        results=[
            {**seen, "time.kind": kind, "estimate.value": value, "outcome": outcome, **when}
            for outcome, before, after in ((0, "7.0", "2.0"), (1, "48.0", "88.0"))
            for kind, value, when in (
                ("baseline", before, {}),
                ("final_follow_up", after, {"time": 24}),
            )
        ],
        events=[
            {"class": "complication", "type": "Haematoma", "events": 1, "affected": 1, "of": 10}
        ],
    )
    return lead


def test_usual_tables_are_numbered_in_order_without_those_that_say_nothing(injected):
    numbered = numbers(injected)

    assert list(numbered.items()) == [
        ("Table 1", "study-characteristics"),
        ("Table 2", "demographics"),
        ("Table 3", "interventions"),
        ("Table 4", "outcomes"),
        ("Table 5", "complications"),
        ("Figure 1", "prisma"),
        ("Figure 2", "forest"),
    ]
    [_, left_out] = notes(injected)
    assert left_out == (
        "Left out, as there is nothing in them yet: Reoperations, Return to activity, "
        "Satisfaction, Reports excluded at full text, Agreement between screeners."
    )


def test_a_review_without_studies_has_no_tables_yet_and_says_so(lead):
    assert numbers(lead) == {"Figure 1": "prisma"}
    assert "Characteristics of the included studies" in notes(lead)[1]


def test_saved_tables_with_a_number_take_the_place_of_the_usual_ones_as_people_count(injected):
    for slug, label in (
        ("ten", "Table 10"),
        ("two", "Table 2"),
        ("extra", "Table S1"),
        ("own", ""),
    ):
        save_table(
            lead=injected, slug=slug, name=f"Saved {slug}", table="study-characteristics",
            spec=SPEC, label=label,
        )  # fmt: skip

    numbered = numbers(injected)

    assert list(numbered.items()) == [
        ("Table 2", "two"),
        ("Table 10", "ten"),
        ("Figure 1", "prisma"),
        ("Figure 2", "forest"),
        ("Table S1", "extra"),
    ]


def test_a_number_that_the_lead_gave_is_not_given_twice(injected):
    save_table(
        lead=injected, slug="own", name="Drawn elsewhere", table="study-characteristics",
        spec=SPEC, label="Figure 1",
    )  # fmt: skip

    assert numbers(injected) == {"Figure 1": "own", "Figure 2": "prisma", "Figure 3": "forest"}


def test_each_table_and_each_figure_has_a_page_of_its_own_and_a_caption(injected):
    document = document_of(injected)

    assert captions(document) == [
        "Table 1. Characteristics of the included studies",
        "Table 2. Demographics",
        "Table 3. Interventions",
        "Table 4. Outcomes before and after treatment",
        "Table 5. Complications",
        *(text for text in captions(document) if text.startswith("Figure ")),
    ]
    figures = [text.partition(". ")[0] for text in captions(document)[5:]]
    assert figures == ["Figure 1", "Figure 2a", "Figure 2b"]
    assert len(document.inline_shapes) == 3
    assert len(document.tables) == 5
    # The first page lists them.
    assert len(document.sections) == 1 + 5 + 3
    assert document.sections[0].orientation == WD_ORIENT.PORTRAIT


def test_first_page_lists_all_with_links_that_lead_to_them(injected):
    document = document_of(injected)

    links = {
        link.get(qn("w:anchor")): "".join(t.text for t in link.iter(qn("w:t")))
        for link in document.element.iter(qn("w:hyperlink"))
    }
    marks = [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert list(links) == marks
    assert list(links.values()) == captions(document)
    snapshot = take_snapshot(injected.review)
    assert paragraphs(document)[:2] == [snapshot.settings.title, "Submission tables"]
    assert f"As of {snapshot.as_text}. {snapshot.settings.title}." in paragraphs(document)


def test_tables_say_what_they_say_alone_and_their_letters_begin_anew(injected):
    snapshot = take_snapshot(injected.review)
    reports = [r for r in manuscript(snapshot).reports if r.number.startswith("Table")]

    document = document_of(injected)

    lettered = 0
    for report, shown, table in zip(reports, grids(document), document.tables, strict=True):
        alone = printed(report, snapshot)
        assert shown[0] == [f"{c.heading} {c.unit}".strip() for c in alone.columns]
        rows = [row for row in shown[1:] if len(row) > 1]
        assert [row[0] for row in rows] == [
            f"{'' if r.cells[0].repeats else r.cells[0].text}{r.cells[0].marks}" for r in alone.rows
        ]
        marks = {mark for marks in raised(table._tbl) for mark in marks.split()}
        assert marks == {letter for letter, _ in alone.letters}
        lettered += "a" in marks
    assert lettered > 1


def tall(rows):
    """Return a report of so many rows of which every one takes a line."""
    columns = (Column(key="study", heading="Study"), Column(key="n", heading="N", numeric=True))
    made = [
        Row(key=str(n), cells={"study": Cell(text=f"Study {n}"), "n": Cell(text=str(n))})
        for n in range(rows)
    ]
    return ReportDefinition(
        slug="t", title="T", columns=columns, number="Table 1", rows=lambda _: Table(rows=made)
    )


@pytest.mark.parametrize(
    ("rows", "size", "pages"), [(10, 9, 1), (52, 9, 1), (56, 8, 1), (64, 7, 1), (150, 7, 3)]
)
def test_letters_shrink_step_by_step_to_fit_a_page_and_never_under_seven_points(
    lead, rows, size, pages
):
    table = printed(tall(rows), take_snapshot(lead.review))

    fit = fitted(table, "As of now.", (9.0, 8.0, 7.5, 7.0))

    assert (fit.size, fit.pages) == (size, pages)


def test_a_table_longer_than_a_page_is_named_on_the_first(lead):
    long = ReportDefinition(
        slug="b", title="B", columns=(), rows=lambda _: Table(rows=()),
        bundle=lambda _: (tall(10), tall(150)),
    )  # fmt: skip
    snapshot = take_snapshot(lead.review)

    document = read(RENDERERS["docx"].whole(long, snapshot))

    assert "More than one page, in letters of 7 points: Table 1 (3 pages)." in paragraphs(document)


@pytest.mark.catalogue("E09")
def test_same_bytes_whenever_it_is_written(injected, monkeypatch):
    snapshot = take_snapshot(injected.review)
    before = RENDERERS["docx"].whole(SUBMISSION, snapshot)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 40 * 365 * 86400)

    again = take_snapshot(injected.review, snapshot.instant)
    assert RENDERERS["docx"].whole(SUBMISSION, again) == before


def test_it_is_a_report_whose_page_lists_the_manuscript(injected):
    snapshot = take_snapshot(injected.review)

    assert report_named(snapshot, "submission-tables") is SUBMISSION
    assert SUBMISSION in reports_of(snapshot)
    assert SUBMISSION.slug not in REPORTS
    rows = list(SUBMISSION.table(snapshot).rows)
    assert rows[0].cell("number").text == "Table 1"
    assert rows[0].cell("title").text == "Characteristics of the included studies"
    assert b"Table 5" in RENDERERS["html"].whole(SUBMISSION, snapshot)
