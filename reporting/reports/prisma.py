"""The PRISMA 2020 flow as a table of its fields, with the identities that prove it."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, QuerySet

from extraction.models import Report, Study
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.flow import FlowColumn, Sources
from reporting.printing import count_cell
from reporting.prisma import Flow, Identity, identities
from reviews.querysets import valid_at
from screening.choices import SourceKind, Stage, Standing
from screening.models import Record

COLUMNS = (
    Column(key="field", heading="Field"),
    Column(key="value", heading="Value", numeric=True),
    Column(key="detail", heading="Detail"),
)
OTHER_KINDS = {
    "website_results": (SourceKind.WEBSITE, "Websites"),
    "organisation_results": (SourceKind.ORGANISATION, "Organisations"),
    "citations_results": (SourceKind.CITATION, "Citation searching"),
    "other_results": (SourceKind.OTHER, "Other methods"),
}
IDENTIFIED = "Identification: databases and registers"
REMOVED = "Removed before screening"
SCREENED = "Screening"
FULL_TEXT = "Retrieval and full text"
OTHERS = "Identification and full text: other methods"
INCLUDED = "Included"
IDENTITIES = "Identities"


def prisma_table(snapshot: Snapshot) -> Table:
    """Return the fields, and the identities; the boxes before inclusion may be a sentence."""
    sources = Sources.at(snapshot)
    columns = (
        FlowColumn(snapshot, sources, searched=True),
        FlowColumn(snapshot, sources, searched=False),
    )
    included, flow = _included(snapshot, columns)
    before = [*_databases(columns[0], sources), *_others(columns[1], sources)]
    proof = list(_proof(identities(flow)))
    notice = snapshot.settings.identification_note
    if notice:
        before = [_said(row, notice) for row in before]
        proof = [row for row in proof if row.key.startswith("identity_8")]
    return Table(
        rows=(*before, *included, *proof),
        notes=(
            "Identification and screening count records, retrieval and full text count reports, "
            "inclusion counts studies and reports.",
            "Decisions are counted once they are released; the rest is still in screening.",
        ),
    )


def _databases(column: FlowColumn, sources: Sources) -> Iterator[Row]:
    counts = column.counts
    for kind, name in ((SourceKind.DATABASE, "database"), (SourceKind.REGISTER, "register")):
        keys = sources.of(kind)
        found = column.found.filter(batch__source__in=keys)
        number = sum(counts.found[key] for key in keys)
        yield _row(f"{name}_results", number, IDENTIFIED, found)
        specific = _listed((sources.names[key], counts.found[key]) for key in keys)
        yield _text(f"{name}_specific_results", specific, IDENTIFIED)
    yield _row("duplicates", counts.duplicates, REMOVED, column.duplicates)
    yield _row("excluded_automatic", 0, REMOVED, detail="No tool excludes records here.")
    yield _row("excluded_other", 0, REMOVED)
    if counts.other_column:
        detail = "Found here too; the record kept came from another method."
        yield _row(
            "kept_from_other_methods", counts.other_column, REMOVED, column.kept_elsewhere, detail
        )
    screened = column.settled(Stage.TITLE_ABSTRACT)
    excluded = column.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED)
    yield _row("records_screened", counts.screened, SCREENED, screened)
    yield _row("records_excluded", counts.excluded, SCREENED, excluded, "By people.")
    yield _row("records_still_in_screening", counts.waiting, SCREENED, column.waiting)
    yield from _full_text(column, "dbr", FULL_TEXT)


def _others(column: FlowColumn, sources: Sources) -> Iterator[Row]:
    counts = column.counts
    for field, (kind, words) in OTHER_KINDS.items():
        keys = sources.of(kind)
        number = sum(counts.found[key] for key in keys)
        found = column.found.filter(batch__source__in=keys)
        specific = _listed((sources.names[key], counts.found[key]) for key in keys)
        yield _row(field, number, OTHERS, found, specific or f"{words}: no source.")
    yield _row(
        "other_already_found",
        counts.duplicates - counts.other_column,
        OTHERS,
        detail="Merged with a record found before, or found by a database or register as well.",
    )
    excluded = column.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED)
    yield _row("other_records_excluded", counts.excluded, OTHERS, excluded)
    yield _row("other_still_in_screening", counts.waiting, OTHERS, column.waiting)
    yield from _full_text(column, "other", OTHERS)


def _full_text(column: FlowColumn, prefix: str, group: str) -> Iterator[Row]:
    counts = column.counts
    yield _row(f"{prefix}_sought_reports", counts.sought, group, column.sought)
    yield _row(f"{prefix}_notretrieved_reports", counts.not_retrieved, group, column.not_retrieved)
    yield _row(f"{prefix}_not_yet_assessed", counts.awaiting_assessment, group, column.awaiting)
    yield _row(f"{prefix}_assessed", counts.assessed, group, column.assessed())
    excluded = column.assessed(Standing.EXCLUDED)
    yield _text(f"{prefix}_excluded", _listed(counts.reasons) or "0", group, excluded)
    yield _row(f"{prefix}_excluded_reports", counts.excluded_reports, group, excluded)


def _included(snapshot: Snapshot, columns: tuple[FlowColumn, FlowColumn]) -> tuple[list[Row], Flow]:
    reports = [column.assessed(Standing.INCLUDED).order_by() for column in columns]
    records = Record.objects.filter(pk__in=reports[0]) | Record.objects.filter(pk__in=reports[1])
    linked = Report.objects.filter(
        valid_at(snapshot.instant), review=snapshot.review, record__in=records
    )
    studies = list(
        Study.objects.filter(Exists(linked.filter(study=OuterRef("pk")).order_by()))
        .order_by("number", "pk")
        .values_list("uid", flat=True)
    )
    unlinked = records.exclude(pk__in=linked.order_by().values("record"))
    flow = Flow(
        databases=columns[0].counts,
        others=columns[1].counts,
        studies=len(studies),
        reports_in_studies=linked.count(),
        unlinked_reports=unlinked.count(),
    )
    released = len(snapshot.studies)
    rows = [
        Row(
            key="new_studies",
            group=INCLUDED,
            cells={
                "field": _word("new_studies"),
                "value": count_cell(len(studies), studies=studies),
                "detail": _word(f"Extracted and final: {released}."),
            },
        ),
        _row("new_reports", flow.reports, INCLUDED, records),
        _row(
            "reports_without_study",
            flow.unlinked_reports,
            INCLUDED,
            unlinked,
            "Included and not yet put to a study.",
        ),
        _row("total_studies", len(studies), INCLUDED, detail="This is no update of a review."),
        _row("total_reports", flow.reports, INCLUDED, records),
    ]
    return rows, flow


def _proof(proven: Iterable[Identity]) -> Iterator[Row]:
    for identity in proven:
        key = f"identity_{identity.number}{identity.letter}_{identity.column}"
        yield Row(
            key=key,
            group=IDENTITIES,
            cells={
                "field": _word(key),
                "value": Cell(text=str(identity.residual), value=identity.residual),
                "detail": _word(identity.sentence),
            },
        )


def _row(
    field: str,
    number: int,
    group: str,
    records: QuerySet[Record] | None = None,
    detail: str = "",
) -> Row:
    return Row(
        key=field,
        group=group,
        cells={
            "field": _word(field),
            "value": count_cell(number, records=records),
            "detail": _word(detail),
        },
    )


def _text(field: str, text: str, group: str, records: QuerySet[Record] | None = None) -> Row:
    value = Cell(text=text, value=text, records=records)
    return Row(key=field, group=group, cells={"field": _word(field), "value": value})


def _said(row: Row, notice: str) -> Row:
    """Return a row that prints the review's sentence in place of its count."""
    return Row(
        key=row.key, group=row.group, cells={"field": row.cell("field"), "value": _word(notice)}
    )


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    """Return ``name, n; name, n``, as the fields of PRISMA.csv list them."""
    return "; ".join(f"{name}, {number}" for name, number in counts)


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


PRISMA = ReportDefinition(
    slug="prisma",
    title="PRISMA 2020 flow",
    columns=COLUMNS,
    rows=prisma_table,
    source="Page MJ et al. BMJ 2021;372:n71, figure 1; fields as in the PRISMA2020 package",
    from_votes=True,
)
