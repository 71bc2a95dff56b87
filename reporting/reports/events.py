"""Events: one row an event as extracted, whole classes and kinds, with all that is said of it."""

from collections.abc import Iterator

from extraction import groups
from reporting.cells import key_cell, row_key
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.evidence import evidence_of
from reporting.printing import MISSING_LEGEND, Answers, study_cell
from reporting.quantities import is_whole
from reporting.results import treatment_cell
from reporting.times import months_cell

COLUMNS = (
    Column(key="study", heading="Study"),
    Column(key="cohort", heading="Cohort"),
    Column(key="category", heading="Category of treatment"),
    Column(key="after", heading="After"),
    Column(key="class", heading="Class", names=True),
    Column(key="whole", heading="Whole or kind"),
    Column(key="type", heading="Type"),
    Column(key="scheme", heading="Severity scheme"),
    Column(key="grade", heading="Grade"),
    Column(key="major", heading="Major"),
    Column(key="events", heading="Events", unit="n", numeric=True),
    Column(key="affected", heading="Affected", unit="n", numeric=True),
    Column(key="of", heading="Of", unit="N", numeric=True),
    Column(key="unit", heading="Counts"),
    Column(key="affected_percent", heading="Affected", unit="% computed", numeric=True),
    Column(key="related", heading="Related"),
    Column(key="treated", heading="Treated how"),
    Column(key="time", heading="Time as printed"),
    Column(key="time_unit", heading="Unit of time"),
    Column(key="months", heading="Time", unit="months", numeric=True),
    Column(key="cohort_kind", heading="Kind of cohort"),
    Column(key="counts", heading="Cohort counts"),
)


def events_table(snapshot: Snapshot) -> Table:
    """Return one row an event, by study, cohort and the order of extraction."""
    return Table(
        rows=tuple(_rows(snapshot)),
        notes=(
            "A class as a whole has neither type, grade, major nor time; its kinds are parts of "
            "it and are not added to it.",
            MISSING_LEGEND,
        ),
    )


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    for study in evidence_of(snapshot):
        for cohort in study.cohorts:
            for event in study.of(groups.EVENT, cohort):
                category = study.category_of(cohort, event)
                cells = {
                    "study": study_cell(study.copy),
                    "category": Cell(text=category, value=category),
                    "after": treatment_cell(study, cohort, event),
                    **cohort.answers.cells("counts", cohort="label", cohort_kind="kind"),
                    **_cells(event),
                }
                yield Row(key=row_key(event), cells=cells)


def _cells(event: Answers) -> dict[str, Cell]:
    whole = "whole" if is_whole(event) else "kind"
    return {
        **event.cells("type", "scheme", "grade", "major", "related", "treated", "time"),
        **event.cells("events", "affected", "of", unit="of.unit", time_unit="time.unit"),
        "class": key_cell(event, "class"),
        "whole": Cell(text=whole, value=whole),
        "affected_percent": event.percent("affected", "of"),
        "months": months_cell(event),
    }


EVENTS = ReportDefinition(
    slug="events",
    title="Events as extracted",
    columns=COLUMNS,
    rows=events_table,
    named_by=("study", "cohort", "class", "type", "grade"),
    source="PRISMA Harms; every event of the final copies",
)
