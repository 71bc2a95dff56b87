"""The PRISMA 2020 flow as a table of its fields, with the identities that prove it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from extraction.models import Report
from records.choices import SourceKind
from records.models import Record
from reporting.cells import word
from reporting.definitions import (
    BLANK,
    Cell,
    Column,
    Drawing,
    ReportDefinition,
    Row,
    Snapshot,
    Table,
)
from reporting.figures.shapes import Figure
from reporting.flow import CountedReason, FlowColumn, flow_columns
from reporting.late import late_notes
from reporting.printing import count_cell
from reporting.prisma import Flow, Identity, Update, identities
from reporting.prisma_fields import (
    FIELD_OF,
    FULL_TEXT,
    IDENTIFIED,
    IDENTITIES,
    INCLUDED,
    NO_UPDATE,
    OTHER_KINDS,
    OTHERS,
    PARTS,
    PREVIOUS,
    REASONS,
    REMOVED,
    SCREENED,
    SOURCES,
    field_row,
    listed,
    number_row,
    part_row,
    text_row,
)
from reporting.prisma_figure.drawing import prisma_figure
from reporting.proof import proof
from reviews.versions import valid_at
from screening.choices import Stage, Standing

COLUMNS = (
    Column(key="field", heading="Field", names=True),
    Column(key="value", heading="Value", numeric=True),
    Column(key="detail", heading="Detail"),
)
# Those that count nothing before inclusion: they hold where its numbers are not public, too.
AFTER_INCLUSION = (8, 9)
Columns = tuple[FlowColumn, FlowColumn]


@dataclass(frozen=True)
class _Made:
    """The rows of the table with what they were made from."""

    table: Table
    proven: Sequence[Identity]


def prisma_table(snapshot: Snapshot) -> Table:
    """Return the fields, and the identities; the boxes before inclusion may be a sentence."""
    return _made(snapshot).table


def _made(snapshot: Snapshot) -> _Made:
    """Return what table, drawing and proof are read from; counted once for a snapshot."""
    if "prisma" not in snapshot.kept:
        snapshot.kept["prisma"] = _count(snapshot)
    made: _Made = snapshot.kept["prisma"]
    return made


def _count(snapshot: Snapshot) -> _Made:
    columns = flow_columns(snapshot)
    included, flow = _included(snapshot, columns)
    before = [*_databases(columns[0]), *_others(columns[1])]
    parts = [*_parts(columns), *_sources(columns), *_reasons(columns)]
    proven = identities(flow)
    notice = snapshot.settings.identification_note
    if notice:
        before = [_said(row, notice) for row in before]
        parts = []
        proven = [identity for identity in proven if identity.number in AFTER_INCLUSION]
    notes = (
        "Identification and screening count records, retrieval and full text count reports, "
        "inclusion counts studies and reports.",
        "Decisions are counted once they are released; the rest is still in screening.",
        *_update_note(flow),
        *late_notes(snapshot),
    )
    rows = (*_previous(flow), *before, *included, *parts, *_proof(proven))
    return _Made(Table(rows=rows, notes=notes), proven)


def _update_note(flow: Flow) -> Iterator[str]:
    """Say where the settings name more studies seen before than there are studies yet."""
    if flow.update is not None and flow.seen_before < flow.update.seen_before:
        yield (
            f"Of the {flow.update.seen_before} studies that the settings name as included before, "
            f"{flow.seen_before} can be among the studies included here so far."
        )


def _previous(flow: Flow) -> Iterator[Row]:
    """Yield what is taken over from the earlier review; blank where there is none."""
    update = flow.update
    if update is None:
        for field in ("previous_studies", "previous_reports"):
            yield field_row(field, BLANK, PREVIOUS, NO_UPDATE)
        return
    yield number_row("previous_studies", update.studies, PREVIOUS)
    yield number_row("previous_reports", update.reports, PREVIOUS)
    yield number_row("previous_studies_out", update.studies_out, PREVIOUS)
    yield number_row("previous_reports_out", update.reports_out, PREVIOUS)
    yield number_row("studies_seen_before", flow.seen_before, PREVIOUS)


def _databases(column: FlowColumn) -> Iterator[Row]:
    counts, sources = column.counts, column.sources
    for kind, name in ((SourceKind.DATABASE, "database"), (SourceKind.REGISTER, "register")):
        keys = sources.of(kind)
        found = column.found_by(keys)
        number = sum(counts.found[key] for key in keys)
        yield number_row(f"{name}_results", number, IDENTIFIED, found)
        specific = listed((sources.names[key], counts.found[key]) for key in keys)
        yield text_row(f"{name}_specific_results", specific, IDENTIFIED)
    yield number_row("duplicates", counts.duplicates, REMOVED, column.duplicates)
    yield number_row("excluded_automatic", 0, REMOVED)
    yield number_row("excluded_other", 0, REMOVED)
    if counts.other_column:
        moved = column.kept_elsewhere
        yield number_row("kept_from_other_methods", counts.other_column, REMOVED, moved)
    screened = column.settled(Stage.TITLE_ABSTRACT)
    excluded = column.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED)
    yield number_row("records_screened", counts.screened, SCREENED, screened)
    yield number_row("records_excluded", counts.excluded, SCREENED, excluded)
    yield number_row("records_still_in_screening", counts.waiting, SCREENED, column.waiting)
    yield from _full_text(column, "dbr", FULL_TEXT)


def _others(column: FlowColumn) -> Iterator[Row]:
    counts, sources = column.counts, column.sources
    for field, kind in OTHER_KINDS.items():
        keys = sources.of(kind)
        number = sum(counts.found[key] for key in keys)
        found = column.found_by(keys)
        specific = listed((sources.names[key], counts.found[key]) for key in keys)
        yield number_row(field, number, OTHERS, found, specific)
    already = counts.duplicates - counts.other_column
    yield number_row("other_already_found", already, OTHERS, column.already_found)
    excluded = column.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED)
    yield number_row("other_records_excluded", counts.excluded, OTHERS, excluded)
    yield number_row("other_still_in_screening", counts.waiting, OTHERS, column.waiting)
    yield from _full_text(column, "other", OTHERS)


def _full_text(column: FlowColumn, prefix: str, group: str) -> Iterator[Row]:
    counts = column.counts
    yield number_row(f"{prefix}_sought_reports", counts.sought, group, column.sought)
    yield number_row(
        f"{prefix}_notretrieved_reports", counts.not_retrieved, group, column.not_retrieved
    )
    yield number_row(
        f"{prefix}_not_yet_assessed", counts.awaiting_assessment, group, column.awaiting
    )
    yield number_row(f"{prefix}_assessed", counts.assessed, group, column.assessed())
    excluded = column.assessed(Standing.EXCLUDED)
    yield text_row(f"{prefix}_excluded", listed(counts.reasons) or "0", group, excluded)
    yield number_row(f"{prefix}_excluded_reports", counts.excluded_reports, group, excluded)


def _included(snapshot: Snapshot, columns: Columns) -> tuple[list[Row], Flow]:
    reports = [column.included.order_by() for column in columns]
    records = Record.objects.filter(pk__in=reports[0]) | Record.objects.filter(pk__in=reports[1])
    searched, others = (set(found.values_list("pk", flat=True)) for found in reports)
    linked = Report.objects.filter(valid_at(snapshot.instant), review=snapshot.review).order_by()
    # Read whole: the studies of a review are few, and the database would count everything again.
    links = linked.order_by("study__number", "study").values_list("record", "study__uid")
    studies: dict[UUID, bool] = {}
    in_studies: list[int] = []
    for record, study in links:
        if record in searched or record in others:
            in_studies.append(record)
            studies[study] = studies.get(study, False) or record in searched
    flow = Flow(
        databases=columns[0].counts,
        others=columns[1].counts,
        studies=len(studies),
        reports_in_studies=len(in_studies),
        unlinked_reports=len((searched | others).difference(in_studies)),
        update=_update(snapshot),
    )
    unlinked = records.exclude(pk__in=linked.values("record"))
    released = len(snapshot.studies)
    rows = [
        _of_studies("new_studies", studies, INCLUDED, f"extracted and final: {released}"),
        number_row("new_reports", flow.reports, INCLUDED, records),
        *(
            _of_studies(
                f"new_studies_{name}",
                [u for u, found in studies.items() if found is searched],
                INCLUDED,
            )
            for name, searched in (("databases", True), ("others", False))
        ),
        *(
            number_row(f"new_reports_{name}", column.counts.included, INCLUDED, column.included)
            for name, column in zip(("databases", "others"), columns, strict=True)
        ),
        number_row("reports_without_study", flow.unlinked_reports, INCLUDED, unlinked),
        *_totals(flow, list(studies), records),
    ]
    return rows, flow


def _totals(flow: Flow, studies: Sequence[UUID], records: QuerySet[Record]) -> Iterator[Row]:
    """Yield the totals; those of an update open what this version has added to them."""
    detail, update = ("", flow.update) if flow.update else (NO_UPDATE, None)
    of_studies = of_reports = ""
    if update is not None:
        of_studies = (
            f"{update.studies} − {update.studies_out} + {flow.studies} − {flow.seen_before}"
        )
        of_reports = f"{update.reports} − {update.reports_out} + {flow.reports}"
    total = count_cell(flow.total_studies, studies=studies, formula=of_studies)
    yield field_row("total_studies", total, INCLUDED, detail)
    total = count_cell(flow.total_reports, records=records, formula=of_reports)
    yield field_row("total_reports", total, INCLUDED, detail)


def _update(snapshot: Snapshot) -> Update | None:
    settings = snapshot.settings
    studies, reports = settings.previous_studies, settings.previous_reports
    if studies is None or reports is None:
        return None
    return Update(
        studies=studies,
        reports=reports,
        studies_out=settings.previous_studies_out or 0,
        reports_out=settings.previous_reports_out or 0,
        seen_before=settings.studies_seen_before or 0,
    )


def _parts(columns: Columns) -> Iterator[Row]:
    """Yield what was found in all, and how the duplicates of the searches were."""
    for column, field in zip(
        columns, ("records_identified", "other_records_identified"), strict=True
    ):
        yield number_row(field, column.counts.found_in_all, PARTS, column.found)
    column = columns[0]
    machine = column.duplicates_by_machine
    number = machine.order_by().count()
    yield number_row("duplicates_by_machine", number, PARTS, machine)
    by_hand = column.counts.duplicates - number
    yield number_row("duplicates_by_hand", by_hand, PARTS, column.duplicates_by_hand)


def _sources(columns: Columns) -> Iterator[Row]:
    """Yield each source with what it found, in the order of kinds and names."""
    for column in columns:
        sources = column.sources
        for kind in column.kinds:
            for key in sources.of(kind):
                found = column.found_by([key])
                yield part_row(
                    f"{kind}:{sources.uids[key]}",
                    FIELD_OF[kind],
                    sources.names[key],
                    count_cell(column.counts.found[key], records=found),
                    SOURCES,
                )


def _reasons(columns: Columns) -> Iterator[Row]:
    """Yield each reason with its reports by column, and of both where other methods have some."""
    for column, prefix in zip(columns, ("dbr_excluded", "other_excluded"), strict=True):
        for reason in column.reasons:
            cell = count_cell(reason.reports, records=column.excluded_for(reason))
            yield part_row(f"{prefix}:{reason.keys[0]}", prefix, reason.label, cell, REASONS)
    if not columns[1].reasons:
        return
    of_both: dict[str, list[tuple[FlowColumn, CountedReason]]] = {}
    for column in columns:
        for reason in column.reasons:
            of_both.setdefault(reason.label, []).append((column, reason))
    for label in sorted(of_both, key=lambda label: of_both[label][0][1].place):
        reports = [column.excluded_for(reason).order_by() for column, reason in of_both[label]]
        number = sum(reason.reports for _, reason in of_both[label])
        either = Q(pk__in=reports[0].values("pk")) | Q(pk__in=reports[-1].values("pk"))
        cell = count_cell(number, records=Record.objects.filter(either))
        key = of_both[label][0][1].keys[0]
        yield part_row(f"excluded:{key}", "excluded", label, cell, REASONS)


def _of_studies(field: str, studies: Iterable[UUID], group: str, detail: str = "") -> Row:
    uids = tuple(studies)
    return field_row(field, count_cell(len(uids), studies=uids), group, detail)


def _proof(proven: Iterable[Identity]) -> Iterator[Row]:
    for identity in proven:
        yield Row(
            key=identity.key,
            group=IDENTITIES,
            cells={
                "field": word(identity.key),
                "value": Cell(text=str(identity.residual), value=identity.residual),
                "detail": word(identity.sentence),
            },
        )


def _said(row: Row, notice: str) -> Row:
    """Return a row that prints the review's sentence in place of its count."""
    return Row(key=row.key, group=row.group, cells={**row.cells, "value": word(notice)})


def _drawn(snapshot: Snapshot, part: str) -> Figure:
    return prisma_figure(prisma_table(snapshot).rows)


def beside(snapshot: Snapshot) -> dict[str, Any]:
    """Return what stands beside the drawing: whether the sums hold, and the reasons."""
    made = _made(snapshot)
    return proof(made.table.rows, made.proven)


PRISMA = ReportDefinition(
    slug="prisma",
    title="PRISMA 2020 flow",
    columns=COLUMNS,
    rows=prisma_table,
    source="Page MJ et al. BMJ 2021;372:n71, figure 1; fields as in the PRISMA2020 package",
    from_votes=True,
    formats=("csv", "xlsx", "docx", "md", "json", "html", "svg", "png"),
    figure=Drawing(draw=_drawn),
    beside=beside,
)
