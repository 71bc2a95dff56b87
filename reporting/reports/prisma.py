"""The PRISMA 2020 flow as a table of its fields, with the identities that prove it."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, QuerySet

from extraction.models import Report, Study
from records.choices import SourceKind
from records.models import Record
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.flow import FlowColumn, flow_columns
from reporting.late import late_notes
from reporting.printing import count_cell
from reporting.prisma import Flow, Identity, identities
from reviews.versions import valid_at
from screening.choices import Stage, Standing

COLUMNS = (
    Column(key="field", heading="Field", names=True),
    Column(key="value", heading="Value", numeric=True),
    Column(key="detail", heading="Detail"),
)
OTHER_KINDS = {
    "website_results": SourceKind.WEBSITE,
    "organisation_results": SourceKind.ORGANISATION,
    "citations_results": SourceKind.CITATION,
    "other_results": SourceKind.OTHER,
}
WORDS = {
    "database_results": "Records identified from databases",
    "database_specific_results": "Records from each database",
    "register_results": "Records identified from registers",
    "register_specific_results": "Records from each register",
    "duplicates": "Duplicate records removed",
    "excluded_automatic": "Records marked as ineligible by automation tools",
    "excluded_other": "Records removed for other reasons",
    "kept_from_other_methods": "Found here too; the record kept came from another method",
    "records_screened": "Records screened",
    "records_excluded": "Records excluded, by people",
    "records_still_in_screening": "Records still in screening",
    "dbr_sought_reports": "Reports sought for retrieval",
    "dbr_notretrieved_reports": "Reports not retrieved",
    "dbr_not_yet_assessed": "Reports not yet assessed",
    "dbr_assessed": "Reports assessed for eligibility",
    "dbr_excluded": "Reports excluded, by reason",
    "dbr_excluded_reports": "Reports excluded",
    "website_results": "Records identified from websites",
    "organisation_results": "Records identified from organisations",
    "citations_results": "Records identified by citation searching",
    "other_results": "Records identified by other methods",
    "other_already_found": "Merged with another, or found by a database or register as well",
    "other_records_excluded": "Records excluded, other methods",
    "other_still_in_screening": "Records still in screening, other methods",
    "other_sought_reports": "Reports sought for retrieval, other methods",
    "other_notretrieved_reports": "Reports not retrieved, other methods",
    "other_not_yet_assessed": "Reports not yet assessed, other methods",
    "other_assessed": "Reports assessed for eligibility, other methods",
    "other_excluded": "Reports excluded, by reason, other methods",
    "other_excluded_reports": "Reports excluded, other methods",
    "new_studies": "Studies included",
    "new_reports": "Reports of included studies",
    "reports_without_study": "Reports included and not yet put to a study",
    "total_studies": "Total studies; this is no update of a review",
    "total_reports": "Total reports",
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
    columns = flow_columns(snapshot)
    included, flow = _included(snapshot, columns)
    before = [*_databases(columns[0]), *_others(columns[1])]
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
            *late_notes(snapshot),
        ),
    )


def _databases(column: FlowColumn) -> Iterator[Row]:
    counts, sources = column.counts, column.sources
    for kind, name in ((SourceKind.DATABASE, "database"), (SourceKind.REGISTER, "register")):
        keys = sources.of(kind)
        found = column.found.filter(batch__source__in=keys)
        number = sum(counts.found[key] for key in keys)
        yield _row(f"{name}_results", number, IDENTIFIED, found)
        specific = _listed((sources.names[key], counts.found[key]) for key in keys)
        yield _text(f"{name}_specific_results", specific, IDENTIFIED)
    yield _row("duplicates", counts.duplicates, REMOVED, column.duplicates)
    yield _row("excluded_automatic", 0, REMOVED)
    yield _row("excluded_other", 0, REMOVED)
    if counts.other_column:
        moved = column.kept_elsewhere
        yield _row("kept_from_other_methods", counts.other_column, REMOVED, moved)
    screened = column.settled(Stage.TITLE_ABSTRACT)
    excluded = column.settled(Stage.TITLE_ABSTRACT, Standing.EXCLUDED)
    yield _row("records_screened", counts.screened, SCREENED, screened)
    yield _row("records_excluded", counts.excluded, SCREENED, excluded)
    yield _row("records_still_in_screening", counts.waiting, SCREENED, column.waiting)
    yield from _full_text(column, "dbr", FULL_TEXT)


def _others(column: FlowColumn) -> Iterator[Row]:
    counts, sources = column.counts, column.sources
    for field, kind in OTHER_KINDS.items():
        keys = sources.of(kind)
        number = sum(counts.found[key] for key in keys)
        found = column.found.filter(batch__source__in=keys)
        specific = _listed((sources.names[key], counts.found[key]) for key in keys)
        yield _row(field, number, OTHERS, found, specific)
    yield _row("other_already_found", counts.duplicates - counts.other_column, OTHERS)
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
    reports = [column.included.order_by() for column in columns]
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
                "detail": _word(f"{WORDS['new_studies']}; extracted and final: {released}"),
            },
        ),
        _row("new_reports", flow.reports, INCLUDED, records),
        _row("reports_without_study", flow.unlinked_reports, INCLUDED, unlinked),
        _row("total_studies", len(studies), INCLUDED),
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
    field: str, number: int, group: str, records: QuerySet[Record] | None = None, detail: str = ""
) -> Row:
    return _field(field, count_cell(number, records=records), group, detail)


def _text(field: str, text: str, group: str, records: QuerySet[Record] | None = None) -> Row:
    return _field(field, Cell(text=text, value=text, records=records), group)


def _field(field: str, value: Cell, group: str, detail: str = "") -> Row:
    said = "; ".join(part for part in (WORDS[field], detail) if part)
    cells = {"field": _word(field), "value": value, "detail": _word(said)}
    return Row(key=field, group=group, cells=cells)


def _said(row: Row, notice: str) -> Row:
    """Return a row that prints the review's sentence in place of its count."""
    return Row(key=row.key, group=row.group, cells={**row.cells, "value": _word(notice)})


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
