"""Submission tables: every table and figure of the manuscript in one document, numbered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.layouts import JOURNAL, laid_out
from reporting.reports import REPORTS
from reporting.saved import saved_reports

# The manuscript of a review that labelled no saved tables, in its order.
TABLES = (
    "study-characteristics",
    "demographics",
    "interventions",
    "outcomes",
    "complications",
    "reoperations",
    "return-to-activity",
    "satisfaction",
)
SUPPLEMENT = ("excluded-at-full-text", "screening-agreement")
FIGURES = ("prisma", "forest")
TABLE, FIGURE, SUPPLEMENTARY = "Table ", "Figure ", "Table S"
# Columns that say of whom a row speaks, not what was found.
NAMING = frozenset({"study", "cohort", "category", "treatment"})
COLUMNS = (
    Column(key="number", heading="Number"),
    Column(key="title", heading="Title"),
    Column(key="table", heading="Made from"),
)
NUMBERED_BY_LEAD = "The tables are the saved ones with a number of their own, in its order."
USUAL = "No saved table has a number: these are the tables of a usual manuscript."


@dataclass(frozen=True, kw_only=True, slots=True)
class Manuscript:
    """The numbered reports of a manuscript in its order, and what must be said of the choice."""

    reports: Sequence[ReportDefinition]
    notes: Sequence[str]


def manuscript(snapshot: Snapshot) -> Manuscript:
    """Return the tables and figures of the manuscript as it stood.

    The tables are the saved ones that the lead numbered; where none is, those of a usual
    manuscript, without any in which nobody reports anything. The figures stand after them.
    """
    if "manuscript" not in snapshot.kept:
        snapshot.kept["manuscript"] = _manuscript(snapshot)
    made: Manuscript = snapshot.kept["manuscript"]
    return made


def _manuscript(snapshot: Snapshot) -> Manuscript:
    labelled = sorted((r for r in saved_reports(snapshot) if r.number), key=_place)
    taken = {report.number for report in labelled}
    silent: list[str] = []
    figures = _numbered(FIGURE, FIGURES, snapshot, taken, silent)
    if labelled:
        supplement = [r for r in labelled if r.number.startswith(SUPPLEMENTARY)]
        tables = [r for r in labelled if not r.number.startswith(SUPPLEMENTARY)]
    else:
        tables = _numbered(TABLE, TABLES, snapshot, taken, silent)
        supplement = _numbered(SUPPLEMENTARY, SUPPLEMENT, snapshot, taken, silent)
    notes = [NUMBERED_BY_LEAD if labelled else USUAL]
    if silent:
        notes.append(f"Left out, as there is nothing in them yet: {', '.join(silent)}.")
    return Manuscript(reports=(*tables, *figures, *supplement), notes=notes)


def _numbered(
    word: str, slugs: Sequence[str], snapshot: Snapshot, taken: set[str], silent: list[str]
) -> list[ReportDefinition]:
    """Return the reports that have something to say under the next free numbers."""
    free = (label for number in count(1) if (label := f"{word}{number}") not in taken)
    made = []
    for definition in (REPORTS[slug] for slug in slugs if slug in REPORTS):
        drawn = word != FIGURE or _draws(definition, snapshot)
        if drawn and _speaks(definition, snapshot):
            made.append(replace(laid_out(definition, JOURNAL), number=next(free)))
        else:
            silent.append(definition.title)
    return made


def _draws(definition: ReportDefinition, snapshot: Snapshot) -> bool:
    return definition.figure is not None and bool(definition.figure.parts(snapshot))


def _speaks(definition: ReportDefinition, snapshot: Snapshot) -> bool:
    """Return whether some row says more than of whom it speaks and what is not known."""
    return any(
        cell.text and not cell.missing and column.key not in NAMING
        for row in definition.table(snapshot).rows
        if not row.is_total
        for column in definition.columns
        for cell in [row.cell(column.key)]
    )


def _place(report: ReportDefinition) -> list[int | str]:
    """Return by what numbers are ordered as people count: Table 2 before Table 10."""
    parts = re.split(r"([0-9]+)", report.number.casefold())
    return [int(part) if part.isdecimal() else part for part in parts]


def _contents(snapshot: Snapshot) -> Table:
    made = manuscript(snapshot)
    rows = []
    for report in made.reports:
        said = {"number": report.number, "title": report.title, "table": report.slug}
        cells = {key: Cell(text=text, value=text) for key, text in said.items()}
        rows.append(Row(key=report.number, cells=cells))
    return Table(rows=rows, notes=made.notes)


SUBMISSION = ReportDefinition(
    slug="submission-tables",
    title="Submission tables",
    columns=COLUMNS,
    rows=_contents,
    named_by=("number",),
    formats=("docx", "xlsx", "html"),
    bundle=lambda snapshot: manuscript(snapshot).reports,
)
