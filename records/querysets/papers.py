"""Papers: which records are merged behind which, and the best of what they say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from records.best_fields import BestFields, best_fields
from records.choices import DuplicateStanding
from records.models import DuplicateMember, Record, RecordQuerySet
from reviews.versions import valid

READ_AT_ONCE = 500


def merged_with(record: Record) -> RecordQuerySet:
    """Return the other visible records of the merged group of a record, by number."""
    places = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
    groups = places.filter(record=record).order_by().values("group")
    others = places.filter(group__in=groups, record=OuterRef("pk"))
    visible: RecordQuerySet = Record.objects.filter(review=record.review_id).visible()
    return visible.filter(Exists(others)).exclude(pk=record.pk)


def merged_behind(
    records: Iterable[Record], instant: datetime | None = None
) -> dict[int, list[Record]]:
    """Return the records merged behind each of these kept ones, by number; one query.

    ``instant`` asks as of then. The verbatim texts are left out.
    """
    merged = DuplicateMember.objects.filter(valid(instant), standing=DuplicateStanding.MERGED)
    heads = merged.filter(kept=True, record__in=[record.pk for record in records])
    own_head = heads.filter(group=OuterRef("group")).order_by()
    behind = (
        merged.filter(kept=False, group__in=heads.order_by().values("group"))
        .annotate(head=Subquery(own_head.values("record")[:1]))
        .select_related("record__batch__source")
        .defer("record__raw")
        .order_by("record__number", "record")
    )
    found: dict[int, list[Record]] = {}
    for row in behind:
        found.setdefault(row.head, []).append(row.record)
    return found


def with_best_fields(
    records: Iterable[Record], instant: datetime | None = None
) -> Iterator[BestFields[Record]]:
    """Yield the best fields of each of a stream of kept records, in its order.

    One query for every 500 records; ``instant`` asks as of then.
    """
    stream = iter(records)
    while some := list(islice(stream, READ_AT_ONCE)):
        yield from _with_best(some, instant)


def best_of(record: Record, instant: datetime | None = None) -> BestFields[Record]:
    """Return the best fields of one kept record; one query, whether anything is merged or not."""
    return next(_with_best([record], instant))


def _with_best(records: Sequence[Record], instant: datetime | None) -> Iterator[BestFields[Any]]:
    behind = merged_behind(records, instant)
    for record in records:
        yield best_fields(record, behind.get(record.pk, []))
