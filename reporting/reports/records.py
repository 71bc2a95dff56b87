"""Records: every visible record of the review, field by field as its file gave it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Sum

from records.choices import DuplicateStanding
from records.importers.author_cells import authors_in
from records.models import BatchState, DuplicateMember, Record, RecordQuerySet
from reporting.definitions import BLANK, Cell, Column, ReportDefinition, Row, Snapshot, Table
from reporting.flow import lacks_full_text
from reporting.released import is_settled, papers, reason_key, reasons, settlement
from screening.choices import Stage, Standing

Kept = tuple[int, UUID]
READ_AT_ONCE = 500
ROWS_ON_PAGE = 300
TEXTS = (
    "record_type", "title", "translated_title", "year_text", "journal", "journal_abbreviation",
    "volume", "issue", "pages", "doi", "pmid", "pmcid", "issn", "abstract", "language", "url",
    "accession", "database",
)  # fmt: skip


def record_table(snapshot: Snapshot) -> Table:
    """Return the records by number: those kept, and those merged behind another. Four queries."""
    return Table(rows=_rows(snapshot, _visible(snapshot)), length=_length(snapshot))


def one_record(snapshot: Snapshot, key: str) -> Row | None:
    """Return the row of one record."""
    try:
        uid = UUID(key)
    except ValueError:
        return None
    return next(iter(_rows(snapshot, _visible(snapshot).filter(uid=uid))), None)


def _visible(snapshot: Snapshot) -> RecordQuerySet:
    records = Record.objects.filter(review=snapshot.review).visible(snapshot.instant)
    return _standing(snapshot, records)


def _standing(snapshot: Snapshot, records: RecordQuerySet) -> RecordQuerySet:
    """Return the records with what is released of where they stand."""
    return (
        records.select_related("batch__source")
        .defer("raw")
        .annotate(
            first=settlement(snapshot, Stage.TITLE_ABSTRACT),
            first_reason=reason_key(snapshot, Stage.TITLE_ABSTRACT),
            second=settlement(snapshot, Stage.FULL_TEXT),
            second_reason=reason_key(snapshot, Stage.FULL_TEXT),
            lacking=lacks_full_text(snapshot),
        )
    )


def decided_records(snapshot: Snapshot) -> Iterator[Row]:
    """Yield the records on which a decision is released, without those merged behind another."""
    decided = papers(snapshot).filter(is_settled(snapshot, Stage.TITLE_ABSTRACT))
    yield from _rows(snapshot, _standing(snapshot, decided))


def _length(snapshot: Snapshot) -> int:
    """Return how many records there are, by the ledgers: counting 100,000 rows takes seconds."""
    states = BatchState.objects.as_of(snapshot.instant).filter(review=snapshot.review)
    return states.published().aggregate(records=Sum("imported"))["records"] or 0


def _rows(snapshot: Snapshot, records: RecordQuerySet) -> Iterator[Row]:
    behind, labels = _behind(snapshot), reasons(snapshot)
    for record in records.iterator(chunk_size=READ_AT_ONCE):
        merged = behind.get(record.pk)
        row = record_row(record, merged)
        yield (
            row if merged else replace(row, cells={**row.cells, **_standing_cells(record, labels)})
        )


def record_row(record: Record, behind: Kept | None = None) -> Row:
    """Return the row of a record as its file gave it; ``behind`` is the one it is merged behind."""
    return Row(key=str(record.uid), cells=_cells(record, behind))


def _standing_cells(record: Record, labels: dict[UUID, str]) -> dict[str, Cell]:
    standing, reason = _where_it_stands(record)
    return {
        "standing": Cell(text=standing),
        "exclusion_reason": Cell(text=labels.get(reason, "") if reason else ""),
    }


def _where_it_stands(record: Any) -> tuple[str, UUID | None]:
    """Return where a paper stands by what is released, and the key of its reason.

    Nothing is said of one on which nothing is released.
    """
    if record.first == Standing.EXCLUDED:
        return "excluded at title and abstract", record.first_reason
    if record.first != Standing.INCLUDED:
        return "", None
    if record.second == Standing.EXCLUDED:
        return "excluded at full text", record.second_reason
    if record.second == Standing.INCLUDED:
        return "included", None
    return "full text not retrieved" if record.lacking else "full text to be assessed", None


def _behind(snapshot: Snapshot) -> dict[int, Kept]:
    """Return for each merged record the one that is kept."""
    members = (
        DuplicateMember.objects.as_of(snapshot.instant)
        .filter(review=snapshot.review, standing=DuplicateStanding.MERGED)
        .order_by("group", "-kept", "pk")
    )
    behind: dict[int, Kept] = {}
    kept: tuple[int, Kept] | None = None
    rows = members.values_list("group", "kept", "record", "record__number", "record__uid")
    for group, is_kept, record, number, uid in rows.iterator(chunk_size=2_000):
        if is_kept:
            kept = group, (number, uid)
        elif kept is not None and kept[0] == group:
            behind[record] = kept[1]
    return behind


def _cells(record: Record, behind: Kept | None) -> dict[str, Cell]:
    batch = record.batch
    return {
        "record": _number(record.number, record.uid),
        "source_record_id": Cell(text=record.source_record_id),
        "merged_behind": _number(*behind) if behind else BLANK,
        "source_name": Cell(text=batch.source.name),
        "file": Cell(text=batch.file_name),
        "batch": Cell(text=str(batch.uid)),
        "year": Cell(text="" if record.year is None else str(record.year), value=record.year),
        "authors": Cell(text=_authors(record.author_list), value=record.authors),
        "keywords": Cell(text=_keywords(record.keywords), value=record.keywords),
        "notices": Cell(text=record.notices, value=record.notices),
        **{name: Cell(text=getattr(record, name)) for name in TEXTS},
    }


def _number(number: int, uid: UUID) -> Cell:
    return Cell(text=str(number), value=number, records=(uid,))


def _authors(names: list[str]) -> str:
    """Return the names in one cell; a semicolon behind those that else read as others."""
    joined = "; ".join(names)
    return f"{joined};" if names and authors_in(joined) != names else joined


def _keywords(text: str) -> str:
    """Return the keywords in one cell, as the names of authors are."""
    words = text.splitlines()
    joined = "; ".join(words)
    return f"{joined};" if len(words) == 1 and "," in joined else joined


RECORDS = ReportDefinition(
    slug="records",
    title="Records",
    columns=(
        Column(key="record", heading="Record", numeric=True),
        Column(key="source_record_id", heading="Id in its file"),
        Column(key="merged_behind", heading="Merged behind", numeric=True),
        Column(key="source_name", heading="Source"),
        Column(key="file", heading="File", file_only=True),
        Column(key="batch", heading="Import", file_only=True),
        Column(key="record_type", heading="Type"),
        Column(key="title", heading="Title"),
        Column(key="translated_title", heading="Translated title", file_only=True),
        Column(key="authors", heading="Authors"),
        Column(key="year", heading="Year", numeric=True),
        Column(key="year_text", heading="Date as printed", file_only=True),
        Column(key="journal", heading="Journal"),
        Column(key="journal_abbreviation", heading="Abbreviated journal", file_only=True),
        Column(key="volume", heading="Volume"),
        Column(key="issue", heading="Issue"),
        Column(key="pages", heading="Pages"),
        Column(key="doi", heading="DOI"),
        Column(key="pmid", heading="PMID"),
        Column(key="pmcid", heading="PMCID", file_only=True),
        Column(key="issn", heading="ISSN or ISBN", file_only=True),
        Column(key="abstract", heading="Abstract", file_only=True),
        Column(key="keywords", heading="Keywords", file_only=True),
        Column(key="language", heading="Language"),
        Column(key="url", heading="Address", file_only=True),
        Column(key="accession", heading="Accession number", file_only=True),
        Column(key="database", heading="Database", file_only=True),
        Column(key="notices", heading="Notices"),
        Column(key="standing", heading="Stands"),
        Column(key="exclusion_reason", heading="Reason for exclusion"),
    ),
    rows=record_table,
    formats=("csv", "xlsx", "ris", "html"),
    rows_on_page=ROWS_ON_PAGE,
    one_row=one_record,
    source="PRISMA-S, items 8 and 16 (search strategies, deduplication); PRISMA 2020, item 16a",
)
