"""What stands behind a cell, a page at a time: values and their stories, studies, records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from extraction.models import StudyDetails
from records.models import Record
from reporting.definitions import Cell, Snapshot
from reporting.stories import stories
from reviews.paging import PAGE_SIZE, BadCursor, Page, keyset_page


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What a cell was made from; what there is none of is empty."""

    values: Page | None = None
    studies: Sequence[StudyDetails] = ()
    records: Page | None = None


def behind(snapshot: Snapshot, cell: Cell, params: Mapping[str, str]) -> Behind:
    """Return what stands behind a cell as of the snapshot; a constant number of queries.

    Raises:
        BadCursor: the address names a page that the list does not have.
    """
    return Behind(
        values=_values(snapshot, cell.sources, params) if cell.sources else None,
        studies=_studies(snapshot, cell.studies) if cell.studies else (),
        records=_records(snapshot, cell, params) if cell.records is not None else None,
    )


def _values(snapshot: Snapshot, uids: Sequence[UUID], params: Mapping[str, str]) -> Page:
    shown, following, previous = _slice(uids, params)
    return Page(rows=stories(snapshot, shown), next_cursor=following, previous_cursor=previous)


def _studies(snapshot: Snapshot, uids: Sequence[UUID]) -> list[StudyDetails]:
    details = StudyDetails.objects.as_of(snapshot.instant).filter(
        review=snapshot.review, study__uid__in=uids
    )
    return list(details.select_related("study").order_by("study__number", "pk"))


def _records(snapshot: Snapshot, cell: Cell, params: Mapping[str, str]) -> Page:
    if isinstance(cell.records, QuerySet):
        return keyset_page(cell.records, params)
    shown, following, previous = _slice(cell.records or (), params)
    rows = Record.objects.filter(review=snapshot.review, uid__in=shown).order_by("number", "pk")
    return Page(rows=list(rows), next_cursor=following, previous_cursor=previous)


def _slice(uids: Sequence[UUID], params: Mapping[str, str]) -> tuple[Sequence[UUID], str, str]:
    """Return one page of a list that is already in memory, and the cursors beside it."""
    given = params.get("after") or params.get("before") or "0"
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise BadCursor
    start = int(given) if params.get("after") else max(0, int(given) - PAGE_SIZE)
    if start and start >= len(uids):
        raise BadCursor
    end = start + PAGE_SIZE
    return uids[start:end], str(end) if end < len(uids) else "", str(start) if start else ""
