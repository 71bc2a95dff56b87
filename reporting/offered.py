"""What a report offers to a saved table: its columns in both layouts, its groups and its times."""

from collections.abc import Mapping

from reporting.definitions import Column, ReportDefinition
from reporting.layouts import JOURNAL
from reporting.saved_spec import (
    OUTCOME,
    OWN,
    STUDY,
    TREATMENT,
    UNGROUPED,
    WINDOW,
    TableSpec,
    refusal,
)

MONTHS = "months"
WINDOW_COLUMN = Column(key=WINDOW, heading="Window")
# The columns that say in which group a row stands, the first that a table has.
GROUPED_FROM = {
    STUDY: ("study",),
    TREATMENT: ("category", "intervention_category"),
    OUTCOME: ("instrument", "outcome"),
}
# Formats that write no table.
NO_TABLES = ("svg", "png", "ris")


def columns_of(definition: ReportDefinition, layout: str) -> Mapping[str, Column]:
    """Return the columns of both layouts by key, with the headings of the one that is named."""
    full = {column.key: column for column in definition.columns}
    journal = definition.journal
    joined = {column.key: column for column in journal.columns} if journal is not None else {}
    return {**full, **joined} if layout == JOURNAL else {**joined, **full}


def refuse_unknown(spec: TableSpec, definition: ReportDefinition, layout: str) -> None:
    """Refuse a spec that asks a report for what it does not have.

    Raises:
        ValidationError: the report has no such column, groups or times (code ``spec_not_read``).
    """
    known = [*columns_of(definition, layout), *([WINDOW] if spec.windows else [])]
    for number, column in enumerate(spec.columns, start=1):
        if column.key:
            _known(column.key, known, definition, f"columns, number {number}")
    meanings = [column.meaning for column in spec.columns if column.meaning]
    for number, sort in enumerate(spec.sorted_by, start=1):
        _known(sort.key, [*known, *meanings], definition, f"sorted_by, number {number}")
    for key in spec.rows:
        _known(key, known, definition, "rows")
    if spec.windows and MONTHS not in definition.keys:
        raise refusal("windows", f"the table “{definition.slug}” has no column of times in months")
    if not can_group(definition, spec.grouped_by):
        raise refusal(
            "grouped_by", f"the table “{definition.slug}” has no {spec.grouped_by} to group by"
        )


def _known(key: str, known: list[str], definition: ReportDefinition, place: str) -> None:
    if key not in known:
        raise refusal(
            place, f"the table “{definition.slug}” has no column “{key}”; it has {', '.join(known)}"
        )


def can_group(definition: ReportDefinition, grouping: str) -> bool:
    """Return whether the rows of a report can be put into groups of this kind."""
    if grouping in (OWN, UNGROUPED):
        return True
    if grouping == WINDOW:
        return MONTHS in definition.keys
    by_cohort = grouping == TREATMENT and "cohort" in definition.keys
    return by_cohort or any(key in definition.keys for key in GROUPED_FROM[grouping])
