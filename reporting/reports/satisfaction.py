"""Satisfaction: one row a cohort."""

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, each_cohort, with_spread
from reporting.reports.summary import SHARES
from reporting.shares import Share, share_rows
from reporting.totals import BASIS

SATISFIED = SHARES["satisfied"]
REPEAT = Share(n="repeat_n", of="repeat_total")
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="instrument", heading="Instrument or question"),
    Column(key="scale", heading="Scale"),
    Column(key="threshold", heading="Threshold"),
    Column(key="satisfied", heading="Satisfied", unit="n/N", numeric=True),
    Column(key="satisfied_percent", heading="Satisfied", unit="% computed", numeric=True),
    Column(key="unit", heading="Counts"),
    Column(key="mean", heading="Mean (SD)", numeric=True),
    Column(key="would_repeat", heading="Would repeat", unit="patients, n/N", numeric=True),
    Column(key="would_repeat_percent", heading="Would repeat", unit="% computed", numeric=True),
)


def satisfaction_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, and one subtotal for patients and one for units."""
    rows = [
        Row(key=str(answers.element.uid), cells={**named, **_cells(answers)})
        for answers, named in each_cohort(snapshot)
        if answers.element
    ]
    rows += share_rows(snapshot, satisfied=SATISFIED, would_repeat=REPEAT)
    return Table(rows=tuple(rows), notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND))


def _cells(answers: Answers) -> dict[str, Cell]:
    return {
        **answers.cells(
            instrument="satisfaction_instrument",
            scale="satisfaction_scale",
            threshold="satisfaction_threshold",
            unit="satisfaction_unit",
        ),
        "satisfied": SATISFIED.cell(answers),
        "satisfied_percent": answers.percent("satisfaction_n", "satisfaction_total"),
        "mean": answers.joined(("satisfaction_mean", "satisfaction_sd"), with_spread),
        "would_repeat": REPEAT.cell(answers),
        "would_repeat_percent": answers.percent("repeat_n", "repeat_total"),
    }


SATISFACTION = ReportDefinition(
    slug="satisfaction",
    title="Satisfaction",
    columns=COLUMNS,
    rows=satisfaction_table,
    source="PRISMA 2020, item 19 (results of individual studies)",
)
