"""Complications: one row a cohort; none reported is not none."""

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, each_cohort, percent_cell
from reporting.reports.summary import SHARES
from reporting.shares import share_rows
from reporting.totals import BASIS

COMPLICATIONS_SHARE = SHARES["complications"]
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="assessed", heading="Assessed"),
    Column(key="definition", heading="Definition"),
    Column(key="type", heading="Types"),
    Column(key="events", heading="Events", unit="n", numeric=True),
    Column(key="affected", heading="Affected", unit="n/N", numeric=True),
    Column(key="affected_percent", heading="Affected", unit="% computed", numeric=True),
    Column(key="unit", heading="Counts"),
    Column(key="severity_scheme", heading="Severity scheme"),
    Column(key="grade", heading="Grade"),
    Column(key="time", heading="Time"),
    Column(key="treatment", heading="Treatment"),
)


def complications_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, and one subtotal for patients and one for units."""
    rows = [
        Row(key=str(answers.element.uid), cells={**named, **_cells(answers)})
        for answers, named in each_cohort(snapshot)
        if answers.element
    ]
    rows += share_rows(snapshot, affected=COMPLICATIONS_SHARE)
    return Table(rows=tuple(rows), notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND))


def _cells(answers: Answers) -> dict[str, Cell]:
    share = COMPLICATIONS_SHARE
    return {
        **answers.cells(
            assessed="complications_assessed",
            definition="complications_definition",
            type="complications_types",
            events="complications_events",
            unit="complications_unit",
            severity_scheme="complications_severity_scheme",
            grade="complications_grade",
            time="complications_time",
            treatment="complications_treatment",
        ),
        "affected": share.cell(answers),
        "affected_percent": percent_cell(
            share.part(answers), answers.number(share.of), share.uids(answers)
        ),
    }


COMPLICATIONS = ReportDefinition(
    slug="complications",
    title="Complications",
    columns=COLUMNS,
    rows=complications_table,
    source="PRISMA 2020, item 19 (results of individual studies); PRISMA Harms",
)
