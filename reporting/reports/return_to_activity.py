"""Return to activity: one row a cohort, with its three nested denominators."""

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, each_cohort
from reporting.shares import Share, share_rows
from reporting.totals import BASIS

LEVELS = {
    "returned_any": Share(n="return_any", of="return_assessed"),
    "returned_same": Share(n="return_same", of="return_assessed"),
    "returned_lower": Share(n="return_lower", of="return_assessed"),
}
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="kind", heading="Kind"),
    Column(key="definition", heading="Definition"),
    Column(key="eligible", heading="Eligible before", unit="patients", numeric=True),
    Column(key="assessed", heading="Assessed", unit="patients", numeric=True),
    Column(key="returned_any", heading="Returned, any level", unit="n/N assessed", numeric=True),
    Column(key="returned_any_percent", heading="Any level", unit="% computed", numeric=True),
    Column(key="returned_same", heading="Same level", unit="n/N assessed", numeric=True),
    Column(key="returned_lower", heading="Lower level", unit="n/N assessed", numeric=True),
    Column(key="time_mean", heading="Time: mean", unit="months", numeric=True),
    Column(key="time_min", heading="Shortest", unit="months", numeric=True),
    Column(key="time_max", heading="Longest", unit="months", numeric=True),
)


def return_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, and the total over patients."""
    rows = [
        Row(key=str(answers.element.uid), cells={**named, **_cells(answers)})
        for answers, named in each_cohort(snapshot)
        if answers.element
    ]
    rows += share_rows(snapshot, **LEVELS)
    return Table(rows=tuple(rows), notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND))


def _cells(answers: Answers) -> dict[str, Cell]:
    return {
        **answers.cells(
            kind="return_kind",
            definition="return_definition",
            eligible="return_eligible",
            assessed="return_assessed",
            time_mean="return_time_mean",
            time_min="return_time_min",
            time_max="return_time_max",
        ),
        **{column: share.cell(answers) for column, share in LEVELS.items()},
        "returned_any_percent": answers.percent("return_any", "return_assessed"),
    }


RETURN_TO_ACTIVITY = ReportDefinition(
    slug="return-to-activity",
    title="Return to activity",
    columns=COLUMNS,
    rows=return_table,
    source="PRISMA 2020, item 19 (results of individual studies)",
)
