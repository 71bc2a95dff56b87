"""Contrasts: differences between two cohorts as the reports state them."""

from collections.abc import Iterator

from extraction import groups
from reporting.cells import key_cell, row_key
from reporting.definitions import Column, ReportDefinition, Row, Snapshot, Table
from reporting.evidence import evidence_of
from reporting.printing import MISSING_LEGEND, of_element, study_cell
from reporting.times import months_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort_a", heading="Cohort"),
    Column(key="cohort_b", heading="Compared with"),
    Column(key="outcome", heading="Outcome"),
    Column(key="event_class", heading="Class of event", names=True),
    Column(key="time", heading="Time as printed"),
    Column(key="time_unit", heading="Unit of time"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="measure", heading="Measure"),
    Column(key="estimate", heading="Estimate", numeric=True),
    Column(key="low", heading="Lower limit", numeric=True),
    Column(key="high", heading="Upper limit", numeric=True),
    Column(key="p", heading="p", numeric=True),
    Column(key="adjusted_for", heading="Adjusted for"),
    Column(key="accounts_for", heading="Accounts for"),
    Column(key="set", heading="Analysis set"),
)


def contrasts_table(snapshot: Snapshot) -> Table:
    """Return one row a contrast, as printed in its report."""
    return Table(rows=tuple(_rows(snapshot)), notes=("p as printed.", MISSING_LEGEND))


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        for element in study.copy.in_group(groups.CONTRAST):
            contrast = of_element(snapshot, study.copy, element)
            cells = {
                "study": study_cell(study.copy),
                **contrast.cells("cohort_a", "cohort_b", "outcome", "time", "estimate"),
                **contrast.cells("low", "high", "p", "adjusted_for", "accounts_for", "set"),
                "measure": key_cell(contrast, "measure"),
                "time_unit": contrast.cell("time.unit"),
                "event_class": key_cell(contrast, "event_class"),
                "months": months_cell(contrast),
            }
            yield Row(key=row_key(contrast), cells=cells)


CONTRASTS = ReportDefinition(
    slug="contrasts",
    title="Differences between groups",
    columns=COLUMNS,
    rows=contrasts_table,
    named_by=("study", "cohort_a", "cohort_b", "outcome", "event_class", "measure"),
    source="PRISMA 2020, item 19 (results of individual studies)",
)
