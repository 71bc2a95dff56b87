"""Markdown: the printed table as a pipe table that shows every text as it is."""

import re

import pytest

from reporting.definitions import Cell, Column, ReportDefinition, Row, Table
from reporting.layouts import laid_out, layouts_of
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.renderers.markdown import escaped
from reporting.renderers.texts import NOTHING, REPLACED
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_study

IN_MARKDOWN = [report for report in REPORTS.values() if "md" in report.formats]
STUDY = Column(key="study", heading="Study")
AGE = Column(key="age", heading="Age", unit="years", numeric=True)


def written(lead, definition):
    return RENDERERS["md"].whole(definition, take_snapshot(lead.review)).decode()


def table_of(*rows, notes=()):
    """Return a report with these rows under study and age."""
    return ReportDefinition(
        slug="t",
        title="T",
        columns=(STUDY, AGE),
        rows=lambda _: Table(rows=rows, notes=notes),
        once=("study",),
    )


def row(study, age="", **said):
    cells = {"study": Cell(text=study), "age": age if isinstance(age, Cell) else Cell(text=age)}
    return Row(key=study, cells=cells, **said)


def lines_of_table(text):
    return [line for line in text.split("\n") if line.startswith("|")]


def cells_of(line):
    """Return the cells of a line of a table, its escapes still in them."""
    assert line.startswith("| ")
    assert line.endswith(" |")
    return re.split(r" (?<!\\)\| ", line[2:-2])


def shown(text):
    """Return what a reader sees of a text: marks and escapes taken away."""
    text = re.sub(r"<sup>(.*?)</sup>", r"\1", text).replace("<br>", "\n")
    text = re.sub(r"(?<!\\)\*+", "", text)
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.catalogue("E02")
@pytest.mark.parametrize("report", IN_MARKDOWN, ids=lambda report: report.slug)
def test_texts_are_those_of_the_printed_table_cell_by_cell_in_both_layouts(lead, report):
    treated = [{"category": "injection", "cohorts": 0}]
    make_study(lead, label="A | B", cohorts=[hip_series(bmi__value="NR")], interventions=treated)
    snapshot = take_snapshot(lead.review)
    for layout in layouts_of(report):
        definition = laid_out(report, layout)
        table = printed(definition, snapshot)
        wanted = [[f"{c.heading} {c.unit}".strip() for c in table.columns]]
        for each in table.rows:
            if each.heads:
                wanted.append([each.heads, *[""] * (len(table.columns) - 1)])
            wanted.append([f"{'' if c.repeats else c.text}{c.marks}" for c in each.cells])
        if not table.rows:
            wanted.append([NOTHING, *[""] * (len(table.columns) - 1)])

        head, rule, *rows = lines_of_table(RENDERERS["md"].whole(definition, snapshot).decode())

        assert [[shown(cell) for cell in cells_of(line)] for line in (head, *rows)] == wanted
        assert len(cells_of(rule)) == len(table.columns)


def test_heads_have_units_and_numbers_stand_on_the_right(lead):
    head, rule, *_ = lines_of_table(written(lead, table_of(row("A", "40"))))

    assert (head, rule) == ("| Study | Age years |", "| :--- | ---: |")


def test_totals_and_groups_are_bold_and_rows_in_no_total_italic(lead):
    text = written(
        lead,
        table_of(
            row("A", "40", group="Injection"),
            row("B", "41", group="Injection", counts=False),
            row("Total", "81", group="Injection", is_total=True),
        ),
    )

    assert lines_of_table(text)[2:] == [
        "| **Injection** |  |",
        "| A | 40 |",
        "| *B* | *41* |",
        "| **Total** | **81** |",
    ]


def test_letters_stand_in_the_cells_and_before_their_notes(lead):
    noted = row("A", Cell(text="40", note="Printed: 480 months"), note="Two reports")

    text = written(lead, table_of(noted, row("A", "41"), notes=("NR: not reported.",)))

    assert lines_of_table(text)[2:] == ["| A<sup>a</sup> | 40<sup>b</sup> |", "|  | 41 |"]
    assert [line for line in text.split("\n") if line.startswith("- ")] == [
        "- <sup>a</sup> Two reports",
        "- <sup>b</sup> Printed: 480 months",
        "- NR: not reported.",
    ]


def test_caption_stands_above_and_instant_and_title_below(lead):
    snapshot = take_snapshot(lead.review)

    text = written(lead, table_of(row("A")))

    assert text.startswith("**Table.** T\n\n| Study |")
    assert text.endswith(f"\n\n*As of {snapshot.as_text}. {snapshot.settings.title}.*\n")


@pytest.mark.catalogue("E03")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&amp; <b>", "&amp;amp; &lt;b&gt;"),
        ("one\r\ntwo\u2028three", "one<br>two<br>three"),
        ("*a* _b_ `c` ~d~ [e](f) $g$", r"\*a\* \_b\_ \`c\` \~d\~ \[e\](f) \$g\$"),
        ("a\0b\ufffe", f"a{REPLACED}b{REPLACED}"),
        ("]]> مرحبا", r"\]\]&gt; مرحبا"),
    ],
)
def test_a_text_is_shown_as_it_is_and_breaks_no_table(lead, text, wanted):
    assert escaped(text) == wanted
    assert lines_of_table(written(lead, table_of(row(text, "1"))))[2:] == [f"| {wanted} | 1 |"]


@pytest.mark.parametrize(
    ("note", "wanted"),
    [
        ("# no heading", r"- \# no heading"),
        ("- no list", r"- \- no list"),
        ("1. no number", r"- 1\. no number"),
        ("2019 series", "- 2019 series"),
    ],
)
def test_a_note_begins_no_list_and_no_heading_of_its_own(lead, note, wanted):
    assert wanted in written(lead, table_of(row("A"), notes=(note,))).split("\n")
