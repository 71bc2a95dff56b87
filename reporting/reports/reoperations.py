"""Reoperations: one row a cohort; a planned hardware removal is counted apart."""

from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.printing import MISSING_LEGEND, Answers, each_cohort
from reporting.shares import Share, share_rows
from reporting.totals import BASIS

KINDS = {
    "revision": "revision_n",
    "arthroplasty": "arthroplasty_n",
    "hardware_removal": "hardware_removal_n",
    "other": "other_reoperation_n",
    "any_reoperation": "any_reoperation_n",
}
COUNTS = {
    column: Share(n=key, of="reoperations_total", unit="reoperations_unit")
    for column, key in KINDS.items()
}
CROSSOVER = Share(n="crossover_n", of="crossover_total", unit="crossover_unit")
COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="unit", heading="Counts"),
    Column(key="revision", heading="Revision", unit="n/N", numeric=True),
    Column(key="revision_percent", heading="Revision", unit="% computed", numeric=True),
    Column(key="arthroplasty", heading="Conversion to arthroplasty", unit="n/N", numeric=True),
    Column(key="hardware_removal", heading="Planned hardware removal", unit="n/N", numeric=True),
    Column(key="other", heading="Other", unit="n/N", numeric=True),
    Column(key="any_reoperation", heading="Any reoperation", unit="n/N", numeric=True),
    Column(key="crossover", heading="Injection to surgery", unit="n/N", numeric=True),
    Column(key="crossover_unit", heading="Crossover counts"),
    Column(key="definition", heading="Definition"),
    Column(key="time", heading="Time"),
)


def reoperations_table(snapshot: Snapshot) -> Table:
    """Return one row a cohort, and one subtotal for patients and one for units."""
    rows = [
        Row(key=str(answers.element.uid), cells={**named, **_cells(answers)})
        for answers, named in each_cohort(snapshot)
        if answers.element
    ]
    rows += share_rows(snapshot, **COUNTS, crossover=CROSSOVER)
    return Table(rows=tuple(rows), notes=(BASIS.format(units=snapshot.units), MISSING_LEGEND))


def _cells(answers: Answers) -> dict[str, Cell]:
    return {
        **answers.cells("crossover_unit"),
        **answers.cells(
            unit="reoperations_unit", definition="reoperations_definition", time="reoperations_time"
        ),
        **{column: share.cell(answers) for column, share in COUNTS.items()},
        "revision_percent": answers.percent("revision_n", "reoperations_total"),
        "crossover": CROSSOVER.cell(answers),
    }


REOPERATIONS = ReportDefinition(
    slug="reoperations",
    title="Reoperations",
    columns=COLUMNS,
    rows=reoperations_table,
    source="PRISMA 2020, item 19 (results of individual studies)",
)
