"""Saved tables as reports: the definition of each as it stood at a snapshot."""

from collections.abc import Iterator, Mapping

from extraction.schema import FieldType
from reporting.definitions import Column, ReportDefinition, Snapshot, Table
from reporting.elements import question_of
from reporting.layouts import FULL, JOURNAL, laid_out
from reporting.models import SavedTable
from reporting.offered import NO_TABLES, WINDOW_COLUMN, columns_of
from reporting.reports import REPORTS
from reporting.saved_rows import SavedRows
from reporting.saved_spec import ChosenColumn, TableSpec, read_spec


def saved_reports(snapshot: Snapshot) -> tuple[ReportDefinition, ...]:
    """Return the saved tables of a review as they stood, in the lead's order."""
    rows = SavedTable.objects.filter(review=snapshot.review).as_of(snapshot.instant).standing()
    return tuple(saved_definition(snapshot, row) for row in rows)


def saved_definition(snapshot: Snapshot, row: SavedTable) -> ReportDefinition:
    """Return one saved table as a report like any other, whose numbers open."""
    spec, base = read_spec(row.spec), REPORTS.get(row.table)
    if base is None:
        return _without_base(row, spec)
    known = {**columns_of(base, row.layout), WINDOW_COLUMN.key: WINDOW_COLUMN}
    columns = tuple(_column(snapshot, chosen, known) for chosen in spec.columns)

    def table(at: Snapshot) -> Table:
        rows = SavedRows(snapshot=at, base=base, layout=row.layout, spec=spec)
        return rows.table(row.name, tuple(_lost_columns(spec, base, known)))

    once = laid_out(base, row.layout).once if row.layout == JOURNAL else ()
    return ReportDefinition(
        slug=row.slug,
        title=row.name,
        columns=columns,
        rows=table,
        source=base.source,
        from_votes=base.from_votes,
        named_by=base.named_by or tuple(c.key for c in base.columns[:2] if not c.numeric),
        formats=tuple(name for name in base.formats if name not in NO_TABLES),
        layout=FULL,
        once=once,
        number=row.label,
    )


def _column(snapshot: Snapshot, chosen: ChosenColumn, known: Mapping[str, Column]) -> Column:
    """Return a chosen column under its own name, or the one that the lead gave it."""
    if chosen.meaning:
        column = _question(snapshot, chosen)
    else:
        column = known.get(chosen.key) or Column(key=chosen.key, heading=chosen.key)
    return Column(
        key=chosen.name,
        heading=_as_written(chosen.heading) or column.heading,
        unit=column.unit,
        numeric=column.numeric,
        names=column.names,
    )


def _question(snapshot: Snapshot, chosen: ChosenColumn) -> Column:
    """Return the column of a question, headed as the form asks it."""
    spec = question_of(snapshot, *chosen.asks)
    if spec is None:
        return Column(key=chosen.name, heading=_as_written(chosen.meaning))
    asks, unit = spec.label(snapshot.units), snapshot.unit_word(spec.unit)
    return Column(
        key=chosen.name,
        heading=_as_written(asks),
        # A question such as “Patients treated” says its unit itself.
        unit="" if unit and unit.casefold() in asks.casefold() else _as_written(unit),
        numeric=spec.type.is_number or spec.type is FieldType.SUMMARY,
    )


def _as_written(text: str) -> str:
    """Return a text of the review's own for a heading, in which braces stand for something."""
    return text.replace("{", "{{").replace("}", "}}")


def _lost_columns(
    spec: TableSpec, base: ReportDefinition, known: Mapping[str, Column]
) -> Iterator[str]:
    """Yield what is said of columns that the report had when they were chosen."""
    for chosen in spec.columns:
        if chosen.key and chosen.key not in known:
            yield f"The table “{base.slug}” has no column “{chosen.key}” any more."


def _without_base(row: SavedTable, spec: TableSpec) -> ReportDefinition:
    """Return what is left of a saved table whose report is no longer there."""
    note = f"There is no table “{row.table}” any more, of which this one was made."
    columns = [Column(key=one.name, heading=_as_written(one.heading)) for one in spec.columns]
    return ReportDefinition(
        slug=row.slug,
        title=row.name,
        columns=tuple(columns),
        rows=lambda at: Table(rows=(), notes=(note,), caption=row.name),
        number=row.label,
    )
