"""Flow of the studies: how many people and units each cohort had at each point."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extraction import groups
from reporting.cells import key_cell, row_key
from reporting.definitions import (
    BLANK,
    Cell,
    Column,
    Joined,
    Layout,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.evidence import Cohort, StudyEvidence, evidence_of
from reporting.layouts import in_brackets
from reporting.printing import MISSING_LEGEND, Answers, study_cell
from reporting.times import months_cell

# What a cohort itself states, in the order in which people come through.
BEFORE, AFTER = ("eligible",), ("treated", "analysed", "lost")
# The points of the flow that come before treatment.
EARLY = ("screened", "enrolled", "randomised")
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="point", heading="Point", names=True),
    Column(key="patients", heading="Patients", unit="n", numeric=True),
    Column(key="units", heading="{Units}", unit="n", numeric=True),
    Column(key="reason", heading="Reason"),
    Column(key="time", heading="Time as printed"),
    Column(key="time_unit", heading="Unit of time"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="cohort_kind", heading="Kind of cohort"),
    Column(key="part_of", heading="Part of"),
    Column(key="counts", heading="Counts towards totals"),
)


def flow_table(snapshot: Snapshot) -> Table:
    """Return a row for each point of each cohort: screened to randomised, treated to lost."""
    return Table(rows=tuple(_rows(snapshot)), notes=(MISSING_LEGEND,))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        for cohort in study.cohorts:
            yield from _of_cohort(study, cohort)


def _of_cohort(study: StudyEvidence, cohort: Cohort) -> Iterator[Row]:
    shared = {
        "study": study_cell(study.copy),
        **cohort.answers.cells("part_of", "counts", cohort="label", cohort_kind="kind"),
    }
    points = study.of(groups.FLOW, cohort)
    early = [point for point in points if point.says("point") in EARLY]
    rows = [
        *(row for point in BEFORE for row in _stated(cohort, point)),
        *map(_point, early),
        *(row for point in AFTER for row in _stated(cohort, point)),
        *(_point(point) for point in points if point not in early),
    ]
    for row in rows:
        yield replace(row, cells={**shared, **row.cells})


def _stated(cohort: Cohort, point: str) -> Iterator[Row]:
    """Yield the row of what a cohort itself states of a point."""
    cells = cohort.answers.cells(patients=f"patients.{point}", units=f"units.{point}")
    if any(cell is not BLANK for cell in cells.values()):
        word = Cell(text=point, value=point)
        yield Row(key=f"{cohort.uid}-{point}", cells={"point": word, **cells})


def _point(point: Answers) -> Row:
    return Row(
        key=row_key(point),
        cells={
            "point": key_cell(point, "point"),
            **point.cells("patients", "units", "reason", "time", time_unit="time.unit"),
            "months": months_cell(point),
        },
    )


def _cohort(cells: Sequence[Cell]) -> str:
    """Write the cohort, what it is a part of, and that it is in no total where that is so."""
    cohort, part_of, counts = (cell.text for cell in cells)
    said = (f"part of {part_of}" if part_of else "", "not in totals" if counts == "no" else "")
    return in_brackets([Cell(text=text) for text in (cohort, *said)])


JOURNAL = Layout(
    columns=(
        Joined(key="study", heading="Study"),
        Joined(
            key="cohort_part_of",
            heading="Cohort",
            of=("cohort", "part_of", "counts"),
            write=_cohort,
        ),
        Joined(key="point", heading="Point", names=True),
        Joined(
            key="patients_units",
            heading="Patients ({units})",
            unit="n",
            numeric=True,
            of=("patients", "units"),
            write=in_brackets,
        ),
        Joined(key="months", heading="Time", unit="months", numeric=True),
        Joined(key="reason", heading="Reason"),
    ),
    once=("study", "cohort_part_of"),
)
FLOW = ReportDefinition(
    slug="flow",
    title="Flow of the studies",
    columns=COLUMNS,
    rows=flow_table,
    named_by=("study", "cohort", "point"),
    source="CONSORT 2010 and STROBE, flow of participants; PRISMA 2020, item 17",
    journal=JOURNAL,
)
