"""The same number in every format: what one says of a cell, all say, in both layouts."""

import csv
import html
import io
import json
import os
import re
from html.parser import HTMLParser

import pytest
from docx import Document
from docx.table import _Cell
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from reporting.layouts import laid_out, layouts_of
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.reports import ALL_REPORTS
from reporting.snapshot import take_snapshot
from tests.factories import make_lead
from tests.reporting.factories import make_study
from tests.reporting.random_reviews import printable_studies

SOAK = os.environ.get("IFI_SOAK") == "1"
EXAMPLES = 40 if SOAK else 2
# Tables of the included studies; those of records, votes and files say nothing of such reviews.
REPORTS_OF_STUDIES = [
    report for report in ALL_REPORTS if "docx" in report.formats and report.figure is None
]


def folded(text):
    """Return a text as people read it: every run of white space is one space."""
    return " ".join(text.split())


class Cells(HTMLParser):
    """The texts of the cells of the first table of a page, row by row, without raised letters."""

    def __init__(self):
        super().__init__()
        self.rows, self.raised, self.inside = [], 0, False
        self.labels = 0

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True
        elif tag == "sup":
            self.raised += 1
        elif tag == "span" and self.inside:
            classes = (dict(attrs).get("class") or "").split()
            self.labels += bool(self.labels or "of" in classes)

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False
        elif tag == "sup":
            self.raised -= 1
        elif tag == "span" and self.labels:
            self.labels -= 1

    def handle_data(self, data):
        if self.inside and not self.raised and not self.labels:
            self.rows[-1][-1] += data


def of_page(data):
    reader = Cells()
    reader.feed(data.decode())
    return [[folded(text) for text in row] for row in reader.rows[1:]]


def of_document(data):
    """Return the parts of the table: a wide one is cut into several below each other."""
    return [
        [
            [_without_letters(element) for element in dict.fromkeys(cell._tc for cell in row.cells)]
            for row in table.rows
        ]
        for table in Document(io.BytesIO(data)).tables
    ]


def _without_letters(cell):
    runs = [run for part in _Cell(cell, None).paragraphs for run in part.runs]
    return folded("".join(run.text for run in runs if not run.font.superscript))


def of_markdown(data):
    lines = [line for line in data.decode().split("\n") if line.startswith("| ")][2:]
    return [[_plain(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def _plain(cell):
    """Return what a reader of Markdown sees of a cell."""
    cell = re.sub(r"<sup>.*?</sup>", "", cell.strip())
    cell = re.sub(r"(?<!\\)\*+", "", cell).replace("<br>", " ")
    return folded(html.unescape(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", cell)))


def of_workbook(data, size):
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    rows = []
    for row in sheet.iter_rows(min_row=2, max_col=size):
        rows.append([_as_shown(cell) for cell in row])
    return rows


def _as_shown(cell):
    """Return a number with the decimals of its format, a text as it stands."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return cell.value
    places = len(cell.number_format.partition(".")[2])
    return f"{cell.value:.{places}f}"


def of_lines(data):
    return [row[:-1] for row in csv.reader(io.StringIO(data.decode(), newline=""))][1:]


def check(report, snapshot):
    """Hold every format of one report, in one layout, against the rows it is made of."""
    columns = [column.key for column in report.columns]
    rows = list(report.table(snapshot).rows)
    told = [[row.cell(key).text for key in columns] for row in rows]
    made = {
        name: RENDERERS[name].whole(report, snapshot)
        for name in ("csv", "json", "html", "md", "docx", "xlsx")
    }
    for name, data in made.items():
        assert RENDERERS[name].whole(report, snapshot) == data, name

    assert of_lines(made["csv"]) == told
    document = json.loads(made["json"])["rows"]
    assert [[row["cells"][key]["text"] for key in columns] for row in document] == told
    sheet = [row for row in of_workbook(made["xlsx"], len(columns)) if any(row)]
    groups = {row.group for row in rows}
    sheet = [row for row in sheet if not (row[0] in groups and not any(row[1:]))]
    assert [row for row in told if any(row)] == sheet

    table = printed(report, snapshot)
    shown = [column.key for column in table.columns]
    # A column may be left out of what is printed only where it says nothing, or is for files.
    left = {c.key for c in report.columns if not c.file_only} - set(shown)
    assert not [row for row in rows for key in left if row.cell(key).text]
    for row, line in zip(rows, table.rows, strict=True):
        assert [cell.cell.text for cell in line.cells] == [row.cell(key).text for key in shown]
    if not rows:
        return
    once, always = [], []
    for line in table.rows:
        if line.heads:
            once.append([folded(line.heads)])
            always.append([folded(line.heads)])
        once.append([folded("" if cell.repeats else cell.text) for cell in line.cells])
        always.append([folded(cell.text) for cell in line.cells])
    assert of_page(made["html"]) == always
    assert _without_blanks(of_markdown(made["md"])) == _without_blanks(once)
    check_document(of_document(made["docx"]), [_heading(c) for c in table.columns], once)


def _heading(column):
    return folded(f"{column.heading} {column.unit}")


def check_document(parts, headings, rows):
    """Hold each part of a table against its columns; together the parts have every column."""
    assert len(set(headings)) == len(headings)
    places = [[headings.index(text) for text in head] for head, *_ in parts]
    assert sorted({place for part in places for place in part}) == list(range(len(headings)))
    for part, (_, *body) in zip(places, parts, strict=True):
        assert body == [row if len(row) == 1 else [row[place] for place in part] for row in rows]


def _without_blanks(rows):
    """Return rows without the empty cells at their end, which stand behind the head of a group."""
    return [row[: max((n + 1 for n, text in enumerate(row) if text), default=0)] for row in rows]


@pytest.mark.django_db
@pytest.mark.soak
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(review=st.lists(printable_studies(), min_size=1, max_size=3))
def test_every_format_says_the_same_of_every_cell_in_both_layouts(review):
    lead = make_lead()
    for place, lists in enumerate(review):
        make_study(lead, label=f"Paper {place}", **lists)
    snapshot = take_snapshot(lead.review)

    for report in REPORTS_OF_STUDIES:
        for layout in layouts_of(report):
            check(laid_out(report, layout), snapshot)
